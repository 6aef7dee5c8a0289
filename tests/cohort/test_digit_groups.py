"""Numbers with a space as thousands mark: one number where nothing speaks against it, else none, and that is said."""

from __future__ import annotations

import numpy as np
import pytest

from core.cohort.column_doubts import column_doubts
from core.cohort.columns import Column
from core.cohort.tables import load_cells, read_table

THIN, NARROW, UNBROKEN = "\u2009", "\u202f", "\u00a0"


def content(header: str, words: list[str], mark: str = ",") -> bytes:
    rows = (f"p{i}{mark}{50 + i}{mark}{word}" for i, word in enumerate(words))
    return "\n".join((f"patient_id{mark}age{mark}{header}", *rows, "")).encode()


def said(table) -> dict[str, object]:
    return {note.key: note for note in table.report.notes}


@pytest.mark.parametrize("space", [" ", THIN, NARROW, UNBROKEN])
def test_groups_of_three_digits_are_one_number_and_that_is_said(space):
    words = ["980", f"1{space}200", f"12{space}345.6", f"1{space}050", "760", f"1{space}234{space}567"]
    table = read_table(content("铁蛋白X", words))
    assert table.frame["铁蛋白X"].tolist() == [980, 1200, 12345.6, 1050, 760, 1234567]
    note = said(table)["reading_cells.grouped"]
    assert (note.kind, note.values["n"]) == ("converted", 4)
    assert '"1 200" (3)' in note.say("zh")
    assert '"1 200" (3)' in note.say("en")


def test_a_variable_of_the_catalogue_takes_them_too_with_limits_and_units_behind():
    words = ["980", "1 200", ">10 000", "2 500 pg/mL", "640", "1 750"]
    table = read_table(content("NT-proBNP (pg/mL)", words))
    assert table.frame["nt_probnp"].tolist() == [980, 1200, 10000, 2500, 640, 1750]
    assert {"reading.censored", "reading_cells.grouped"} <= set(said(table))


@pytest.mark.parametrize(
    "words",
    [
        ["120 80", "160 100", "150 110", "130 85", "125 70", "118 76"],
        ["160 100", "150 110", "170 120", "155 105", "165 100", "180 110"],
        ["1 200", "1 20", "900", "800", "700", "600"],
    ],
)
@pytest.mark.parametrize("header", ["血压", "收缩压(mmHg)", "own"])
def test_what_may_be_two_numbers_is_never_one_and_is_said(words, header):
    table = read_table(content(header, words))
    for name in table.frame.columns.drop("age"):
        values = table.frame[name]
        # text as it stands in the file, or missing
        assert values.dtype == "str" or not (values >= 1200).any()
    assert "reading_cells.groups_open" in said(table)
    assert all(said(table)["reading_cells.groups_open"].say(language) for language in ("zh", "en"))


def test_a_pair_in_a_column_of_numbers_is_missing_and_not_counted_as_another_stray():
    table = read_table(content("收缩压(mmHg)", ["120", "130", "160 100", "125", "x", "118", "122"]))
    assert np.isnan(table.frame["systolic_bp"].to_numpy()[[2, 4]]).all()
    notes = said(table)
    assert notes["reading_cells.groups_open"].values["n"] == 1
    assert notes["reading.stray"].values["n"] == 1


def test_decimal_commas_and_spaces_go_together():
    table = read_table(content("ferritin x", ["1 234,5", "12 000,25", "980,5", "2 100,0"], ";"))
    assert table.frame["ferritin x"].tolist() == [1234.5, 12000.25, 980.5, 2100]


def test_new_patients_are_read_by_the_same_rule():
    columns = (Column("own", "numeric"), Column("nt_probnp", "numeric", unit="pg/mL", known=True))
    table = read_table(b"patient_id,own,nt_probnp\na,1 200,3 400\nb,210 500,800\n", columns=columns)
    assert table.frame["own"].fillna(-1).tolist() == [1200, 210500]
    alone = read_table(b"patient_id,own,nt_probnp\na,210 500,3 400\n", columns=columns)
    assert alone.frame["own"].isna().all()
    assert alone.frame["nt_probnp"].tolist() == [3400]


def test_two_numbers_with_a_space_between_are_a_doubt_and_thousands_are_none():
    pairs = load_cells(content("血压", ["120 80", "130 85", "160 100", "118 76"]), "a.csv")
    assert {one.header: one.reason for one in column_doubts(pairs)}["血压"] == "two_numbers"
    thousands = load_cells(content("own", ["1 200", "2 350", "12 600", "1 050"]), "a.csv")
    assert {one.header: one.reason for one in column_doubts(thousands)}["own"] == "unknown"
