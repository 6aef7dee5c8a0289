"""Qualitative results: one order from negative to strongly positive in any spelling, and no guess in other company."""

from __future__ import annotations

import unicodedata

import pytest

from core.cohort._graded_words import grade
from core.cohort.column_mapping import Choice, check_choices
from core.cohort.tables import read_table, write_table

ALL = ["(-)", "-", "阴性", "弱阳性", "(+)", "+-", "±", "阳性"]


def content(header: str, words: list[str]) -> bytes:
    rows = (f"p{i},{50 + i},{word}" for i, word in enumerate(words))
    return "\n".join((f"patient_id,age,{header}", *rows, "")).encode()


def read(words: list[str], header: str = "尿蛋白", **more):
    return read_table(content(header, words), "a.csv", **more)


def said(table) -> dict[str, object]:
    return {note.key: note for note in table.report.notes}


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (["-", "(-)", "（－）", "阴性", "阴性(-)", "Negative", "neg", "non-reactive"], 0),
        (["±", "(±)", "+-", "+/-", "-/+", "弱阳性", "弱阳性(±)", "weakly positive", "trace", "微量"], 1),
        (["+", "(+)", "1+", "阳性", "阳性(+)", "POSITIVE", "pos", "reactive"], 2),
        (["++", "2+", "阳性（++）", "(2+)"], 3),
        (["+++", "3+"], 4),
        (["强阳性", "强阳性(+++)"], 9),
        (["", "1", "0", "无", "有", "12+", "阳性1:80", "可疑", "阴性?", "b阴性", "+1"], None),
    ],
)
def test_words_have_their_place_in_the_order(words, place):
    assert {grade(unicodedata.normalize("NFKC", word)) for word in words} == {place}


def test_spellings_of_one_result_are_one_level_in_order_and_that_is_told():
    table = read([*ALL, "阴性", "弱阳性", "阳性", ""])
    (column,) = (one for one in table.columns if not one.known)
    assert (column.kind, column.levels) == ("categorical", ("阴性", "弱阳性", "阳性"))
    expected = ["阴性"] * 3 + ["弱阳性", "阳性", "弱阳性", "弱阳性", "阳性", "阴性", "弱阳性", "阳性", None]
    assert (
        table.frame["尿蛋白"].astype(object).where(table.frame["尿蛋白"].notna(), None).tolist() == expected
    )
    notes = said(table)
    assert "阴性 < 弱阳性 < 阳性" in notes["reading_cells.own_graded"].say("zh")
    assert "(-) = - = 阴性" in notes["reading_cells.merged"].say("en")


def test_degrees_stay_apart_and_in_order():
    table = read(["-", "++", "±", "+", "+++", "-", "2+", "阴性", "1+"])
    column = table.columns[-1]
    assert column.levels == ("阴性", "±", "+", "++", "+++")
    assert table.frame["尿蛋白"].tolist() == ["阴性", "++", "±", "+", "+++", "阴性", "++", "阴性", "+"]


def test_negative_and_positive_alone_are_no_and_yes():
    table = read(["阴性", "(-)", "阳性", "阳性(+)", "-", "阴性"])
    assert (table.columns[-1].kind, table.columns[-1].levels) == ("binary", ("阴性", "阳性"))
    assert table.frame["尿蛋白"].tolist() == [0, 0, 1, 1, 0, 0]
    assert "阴性 = (-) = -" in said(table)["reading_cells.merged"].say("zh")


def test_a_dash_that_marks_a_gap_is_no_negative_and_that_is_said():
    table = read(["阴性", "-", "阳性", "阴性", "-", "弱阳性", "—"])
    assert table.frame["尿蛋白"].isna().tolist() == [False, True, False, False, True, False, True]
    assert said(table)["reading_cells.dash"].values["n"] == 2
    assert "reading_cells.dash" not in said(read(["-", "+", "-", "±", "阴性"]))
    # a column of figures has no results in it
    assert "reading_cells.dash" not in said(read(["1.2", "-", "3.4", "5", "-", "6"]))


@pytest.mark.parametrize("other", ["1:80", "可疑", "无", "1"])
def test_in_other_company_nothing_is_put_together_and_that_is_said(other):
    words = ["阴性", "(-)", "阳性", "(+)", "弱阳性", other] * 3
    table = read(words)
    assert table.frame["尿蛋白"].tolist() == words
    note = said(table)["reading_cells.apart"]
    assert note.kind == "doubted"
    assert other in note.say("zh")
    assert "reading_cells.merged" not in said(table)


def test_a_person_may_keep_the_spellings_apart():
    table = read(ALL * 2, mapping=check_choices({"尿蛋白": Choice("category")}))
    assert set(table.frame["尿蛋白"]) == set(ALL)
    assert "reading_cells.merged" not in said(table)


def test_weakly_positive_is_neither_yes_nor_no_in_the_catalogues_columns():
    words = ["阳性", "阴性", "弱阳性", "±", "(+)", "-", "阳性(++)", "弱阳性"]
    table = read(words, "肌钙蛋白阳性")
    assert table.frame["troponin_positive"].fillna(-1).tolist() == [1, 0, -1, -1, 1, 0, 1, -1]
    note = said(table)["reading_cells.weak"]
    assert (note.kind, note.values["n"]) == ("doubted", 3)
    assert '"弱阳性" (4)' in note.say("zh")


def test_new_patients_results_find_the_models_levels_by_any_spelling():
    graded = read([*ALL, "阴性", "弱阳性", "阳性"])
    again = read(["(+)", "neg", "+/-", "+++"], columns=graded.columns)
    assert again.frame["尿蛋白"].fillna("?").tolist() == ["阳性", "阴性", "弱阳性", "?"]
    assert "reading.strange_words" in said(again)


@pytest.mark.parametrize("words", [["-", "+", "-", "+"], ["-", "±", "+", "-"]])
def test_a_single_new_patients_dash_is_negative_where_the_model_knows_signs(words):
    columns = read(words).columns
    alone = read(["-"], columns=columns).frame["尿蛋白"]
    assert alone.tolist() == [0 if columns[-1].kind == "binary" else "(-)"]


def test_signs_are_no_key_that_all_signs_share():
    # header_key of any of them is empty
    columns = read(["阴性", "(-)", "x", "(+)", "±"] * 3).columns
    again = read(["(+)", "-/+", "%%"], columns=columns).frame["尿蛋白"]
    assert again.fillna("?").tolist() == ["(+)", "±", "?"]


@pytest.mark.parametrize("words", [["-", "+", "-", "+", "阳性", "阳性"], ["-", "±", "阳性", "-", "阳性"]])
def test_what_is_written_is_read_back(tmp_path, words):
    table = read(words)
    write_table(table, tmp_path / "ehr.csv")
    again = read_table(tmp_path / "ehr.csv")
    assert again.frame["尿蛋白"].tolist() == table.frame["尿蛋白"].tolist()
    negatives = [line for line in (tmp_path / "ehr.csv").read_text().splitlines() if "(-)" in line]
    (tmp_path / "part.csv").write_text("\n".join(["patient_id,age,尿蛋白", *negatives, ""]), encoding="utf-8")
    part = read_table(tmp_path / "part.csv", columns=table.columns)
    assert part.frame["尿蛋白"].notna().all()
