from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from core.cohort import folder as folder_module
from core.cohort.folder import CLASSES, load_cohort, restrict, save_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.cohort.variables import variables
from core.errors import CohortError, InputError, TableError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def cohort():
    return synthetic_cohort(generate(60, seed=2))


def write(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return folder


EHR = "patient_id,age,heart_rate\na,60,80\nb,70,90\nc,50,100\n"
LABELS = "patient_id,outcome\na,none\nb,death\nc,bleeding\n"


def test_a_saved_cohort_is_read_back_as_it_was(cohort, tmp_path):
    save_cohort(cohort, tmp_path / "c")
    again = load_cohort(tmp_path / "c")
    assert again.about == cohort.about
    assert again.table.columns == cohort.table.columns
    pd.testing.assert_frame_equal(again.table.frame, cohort.table.frame)
    pd.testing.assert_frame_equal(again.labels, cohort.labels)
    pd.testing.assert_frame_equal(again.oracle, cohort.oracle)
    assert again.digest() == cohort.digest()


def test_saving_twice_gives_the_same_bytes(cohort, tmp_path):
    for name in ("first", "second"):
        save_cohort(cohort, tmp_path / name)
    written = [{p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("first", "second")]
    assert written[0] == written[1]
    assert written[0].keys() == {"cohort.toml", "ehr.csv", "labels.csv", "oracle.csv"}


def test_the_digest_does_not_depend_on_the_order_of_rows_but_on_every_value(cohort):
    frame = cohort.table.frame
    turned = replace(cohort, table=replace(cohort.table, frame=frame[::-1]), labels=cohort.labels[::-1])
    assert turned.digest() == cohort.digest()
    changed = frame.copy()
    changed.iloc[3, 0] += 1
    assert replace(cohort, table=replace(cohort.table, frame=changed)).digest() != cohort.digest()
    assert replace(cohort, labels=cohort.labels.assign(pe=1)).digest() != cohort.digest()


def test_a_folder_that_holds_something_is_left_alone(cohort, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CohortError, match="already holds"):
        save_cohort(cohort, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_left_alone(cohort, tmp_path):
    place = tmp_path / "c"
    place.write_text("mine", encoding="utf-8")
    with pytest.raises(CohortError):
        save_cohort(cohort, place)
    assert place.read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_filled(cohort, tmp_path):
    (tmp_path / "c").mkdir()
    save_cohort(cohort, tmp_path / "c")
    assert (tmp_path / "c" / "ehr.csv").is_file()


def test_nothing_half_written_stays_when_writing_fails(cohort, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "write_table", full)
    with pytest.raises(CohortError, match="No space left"):
        save_cohort(cohort, tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_cannot_be_written(cohort, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CohortError, match="cannot be written"):
        save_cohort(cohort, tmp_path / "file" / "c")


def test_a_folder_without_cohort_toml_is_a_cohort_of_its_own_name(tmp_path):
    cohort = load_cohort(write(tmp_path / "ward", ehr_csv=EHR, labels_csv=LABELS))
    assert cohort.about.name == "ward"
    assert not cohort.about.synthetic
    assert cohort.oracle is None
    assert cohort.labelled("outcome").to_dict() == {"a": 0, "b": 1, "c": 2}
    assert cohort.labelled("diagnosis").empty


def test_only_a_plain_true_makes_a_cohort_synthetic(tmp_path):
    toml = 'name = ""\nsynthetic = "yes"\nsource = 3\n'
    about = load_cohort(write(tmp_path / "w", ehr_csv=EHR, labels_csv=LABELS, cohort_toml=toml)).about
    assert (about.name, about.source, about.synthetic) == ("w", "3", False)


@pytest.mark.parametrize(
    ("files", "error", "expected"),
    [
        ({}, CohortError, "neither ehr.csv nor ecg.csv"),
        ({"ehr_csv": EHR}, CohortError, "labels.csv is missing"),
        (
            {"ehr_csv": EHR, "labels_csv": "patient_id,outcome\nx,none\ny,death\n"},
            CohortError,
            "share no patient_id",
        ),
        (
            {"ehr_csv": EHR, "labels_csv": "patient_id,outcome\na,none\nb,自动出院\n"},
            TableError,
            "自动出院",
        ),
        ({"ehr_csv": EHR, "labels_csv": LABELS, "cohort_toml": "name = "}, CohortError, "cohort.toml"),
        ({"ehr_csv": EHR, "labels_csv": LABELS, "oracle_csv": "patient_id\na\n"}, CohortError, "oracle.csv"),
        ({"ehr_csv": EHR, "labels_csv": LABELS, "oracle_csv": ""}, InputError, "oracle.csv"),
        ({"ehr_csv": EHR, "labels_csv": LABELS, "ecg_csv": "patient_id,file\na,x\n"}, CohortError, "ecg.csv"),
        ({"ehr_csv": "", "labels_csv": LABELS}, TableError, "ehr.csv"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_in_one_sentence(tmp_path, files, error, expected):
    with pytest.raises(error, match=expected) as caught:
        load_cohort(write(tmp_path / "c", **files))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rows", ["a,high,0,many,0,0,0\n", "a,high,0,1,0,0,0\na,high,0,1,0,0,0\n"])
def test_an_oracle_of_words_or_with_a_patient_twice_is_refused(tmp_path, rows):
    oracle = f"patient_id,stratum,severity,p_pe,p_none,p_death,p_bleeding\n{rows}"
    with pytest.raises(CohortError, match=r"oracle\.csv"):
        load_cohort(write(tmp_path / "c", ehr_csv=EHR, labels_csv=LABELS, oracle_csv=oracle))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CohortError, match="no such folder"):
        load_cohort(tmp_path / "nowhere")


def test_recordings_alone_are_a_cohort(tmp_path):
    ecg = "patient_id,path\na,ecg/a.dat\n"
    cohort = load_cohort(write(tmp_path / "c", ecg_csv=ecg, labels_csv=LABELS))
    assert cohort.table is None
    assert cohort.recordings is not None
    with pytest.raises(CohortError, match=r"no ehr\.csv"):
        restrict(cohort, "outcome")


def test_restricting_takes_labelled_rows_in_the_tables_order_with_their_persons(tmp_path):
    labels = "patient_id,outcome,group\nc,bleeding,P1\nz,none,P9\na,none,P1\n"
    cohort = load_cohort(write(tmp_path / "c", ehr_csv=EHR, labels_csv=labels))
    table, codes, groups = restrict(cohort, "outcome")
    assert list(table.frame.index) == ["a", "c"]
    assert codes.to_dict() == {"a": 0, "c": 2}
    assert groups.to_dict() == {"a": "P1", "c": "P1"}


def test_the_diagnosis_is_predicted_from_nothing_that_imaging_or_treatment_tells(cohort):
    table, codes, _ = restrict(cohort, "diagnosis")
    assert {variables()[column.name].known for column in table.columns} == {"suspicion"}
    assert list(table.frame.columns) == [column.name for column in table.columns]
    assert set(codes) == set(range(len(CLASSES["diagnosis"])))
    outcome, _, _ = restrict(cohort, "outcome")
    assert {"full_dose", "rv_lv_ratio"} <= set(outcome.frame.columns) - set(table.frame.columns)


def test_a_cohort_without_a_label_for_the_task_says_so(tmp_path):
    cohort = load_cohort(write(tmp_path / "c", ehr_csv=EHR, labels_csv=LABELS))
    with pytest.raises(CohortError, match="diagnosis"):
        restrict(cohort, "diagnosis")


def test_patients_without_a_label_and_labels_of_nobody_are_told(tmp_path):
    labels = LABELS.replace("c,bleeding", "x,none\ny,none")
    notes = load_cohort(write(tmp_path / "a", ehr_csv=EHR, labels_csv=labels)).notes
    said = [note.say("en") for note in notes]
    assert any(
        words.startswith("1 of 3 patients have no label") and words.endswith("such as c.") for words in said
    )
    assert any(words.startswith("2 of 4 labels name nobody") and "x, y" in words for words in said)
    listed = "patient_id,path\na,a.dat\nb,b.dat\n"
    recordings = load_cohort(write(tmp_path / "b", ecg_csv=listed, labels_csv=LABELS))
    assert [note.key for note in recordings.notes] == ["reading_rows.without_patient"]
    assert load_cohort(write(tmp_path / "c", ehr_csv=EHR, labels_csv=LABELS)).notes == ()
