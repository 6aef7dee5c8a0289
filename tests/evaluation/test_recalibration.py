from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ArtifactError
from core.evaluation import (
    Recalibration,
    calibration_intercept,
    calibration_slope,
    fit_recalibration,
    prior_correction,
)
from tests.evaluation.conftest import simulate


def distorted(probabilities, power, shares):
    """Too extreme by ``power`` and tilted as if trained at other class shares."""
    tilted = probabilities**power * np.array(shares)
    return tilted / tilted.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("raw", "corrected"), [(0.20, 0.047), (0.33, 0.089), (0.50, 0.165), (0.70, 0.316), (0.90, 0.640)]
)
def test_prior_correction_of_the_five_published_pairs(raw, corrected):
    # prevalence 9 %, trained where every third patient had the event; three printed decimals
    found = prior_correction(np.array([[1 - raw, raw]]), (2 / 3, 1 / 3), (0.91, 0.09))[0, 1]
    assert found == pytest.approx(corrected, abs=5e-4)


def test_prior_correction_to_the_same_shares_changes_nothing(forecast):
    found = prior_correction(forecast.probabilities, (0.2, 0.3, 0.5), (0.2, 0.3, 0.5))
    assert found == pytest.approx(forecast.probabilities)


@pytest.mark.parametrize("power", [0.5, 2.0])
def test_a_distorted_forecast_is_repaired_on_new_patients(power):
    seen, new = simulate(20_000, 11), simulate(20_000, 12)
    raw = distorted(seen.probabilities, power, (1, 8, 5))
    fitted = fit_recalibration(raw, seen.truth)
    repaired = fitted.apply(distorted(new.probabilities, power, (1, 8, 5)))
    for code in range(3):
        event = new.truth == code
        assert calibration_slope(event, repaired[:, code]).value == pytest.approx(1, abs=0.06)
        assert calibration_intercept(event, repaired[:, code]).value == pytest.approx(0, abs=0.06)
    assert np.abs(repaired - new.probabilities).max() < 0.05


def test_two_classes_are_repaired_the_same_way():
    seen = simulate(8000, 21, (0.0, -1.5))
    raw = distorted(seen.probabilities, 1.7, (1, 6))
    fitted = fit_recalibration(raw, seen.truth, trained=(0.5, 0.5))
    repaired = fitted.apply(raw)
    event = seen.truth == 1
    assert calibration_slope(event, repaired[:, 1]).value == pytest.approx(1, abs=0.03)
    assert calibration_intercept(event, repaired[:, 1]).value == pytest.approx(0, abs=0.03)


def test_few_events_share_one_scale_and_many_have_their_own():
    few, many = simulate(300, 31), simulate(5000, 31)
    assert np.bincount(few.truth).min() < 100 <= np.bincount(many.truth).min()
    assert len(set(fit_recalibration(few.probabilities, few.truth).scale)) == 1
    assert len(set(fit_recalibration(many.probabilities, many.truth).scale)) == 3


def test_without_evidence_the_shift_is_prior_correction():
    # one patient with equal probabilities says next to nothing, so what the training shares say stands
    natural_counts = np.array([0.5, 1.5])
    fitted = fit_recalibration(np.array([[0.5, 0.5]]), np.array([1]), trained=(0.5, 0.5))
    expected = math.log(natural_counts[1] / natural_counts[0])
    assert fitted.shift[0] == 0
    assert fitted.shift[1] == pytest.approx(expected, abs=0.3)


def test_large_samples_outweigh_a_wrong_start(large_forecast):
    right, wrong = (
        fit_recalibration(large_forecast.probabilities, large_forecast.truth, trained=shares)
        for shares in (None, (0.05, 0.05, 0.9))
    )
    assert wrong.shift == pytest.approx(right.shift, abs=0.05)
    assert wrong.scale == pytest.approx((1, 1, 1), abs=0.1)


def test_same_input_same_figures(forecast):
    raw = distorted(forecast.probabilities, 2, (1, 8, 5))
    assert fit_recalibration(raw, forecast.truth) == fit_recalibration(raw, forecast.truth)


def test_ranking_is_never_turned_round():
    truth = np.repeat([0, 1], [50, 50])
    p = np.linspace(0.95, 0.05, 100)  # worse than chance
    fitted = fit_recalibration(np.column_stack([1 - p, p]), truth)
    assert min(fitted.scale) > 0


def test_separable_events_leave_finite_figures():
    truth = np.repeat([0, 1, 2], [60, 5, 5])
    fitted = fit_recalibration(np.eye(3)[truth], truth)
    applied = fitted.apply(np.eye(3))
    assert np.isfinite(applied).all()
    assert applied.sum(axis=1) == pytest.approx(1)


def test_an_absent_class_keeps_a_small_probability(forecast):
    rows = forecast.truth != 2
    fitted = fit_recalibration(
        forecast.probabilities[rows], forecast.truth[rows], trained=(1 / 3, 1 / 3, 1 / 3)
    )
    applied = fitted.apply(forecast.probabilities)
    assert (applied > 0).all()
    assert applied[:, 2].mean() < 0.02


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 2), *[st.floats(0, 1)] * 3), min_size=1, max_size=30),
    st.sampled_from([None, (1 / 3, 1 / 3, 1 / 3), (0.0, 0.5, 0.5)]),
)
def test_any_probabilities_give_probabilities(rows, trained):
    raw = np.array([row[1:] for row in rows])
    fitted = fit_recalibration(raw, np.array([row[0] for row in rows]), trained)
    applied = fitted.apply(raw)
    assert np.isfinite(applied).all()
    assert applied.sum(axis=1) == pytest.approx(1)


def test_recalibration_survives_json():
    found = Recalibration((1.5, 0.5), (0.0, -2.0))
    assert Recalibration.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"scale": [1.0], "shift": [0.0]},
        {"scale": [1.0, 1.0], "shift": [0.0]},
        {"scale": [1.0, "x"], "shift": [0.0, 0.0]},
        {"scale": [1.0, math.nan], "shift": [0.0, 0.0]},
        {"scale": [1.0, -1.0], "shift": [0.0, 0.0]},
        {"scale": [1.0, 1.0], "shift": [1.0, 0.0]},
        {"scale": None, "shift": None},
    ],
)
def test_an_altered_file_is_refused_with_a_sentence(stored):
    with pytest.raises(ArtifactError, match="recalibration") as caught:
        Recalibration.from_json(stored)
    assert "再校准" in caught.value.say("zh")
