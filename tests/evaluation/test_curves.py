from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_curve as sklearn_precision_recall
from sklearn.metrics import roc_curve as sklearn_roc

from core.evaluation import auroc, precision_recall_curve, roc_band, roc_curve
from core.evaluation.curves import thin


def test_roc_curve_agrees_with_scikit_learn(reference):
    found = roc_curve(reference.event, reference.first)
    fpr, tpr, thresholds = sklearn_roc(reference.event, reference.first)
    # scikit-learn keeps a few points on straight lines; ours are all among its own
    assert set(zip(found.fpr, found.tpr, found.threshold, strict=True)) <= set(
        zip(fpr, tpr, thresholds, strict=True)
    )
    assert np.interp(fpr, found.fpr, found.tpr) == pytest.approx(np.interp(fpr, fpr, tpr), abs=1e-12)


def test_area_under_the_corners_is_the_auroc(reference):
    for score in (reference.first, reference.second, np.full(120, 0.2)):
        curve = roc_curve(reference.event, score)
        assert np.trapezoid(curve.tpr, curve.fpr) == pytest.approx(auroc(reference.event, score), abs=1e-12)


def test_curve_runs_from_nobody_to_everybody(reference):
    curve = roc_curve(reference.event, reference.first)
    assert (curve.fpr[0], curve.tpr[0], curve.threshold[0]) == (0, 0, np.inf)
    assert (curve.fpr[-1], curve.tpr[-1]) == (1, 1)


def test_one_event_and_one_other_patient_make_a_curve():
    curve = roc_curve(np.array([True, False]), np.array([0.2, 0.2]))
    assert curve.fpr.tolist() == [0, 1]


def test_precision_recall_curve_agrees_with_scikit_learn(reference):
    found = precision_recall_curve(reference.event, reference.first)
    precision, recall, thresholds = sklearn_precision_recall(reference.event, reference.first)
    assert found.threshold == pytest.approx(thresholds[::-1])
    assert found.precision == pytest.approx(precision[:-1][::-1])
    assert found.recall == pytest.approx(recall[:-1][::-1])


def test_band_holds_the_curve_and_meets_it_at_the_end(reference):
    curve = roc_curve(reference.event, reference.first)
    low, high = roc_band(reference.event, reference.first, curve.fpr)
    top = np.array([curve.tpr[curve.fpr == x].max() for x in curve.fpr])
    assert (low <= top + 0.05).all()
    assert (high >= top - 0.05).all()
    assert low[-1] == high[-1] == 1


def test_thinning_keeps_the_ends_and_hardly_changes_the_area():
    rng = np.random.default_rng(0)
    event = rng.random(8000) < 0.3
    curve = roc_curve(event, rng.normal(size=8000) + event)
    thinned = thin(curve, 200)
    assert len(curve.fpr) > 1000
    assert len(thinned.fpr) <= 200
    assert (thinned.fpr[0], thinned.fpr[-1], thinned.tpr[-1]) == (0, 1, 1)
    area, full = (np.trapezoid(c.tpr, c.fpr) for c in (thinned, curve))
    assert area == pytest.approx(full, abs=1e-3)
