from __future__ import annotations

import pytest

from core.cohort._suggesting import suggested_variable
from core.cohort.column_doubts import column_doubts
from core.cohort.column_mapping import Choice, check_choices
from core.cohort.tables import load_cells, table_of


def doubted(header: str, cells: list[object], first: str = "patient_id"):
    rows = "".join(f"p{i},{40 + i},{cell}\n" for i, cell in enumerate(cells))
    found = column_doubts(load_cells(f"{first},age,{header}\n{rows}".encode(), "own.csv"))
    return next(doubt for doubt in found if doubt.header == header)


@pytest.mark.parametrize(
    ("header", "cells", "reason", "suggestion"),
    [
        ("Hb", [12, 13, 11, 14, 12.5, 10], "unit_implausible", Choice("haemoglobin", "g/dL")),
        ("Sodium (urine)", [130, 135, 140] * 4, "unit_unknown", None),
        ("Cr", [80, 90, 100] * 4, "unit_missing", None),
        ("Creatinine value", [80, 90, 100] * 4, "near", Choice("creatinine")),
        ("ward score", [1, 2, 3] * 4, "unknown", None),
        ("ward score", ["1", "2", "3", "not seen"] * 4, "looks_numeric", Choice("number")),
        ("血压", ["120/80", "110/70", "130/85", "140/90"] * 3, "two_numbers", None),
        ("admission", [20240101 + i // 2 for i in range(12)], "looks_date", Choice("leave_out")),
        ("结局", ["正常", "死亡"] * 6, "outcome", Choice("outcome")),
        ("survival", ["yes", "no"] * 6, "outcome", None),
        ("sex", ["x", "y", "z"] * 4, "not_as_named", None),
        ("d_dimer [mg/L]", [1, 2, 3] * 4, "qualifier", None),
        ("subject_id", [f"s{i // 2}" for i in range(80)], "identifier", Choice("group")),
        ("SBP", [120, 130, 110, 125, 16, 17.5] * 2, "mixed_units", None),
        ("heart_rate", [80, 90, 100] * 4, "", None),
        ("姓名", ["甲", "乙"] * 6, "", None),
    ],
)
def test_each_doubt_has_its_reason_and_what_would_help(header, cells, reason, suggestion):
    doubt = doubted(header, cells)
    assert (doubt.reason, doubt.suggestion) == (reason, suggestion)
    assert doubt.say("zh") != doubt.say("en")


def test_two_columns_for_one_variable_are_named():
    table = b"patient_id,heart_rate,HR\n" + b"".join(b"%d,%d,%d\n" % (i, 60 + i, 90 + i) for i in range(9))
    reasons = {doubt.header: doubt.reason for doubt in column_doubts(load_cells(table, "own.csv"))}
    assert reasons == {"patient_id": "", "heart_rate": "", "HR": "twice"}


def test_a_second_identifier_makes_the_first_one_doubtful():
    table = "住院号,病历号,age\n" + "".join(f"a{i},b{i},{40 + i}\n" for i in range(40))
    first, second, _ = column_doubts(load_cells(table.encode(), "own.csv"))
    assert (first.header, first.reason, first.values["others"]) == ("住院号", "several_ids", "病历号")
    assert (second.reason, second.now) == ("identifier", Choice("leave_out"))


def test_a_suggestion_comes_with_the_unit_that_the_cells_fit():
    assert doubted("Creatinine value", [1.0, 1.2, 0.9] * 4).suggestion == Choice("creatinine", "mg/dL")


def test_nothing_is_suggested_that_another_column_is_read_as_already():
    doubt = doubted("age of patient", [40, 50, 60] * 4)
    assert (doubt.reason, doubt.suggestion) == ("unknown", None)


@pytest.mark.parametrize("header", ["PT (sec)", "MCV (fL)", "Marital status", "Admission type", "1", "性"])
def test_nothing_is_suggested_for_what_only_looks_alike(header):
    assert suggested_variable(header) == ""


def test_a_column_of_outcome_words_is_no_predictor_whatever_its_header_says():
    words = ["好转", "治愈", "死亡", "自动出院"] * 6
    table = "patient_id,age,医生判定\n" + "".join(f"p{i},{40 + i},{word}\n" for i, word in enumerate(words))
    cells = load_cells(table.encode(), "own.csv")
    doubt = next(one for one in column_doubts(cells) if one.header == "医生判定")
    assert (doubt.reason, doubt.suggestion) == ("outcome_words", Choice("outcome"))
    read = table_of(cells)
    assert list(read.frame) == ["age"]
    assert [note.key for note in read.report.of("doubted")] == ["reading.outcome_words"]
    chosen = table_of(cells, mapping=check_choices({"医生判定": Choice("category")}))
    assert list(chosen.frame) == ["age", "医生判定"]


def test_findings_that_are_normal_or_bleeding_stay_a_column():
    table = "patient_id,age,眼底\n" + "".join(
        f"p{i},{40 + i},{'正常' if i % 3 else '出血'}\n" for i in range(24)
    )
    assert "眼底" in table_of(load_cells(table.encode(), "own.csv")).frame
