from __future__ import annotations

import pandas as pd
import pytest

from tests.cohort.mimic_iv.fabricated import at, visit_id

ROW, LYSIS = str(visit_id(1)), f"{visit_id(1)}-lysis"
HEART_RATE, SYSTOLIC, CREATININE, TROPONIN_T, HAEMOGLOBIN = 220045, 220179, 50912, 51003, 51222
LABS = [51222, 51265, 51301, 50912, 51006, 50983, 50813, 50915, 51003, 51275, 50820, 50821, 50818]
CHART = [220045, 220179, 220180, 220210, 220277, 223761, 226512, 226730, 223835, 220739, 223900, 223901]


def counts_of(cohort):
    return pd.read_csv(cohort.folder / "variables.csv").drop_duplicates("variable").set_index("variable")


def test_nothing_after_the_index_time_changes_the_table(hospital, values):
    hospital.lysed(1)
    hospital.embolism(2)
    for person in (1, 2):
        for item in LABS:
            hospital.lab(person, item, 2, 10)
        for item in CHART:
            hospital.chart(person, item, 2, 30)
    before = values(hospital)
    for person in (1, 2):
        # taken just after, or taken before and reported after; the lysis of the first begins at hour 10
        index = 10.0 if person == 1 else 6.0
        for item in LABS:
            hospital.lab(person, item, index + 0.05, 0.9)
            hospital.lab(person, item, index + 100, 29)
            hospital.lab(person, item, 3, 28, storetime=at(index + 0.05))
        for item in CHART:
            hospital.chart(person, item, index + 0.05, 31)
        hospital.infusion(person, 221906, index + 0.05, index + 5, 4)
        hospital.procedure(person, 225792, index + 0.05, index + 50)
        hospital.procedure(person, 225466, index + 0.05, index + 1)
        for code in ("I2101", "I6300", "K922", "I610", "Z7901", "Z7982", "I824Y1"):
            hospital.code(person, code)
        hospital.add(
            "hosp/omr",
            subject_id=person,
            chartdate="2150-01-01",
            result_name="Weight (Lbs)",
            result_value=400,
        )
        hospital.operation(person, "0DT80ZZ", "2150-01-01")
        hospital.visit(person, 29_000_000 + person, 1000, 1100)
        hospital.code(person, "C349", hadm_id=29_000_000 + person)
    pd.testing.assert_frame_equal(values(hospital), before)


def test_knowledge_ends_with_the_first_sign_of_the_drug_in_both_rows(hospital, values):
    hospital.lysed(1, hour=4)
    hospital.bedside(1, 3.8, "Alteplase", dose_given="10")
    for hour, number in ((3.5, 90), (3.9, 120), (4.5, 150)):
        hospital.chart(1, HEART_RATE, hour, number)
    assert values(hospital)["heart_rate"].to_dict() == {ROW: "90", LYSIS: "90"}


def test_a_visits_values_begin_with_the_visit_and_those_of_lysis_a_day_before_it(hospital, values):
    hospital.lysed(1, hour=40)
    for hour, number in ((-3, 180), (2, 100), (10, 140), (20, 120)):
        hospital.chart(1, HEART_RATE, hour, number)
    assert values(hospital)["heart_rate"].to_dict() == {ROW: "100", LYSIS: "120"}


def test_first_last_lowest_and_highest_as_the_mapping_says(hospital, values):
    hospital.embolism(1)
    for hour, number in ((1, 100), (2, 80), (3, 120)):
        hospital.chart(1, HEART_RATE, hour, number)
        hospital.chart(1, SYSTOLIC, hour, number)
        hospital.lab(1, 50983, hour, 30 + number, "mEq/L")
        hospital.chart(1, 226512, hour, number)
    row = values(hospital).loc[ROW]
    assert row[["heart_rate", "systolic_bp", "sodium", "weight"]].tolist() == ["120", "80", "130", "120"]


def test_units_of_the_row_go_before_those_of_the_mapping(hospital, built):
    hospital.embolism(1)
    hospital.lab(1, CREATININE, 1, 1.0, "mg/dL")
    hospital.lab(1, CREATININE, 2, 50, "umol/L")
    hospital.lab(1, HAEMOGLOBIN, 1, 10)
    hospital.lab(1, 51006, 1, 28, "mg/dL")
    hospital.lab(1, 50915, 1, 500, "ng/mL")
    hospital.chart(1, 223761, 1, 98.6)
    row = built(hospital).table.frame.loc[ROW]
    assert row["creatinine"] == pytest.approx(88.42)
    assert row["haemoglobin"] == pytest.approx(100)
    assert row["urea"] == pytest.approx(28 * 0.357)
    assert row["d_dimer"] == pytest.approx(0.5)
    assert row["temperature"] == pytest.approx(37)


