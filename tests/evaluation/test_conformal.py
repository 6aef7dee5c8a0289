from __future__ import annotations

import json
import math

import numpy as np
import pytest

from core.evaluation import ConformalThresholds, coverage, fit_conformal, set_sizes, wilson
from tests.evaluation.conftest import simulate


def test_threshold_is_the_corrected_order_statistic_by_hand():
    # nine patients a class at alpha .1: rank ceil(10 * .9) = 9, the largest score
    p = np.linspace(0.1, 0.9, 9)
    probabilities = np.vstack([np.column_stack([p, 1 - p]), np.column_stack([1 - p, p])])
    found = fit_conformal(np.repeat([0, 1], 9), probabilities, alpha=0.1)
    assert found.thresholds == pytest.approx((0.9, 0.9))
    assert found.n == (9, 9)
    # and at alpha .5 rank 5, the median
    assert fit_conformal(np.repeat([0, 1], 9), probabilities, 0.5).thresholds == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("n_rare", [0, 1, 8])
def test_a_class_with_too_few_calibration_patients_is_always_in(n_rare):
    truth = np.repeat([0, 1], [200, n_rare])
    probabilities = np.column_stack([np.full(len(truth), 0.999), np.full(len(truth), 0.001)])
    found = fit_conformal(truth, probabilities, alpha=0.1)
    assert found.thresholds[1] == math.inf
    assert found.sets(np.array([[1.0, 0.0]])).tolist() == [[True, True]]


@pytest.mark.parametrize("alpha", [0.1, 0.2])
def test_each_class_is_covered_as_promised_within_three_standard_errors(alpha):
    # calibration and test part both vary: averaged over 30 pairs of 1,500 patients
    held, seen = np.zeros(3), np.zeros(3)
    for seed in range(30):
        calibration, test = simulate(1500, 100 + seed), simulate(1500, 500 + seed)
        sets = fit_conformal(*calibration, alpha).sets(test.probabilities)
        for code in range(3):
            held[code] += sets[test.truth == code, code].sum()
            seen[code] += (test.truth == code).sum()
    # both parts count the same number of patients; the correction adds at most 1 / (patients of one part + 1)
    error = np.sqrt(2 * alpha * (1 - alpha) / seen)
    excess = held / seen - (1 - alpha)
    assert (excess > -3 * error).all()
    assert (excess < 3 * error + 30 / seen).all()


def test_measured_coverage_has_wilson_intervals():
    truth = np.array([0, 0, 0, 1])
    sets = np.array([[True, False], [True, True], [False, True], [True, False]])
    assert coverage(truth, sets) == (wilson(2, 3), wilson(0, 1))
    assert set_sizes(sets) == [0, 3, 1]


def test_thresholds_survive_json():
    found = ConformalThresholds(0.1, (0.4, math.inf), (50, 3))
    assert ConformalThresholds.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False))) == found
