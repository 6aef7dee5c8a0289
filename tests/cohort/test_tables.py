from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.column_mapping import CATEGORY, Choice, ColumnMapping
from core.cohort.columns import Column, ReadingReport, Table
from core.cohort.tables import read_labels, read_table, write_table
from core.cohort.variables import variables

DEMO = Path(__file__).parents[2].parent / "shared" / "data" / "mimic-iv-demo-table"


def keys(table, kind):
    return {note.column: note.key.removeprefix("reading.") for note in table.report.of(kind)}


def many(header: str, cells: list[object]) -> bytes:
    """A table of one column beside the identifier and the age."""
    rows = "\n".join(f"p{i:03},{40 + i % 50},{cell}" for i, cell in enumerate(cells))
    return f"patient_id,age,{header}\n{rows}\n".encode()


def test_values_arrive_in_the_catalogues_units():
    table = read_table(b"patient_id,creatinine [mg/dL],Temp (F),weight_kg\n1,1.0,98.6,70\n2,2.0,100.4,81\n")
    np.testing.assert_allclose(table.frame["creatinine"], [88.42, 176.84])
    np.testing.assert_allclose(table.frame["temperature"], [37, 38])
    assert [column.unit for column in table.columns] == ["µmol/L", "°C", "kg"]
    assert table.report.n_rows == 2
    assert table.report.n_columns == 3


def test_a_unit_that_is_not_the_variables_own_keeps_the_column_as_the_hospitals_own():
    table = read_table(many("Sodium (urine)", [130, 135, 140] * 4))
    assert "Sodium (urine)" in table.frame
    assert keys(table, "doubted") == {"Sodium (urine)": "unit_unknown"}


def test_values_that_fit_another_unit_are_left_out_and_the_unit_is_named():
    table = read_table(many("Hb", [13.2, 9.8, 14.1, 12, 11, 10]))
    assert "haemoglobin" not in table.frame
    note = next(note for note in table.report.of("doubted") if note.column == "Hb")
    assert note.key == "reading.looks_like"
    assert "g/dL" in note.say("zh")


def test_a_troponin_that_reads_like_another_unit_is_doubted_though_plausible():
    table = read_table(many("troponin_t", [0.014, 0.02, 0.1, 0.05, 0.4, 0.03]))
    assert keys(table, "doubted") == {"troponin_t": "looks_like"}


def test_implausible_values_count_as_missing():
    table = read_table(many("heart_rate", [80, 90, 0, 100, 999, 110]))
    assert table.frame["heart_rate"].isna().sum() == 2
    note = table.report.of("doubted")[0]
    assert (note.key, note.values["n"]) == ("reading.implausible", 2)
    assert '"0" (4), "999" (6)' in note.say("en")


def test_stray_text_in_a_numeric_column_is_counted_with_its_rows():
    table = read_table(
        many("lactate", [1.2, "溶血", 2.5, "1,200", "see note", 0.9, 3.1]).replace(b"1,200", b'"1,2"')
    )
    note = next(note for note in table.report.of("doubted") if note.key == "reading.stray")
    assert note.values["n"] == 3
    assert '"溶血" (3)' in note.say("en")


def test_units_inside_cells_are_read_and_converted():
    table = read_table(many("glucose", ["5.6 mmol/L", "100 mg/dL", "7.1", "6.0H", "*8.8"]))
    np.testing.assert_allclose(table.frame["glucose"], [5.6, 5.55, 7.1, 6.0, 8.8])
    assert "unit_in_cells" in keys(table, "converted").values()


def test_the_second_column_of_a_variable_is_the_hospitals_own():
    table = read_table(b"patient_id,HR,heart rate\n1,80,81\n2,90,95\n3,70,71\n")
    assert list(table.frame.columns) == ["heart_rate", "heart rate (own)"]
    assert [column.known for column in table.columns] == [True, False]


def test_codes_are_understood_only_if_the_header_says_what_they_mean():
    coded = read_table(many("sex (1=male 2=female)", [1, 2, 2, 1]))
    assert coded.frame["sex"].tolist() == ["male", "female", "female", "male"]
    silent = read_table(many("sex", [1, 2, 2, 1]))
    assert silent.frame["sex (own)"].tolist() == [0, 1, 1, 0]
    assert silent.columns[1].levels == ("1", "2")
    assert keys(silent, "doubted") == {"sex": "not_as_named"}


