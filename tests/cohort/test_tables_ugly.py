"""Tables that are good and ugly: as hospitals' systems and people export them."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import pandas as pd
import pytest

from core.cohort.tables import read_cells, read_labels, read_table
from tests.cohort.workbooks import workbook

CHINESE = """患者编号,性别,年龄（岁）,血红蛋白【g/dL】,D-二聚体(ng/mL FEU),\
肌酐/μmol·L-1,高血压(1=是，0=否),咯血,科室
007,男,６５,13.2,＞1000,未查,1,无,急诊
008,女,71岁,未测,<50,88,0,有,呼吸
009,男,80,９.８↓,500,120 ↑,1,无,急诊
010,女,55,10.1,750,-,0,无,呼吸
"""


def notes(table, kind):
    return {(note.key.removeprefix("reading."), note.column) for note in table.report.of(kind)}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_chinese_headers_words_and_signs_in_any_encoding(encoding):
    table = read_table(CHINESE.encode(encoding), "导出.csv")
    frame = table.frame
    assert list(frame.index) == ["007", "008", "009", "010"]
    assert list(frame.columns[:7]) == [
        "sex",
        "age",
        "haemoglobin",
        "d_dimer",
        "creatinine",
        "hypertension",
        "haemoptysis",
    ]
    assert list(frame["sex"]) == ["male", "female", "male", "female"]
    assert list(frame["age"]) == [65, 71, 80, 55]
    np.testing.assert_allclose(frame["haemoglobin"], [132, np.nan, 98, 101])
    np.testing.assert_allclose(frame["d_dimer"], [1.0, 0.05, 0.5, 0.75])
    np.testing.assert_allclose(frame["creatinine"], [np.nan, 88, 120, np.nan])
    assert list(frame["hypertension"]) == [1, 0, 1, 0]
    assert list(frame["haemoptysis"]) == [0, 1, 0, 0]
    assert list(frame["科室"]) == ["急诊", "呼吸", "急诊", "呼吸"]
    assert ("censored", "D-二聚体(ng/mL FEU)") in notes(table, "converted")
    assert ("unit", "血红蛋白【g/dL】") in notes(table, "converted")


def test_notes_can_be_said_in_both_languages():
    table = read_table(CHINESE.encode(), "导出.csv")
    sentences = [note.say(language) for note in table.report.notes for language in ("zh", "en")]
    assert "血红蛋白【g/dL】：由 g/dL 换算为 g/L（× 10）。" in sentences
    assert all(sentence.endswith((".", "。")) for sentence in sentences)


def test_semicolons_with_a_decimal_comma():
    table = read_table(
        b"patient_id;Kreatinin X;ph;platelets\n1;1,25;7,35;1.250\n2;0,75;7,41;215\n3;2,5;7,2;300\n"
    )
    assert table.report.format == "CSV, UTF-8, semicolon"
    assert list(table.frame["ph"]) == [7.35, 7.41, 7.2]
    assert list(table.frame["Kreatinin X"]) == [1.25, 0.75, 2.5]
    assert list(table.frame["platelets"]) == [1250, 215, 300]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_told_by_content(mark):
    data = "patient_id,age,spo2\n1,70,95\n2,64,91\n".replace(",", mark).encode()
    assert list(read_table(data).frame["spo2"]) == [95, 91]


def test_a_workbook_with_merged_titles_percents_dates_and_whole_numbers():
    rows = [
        ["某医院肺栓塞患者入院资料"],
        ["2023年导出"],
        ["住院号", "年龄", "血氧饱和度", "入院日期", "体重 (kg)"],
        [1001.0, 70, "88 %", dt.date(2023, 1, 5), 71.5],
        [1002.0, 64, "95%", dt.date(2023, 1, 6), None],
    ]
    table = read_table(workbook(rows, merged="A1:E1"), "导出.csv")
    assert table.report.format == "XLSX, sheet 入院"
    assert list(table.frame.index) == ["1001", "1002"]
    assert list(table.frame["spo2"]) == [88, 95]
    assert notes(table, "left_out") == {("dates", "入院日期")}
    assert table.report.notes[0].key == "reading.title_rows"
    assert table.report.notes[0].values["row"] == 3


def test_a_percent_format_means_percent():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook([["patient_id", "SpO2"], [1, 0.88], [2, 1]])))
    for row in (2, 3):
        book.active.cell(row, 2).number_format = "0%"
    out = io.BytesIO()
    book.save(out)
    assert list(read_table(out.getvalue()).frame["spo2"]) == [88, 100]


def test_stored_results_of_formulas_are_read_and_other_sheets_are_named():
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook([["patient_id", "age"], [1, 70], [2, 64]])))
    book.create_sheet("备注")["A1"] = "text"
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue())
    assert ("other_sheets", "") in notes(table, "doubted")


def test_parquet_types_are_respected():
    frame = pd.DataFrame(
        {
            "patient_id": ["007", "008", "009"],
            "age": [70, 64, 81],
            "lactate": [1.25, None, 0.1],
            "cancer": [True, False, None],
            "admitted": pd.to_datetime(["2023-01-05", "2023-01-06", "2023-01-07"]),
        }
    )
    out = io.BytesIO()
    frame.to_parquet(out)
    table = read_table(out.getvalue(), "ehr.parquet")
    assert list(table.frame.index) == ["007", "008", "009"]
    np.testing.assert_array_equal(table.frame["lactate"], [1.25, np.nan, 0.1])
    np.testing.assert_array_equal(table.frame["cancer"], [1, 0, np.nan])
    assert notes(table, "left_out") == {("dates", "admitted")}


def test_labels_in_chinese_words():
    data = "患者编号,肺栓塞,结局,组,备注\n1,是,死亡,a,x\n2,阴性,,a,\n3,有,正常,b,y\n4,1,出血,c,\n"
    labels = read_labels(data.encode("gb18030"), "标签.csv")
    assert list(labels.columns) == ["pe", "outcome", "group", "备注"]
    assert labels["pe"].tolist() == [1, 0, 1, 1]
    assert labels["outcome"].fillna("?").tolist() == ["death", "?", "none", "bleeding"]
    assert labels.index.tolist() == ["1", "2", "3", "4"]


def test_labels_without_pe_have_it_as_missing_and_none_is_a_class():
    labels = read_labels(b"patient_id,group,outcome\n1,9.0,none\n2,9.0,None\n3,8.0,bleeding\n")
    assert labels["pe"].isna().all()
    assert str(labels["pe"].dtype) == "Int8"
    assert labels["outcome"].tolist() == ["none", "none", "bleeding"]
    assert labels["group"].tolist() == ["9", "9", "8"]


def test_raw_cells_keep_what_is_written():
    cells = read_cells(b"patient_id,path, acquired_at\n007,ecg/a.xml,2023-01-05 10:00 \n")
    assert cells.iloc[0].tolist() == ["007", "ecg/a.xml", "2023-01-05 10:00"]
