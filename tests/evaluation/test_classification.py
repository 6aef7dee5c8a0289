from __future__ import annotations

import math

import pytest
from sklearn import metrics as sk

from core.evaluation import (
    Counts,
    class_counts,
    confusion_matrix,
    implied_prevalence,
    measures,
    operating_point,
    predictive_values,
    sensitivity_point,
    youden_point,
)
from core.evaluation.classification import accuracy, balanced_accuracy


@pytest.fixture
def decided(forecast):
    return forecast.truth, forecast.probabilities.argmax(axis=1)


def test_confusion_matrix_agrees_with_scikit_learn(decided):
    assert (confusion_matrix(*decided, 3) == sk.confusion_matrix(*decided)).all()


def test_measures_agree_with_scikit_learn(decided):
    truth, predicted = decided
    found = [measures(class_counts(confusion_matrix(truth, predicted, 3), code)) for code in range(3)]
    precision, recall, f1, _ = sk.precision_recall_fscore_support(truth, predicted)
    for code, one in enumerate(found):
        assert one.ppv.value == pytest.approx(precision[code], abs=1e-12)
        assert one.sensitivity.value == pytest.approx(recall[code], abs=1e-12)
        assert one.f1 == pytest.approx(f1[code], abs=1e-12)
        positive, negative = sk.class_likelihood_ratios(truth == code, predicted == code)
        assert one.lr_positive.value == pytest.approx(positive, abs=1e-12)
        assert one.lr_negative.value == pytest.approx(negative, abs=1e-12)


def test_accuracies_agree_with_scikit_learn(decided):
    confusion = confusion_matrix(*decided, 3)
    assert accuracy(confusion).value == pytest.approx(sk.accuracy_score(*decided), abs=1e-12)
    assert balanced_accuracy(confusion) == pytest.approx(sk.balanced_accuracy_score(*decided), abs=1e-12)


def test_likelihood_ratio_interval_agrees_with_the_example_of_simel_1991_by_hand():
    found = measures(Counts(tp=90, fp=20, fn=10, tn=80)).lr_positive
    error = math.sqrt(1 / 90 - 1 / 100 + 1 / 20 - 1 / 100)
    assert found.value == pytest.approx(4.5)
    assert found.low == pytest.approx(4.5 * math.exp(-1.959964 * error), rel=1e-6)
    assert found.high == pytest.approx(4.5 * math.exp(1.959964 * error), rel=1e-6)


def test_matrix_behind_the_original_report_gives_its_six_figures():
    # the smallest whole-number matrix that rounds to all of them, n = 722
    found = measures(Counts(tp=125, fp=62, fn=173, tn=362))
    accurate = (125 + 362) / 722
    assert accurate == pytest.approx(0.6745, abs=5e-5)
    assert found.sensitivity.value == pytest.approx(0.419, abs=5e-4)
    assert found.specificity.value == pytest.approx(0.854, abs=5e-4)
    assert found.ppv.value == pytest.approx(0.668, abs=5e-4)
    assert found.npv.value == pytest.approx(0.677, abs=5e-4)
    assert found.f1 == pytest.approx(0.515, abs=5e-4)
    assert found.lr_positive.value == pytest.approx(2.87, abs=5e-3)
    assert found.lr_negative.value == pytest.approx(0.68, abs=5e-3)


def test_prevalence_follows_from_the_reports_accuracy():
    prevalence = implied_prevalence(0.6745, 0.419, 0.854)
    assert prevalence == pytest.approx(0.4126, abs=5e-5)
    found = predictive_values(0.419, 0.854, prevalence)
    assert (found.ppv, found.npv) == pytest.approx((0.668, 0.677), abs=5e-4)


@pytest.mark.parametrize(
    ("prevalence", "ppv", "npv"),
    [
        (5, 13.1, 96.5),
        (5.9, 15.2, 95.9),
        (9.3, 22.7, 93.5),
        (10, 24.2, 93.0),
        (15, 33.6, 89.3),
        (22, 44.7, 83.9),
    ],
)
def test_predictive_values_at_real_world_prevalence(prevalence, ppv, npv):
    found = predictive_values(0.419, 0.854, prevalence / 100)
    assert (100 * found.ppv, 100 * found.npv) == pytest.approx((ppv, npv), abs=0.051)


def test_predictive_values_at_the_ends():
    assert predictive_values(0.4, 0.8, 0.0).ppv == 0
    assert predictive_values(0.4, 0.8, 1.0).npv == 0
    assert math.isnan(predictive_values(0.0, 1.0, 0.3).ppv)
    assert math.isnan(implied_prevalence(0.5, 0.5, 0.5))


def test_youden_threshold_agrees_with_proc(reference):
    # R: coords(best.method = "youden") prints threshold .365 (between the scores .36 and .37), .6026, .9048
    found = youden_point(reference.event, reference.first)
    assert 0.36 < found.threshold <= 0.37
    assert found.specificity.value == pytest.approx(0.602564102564103)
    assert found.sensitivity.value == pytest.approx(0.904761904761905)


@pytest.mark.parametrize("wanted", [0.5, 0.9, 1.0])
def test_wanted_sensitivity_is_reached_and_not_by_a_higher_threshold(reference, wanted):
    found = sensitivity_point(reference.event, reference.first, wanted)
    assert found.sensitivity.value >= wanted - 1e-12
    higher = reference.first[reference.first > found.threshold].min()
    assert operating_point(reference.event, reference.first, higher).sensitivity.value < wanted


def test_empty_denominators_are_undefined_not_zero():
    found = measures(Counts(tp=0, fp=0, fn=0, tn=5))
    assert math.isnan(found.sensitivity.value)
    assert math.isnan(found.ppv.value)
    assert math.isnan(found.f1)
    assert math.isnan(found.lr_positive.value)
    assert found.specificity.value == 1


def test_a_perfect_table_has_an_infinite_likelihood_ratio_with_a_finite_lower_limit():
    found = measures(Counts(tp=20, fp=0, fn=0, tn=20))
    assert found.lr_positive.value == found.lr_positive.high == math.inf
    assert 1 < found.lr_positive.low < 41
    assert found.lr_negative.value == found.lr_negative.low == 0
    assert found.lr_negative.high < 1
