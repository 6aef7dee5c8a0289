from __future__ import annotations

import math

import numpy as np
import pytest

from core.cohort import display_units
from core.cohort.variables import variables

SWITCHED = [
    (name, unit)
    for name in variables()
    for unit in display_units.choices(name)
    if unit != variables()[name].unit
]


def test_the_units_that_clinicians_switch_between_are_offered():
    offered = {name: display_units.choices(name) for name in variables()}
    assert "mg/dL" in offered["creatinine"]
    assert "g/dL" in offered["haemoglobin"]
    assert "ng/mL FEU" in offered["d_dimer"]
    assert {"mg/dL"} <= set(offered["glucose"]) & set(offered["bilirubin"]) & set(offered["calcium"])
    assert offered["inr"] == ()
    assert offered["heart_rate"] == ("/min",)


@pytest.mark.parametrize(
    ("name", "value", "unit", "shown"),
    [
        ("creatinine", 88.42, "mg/dL", 1.0),
        ("urea", 3.57, "mg/dL BUN", 10.0),
        ("glucose", 5.55, "mg/dL", 100.0),
        ("bilirubin", 17.104, "mg/dL", 1.0),
        ("haemoglobin", 131.0, "g/dL", 13.1),
        ("d_dimer", 0.5, "ng/mL FEU", 500.0),
        ("calcium", 2.495, "mg/dL", 10.0),
        ("lactate", 2.0, "mg/dL", 18.018018018),
        ("albumin", 36.0, "g/dL", 3.6),
        ("temperature", 37.0, "°F", 98.6),
        ("temperature", 37.0, "°C", 37.0),
        ("troponin_t", 14.0, "ng/mL", 0.014),
    ],
)
def test_values_are_shown_in_another_unit(name, value, unit, shown):
    assert display_units.to_display(name, value, unit) == pytest.approx(shown, rel=1e-9)


@pytest.mark.parametrize(("name", "unit"), SWITCHED)
def test_a_value_of_core_comes_back_exactly(name, unit):
    low, high = variables()[name].plausible
    rng = np.random.default_rng(11)
    for value in np.round(rng.uniform(low, high, 40), variables()[name].decimals):
        shown = display_units.to_display(name, float(value), unit)
        assert display_units.from_display(name, shown, unit) == value


@pytest.mark.parametrize(("name", "unit"), SWITCHED)
def test_a_typed_value_comes_back_exactly_as_typed(name, unit):
    low, high = display_units.limits(name, unit)
    rng = np.random.default_rng(12)
    for typed in np.round(rng.uniform(low, high, 40), display_units.decimals(name, unit) + 1):
        stored = display_units.from_display(name, float(typed), unit)
        assert display_units.to_display(name, stored, unit) == typed


def test_a_typed_value_is_the_number_that_a_table_gives():
    assert (
        display_units.from_display("temperature", 99.1, "°F")
        == variables()["temperature"].convert([99.1], "F")[0]
    )


def test_what_is_not_known_stays_so():
    assert math.isnan(display_units.to_display("creatinine", math.nan, "mg/dL"))
    assert math.isnan(display_units.from_display("creatinine", math.nan, "mg/dL"))


@pytest.mark.parametrize(("name", "unit"), SWITCHED)
def test_every_number_within_the_shown_limits_is_accepted(name, unit):
    for limit in display_units.limits(name, unit):
        assert display_units.entry_problem(name, limit, unit, "en") == ""


def test_limits_and_reference_ranges_convert_too():
    assert display_units.limits("creatinine", "mg/dL") == (0.12, 33.92)
    assert display_units.limits("haemoglobin", "g/dL") == (2.0, 25.0)
    assert display_units.reference("haemoglobin", "female", "g/dL") == (11.5, 15.0)
    assert display_units.reference("d_dimer", None, "ng/mL FEU") == (-math.inf, 500.0)
    assert display_units.reference("weight", None, "kg") is None


def test_a_value_is_written_with_its_unit():
    assert display_units.show("creatinine", 106.104, "mg/dL", "en") == "1.20 mg/dL"
    assert display_units.show("age", 66.0, "years", "zh") == "66 岁"


def test_a_number_in_the_wrong_unit_is_said_to_be_so():
    said = display_units.entry_problem("creatinine", 1.2, "µmol/L", "en")
    assert (
        said
        == "Creatinine 1.2 µmol/L is not plausible (accepted: 10 µmol/L to 3000 µmol/L); is it meant in mg/dL?"
    )
    assert "mg/dL" in display_units.entry_problem("creatinine", 1.2, "µmol/L", "zh")


def test_an_impossible_number_is_refused_in_the_unit_it_was_typed_in():
    said = display_units.entry_problem("temperature", 370.0, "°F", "en")
    assert said == (
        "Temperature 370 °F is not plausible (accepted: 77.0 °F to 113.0 °F); please check the value and its unit."
    )


def test_an_infinite_value_is_no_number_and_an_unknown_one_is_allowed():
    assert "no number" in display_units.entry_problem("creatinine", math.inf, "mg/dL", "en")
    assert display_units.entry_problem("creatinine", math.nan, "mg/dL", "en") == ""


def test_a_unit_that_the_catalogue_does_not_know_is_a_mistake():
    with pytest.raises(KeyError):
        display_units.to_display("creatinine", 80.0, "mmHg")
    with pytest.raises(KeyError):
        display_units.choices("shoe_size")


def test_the_conventional_unit_is_one_that_is_offered():
    for name in variables():
        assert display_units.conventional(name) in (*display_units.choices(name), "")