@pytest.mark.parametrize(
    ("header", "cells", "kind", "levels"),
    [
        ("Chloride", ["101", "99.5", "104", "hemolysed", "103", "98"], "numeric", ()),
        ("ICU", ["是", "否", "是", "", "否"], "binary", ("否", "是")),
        ("Culture", ["+", "-", "-", "+"], "binary", ("(-)", "+")),
        ("Flag", [0, 1, 0, 1], "binary", ("0", "1")),
        ("Ward", ["A", "B", "A", "B", "C", "C"], "categorical", ("A", "B", "C")),
    ],
)
def test_own_columns_are_typed_by_content(header, cells, kind, levels):
    column = read_table(many(header, cells)).columns[-1]
    assert (column.name, column.kind, column.levels, column.known) == (header, kind, levels, False)


@pytest.mark.parametrize(
    "header", ["诊断", "主要诊断", "出院带药", "Hospital days", "follow-up result", "DischargeDrugs"]
)
def test_what_is_written_down_at_the_end_of_a_stay_is_no_predictor_unless_said_so(header):
    content = many(header, ["A", "B", "A", "B", "C", "C"])
    table = read_table(content)
    assert list(table.frame.columns) == ["age"]
    assert keys(table, "doubted") == {header: "reading_late.late"}
    said = ColumnMapping({header: Choice(CATEGORY)})
    assert list(read_table(content, mapping=said).frame.columns) == ["age", header]


@pytest.mark.parametrize("header", ["入院诊断", "既往出院诊断", "Prior discharge drugs", "Costal pain"])
def test_what_was_known_before_is_kept(header):
    assert list(read_table(many(header, ["A", "B", "A", "B", "C", "C"])).frame.columns) == ["age", header]


