from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from core.evaluation import auroc, auroc_interval, bootstrap_auroc, delong_variance
from core.evaluation.discrimination import newcombe_limits


def by_pairs(event, score):
    """AUROC and DeLong's variance from every pair of patients, straight from the 1988 paper."""
    kernel = np.array([[float(x > y) + 0.5 * float(x == y) for y in score[~event]] for x in score[event]])
    of_events, of_others = kernel.mean(axis=1), kernel.mean(axis=0)
    theta = kernel.mean()
    s10 = np.sum((of_events - theta) ** 2) / (len(of_events) - 1)
    s01 = np.sum((of_others - theta) ** 2) / (len(of_others) - 1)
    return theta, s10 / len(of_events) + s01 / len(of_others)


def test_auroc_and_variance_agree_with_proc(reference):
    # R: auc(), var() of pROC 1.18.0
    assert auroc(reference.event, reference.first) == pytest.approx(0.811965811965812, abs=1e-12)
    assert auroc(reference.event, reference.second) == pytest.approx(0.612484737484738, abs=1e-12)
    assert delong_variance(reference.event, reference.first) == pytest.approx(0.00157995791746478, abs=1e-14)
    assert delong_variance(reference.event, reference.second) == pytest.approx(0.00303288004585691, abs=1e-14)


def test_variance_agrees_with_proc_on_subarachnoid_haemorrhage_grades():
    # WFNS grade 1-5 by outcome, data aSAH of pROC (Turck 2010); auc and var as pROC prints them
    good, poor = (37, 20, 3, 8, 4), (2, 12, 1, 8, 18)
    score = np.concatenate([np.repeat(np.arange(1.0, 6.0), good), np.repeat(np.arange(1.0, 6.0), poor)])
    event = np.repeat([False, True], [sum(good), sum(poor)])
    assert auroc(event, score) == pytest.approx(0.82367886178861793, abs=1e-12)
    assert delong_variance(event, score) == pytest.approx(0.00146991470882363, abs=1e-14)


def test_standard_error_agrees_with_stata_on_the_readings_of_hanley_and_mcneil_1982():
    # 58 normal and 51 abnormal CT readings on a scale of five; Stata's roctab prints .8932 and .0307
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    score = np.concatenate([np.repeat(np.arange(1.0, 6.0), normal), np.repeat(np.arange(1.0, 6.0), abnormal)])
    event = np.repeat([False, True], [58, 51])
    assert auroc(event, score) == pytest.approx(0.8932, abs=5e-5)
    assert auroc_interval(event, score).standard_error == pytest.approx(0.0307, abs=5e-5)


def test_variance_agrees_with_counting_every_pair():
    rng = np.random.default_rng(0)
    for size in (6, 25, 60):
        event = np.arange(size) < size // 3
        score = rng.integers(0, 12, size) + event
        theta, variance = by_pairs(event, score)
        assert auroc(event, score) == pytest.approx(theta, abs=1e-12)
        assert delong_variance(event, score) == pytest.approx(variance, abs=1e-12)


scores_with_truth = st.lists(st.tuples(st.booleans(), st.integers(-50, 50)), min_size=2, max_size=60).filter(
    lambda rows: len({event for event, _ in rows}) == 2
)


@settings(deadline=None)
@given(scores_with_truth)
def test_auroc_agrees_with_scikit_learn_keeps_under_monotone_change_and_turns_round(rows):
    event = np.array([row[0] for row in rows])
    score = np.array([row[1] for row in rows], dtype=float)
    value = auroc(event, score)
    assert value == pytest.approx(roc_auc_score(event, score), abs=1e-12)
    assert auroc(event, np.exp(score / 10)) == pytest.approx(value, abs=1e-12)
    assert auroc(event, -score) == pytest.approx(1 - value, abs=1e-12)
    assert auroc(~event, score) == pytest.approx(1 - value, abs=1e-12)


@settings(deadline=None)
@given(scores_with_truth)
def test_interval_is_never_undefined_and_holds_its_value(rows):
    found = auroc_interval(
        np.array([row[0] for row in rows]), np.array([row[1] for row in rows], dtype=float)
    )
    assert 0 <= found.interval.low <= found.interval.value <= found.interval.high <= 1
    assert found.interval.high - found.interval.low > 0.01


def test_perfect_separation_keeps_a_lower_limit_below_one():
    event = np.arange(100) < 10
    found = auroc_interval(event, event.astype(float))
    assert found.interval.value == 1
    assert found.interval.high == 1
    assert 0.8 < found.interval.low < 0.95
    assert found.method == "newcombe"


def test_one_event_gives_a_wide_interval_and_no_standard_error():
    event = np.arange(200) == 7
    found = auroc_interval(event, np.where(event, 0.9, np.linspace(0, 1, 200)))
    assert found.interval.high - found.interval.low > 0.4
    assert math.isnan(found.standard_error)


@pytest.mark.parametrize("event", [np.zeros(5, bool), np.ones(5, bool)])
def test_one_class_only_is_undefined(event):
    found = auroc_interval(event, np.linspace(0, 1, 5))
    assert math.isnan(found.interval.value)
    assert found.method == "undefined"
    assert math.isnan(bootstrap_auroc(event, np.linspace(0, 1, 5)).value)


def test_constant_scores_rank_nothing():
    event = np.arange(100) < 40
    found = auroc_interval(event, np.full(100, 0.3))
    assert found.interval.value == 0.5
    assert found.interval.low < 0.4
    assert found.interval.high > 0.6


def test_newcombe_limits_solve_their_equation():
    low, high = newcombe_limits(0.8, 12, 60)
    pairs = (12 + 60) / 2 - 1
    for theta in (low, high):
        variance = theta * (1 - theta) * (1 + pairs * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / 720
        assert abs(theta - 0.8) / math.sqrt(variance) == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize("n_events", [3, 10, 40])
def test_interval_covers_the_true_auroc(n_events):
    # binormal scores, AUROC .75 in truth; 400 samples, so 3 standard errors below 95 % are .917
    rng = np.random.default_rng(n_events)
    event = np.arange(n_events + 150) < n_events
    covered = 0
    for _ in range(400):
        interval = auroc_interval(event, rng.normal(size=len(event)) + 0.95387 * event).interval
        covered += interval.low <= 0.75 <= interval.high
    assert covered / 400 >= 0.917
