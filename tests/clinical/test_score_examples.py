"""The example patients are what their titles say, by the published scores."""

from __future__ import annotations

import pytest

from core.clinical.contraindications import check_contraindications, summary
from core.clinical.scores import results
from core.clinical.scores._inputs import extras
from core.cohort.examples import examples
from core.text import catalogue

CLASSES = {
    "low_risk": {
        "esc_2019": "low",
        "aha_2026": "B2",
        "china_2018": "low",
        "pesi": "I",
        "spesi": "low",
        "bacs": "low",
    },
    "intermediate_high": {
        "esc_2019": "intermediate-high",
        "aha_2026": "C3",
        "china_2018": "intermediate-high",
        "pesi": "III",
        "spesi": "high",
        "bova": "III",
        "bacs": "low",
        "wells": "likely",
        "years": "ctpa",
    },
    "high_risk": {
        "esc_2019": "high",
        "aha_2026": "E1R",
        "china_2018": "high",
        "pesi": "V",
        "spesi": "high",
        "pe_sard": "high",
    },
    "contraindicated": {
        "esc_2019": "intermediate-high",
        "aha_2026": "C3",
        "china_2018": "intermediate-high",
        "bacs": "high",
        "vte_bleed": "high",
    },
    "much_missing": {"esc_2019": None, "china_2018": None, "wells": None, "years": None, "pesi": None},
}
POINTS = {
    "low_risk": {
        "pesi": 44,
        "spesi": 0,
        "bova": 0,
        "wells": 3,
        "geneva": 6,
        "bacs": 0,
        "pe_ch": 0,
        "pe_sard": 0,
    },
    # PESI 64 + 10 male + 20 pulse; Bova 2 troponin + 2 ventricle + 1 pulse
    "intermediate_high": {"pesi": 94, "spesi": 1, "bova": 5, "wells": 9, "geneva": 12, "bacs": 0},
    # BACS 3 recent bleeding + 1 syncope; PE-CH 5 stroke with deficit; PE-SARD 2.5 anaemia + 1.5 syncope
    "contraindicated": {"pesi": 83, "spesi": 1, "bova": 5, "bacs": 4, "pe_ch": 5, "pe_sard": 4},
}


@pytest.mark.parametrize(("name", "expected"), CLASSES.items())
def test_an_example_has_the_classes_that_its_title_promises(name, expected):
    found = results(examples()[name].frame())[0]
    assert {score: found[score].class_name for score in expected} == expected


@pytest.mark.parametrize(("name", "expected"), POINTS.items())
def test_an_example_has_the_points_that_a_clinician_would_count(name, expected):
    found = results(examples()[name].frame())[0]
    assert {score: found[score].points for score in expected} == expected


@pytest.mark.parametrize("name", ["low_risk", "intermediate_high", "contraindicated"])
def test_no_score_of_a_fully_known_example_is_left_open(name):
    found = results(examples()[name].frame())[0]
    assert {score: one.missing for score, one in found.items() if one.missing} == {}


def test_much_missing_leaves_points_open_and_names_the_gaps():
    found = results(examples()["much_missing"].frame())[0]
    assert found["wells"].low < found["wells"].high
    assert "d_dimer" in found["years"].missing


@pytest.mark.parametrize("name", examples())
def test_every_further_answer_is_one_that_somebody_asks_for(name):
    asked = set(extras()) | {
        key.rpartition(".")[2] for key in catalogue("en") if key.startswith("contraindications.items.")
    }
    assert set(examples()[name].extra) <= asked


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("low_risk", "none_found"),
        ("intermediate_high", "none_found"),
        ("high_risk", "none_found"),
        ("contraindicated", "absolute"),
        ("much_missing", "open"),
    ],
)
def test_only_the_contraindicated_example_has_a_contraindication(name, state):
    found = summary(check_contraindications(examples()[name].frame())[0])
    assert found.state == state
    assert bool(found.absolute_yes) == (name == "contraindicated")