@pytest.mark.parametrize(
    ("header", "cells", "reason"),
    [
        ("visit id", [f"A{i}" for i in range(40)], "identifier"),
        ("subject_id", [i // 2 + 10_000 for i in range(80)], "identifier_repeats"),
        ("running", list(range(1, 11)), "identifier"),
        ("barcode", [10_000_000 + 17 * i for i in range(8)], "identifier"),
        ("specimen", [f"S-{i}x" for i in range(12)], "codes"),
        ("姓名", ["张三", "李四", "张三", "李四"], "personal"),
        ("联系电话", [13800000000 + i // 2 for i in range(8)], "personal"),
        ("入院", ["2023年1月5日", "2023/1/6", "2023-01-07 10:30", "5.1.2023"], "dates"),
        ("检查日期", [20230105, 20230106, 20230107, 20230109], "dates"),
        ("Centre", ["A"] * 6, "constant"),
        ("Blank", ["", "NA", "未查", "-"], "all_missing"),
        ("Remarks", [f"came with complaint {i} and more" for i in range(9)], "free_text"),
        ("Drug", [f"drug {i % 35}" for i in range(140)], "too_many_levels"),
    ],
)
def test_columns_of_no_use_are_left_out_by_name_with_the_reason(header, cells, reason):
    table = read_table(many(header, cells))
    assert list(table.frame.columns) == ["age"]
    assert keys(table, "left_out") == {header: reason}


@pytest.mark.parametrize(
    "header", ["outcome", "结局", "hospital_expire_flag", "PE", "In-hospital death", "死亡(1=是)"]
)
def test_a_predictor_never_contains_the_answer(header):
    table = read_table(many(header, [0, 1, 0, 1, 1]))
    assert list(table.frame.columns) == ["age"]
    assert keys(table, "doubted") == {header: "outcome"}


def test_odd_headers_are_named_and_doubted():
    table = read_table(b"patient_id,,age,X,X,\n1,5,70,1.5,2.5,\n2,6,64,3.5,4.5,\n3,8,81,2.5,9.5,\n")
    assert list(table.frame.columns) == ["column 2", "age", "X", "X (2)"]


def test_rows_are_numbered_when_nobody_is_named():
    table = read_table(b"age,spo2\n70,95\n64,91\n")
    assert list(table.frame.index) == ["1", "2"]
    assert table.report.notes[0].key == "reading.no_id"


def test_the_admission_identifies_a_row_before_the_person_does():
    table = read_table(b"subject_id,hadm_id,age\n5,20,70\n5,21,70\n")
    assert list(table.frame.index) == ["20", "21"]


def test_one_row_is_enough_to_predict_from():
    table = read_table("患者编号,年龄,Chloride,科室\n1,70,101,急诊\n".encode())
    assert table.frame.shape == (1, 3)


def test_new_patients_are_read_with_the_columns_of_a_model():
    own = Column("科室", "categorical", ("呼吸", "急诊"))
    ward = Column("ICU", "binary", ("否", "是"))
    columns = (variables()["age"].column(), variables()["creatinine"].column(), own, ward)
    data = "patient_id,ICU,科室,年龄,身高\n1,是,急诊,70,170\n2,x,骨科,64,180\n"
    table = read_table(data.encode(), columns=columns)
    assert table.columns == columns
    assert table.frame["age"].tolist() == [70, 64]
    assert table.frame["creatinine"].isna().all()
    assert table.frame["科室"].fillna("?").tolist() == ["急诊", "?"]
    np.testing.assert_array_equal(table.frame["ICU"], [1, np.nan])
    assert keys(table, "left_out") == {"身高": "not_given"}
    assert keys(table, "doubted") == {"": "given_missing", "ICU": "strange_words", "科室": "strange_words"}
    (gaps,) = (note for note in table.report.notes if note.key == "reading.given_missing")
    assert "肌酐" in gaps.say("zh")
    assert "reatinine" in gaps.say("en")


def test_a_patient_reads_the_same_alone_and_in_company():
    columns = (variables()["lactate"].column(), variables()["cancer"].column())
    rows = ["1,溶血,x", "2,2.5,yes", "3,not done today,y?", "4,hemolysed,z", "5,see note,unclear"]
    together = read_table("\n".join(["patient_id,lactate,cancer", *rows]).encode(), columns=columns)
    for row in rows:
        alone = read_table(f"patient_id,lactate,cancer\n{row}\n".encode(), columns=columns)
        pd.testing.assert_frame_equal(alone.frame, together.frame.loc[alone.frame.index])


def test_of_two_headers_of_one_variable_the_first_with_values_is_read_in_training_and_later():
    data = b"patient_id,serum urea (g/dL),BUN (mg/dL),urea\n1,,20,\n2,,30,\n3,,25,\n"
    table = read_table(data)
    again = read_table(data, columns=table.columns)
    pd.testing.assert_frame_equal(again.frame, table.frame)
    np.testing.assert_allclose(table.frame["urea"], [7.14, 10.71, 8.925])


@pytest.mark.skipif(not DEMO.is_dir(), reason="the MIMIC-IV demo table is not beside this checkout")
def test_the_mimic_demo_table_is_understood():
    table = read_table(DEMO / "ehr.csv")
    labels = read_labels(DEMO / "labels.csv")
    assert table.frame.shape == (275, 51)
    assert list(table.frame.index) == list(labels.index)
    assert keys(table, "left_out") == {"subject_id": "identifier_repeats"}
    known = {column.name for column in table.columns if column.known}
    assert {
        "sex",
        "age",
        "creatinine",
        "haemoglobin",
        "temperature",
        "urea",
        "inr",
        "aptt",
        "cancer",
    } <= known
    assert {c.name for c in table.columns if c.kind == "categorical"} >= {
        "Race",
        "Insurance",
        "Admission type",
    }
    medians = table.frame[["creatinine", "haemoglobin", "temperature", "calcium", "bilirubin"]].median()
    np.testing.assert_allclose(medians, [88.42, 108, 36.777, 2.170, 8.552], rtol=1e-3)
    assert sorted(labels["outcome"].unique()) == ["bleeding", "death", "none"]


KNOWN = [
    variables()[name].column() for name in ("age", "creatinine", "d_dimer", "cancer", "sex", "thrombolytic")
]
OWN = [
    Column("Chloride (mEq/L)", "numeric", (), "mEq/L", "Chloride", "Chloride"),
    Column("ICU", "binary", ("否", "是"), "", "ICU", "ICU"),
    Column("科室", "categorical", ("呼吸", "急诊"), "", "科室", "科室"),
]

USUAL = {"age": (18, 95), "creatinine": (40, 300), "d_dimer": (0.2, 20), "Chloride (mEq/L)": (90, 115)}


def cell(column: Column) -> st.SearchStrategy[object]:
    if column.kind == "categorical":
        return st.sampled_from([*column.levels, None])
    if column.kind == "binary":
        return st.sampled_from([0.0, 1.0, np.nan])
    return st.floats(*USUAL[column.name]) | st.just(np.nan)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back_as_it_was(data, tmp_path_factory):
    columns = tuple(KNOWN + OWN)
    frame = {}
    for column in columns:
        drawn = data.draw(st.lists(cell(column), min_size=6, max_size=6))
        # both levels and two numbers are always there: a constant column is left out, as it should be
        sure = [0.0, 1.0] * 2 if column.kind == "binary" else [*(column.levels[:2] or USUAL[column.name])] * 2
        frame[column.name] = pd.Series(
            [*sure, *drawn], dtype="str" if column.kind == "categorical" else "float64"
        )
    ids = pd.Index([f"{i:03}" for i in range(10)], dtype="str", name="patient_id")
    table = Table(pd.DataFrame(frame).set_index(ids), columns, ReadingReport("", "", 10, len(columns)))
    path = tmp_path_factory.mktemp("round") / "ehr.csv"
    write_table(table, path)
    back = read_table(path)
    pd.testing.assert_frame_equal(back.frame, table.frame, check_exact=True)
    assert back.columns == columns
