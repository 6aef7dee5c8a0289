"""Complications in labels.csv: a column each or one list, in Chinese or English, kept by a folder, counted."""

from __future__ import annotations

import pandas as pd
import pytest

from core.cohort.complications import (
    against_outcome,
    complication_counts,
    kind_names,
    kinds,
    kinds_in,
    recorded_kinds,
)
from core.cohort.folder import load_cohort, save_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.cohort.tables import read_labels
from core.errors import TableError
from core.text import has_text


def read(text: str) -> pd.DataFrame:
    return read_labels(text.encode(), "labels.csv")


def known(labels: pd.DataFrame, kind: str) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in labels[kind]]


def test_a_column_for_each_kind_under_any_of_its_headers():
    labels = read("patient_id,outcome,颅内出血,GI bleeding,输血\na,bleeding,1,0,是\nb,none,0,,否\n")
    assert known(labels, "intracranial") == [1, 0]
    assert known(labels, "gastrointestinal") == [0, None]
    assert known(labels, "transfusion") == [1, 0]
    assert str(labels["intracranial"].dtype) == "Int8"
    assert "recurrent_embolism" not in labels


@pytest.mark.parametrize("header", ["complications", "并发症", "Complication"])
@pytest.mark.parametrize("between", ["; ", "；", "、", ",", "，", "/"])
def test_one_column_that_lists_them(header, between):
    cell = f'"颅内出血{between}transfusion"'
    labels = read(f"patient_id,outcome,{header}\na,bleeding,{cell}\nb,none,无\nc,none,\nd,death,none\n")
    assert known(labels, "intracranial") == [1, 0, None, 0]
    assert known(labels, "transfusion") == [1, 0, None, 0]
    assert known(labels, "recurrent_embolism") == [0, 0, None, 0]
    assert header not in labels


@pytest.mark.parametrize("one", kinds(), ids=lambda one: one.name)
def test_every_word_of_a_kind_names_it_alone(one):
    for word in (one.name, *one.headers, *one.words):
        assert kinds_in(word) == ({one.name}, ())
    assert has_text(f"complications.kinds.{one.name}")


def test_a_word_that_names_no_complication_is_one_sentence_with_its_row():
    with pytest.raises(TableError) as caught:
        read("patient_id,outcome,并发症\na,none,无\nb,none,颅内出血、肺炎\n")
    assert caught.value.key == "errors_clinical.complication_word"
    assert caught.value.values["row"] == 3
    assert caught.value.values["value"] == "肺炎"
    assert "haemodynamic_collapse" in caught.value.say("zh")


def test_none_beside_a_kind_is_refused():
    with pytest.raises(TableError, match="is no complication"):
        read("patient_id,outcome,complications\na,none,无；输血\n")


def test_a_kind_column_takes_only_yes_no_or_nothing():
    with pytest.raises(TableError) as caught:
        read("patient_id,outcome,transfusion\na,none,2\n")
    assert caught.value.key == "errors_table.labels_value"


def test_a_list_fills_what_the_own_column_leaves_open_and_may_not_contradict_it():
    labels = read(
        "patient_id,outcome,transfusion,complications\na,none,,输血\nb,none,1,transfusion\nc,none,0,\n"
    )
    assert known(labels, "transfusion") == [1, 1, 0]
    with pytest.raises(TableError) as caught:
        read("patient_id,outcome,transfusion,complications\na,none,0,输血\n")
    assert caught.value.key == "errors_clinical.complication_twice"


def test_a_folder_keeps_them(tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    (made / "ehr.csv").write_text("patient_id,age\na,60\nb,70\nc,50\n", encoding="utf-8")
    (made / "labels.csv").write_text(
        "patient_id,outcome,备注,并发症\na,none,x,无\nb,bleeding,y,消化道出血；输血\nc,death,,\n",
        encoding="utf-8",
    )
    cohort = load_cohort(made)
    save_cohort(cohort, tmp_path / "saved")
    again = load_cohort(tmp_path / "saved")
    pd.testing.assert_frame_equal(again.labels, cohort.labels)
    assert again.digest() == cohort.digest()
    assert known(again.labels, "gastrointestinal") == [0, 1, None]


def test_counts_have_wilson_intervals_and_only_the_known_in_the_denominator():
    rows = "".join(f"p{i},none,{'1' if i < 3 else '0' if i < 30 else ''}\n" for i in range(40))
    counts = complication_counts(read("patient_id,outcome,intracranial\n" + rows)).set_index("kind")
    found = counts.loc["intracranial"]
    assert (found["n_known"], found["n_yes"]) == (30, 3)
    # Wilson 1927 by hand for 3 of 30: 0.0346 to 0.2562
    assert (found["rate"], found["low"], found["high"]) == pytest.approx((0.1, 0.0346, 0.2562), abs=1e-4)
    assert list(counts.index) == list(kind_names())
    assert counts.loc["transfusion", "n_known"] == 0
    assert pd.isna(counts.loc["transfusion", "rate"])


def test_the_synthetic_cohort_carries_none():
    labels = synthetic_cohort(generate(40, seed=1)).labels
    assert recorded_kinds(labels) == ()
    assert not set(kind_names()) & set(labels.columns)
    assert complication_counts(labels)["n_known"].sum() == 0


def test_an_outcome_of_none_beside_a_major_bleed_is_counted():
    labels = read(
        "patient_id,outcome,complications\na,none,颅内出血\nb,none,输血\nc,bleeding,颅内出血\nd,none,\n"
    )
    assert against_outcome(labels) == 1
    assert against_outcome(read("patient_id,pe\na,1\n")) == 0


def test_other_columns_stay_text_under_their_own_headers():
    labels = read("patient_id,outcome,备注\na,none,输血 400 ml\n")
    assert labels["备注"].tolist() == ["输血 400 ml"]
