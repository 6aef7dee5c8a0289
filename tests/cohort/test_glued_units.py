"""Headers whose unit stands on the name without brackets: each is the variable, in that unit."""

from __future__ import annotations

import pytest

from core.cohort._matching import match_header
from core.cohort.columns import Column
from core.cohort.tables import read_table


@pytest.mark.parametrize(
    ("header", "name", "factor"),
    [
        ("收缩压mmHg", "systolic_bp", 1),
        ("收缩压_kPa", "systolic_bp", 7.50062),
        ("SBP_mmHg", "systolic_bp", 1),
        ("SBPmmHg", "systolic_bp", 1),
        ("血红蛋白(g/L)", "haemoglobin", 1),
        ("血红蛋白g/dL", "haemoglobin", 10),
        ("WBC 10^9/L", "white_cells", 1),
        ("WBC10^9/L", "white_cells", 1),
        ("白细胞计数×10⁹/L", "white_cells", 1),
        ("wbc_10_9_l", "white_cells", 1),
        ("体温℃", "temperature", 1),
        ("心率次/分", "heart_rate", 1),
        ("年龄_岁", "age", None),
        ("SpO2%", "spo2", 1),
        ("creatinine_mg_dl", "creatinine", 88.42),
        ("Creatinine..umol.L.", "creatinine", 1),
        ("Glucose_mmol_per_L", "glucose", 1),
        ("D-二聚体ng/mL", "d_dimer", 0.001),
        ("BUN_mg_dl", "urea", 0.357),
    ],
)
def test_a_unit_at_the_end_of_a_name_is_its_unit(header, name, factor):
    match = match_header(header)
    assert match.variable is not None
    assert (match.variable.name, match.unit_known) == (name, True)
    if factor is not None:
        assert match.unit is not None
        assert match.unit.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    "header",
    ["收缩压最大值mmHg", "SBP_max", "创伤mm", "Kg", "白细胞kg", "pH_2", "肌酐清除率ml/min", "mmHg", "_"],
)
def test_a_name_that_is_another_one_or_a_unit_of_something_else_is_not_cut(header):
    assert match_header(header).variable is None


def test_values_below_such_headers_are_converted_and_said():
    rows = [f"p{i},{16 + i / 10},{0.9 + i / 10},{12 + i}" for i in range(8)]
    table = read_table(
        "\n".join(["patient_id,收缩压kPa,creatinine_mg_dl,血红蛋白g/dL", *rows, ""]).encode(), "a.csv"
    )
    assert table.frame["systolic_bp"].iloc[0] == pytest.approx(120.01, abs=0.01)
    assert table.frame["creatinine"].iloc[0] == pytest.approx(79.6, abs=0.1)
    assert table.frame["haemoglobin"].iloc[0] == 120
    converted = {note.column: note.say("zh") for note in table.report.of("converted")}
    assert "mg/dl" in converted["creatinine_mg_dl"]
    assert set(converted) == {"收缩压kPa", "creatinine_mg_dl", "血红蛋白g/dL"}


def test_the_same_variable_twice_is_still_said():
    content = b"patient_id,SBP,SBP_mmHg\n" + b"".join(
        b"p%d,%d,%d\n" % (i, 110 + i, 120 + i) for i in range(6)
    )
    table = read_table(content, "a.csv")
    assert [column.name for column in table.columns] == ["systolic_bp", "SBP_mmHg (own)"]
    assert "reading.variable_twice" in {note.key for note in table.report.notes}


def test_a_model_that_knew_such_a_header_as_the_hospitals_own_still_finds_it():
    columns = (Column("SBP_mmHg", "numeric"), Column("systolic_bp", "numeric", known=True))
    table = read_table(b"patient_id,SBP_mmHg\na,120\nb,130\n", columns=columns)
    assert table.frame["SBP_mmHg"].tolist() == [120, 130]
    assert table.frame["systolic_bp"].isna().all()
