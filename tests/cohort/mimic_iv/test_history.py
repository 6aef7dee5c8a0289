from __future__ import annotations

import pandas as pd
import pytest

from tests.cohort.mimic_iv.fabricated import visit_id

ROW = str(visit_id(1))
EARLIER = 19_000_000


def earlier(hospital, *codes, days=20):
    """An earlier visit of the person that ended so many days before."""
    hospital.visit(1, EARLIER, -24 * days - 48, -24 * days)
    for code in codes:
        hospital.code(1, code, seq=1, hadm_id=EARLIER)


@pytest.fixture
def history(hospital, values):
    """Build and give the history of the first person's visit; an empty cell as an empty text."""

    def make(*names):
        row = values(hospital).loc[ROW]
        return [row.get(name, "") if pd.notna(row.get(name)) else "" for name in names]

    return make


@pytest.mark.parametrize(
    ("code", "version", "variable"),
    [
        ("C3490", 10, "cancer"),
        ("1629", 9, "cancer"),
        ("I5022", 10, "heart_failure"),
        ("J449", 10, "chronic_lung_disease"),
        ("496", 9, "chronic_lung_disease"),
        ("4019", 9, "hypertension"),
        ("E1142", 10, "diabetes"),
        ("I2510", 10, "coronary_disease"),
        ("I252", 10, "prior_myocardial_infarction"),
        ("Z8673", 10, "prior_stroke"),
        ("N189", 10, "chronic_kidney_disease"),
        ("K7460", 10, "liver_disease"),
        ("Z86711", 10, "prior_vte"),
        ("V1251", 9, "prior_vte"),
    ],
)
def test_chronic_codes_of_this_visit_count(hospital, history, code, version, variable):
    hospital.embolism(1)
    hospital.code(1, code, version)
    assert history(variable) == ["1"]


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ("C4401", "cancer"),
        ("I5021", "heart_failure"),
        ("I50810", "heart_failure"),
        ("I2101", "prior_myocardial_infarction"),
        ("I6300", "prior_stroke"),
        ("K7201", "liver_disease"),
        ("I2699", "prior_vte"),
    ],
)
def test_what_may_be_new_in_this_visit_does_not_count(hospital, history, code, variable):
    hospital.embolism(1)
    hospital.code(1, code)
    assert history(variable) == ["0"]


@pytest.mark.parametrize(
    ("code", "variable", "days", "expected"),
    [
        ("I2101", "prior_myocardial_infarction", 900, "1"),
        ("I2699", "prior_vte", 900, "1"),
        ("K922", "recent_major_bleeding", 20, "1"),
        ("K922", "recent_major_bleeding", 60, "0"),
        ("Z7901", "anticoagulant_use", 300, "1"),
        ("Z7901", "anticoagulant_use", 400, "0"),
        ("Z7982", "antiplatelet_use", 300, "1"),
    ],
)
def test_codes_of_earlier_visits_count_for_as_long_as_the_list_says(
    hospital, history, code, variable, days, expected
):
    hospital.embolism(1)
    earlier(hospital, code, days=days)
    assert history(variable) == [expected]


def test_without_an_earlier_visit_it_is_unknown(hospital, history):
    hospital.embolism(1)
    hospital.code(1, "Z7901")
    hospital.code(1, "K922")
    assert history("anticoagulant_use", "recent_major_bleeding") == ["", ""]


def test_smoking_is_unknown_unless_coded_and_this_visits_word_goes_first(hospital, history):
    hospital.embolism(1)
    assert history("smoking") == [""]
    earlier(hospital, "F17210")
    assert history("smoking") == ["current"]
    hospital.code(1, "Z87891")
    assert history("smoking") == ["former"]


@pytest.mark.parametrize(
    ("code", "version", "day", "expected"),
    [
        ("0DT80ZZ", 10, "2149-12-20", "1"),
        ("0DT84ZZ", 10, "2149-12-20", "1"),
        ("02HV33Z", 10, "2149-12-20", "0"),
        ("0DT80ZZ", 10, "2149-11-20", "0"),
        ("0DT80ZZ", 10, "2150-01-01", "0"),
        ("8154", 9, "2149-12-20", "1"),
        ("3893", 9, "2149-12-20", "0"),
        ("9672", 9, "2149-12-20", "0"),
    ],
)
def test_surgery_is_an_operation_in_the_four_weeks_before(hospital, history, code, version, day, expected):
    hospital.embolism(1)
    hospital.operation(1, code, day, version)
    assert history("recent_surgery") == [expected]
