from __future__ import annotations

import numpy as np
import pytest

from core.evaluation import THRESHOLDS, decision_curve, net_benefit


def test_net_benefit_agrees_with_dcurves(reference):
    thresholds = np.array([0.05, 0.1, 0.2, 0.3, 0.4])
    found = decision_curve(reference.event, reference.first, thresholds)
    # Python dcurves 1.1.7, dca(); nobody's score lies at a threshold there
    model = [0.315789473684211, 0.284259259259259, 0.222916666666667, 0.164285714285714, 0.138888888888889]
    everybody = [0.315789473684211, 0.277777777777778, 0.1875, 0.071428571428571, -0.083333333333333]
    assert found["model"].tolist() == pytest.approx(model, abs=1e-12)
    assert found["treat_all"].tolist() == pytest.approx(everybody, abs=1e-12)
    assert (found["treat_none"] == 0).all()


def test_net_benefit_by_hand():
    # flagged at .2: two events and one other of ten; 2/10 - 1/10 * .25
    event = np.array([True] * 3 + [False] * 7)
    p = np.array([0.9, 0.2, 0.1, 0.5] + [0.05] * 6)
    assert net_benefit(event, p, 0.2) == pytest.approx(0.175)


def test_treating_all_is_prevalence_less_the_weighed_rest(forecast):
    event = forecast.truth == 1
    found = decision_curve(event, np.ones(len(event)))
    share, odds = event.mean(), THRESHOLDS / (1 - THRESHOLDS)
    assert found["treat_all"].to_numpy() == pytest.approx(share - (1 - share) * odds)
    assert found["model"].to_numpy() == pytest.approx(found["treat_all"].to_numpy())
    assert found["avoided_per_100"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_default_thresholds_run_from_1_to_40_percent():
    assert (THRESHOLDS[0], THRESHOLDS[-1], len(THRESHOLDS)) == (0.01, 0.4, 40)


def test_true_probabilities_beat_both_simple_rules(large_forecast):
    found = decision_curve(large_forecast.truth == 1, large_forecast.probabilities[:, 1])
    assert (found["model"] >= found[["treat_all", "treat_none"]].max(axis=1) - 1e-3).all()
