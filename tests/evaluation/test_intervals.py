from __future__ import annotations

import math

import numpy as np
import pytest

from core.evaluation import Interval, wilson
from core.evaluation.intervals import UNDEFINED, normal_quantile, percentile_interval, ratio


@pytest.mark.parametrize(
    ("successes", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_the_table_of_newcombe_1998(successes, total, low, high):
    found = wilson(successes, total)
    # four printed decimals
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == successes / total


def test_wilson_agrees_with_prop_test_of_r_to_all_digits():
    found = wilson(1, 29)
    assert (found.low, found.high) == pytest.approx((0.00611321429276266, 0.17175521879320282), abs=1e-12)


@pytest.mark.parametrize(("successes", "expected_end"), [(0, 0.0), (7, 1.0)])
def test_wilson_reaches_the_end_when_none_or_all_succeed(successes, expected_end):
    found = wilson(successes, 7)
    assert expected_end in (found.low, found.high)
    assert found.low < found.high


def test_a_proportion_of_nothing_is_undefined_and_none_in_json():
    assert wilson(0, 0).to_json() == {"value": None, "low": None, "high": None}
    assert all(math.isnan(v) for v in (UNDEFINED.value, UNDEFINED.low, UNDEFINED.high))


def test_interval_survives_json():
    assert Interval.from_json(Interval(0.5, 0.25, 0.75).to_json()) == Interval(0.5, 0.25, 0.75)
    assert math.isnan(Interval.from_json({"value": 0.5, "low": None, "high": None}).low)


def test_infinity_is_none_in_json():
    assert Interval(math.inf, 1.0, math.inf).to_json() == {"value": None, "low": 1.0, "high": None}


def test_normal_quantile_of_95_percent_is_1_96():
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)


def test_percentile_interval_cuts_a_fortieth_on_each_side():
    found = percentile_interval(0.5, np.linspace(0, 1, 1001))
    assert (found.low, found.high) == pytest.approx((0.025, 0.975))


def test_percentile_interval_of_undefined_draws_is_undefined():
    assert math.isnan(percentile_interval(0.5, np.array([0.1, np.nan])).low)


def test_ratio_over_nothing():
    assert ratio(1, 0) == math.inf
    assert math.isnan(ratio(0, 0))
    assert ratio(1, 2) == 0.5
