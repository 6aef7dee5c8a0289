from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.evaluation import Interval
from core.post_test import (
    FEWEST_NEAREST,
    after_ecg,
    ecg_evidence,
    evidence_of,
    likelihood_ratio,
    own_pre_test,
    pre_tests,
)
from tests.clinical.suspected import suspected as _patient


def _calibrated(n=4000, share=0.4, seed=3):
    """Test patients whose probabilities are true, at a share of about 40 %."""
    rng = np.random.default_rng(seed)
    tested = rng.beta(4 * share, 4 * (1 - share), n)
    return rng.random(n) < tested, tested


def test_each_settled_score_gives_what_was_published_for_its_class():
    found = {one.name: one for one in pre_tests(_patient(prior_vte=1.0, haemoptysis=1.0, heart_rate=104.0))}
    assert list(found) == ["wells", "wells_three_tier", "geneva"]
    # 1.5 + 1 + 1.5 = 4 points: unlikely, and moderate in three tiers; Geneva 3 + 2 + 5 = 10
    assert (found["wells"].class_name, found["wells"].probability.low, found["wells"].probability.high) == (
        "unlikely",
        0.08,
        0.13,
    )
    assert math.isnan(found["wells"].probability.value)
    assert found["wells_three_tier"].probability == Interval(0.205, 0.205, 0.205)
    assert found["geneva"].probability.value == 0.28
    assert found["wells_three_tier"].status == "secondary"


def test_a_score_that_is_open_gives_nothing_and_one_that_is_settled_still_does():
    # 3 points or 4.5: two-tier open, three-tier moderate whatever surgery says
    found = pre_tests(
        _patient(leg_swelling=1.0)
        .drop(columns=["recent_surgery", "leg_tenderness", "age", "heart_rate"])
        .assign(heart_rate=80.0)
    )
    assert "wells_three_tier" in [one.name for one in found]
    open_ = pre_tests(_patient(alternative_less_likely=1.0, haemoptysis=1.0).drop(columns="recent_surgery"))
    assert [one.name for one in open_ if one.name.startswith("wells")] == ["wells_three_tier"]


@pytest.mark.parametrize("share", [0.0, 1.0, 1.4, -0.2, math.nan])
def test_an_own_estimate_must_be_a_probability(share):
    with pytest.raises(InputError, match="above 0 and below 100%"):
        own_pre_test(share)


@pytest.mark.parametrize(
    ("probability", "share", "ratio"),
    [(0.4, 0.4, 1.0), (0.8, 0.5, 4.0), (0.0, 0.3, 0.0), (1.0, 0.3, math.inf)],
)
def test_the_ratio_is_the_odds_of_the_result_over_those_of_the_training_share(probability, share, ratio):
    assert likelihood_ratio(probability, share) == pytest.approx(ratio)


def test_at_the_training_share_the_ecg_gives_its_own_probability():
    event, tested = _calibrated()
    evidence = ecg_evidence(0.73, 0.4, event, tested)
    assert after_ecg(own_pre_test(0.4), evidence).by_model.value == pytest.approx(0.73)


def test_by_hand_a_ratio_of_four_moves_ten_of_a_hundred_to_thirty_one():
    event, tested = _calibrated()
    evidence = ecg_evidence(0.8, 0.5, event, tested)
    # odds 1/9 x 4 = 4/9: 4 of 13
    assert after_ecg(own_pre_test(0.1), evidence).by_model.value == pytest.approx(4 / 13)


@pytest.mark.parametrize("probability", [0.15, 0.4, 0.7])
def test_where_the_model_is_calibrated_the_observed_ratio_agrees(probability):
    event, tested = _calibrated()
    evidence = ecg_evidence(probability, float(event.mean()), event, tested)
    assert evidence.observed.low < evidence.ratio < evidence.observed.high
    assert evidence.band[0] <= probability <= evidence.band[1]


def test_the_observed_ratio_counts_the_nearest_test_patients_by_hand():
    tested = np.concatenate([np.full(100, 0.2), np.full(100, 0.8)])
    event = np.concatenate([np.arange(100) < 10, np.arange(100) < 60])
    evidence = ecg_evidence(0.75, 0.35, event, tested)
    assert (evidence.n_pe, evidence.n_other) == (60, 40)
    assert evidence.n_pe + evidence.n_other == FEWEST_NEAREST
    assert evidence.observed.value == pytest.approx((60 / 70) / (40 / 130))


def test_a_range_before_stays_a_range_after():
    event, tested = _calibrated()
    evidence = ecg_evidence(0.8, 0.5, event, tested)
    found = after_ecg(pre_tests(_patient())[0], evidence)
    assert math.isnan(found.by_model.value)
    assert found.by_model.low == pytest.approx(0.08 * 4 / (0.08 * 4 + 0.92))
    assert found.by_observed.low < found.by_observed.high


def test_only_test_patients_count():
    predictions = pd.DataFrame(
        {
            "part": ["test"] * 200 + ["out-of-fold"] * 50,
            "truth": ["pe", "no_pe"] * 100 + ["pe"] * 50,
            "p_pe": np.linspace(0.05, 0.95, 250),
        }
    )
    evidence = evidence_of(0.4, 0.5, predictions)
    assert (evidence.n_pe, evidence.n_other) == (50, 50)
