from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.evaluation import auroc_interval, macro_auroc, macro_auroc_interval


def test_macro_auroc_agrees_with_scikit_learn(forecast):
    expected = roc_auc_score(forecast.truth, forecast.probabilities, multi_class="ovr", average="macro")
    assert macro_auroc(*forecast) == pytest.approx(expected, abs=1e-12)


def test_interval_is_the_bootstraps_with_enough_events(forecast):
    found, method = macro_auroc_interval(*forecast)
    assert method == "bootstrap"
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.1


def test_two_classes_give_the_interval_of_the_one_auroc(reference):
    probabilities = np.column_stack([1 - reference.first, reference.first])
    found, _ = macro_auroc_interval(reference.event.astype(int), probabilities, n_bootstrap=4000)
    single = auroc_interval(reference.event, reference.first).interval
    assert (found.low, found.high) == pytest.approx((single.low, single.high), abs=0.02)


def test_few_events_widen_the_interval(forecast):
    rows = np.concatenate(
        [np.flatnonzero(forecast.truth == 0)[:90]] + [np.flatnonzero(forecast.truth == c)[:3] for c in (1, 2)]
    )
    found, method = macro_auroc_interval(forecast.truth[rows], forecast.probabilities[rows])
    assert method == "mover"
    assert 0 <= found.low < found.value < found.high <= 1
    assert found.high - found.low > 0.25


def test_perfect_separation_keeps_a_lower_limit_below_one():
    truth = np.repeat([0, 1, 2], [40, 5, 5])
    found, _ = macro_auroc_interval(truth, np.eye(3)[truth])
    assert found.value == found.high == 1
    assert 0.7 < found.low < 1


def test_an_absent_class_makes_it_undefined(forecast):
    rows = forecast.truth != 2
    found, method = macro_auroc_interval(forecast.truth[rows], forecast.probabilities[rows])
    assert math.isnan(found.value)
    assert method == "undefined"
