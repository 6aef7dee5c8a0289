from __future__ import annotations

import pandas as pd
import pytest

from tests.cohort.mimic_iv.fabricated import at, visit_id

LYSIS = f"{visit_id(1)}-lysis"
HAEMOGLOBIN, RED_CELLS, PROTAMINE, NORADRENALINE, ARREST = 51222, 225168, 229068, 221906, 225466


@pytest.fixture
def label(hospital, built):
    """Build and give the labels of the first person's row of the outcome."""

    def make(**options):
        return built(hospital, **options).labels.loc[LYSIS]

    return make


def fall(hospital, grams_per_decilitre, hour=20):
    hospital.lab(1, HAEMOGLOBIN, 5, 13.0, "g/dL")
    hospital.lab(1, HAEMOGLOBIN, hour, 13.0 - grams_per_decilitre, "g/dL")


def units(hospital, n, hour=20):
    for number in range(n):
        hospital.infusion(1, RED_CELLS, hour + number, hour + number + 1, 300, amountuom="ml")


def test_nothing_happened(hospital, label):
    hospital.lysed(1)
    row = label()
    assert (row["outcome"], row["death_30d"], row["major_bleeding"]) == ("none", "0", "0")


@pytest.mark.parametrize(
    ("dod", "outcome"),
    [("2150-01-20", "death"), ("2150-01-31", "death"), ("2150-02-01", "none"), (None, "none")],
)
def test_death_counts_for_thirty_days_in_or_out_of_hospital(hospital, label, dod, outcome):
    hospital.lysed(1)
    hospital.rows["hosp/patients"][0]["dod"] = dod
    row = label()
    assert (row["outcome"], row["death_in_hospital"]) == (outcome, "0")


def test_a_death_in_hospital_counts_with_its_time(hospital, label):
    hospital.lysed(1)
    hospital.rows["hosp/admissions"][0].update(deathtime=at(30), hospital_expire_flag=1)
    row = label()
    assert (row["outcome"], row["death_in_hospital"], row["death_30d"]) == ("death", "1", "1")


def test_a_death_in_hospital_after_thirty_days_is_told_but_no_outcome(hospital, label):
    hospital.lysed(1)
    hospital.rows["hosp/admissions"][0].update(
        dischtime=at(24 * 45), deathtime=at(24 * 45), hospital_expire_flag=1
    )
    row = label()
    assert (row["outcome"], row["death_in_hospital"], row["death_30d"]) == ("none", "1", "0")


def test_death_goes_before_bleeding(hospital, label):
    hospital.lysed(1)
    hospital.code(1, "I614")
    hospital.rows["hosp/patients"][0]["dod"] = "2150-01-05"
    row = label()
    assert (row["outcome"], row["major_bleeding"], row["intracranial"]) == ("death", "1", 1)


@pytest.mark.parametrize(
    ("code", "grams", "n", "by"),
    [
        ("I614", 0, 0, "critical_organ"),
        ("K661", 0, 0, "critical_organ"),
        ("K922", 2.0, 0, "overt_with_fall"),
        ("K922", 0, 2, "overt_with_red_cells"),
        ("R319", 2.5, 2, "overt_with_fall+overt_with_red_cells+fall_with_red_cells"),
        (None, 2.0, 2, "fall_with_red_cells"),
        ("K922", 1.9, 1, ""),
        (None, 4.0, 0, ""),
        (None, 0, 5, ""),
    ],
)
def test_major_bleeding_by_isth_as_far_as_tables_allow(hospital, label, code, grams, n, by):
    hospital.lysed(1)
    if code:
        hospital.code(1, code)
    fall(hospital, grams)
    units(hospital, n)
    row = label()
    found = row["bleeding_by"] if pd.notna(row["bleeding_by"]) else ""
    assert (found, row["outcome"]) == (by, "bleeding" if by else "none")


def test_reversal_counts_with_an_overt_bleedings_code(hospital, label):
    hospital.lysed(1)
    hospital.infusion(1, PROTAMINE, 20, 21, 50)
    assert (label()["outcome"], label()["reversal"]) == ("none", "1")
    hospital.code(1, "K922")
    assert label()["bleeding_by"] == "overt_with_reversal"


def test_reversal_at_the_bedside_counts_too(hospital, label):
    hospital.lysed(1)
    hospital.bedside(1, 20, "Tranexamic Acid")
    assert label()["reversal"] == "1"


def test_a_code_in_first_position_is_the_reason_of_the_admission(hospital, label):
    hospital.lysed(1)
    hospital.rows["hosp/diagnoses_icd"].clear()
    hospital.code(1, "I614", seq=1)
    hospital.code(1, "I2699", seq=2)
    assert label()["outcome"] == "none"


def test_what_was_before_the_index_time_or_long_after_is_no_bleeding(hospital, label):
    hospital.lysed(1)
    hospital.code(1, "K922")
    hospital.lab(1, HAEMOGLOBIN, 3, 15.0, "g/dL")
    fall(hospital, 3, hour=9)
    hospital.lab(1, HAEMOGLOBIN, 20, 10.0, "g/dL")
    hospital.lab(1, HAEMOGLOBIN, 10 + 7 * 24 + 1, 6.0, "g/dL")
    units(hospital, 3, hour=4)
    row = label()
    assert (row["haemoglobin_fall"], row["red_cell_units"], row["outcome"]) == ("0", "0", "none")


def test_by_any_criterion_each_counts_alone(hospital, label):
    hospital.lysed(1)
    fall(hospital, 2.5)
    assert label()["outcome"] == "none"
    row = label(bleeding="any-criterion")
    assert (row["outcome"], row["bleeding_by"]) == ("bleeding", "fall")


def test_complications_are_told_by_kind(hospital, label):
    hospital.lysed(1)
    hospital.code(1, "K922")
    fall(hospital, 2.5)
    units(hospital, 1)
    hospital.infusion(1, NORADRENALINE, 30, 40, 4)
    hospital.visit(1, 29_000_000, 24 * 15, 24 * 20)
    hospital.code(1, "I2699", seq=1, hadm_id=29_000_000)
    row = label()
    names = ["gastrointestinal", "transfusion", "haemodynamic_collapse", "recurrent_embolism"]
    assert row[names].tolist() == [1] * 4
    assert row[["intracranial", "other_major"]].tolist() == [0] * 2


def test_a_vasopressor_that_ran_before_is_no_collapse_but_an_arrest_is(hospital, label):
    hospital.lysed(1)
    hospital.infusion(1, NORADRENALINE, 5, 9, 4)
    hospital.infusion(1, NORADRENALINE, 30, 40, 4)
    assert label()["haemodynamic_collapse"] == 0
    hospital.procedure(1, ARREST, 50, 51)
    assert label()["haemodynamic_collapse"] == 1


def test_the_variant_without_lysis_follows_every_embolism_and_is_named_so(hospital, built):
    hospital.lysed(1)
    hospital.embolism(2, dod="2150-01-10")
    hospital.person(3)
    hospital.lab(3, 50915, 1, 300, "ng/mL")
    cohort = built(hospital, variant="anticoagulation")
    outcomes = {str(visit_id(1)): "none", str(visit_id(2)): "death"}
    assert cohort.labels["outcome"].dropna().to_dict() == outcomes
    assert cohort.about.name == "MIMIC-IV, anticoagulation"
    assert "under anticoagulation" in cohort.about.outcome_definition