def test_implausible_values_and_unknown_units_are_left_out_and_counted(hospital, built):
    hospital.embolism(1)
    for number in (90, 0, 999):
        hospital.chart(1, HEART_RATE, 1, number)
    hospital.lab(1, CREATININE, 1, 3, "furlong")
    cohort = built(hospital)
    counts = counts_of(cohort)
    assert counts.loc["heart_rate", ["seen", "implausible", "unknown_unit"]].tolist() == [3, 2, 0]
    assert counts.loc["creatinine", ["seen", "implausible", "unknown_unit"]].tolist() == [1, 0, 1]
    table = pd.read_csv(cohort.folder / "ehr.csv")
    assert table["heart_rate"].tolist() == [90]
    assert "creatinine" not in table


@pytest.mark.parametrize(
    "text",
    [
        {"comments": "<0.01.  CTROPNT > 0.10 NG/ML SUGGESTS ACUTE MI."},
        {"value": "<0.01"},
        {"comments": "LESS THAN 0.01."},
    ],
)
def test_results_beyond_the_methods_range_are_read_at_their_limit(hospital, built, text):
    hospital.embolism(1)
    hospital.lab(1, TROPONIN_T, 1, None, "ng/mL", **text)
    cohort = built(hospital)
    assert cohort.table.frame.loc[ROW, "troponin_t"] == pytest.approx(10)
    assert counts_of(cohort).loc["troponin_t", "censored"] == 1


def test_only_arterial_blood_gases_count(hospital, values):
    hospital.embolism(1)
    for specimen, kind, number in ((71, "ART.", 80), (72, "VEN.", 40), (73, None, 30)):
        if kind:
            hospital.lab(1, 52033, 1, None, value=kind, specimen_id=specimen)
        hospital.lab(1, 50821, 1, number, "mm Hg", specimen_id=specimen)
    assert values(hospital).loc[ROW, "pao2"] == "80"


def coma(hospital, hour, eye, verbal, motor, text=""):
    for item, number in ((220739, eye), (223901, motor)):
        hospital.chart(1, item, hour, number)
    hospital.chart(1, 223900, hour, verbal, text)


def test_the_coma_scale_needs_its_three_parts_and_a_patient_who_can_speak(hospital, values):
    hospital.embolism(1)
    hospital.embolism(2)
    coma(hospital, 1, 4, 4, 6)
    coma(hospital, 2, 1, 1, 1, "No Response-ETT")
    hospital.chart(1, 220739, 3, 1)
    hospital.procedure(1, 225792, 4, 9)
    coma(hospital, 5, 1, 1, 1)
    row = values(hospital).loc[ROW]
    assert (row["gcs"], row["altered_mental_status"]) == ("14", "1")


def test_weight_falls_back_on_the_last_outpatient_visit_within_a_year(hospital, values):
    hospital.embolism(1)
    for day, number in (("2148-06-01", 300), ("2149-06-01", 200), ("2149-12-01", 220), ("2150-01-01", 400)):
        hospital.add("hosp/omr", subject_id=1, chartdate=day, result_name="Weight (Lbs)", result_value=number)
    assert float(values(hospital).loc[ROW, "weight"]) == pytest.approx(220 * 0.45359237)
    hospital.chart(1, 226512, 1, 77)
    assert values(hospital).loc[ROW, "weight"] == "77"


def test_age_is_counted_from_the_anchor_year(hospital, values):
    hospital.embolism(1, anchor_age=70, gender="M")
    row = values(hospital).loc[ROW]
    assert (row["age"], row["sex"]) == ("72", "male")


def test_treatment_is_unknown_outside_intensive_care_and_none_within_it(hospital, values):
    for person in (1, 2, 3):
        hospital.embolism(person)
    hospital.stay(2, 1, 50)
    hospital.stay(3, 1, 50)
    hospital.infusion(3, 221906, 2, 30, 4)
    hospital.procedure(3, 225792, 2, 30)
    table = values(hospital)
    rows = [str(visit_id(person)) for person in (1, 2, 3)]
    assert table.loc[rows, "vasopressor"].fillna("").tolist() == ["", "0", "1"]
    assert table.loc[rows, "mechanical_ventilation"].fillna("").tolist() == ["", "0", "1"]


def test_the_drug_stands_in_the_row_of_the_outcome_only(hospital, values):
    hospital.lysed(1)
    table = values(hospital)
    assert table.loc[LYSIS, ["thrombolytic", "full_dose"]].tolist() == ["alteplase", "1"]
    assert table.loc[ROW, ["thrombolytic", "full_dose"]].isna().all()
