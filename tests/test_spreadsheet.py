from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from core.cohort.columns import Column, ReadingReport, Table
from core.cohort.tables import write_table
from core.spreadsheet import harmless


@pytest.mark.parametrize(
    "words", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\rx", " =1", "＝1+1", "－1", "+1-1", "=HYPERLINK(0)"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(words):
    assert harmless(words) == "'" + words.replace("\t=", "\t'=")


@pytest.mark.parametrize("value", ["-0.5", "+3", "1e-5", "-.5", "A-1", "患者", "", "++", "-", -0.5, 3, None])
def test_numbers_and_plain_words_stay(value):
    assert harmless(value) == value


def test_a_formula_after_another_separator_or_line_is_none():
    assert harmless("a;=1+1") == "a;'=1+1"
    assert harmless("a\n=1+1") == "a\n'=1+1"


def test_a_table_written_for_a_spreadsheet_holds_no_formula_and_its_numbers(tmp_path):
    columns = (Column("=h", "numeric"), Column("w", "categorical", levels=("@a", "b")))
    frame = pd.DataFrame({"=h": [-1.5, np.nan], "w": ["@a", "b"]}, index=["=1", "2"])
    table = Table(frame, columns, ReadingReport("t", "CSV", 2, 2))
    write_table(table, tmp_path / "t.csv", spreadsheet=True)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["patient_id", "'=h", "w"], ["'=1", "-1.5", "'@a"], ["2", "", "b"]]
    write_table(table, tmp_path / "exact.csv")
    assert (tmp_path / "exact.csv").read_text(encoding="utf-8") == "patient_id,=h,w\n=1,-1.5,@a\n2,,b\n"
