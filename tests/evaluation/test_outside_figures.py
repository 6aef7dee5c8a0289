"""Figures that other programs give for the same patients; the tolerance is that of the digits or of the draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve as sklearn_calibration_curve
from sklearn.linear_model import LogisticRegression

from core.evaluation import (
    Counts,
    average_precision_interval,
    brier_skill,
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    coverage,
    decide_at,
    expected_calibration_error,
    f1_interval,
    fit_conformal,
    fit_recalibration,
    measures,
    net_benefit,
    observed_to_expected,
    operating_point,
    post_test,
    roc_band,
    subgroup_aurocs,
    wilson,
)
from core.evaluation.bootstrap import bootstrap
from tests.evaluation.conftest import simulate


def test_interval_of_average_precision_agrees_with_statsmodels(reference):
    # statsmodels 0.15.0: proportion_confint(average precision x 42, 42, method="wilson")
    first = average_precision_interval(reference.event, reference.first)
    second = average_precision_interval(reference.event, reference.second)
    assert (first.low, first.high) == pytest.approx((0.5529838979768694, 0.8196296336847463), abs=1e-12)
    assert (second.low, second.high) == pytest.approx((0.33610735227653743, 0.6253528167523323), abs=1e-12)


def test_observed_to_expected_agrees_with_statsmodels(reference):
    # proportion_confint(42, 120, method="wilson"), each limit over the mean risk
    found = observed_to_expected(reference.event, reference.first)
    expected = (0.7568931338979995, 0.585011344536718, 0.9488990896149008)
    assert (found.value, found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_slope_and_intercept_agree_with_statsmodels(reference):
    # GLM(binomial) of statsmodels, a program apart from R's glm; eight printed decimals
    slope = calibration_slope(reference.event, reference.second)
    assert (slope.value, slope.low, slope.high) == pytest.approx(
        (0.36151989, 0.01941547, 0.70362432), abs=1e-8
    )
    intercept = calibration_intercept(reference.event, reference.second)
    assert (intercept.low, intercept.high) == pytest.approx((-0.95125272, -0.10702719), abs=1e-8)


@pytest.mark.parametrize("counts", [Counts(125, 62, 173, 362), Counts(90, 20, 10, 80), Counts(3, 1, 40, 70)])
def test_likelihood_ratio_intervals_agree_with_scipys_relative_risk(counts):
    # a likelihood ratio is the relative risk of a result between events and others
    events, others = counts.tp + counts.fn, counts.fp + counts.tn
    found = measures(counts)
    for ratio, of_events, of_others in (
        (found.lr_positive, counts.tp, counts.fp),
        (found.lr_negative, counts.fn, counts.tn),
    ):
        peer = stats.contingency.relative_risk(of_events, events, of_others, others)
        limits = peer.confidence_interval(0.95)
        expected = (peer.relative_risk, limits.low, limits.high)
        assert (ratio.value, ratio.low, ratio.high) == pytest.approx(expected, rel=1e-9)


def test_likelihood_ratio_intervals_agree_with_statsmodels():
    # Table2x2.riskratio_confint() for the fourfold table behind the original report
    found = measures(Counts(tp=125, fp=62, fn=173, tn=362))
    positive = (found.lr_positive.low, found.lr_positive.high)
    negative = (found.lr_negative.low, found.lr_negative.high)
    assert positive == pytest.approx((2.1986635585990952, 3.742631372447749), abs=1e-9)
    assert negative == pytest.approx((0.6126556810602152, 0.7546712149239589), abs=1e-9)


@pytest.mark.parametrize(("successes", "total"), [(0, 7), (1, 29), (42, 120), (298, 722), (50, 50)])
def test_wilson_agrees_with_scipy(successes, total):
    peer = stats.binomtest(successes, total).proportion_ci(method="wilson")
    found = wilson(successes, total)
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=1e-12)


def test_limits_of_f1_agree_with_scipys_wilson_limits_turned_round():
    peer = stats.binomtest(125, 360).proportion_ci(method="wilson")
    found = f1_interval(Counts(tp=125, fp=62, fn=173, tn=362))
    expected = [2 * one / (1 + one) for one in (peer.low, peer.high)]
    assert [found.low, found.high] == pytest.approx(expected, abs=1e-12)


def test_a_decision_and_its_operating_point_agree_with_scikit_learn(reference):
    flagged = reference.first >= 0.4
    found = decide_at(reference.event, reference.first, 0.4)
    assert found.accuracy.value == pytest.approx(sk.accuracy_score(reference.event, flagged), abs=1e-12)
    assert found.f1.value == pytest.approx(sk.f1_score(reference.event, flagged), abs=1e-12)
    point = operating_point(reference.event, reference.first, 0.4)
    assert point.sensitivity.value == pytest.approx(sk.recall_score(reference.event, flagged), abs=1e-12)
    assert point.specificity.value == pytest.approx(sk.recall_score(~reference.event, ~flagged), abs=1e-12)


def test_brier_skill_agrees_with_scikit_learn(reference, forecast):
    two = np.column_stack([1 - reference.first, reference.first])
    event = reference.event.astype(int)
    assert brier_skill(event, two) == pytest.approx(sk.d2_brier_score(event, reference.first), abs=1e-12)
    expected = sk.d2_brier_score(forecast.truth, forecast.probabilities)
    assert brier_skill(*forecast) == pytest.approx(expected, abs=1e-12)


def test_calibration_curve_and_error_agree_with_scikit_learns_quantile_bins(forecast):
    event, p = forecast.truth == 1, forecast.probabilities[:, 1]
    observed, predicted = sklearn_calibration_curve(event, p, n_bins=10, strategy="quantile")
    found = calibration_curve(event, p)
    assert found["observed"].to_numpy() == pytest.approx(observed, abs=1e-12)
    assert found["predicted"].to_numpy() == pytest.approx(predicted, abs=1e-12)
    # ten bins of a hundred patients each: the weights are the same
    expected = np.abs(observed - predicted).mean()
    assert expected_calibration_error(event, p) == pytest.approx(expected, abs=1e-12)


def test_the_roc_band_is_that_of_scikit_learns_curves_over_the_same_resamples(reference):
    kept = []

    def keep(counts):
        kept.append(counts)
        return counts.sum(axis=0)

    bootstrap(reference.event.astype(np.int64), keep, 60, 9)
    at = np.linspace(0, 1, 11)
    curves = []
    for counts in np.hstack(kept).T:
        fpr, tpr, _ = sk.roc_curve(
            reference.event, reference.first, sample_weight=counts, drop_intermediate=False
        )
        curves.append(np.interp(at, fpr, tpr))
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    found = roc_band(reference.event, reference.first, at, n_bootstrap=60, seed=9)
    assert found[0] == pytest.approx(low, abs=1e-12)
    assert found[1] == pytest.approx(high, abs=1e-12)


def test_prediction_sets_agree_with_crepes(reference):
    # crepes 0.9.1: ConformalClassifier, Mondrian by class, hinge scores, no smoothing; every second patient calibrates
    p = np.column_stack([1 - reference.first, reference.first])
    truth = reference.event.astype(np.int64)
    calibrates = np.arange(len(truth)) % 2 == 0
    for alpha, members, both, held in (
        (0.1, [54, 44], 38, (0.9318181818181818, 1.0)),
        (0.2, [39, 31], 10, (0.7727272727272727, 1.0)),
    ):
        sets = fit_conformal(truth[calibrates], p[calibrates], alpha).sets(p[~calibrates])
        assert sets.sum(axis=0).tolist() == members
        assert (sets.sum(axis=1) == 2).sum() == both
        found = [one.value for one in coverage(truth[~calibrates], sets)]
        assert found == pytest.approx(held, abs=1e-12)


@pytest.mark.parametrize(("n", "alpha"), [(19, 0.1), (50, 0.1), (33, 0.2)])
def test_coverage_over_calibration_draws_follows_the_beta_law(n, alpha):
    """Coverage given the calibration patients is Beta(k, n + 1 - k) with k = ceil((n + 1)(1 - alpha)) (Vovk 2012)."""
    rng = np.random.default_rng(n)
    held = []
    for _ in range(1500):
        # scores uniform on (0, 1): the coverage of a threshold is the threshold
        scores = rng.random(n)
        p = np.column_stack([1 - scores, scores])
        held.append(fit_conformal(np.zeros(n, dtype=np.int64), p, alpha).thresholds[0])
    k = int(np.ceil((n + 1) * (1 - alpha) - 1e-9))
    law = stats.beta(k, n + 1 - k)
    assert np.mean(held) == pytest.approx(law.mean(), abs=3 * law.std() / np.sqrt(1500))
    # Kolmogorov-Smirnov: one seed in a thousand would fail by chance
    assert stats.kstest(held, law.cdf).pvalue > 1e-3


def test_recalibration_of_many_patients_agrees_with_scikit_learns_platt_scaling():
    truth, p = simulate(20_000, 3, base=(0.0, -1.2))
    raw = p**1.8 / (p**1.8).sum(axis=1, keepdims=True)
    odds = np.log(raw[:, 1] / raw[:, 0])
    peer = LogisticRegression(C=np.inf, tol=1e-10).fit(odds[:, None], truth == 1)
    expected = peer.predict_proba(odds[:, None])[:, 1]
    found = fit_recalibration(raw, truth).apply(raw)[:, 1]
    # two scales of its own instead of one slope, and a prior worth some twenty patients
    assert found == pytest.approx(expected, abs=0.02)
    assert np.abs(found - expected).mean() < 0.003


def test_areas_of_subgroups_agree_with_scikit_learn(reference):
    groups = {"early": np.arange(120) < 70, "late": np.arange(120) >= 50}
    found = subgroup_aurocs(reference.event, reference.first, groups)["auroc"].to_list()
    expected = [sk.roc_auc_score(reference.event[who], reference.first[who]) for who in groups.values()]
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("threshold", "expected"), [(0.05, 0.315789473684211), (0.3, 0.164285714285714)])
def test_net_benefit_at_one_threshold_agrees_with_dcurves(reference, threshold, expected):
    # Python dcurves 1.1.7, dca()
    assert net_benefit(reference.event, reference.first, threshold) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("prevalence", "after"), [(0.05, 13.1), (0.10, 24.2), (0.22, 44.7)])
def test_probability_after_a_positive_result_is_that_of_the_original_reports_table(prevalence, after):
    ratio = measures(Counts(tp=125, fp=62, fn=173, tn=362)).lr_positive
    assert 100 * post_test(ratio, prevalence).value == pytest.approx(after, abs=0.08)
