from __future__ import annotations

import math

import pytest

from core.clinical.d_dimer_rules import accepted_failure, d_dimer_rules
from core.cohort.examples import examples
from tests.clinical.suspected import suspected as _patient


@pytest.mark.parametrize(
    ("known", "limit", "outcome"),
    [
        ({"d_dimer": 0.8}, (1.0, 1.0), "excluded"),
        ({"d_dimer": 0.8, "haemoptysis": 1.0}, (0.5, 0.5), "imaging"),
        ({"d_dimer": 1.0}, (1.0, 1.0), "imaging"),
        ({"d_dimer": 0.8, "haemoptysis": math.nan}, (0.5, 1.0), "open"),
        ({"d_dimer": 0.4, "haemoptysis": math.nan}, (0.5, 1.0), "excluded"),
        ({}, (1.0, 1.0), "open"),
    ],
)
def test_years_takes_the_limit_that_its_items_say(known, limit, outcome):
    years = d_dimer_rules(_patient(**known))[0]
    assert (years.name, years.limit, years.outcome) == ("years", limit, outcome)


@pytest.mark.parametrize(
    ("age", "limit", "d_dimer", "outcome"),
    [
        (40.0, (0.5, 0.5), 0.49, "excluded"),
        (50.0, (0.5, 0.5), 0.5, "imaging"),
        (70.0, (0.7, 0.7), 0.69, "excluded"),
        (70.0, (0.7, 0.7), 0.7, "imaging"),
        (math.nan, (0.5, 1.2), 0.8, "open"),
    ],
)
def test_the_age_adjusted_limit_grows_with_age(age, limit, d_dimer, outcome):
    rule = d_dimer_rules(_patient(age=age, d_dimer=d_dimer))[1]
    assert (rule.limit, rule.outcome) == (limit, outcome)


def test_the_age_adjusted_limit_is_for_those_in_whom_embolism_is_unlikely():
    assert d_dimer_rules(_patient(d_dimer=0.3))[1].fits is True
    assert (
        d_dimer_rules(_patient(d_dimer=0.3, leg_swelling=1.0, alternative_less_likely=1.0))[1].fits is False
    )
    assert d_dimer_rules(examples()["much_missing"].frame())[1].fits is None


def test_an_exclusion_carries_how_often_it_failed():
    excluded = d_dimer_rules(_patient(d_dimer=0.3))[0]
    assert [rate.share for rate in excluded.failures] == [0.0061, 0.012]
    assert accepted_failure() == excluded.failures[0]
