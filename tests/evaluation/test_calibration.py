from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from core.evaluation import (
    brier,
    brier_skill,
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    expected_calibration_error,
    multiclass_brier,
    observed_to_expected,
    wilson,
)
from tests.evaluation.conftest import simulate


def test_brier_agrees_with_scikit_learn(reference, forecast):
    expected = brier_score_loss(reference.event, reference.first)
    assert brier(reference.event, reference.first) == pytest.approx(expected, abs=1e-12)
    expected = brier_score_loss(forecast.truth, forecast.probabilities, scale_by_half=False)
    assert multiclass_brier(*forecast) == pytest.approx(expected, abs=1e-12)


def test_skill_is_none_for_the_class_shares_and_one_for_certainty(forecast):
    shares = np.tile(np.bincount(forecast.truth) / len(forecast.truth), (len(forecast.truth), 1))
    assert brier_skill(forecast.truth, shares) == pytest.approx(0, abs=1e-12)
    assert brier_skill(forecast.truth, np.eye(3)[forecast.truth]) == 1
    assert math.isnan(brier_skill(np.zeros(4, int), np.full((4, 2), 0.5)))


def test_slope_and_intercept_agree_with_glm_of_r(reference):
    # R: glm(event ~ qlogis(p)), glm(event ~ offset(qlogis(p))), confint.default, glm.control(epsilon = 1e-14)
    slope = calibration_slope(reference.event, reference.first)
    assert (slope.value, slope.low, slope.high) == pytest.approx(
        (1.095724742, 0.661705555, 1.529743930), abs=1e-8
    )
    intercept = calibration_intercept(reference.event, reference.first)
    found = (intercept.value, intercept.low, intercept.high)
    assert found == pytest.approx((-0.625093202739, -1.057037404231, -0.193149001247), abs=1e-8)
    slope = calibration_slope(reference.event, reference.second)
    assert (slope.value, slope.low, slope.high) == pytest.approx(
        (0.361519893, 0.019415467, 0.703624320), abs=1e-8
    )
    assert calibration_intercept(reference.event, reference.second).value == pytest.approx(
        -0.52913995637, abs=1e-8
    )


def test_slope_agrees_with_scikit_learn(large_forecast):
    event, p = large_forecast.truth == 1, large_forecast.probabilities[:, 1]
    log_odds = np.log(p / (1 - p))[:, None]
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(log_odds, event)
    assert calibration_slope(event, p).value == pytest.approx(peer.coef_[0, 0], abs=1e-5)


def test_true_probabilities_are_calibrated(large_forecast):
    for code in range(3):
        event, p = large_forecast.truth == code, large_forecast.probabilities[:, code]
        # about three standard errors at 20,000 patients
        assert calibration_slope(event, p).value == pytest.approx(1, abs=0.08)
        assert calibration_intercept(event, p).value == pytest.approx(0, abs=0.07)
        assert observed_to_expected(event, p).value == pytest.approx(1, abs=0.06)
        assert expected_calibration_error(event, p) < 0.012


def test_intervals_cover_what_a_right_forecast_has_in_truth():
    # 400 samples: 95 % within three standard errors of a share (.011)
    covered = np.zeros(2)
    for seed in range(400):
        truth, probabilities = simulate(300, seed)
        event, p = truth == 1, probabilities[:, 1]
        slope, intercept = calibration_slope(event, p), calibration_intercept(event, p)
        covered += (slope.low < 1 < slope.high, intercept.low < 0 < intercept.high)
    assert covered / 400 == pytest.approx(0.95, abs=0.033)


def test_doubled_log_odds_halve_the_slope(large_forecast):
    event, p = large_forecast.truth == 1, large_forecast.probabilities[:, 1].clip(0.002, 0.998)
    extreme = p**2 / (p**2 + (1 - p) ** 2)
    halved = calibration_slope(event, p).value / 2
    assert calibration_slope(event, extreme).value == pytest.approx(halved, abs=1e-9)


@pytest.mark.parametrize("event", [np.zeros(6, bool), np.ones(6, bool)])
def test_one_class_only_has_neither_slope_nor_intercept(event):
    p = np.linspace(0.1, 0.9, 6)
    assert math.isnan(calibration_slope(event, p).value)
    assert math.isnan(calibration_intercept(event, p).value)
    assert math.isfinite(observed_to_expected(event, p).value)


def test_separable_events_have_no_slope_but_an_intercept():
    event = np.arange(30) < 10
    p = np.where(event, 0.7, 0.2) + np.linspace(0, 0.1, 30)
    slope = calibration_slope(event, p)
    assert math.isnan(slope.value)
    assert math.isnan(slope.low)
    assert math.isfinite(calibration_intercept(event, p).high)


def test_constant_risk_has_no_slope_but_an_intercept():
    event = np.arange(40) < 10
    assert math.isnan(calibration_slope(event, np.full(40, 0.5)).value)
    assert calibration_intercept(event, np.full(40, 0.5)).value == pytest.approx(math.log(1 / 3))


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=40))
def test_any_risks_are_taken_without_a_warning(rows):
    event, p = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    assert len(calibration_curve(event, p)) >= 1
    assert 0 <= expected_calibration_error(event, p) <= 1
    intercept = calibration_intercept(event, p)
    assert math.isfinite(intercept.value) == (0 < event.sum() < len(event))
    slope = calibration_slope(event, p)
    assert math.isnan(slope.value) or slope.low <= slope.value <= slope.high
    observed_to_expected(event, p)


def test_curve_has_ten_bins_of_equal_count_with_wilson_limits(forecast):
    event, p = forecast.truth == 2, forecast.probabilities[:, 2]
    curve = calibration_curve(event, p)
    assert curve["n"].tolist() == [100] * 10
    assert curve["events"].sum() == event.sum()
    order = np.argsort(p)
    assert curve["predicted"].to_numpy() == pytest.approx(p[order].reshape(10, 100).mean(axis=1))
    last = wilson(int(event[order][-100:].sum()), 100)
    assert curve.loc[9, ["observed", "low", "high"]].tolist() == pytest.approx(
        [last.value, last.low, last.high]
    )


def test_equal_risks_are_never_torn_apart():
    p = np.array([0.1] * 30 + [0.6] * 10)
    event = np.arange(40) % 4 == 0
    curve = calibration_curve(event, p)
    assert curve["predicted"].tolist() == pytest.approx([0.1, 0.6])
    assert curve["n"].tolist() == [30, 10]


def test_calibration_error_by_hand():
    p = np.array([0.1, 0.1, 0.8, 0.8])
    event = np.array([False, True, True, True])
    assert expected_calibration_error(event, p, bins=2) == pytest.approx((2 * 0.4 + 2 * 0.2) / 4)


def test_observed_to_expected_by_hand():
    event = np.array([True, False, False, False])
    found = observed_to_expected(event, np.full(4, 0.5))
    assert found.value == 0.5
    assert found.low == pytest.approx(wilson(1, 4).low / 0.5)
    assert math.isnan(observed_to_expected(event, np.zeros(4)).value)
