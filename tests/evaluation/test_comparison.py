from __future__ import annotations

import math

import numpy as np
import pytest

from core.evaluation import bootstrap_macro_test, delong_test


def test_delong_test_agrees_with_proc(reference):
    # R: roc.test(method = "delong", paired = TRUE) prints Z = 3.55357389123983
    found = delong_test(reference.event, reference.first, reference.second)
    assert found.p_value == pytest.approx(0.000380034419930233, abs=1e-12)
    assert found.difference.value == pytest.approx(0.811965811965812 - 0.612484737484738, abs=1e-12)
    limits = (found.difference.low, found.difference.high)
    assert limits == pytest.approx((0.0894578320928748, 0.3095043168692742), abs=1e-12)


def test_a_score_against_itself_does_not_differ(reference):
    found = delong_test(reference.event, reference.first, reference.first)
    assert found.p_value == 1
    assert found.difference.value == found.difference.low == found.difference.high == 0


def test_order_of_the_scores_only_turns_the_sign(reference):
    one = delong_test(reference.event, reference.first, reference.second)
    other = delong_test(reference.event, reference.second, reference.first)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.difference.low == pytest.approx(-other.difference.high)


def test_one_event_allows_no_test():
    event = np.arange(10) == 3
    found = delong_test(event, np.linspace(0, 1, 10), np.linspace(1, 0, 10))
    assert math.isnan(found.p_value)
    assert found.difference.value == pytest.approx(found.first - found.second)


def test_bootstrap_of_two_classes_is_close_to_delong(reference):
    first, second = (np.column_stack([1 - s, s]) for s in (reference.first, reference.second))
    found = bootstrap_macro_test(reference.event.astype(int), first, second, n_bootstrap=8000)
    exact = delong_test(reference.event, reference.first, reference.second).difference
    assert found.difference.value == pytest.approx(exact.value, abs=1e-12)
    assert (found.difference.low, found.difference.high) == pytest.approx((exact.low, exact.high), abs=0.015)
    assert found.p_value < 0.005


def test_bootstrap_finds_that_noise_makes_a_forecast_worse(forecast):
    noise = np.random.default_rng(0).dirichlet(np.ones(3), len(forecast.truth))
    found = bootstrap_macro_test(forecast.truth, forecast.probabilities, noise)
    assert found.difference.low > 0
    assert found.p_value == pytest.approx(2 / 1001)


def test_bootstrap_of_equal_forecasts_does_not_differ(forecast):
    assert bootstrap_macro_test(forecast.truth, *[forecast.probabilities] * 2, n_bootstrap=50).p_value == 1


def test_bootstrap_with_an_absent_class_is_undefined(forecast):
    rows = forecast.truth != 1
    probabilities = forecast.probabilities[rows]
    assert math.isnan(bootstrap_macro_test(forecast.truth[rows], probabilities, probabilities).p_value)
