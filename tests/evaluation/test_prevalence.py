from __future__ import annotations

import math

import numpy as np
import pytest

from core.evaluation import (
    Counts,
    Interval,
    measures,
    post_test,
    predictive_values,
    predictive_values_at,
    prevalence_frame,
)

# sensitivity .419 and specificity .854, as near as 722 patients allow
FOUND = measures(Counts(tp=125, fp=62, fn=173, tn=362))


@pytest.mark.parametrize("prevalence", [0.01, 0.05, 0.22, 0.41, 0.8])
def test_values_are_those_of_bayes(prevalence):
    ppv, npv = predictive_values_at(FOUND, prevalence)
    wanted = predictive_values(FOUND.sensitivity.value, FOUND.specificity.value, prevalence)
    assert ppv.value == pytest.approx(wanted.ppv, abs=1e-12)
    assert npv.value == pytest.approx(wanted.npv, abs=1e-12)
    assert ppv.low < ppv.value < ppv.high
    assert npv.low < npv.value < npv.high


def test_intervals_are_the_logit_intervals_of_mercaldo():
    # equations of the paper: var logit(PPV) = (1-se)/(se n1) + sp/((1-sp) n0), and likewise for NPV
    sensitivity, specificity, prevalence = 125 / 298, 362 / 424, 0.1
    ppv, npv = predictive_values_at(FOUND, prevalence)
    for one, variance in (
        (ppv, (1 - sensitivity) / sensitivity / 298 + specificity / (1 - specificity) / 424),
        (npv, sensitivity / (1 - sensitivity) / 298 + (1 - specificity) / specificity / 424),
    ):
        centre, half = math.log(one.value / (1 - one.value)), 1.959964 * math.sqrt(variance)
        limits = [1 / (1 + math.exp(-(centre + side * half))) for side in (-1, 1)]
        assert [one.low, one.high] == pytest.approx(limits, abs=1e-6)


def test_at_the_samples_own_prevalence_the_samples_values_come_back():
    ppv, npv = predictive_values_at(FOUND, 298 / 722)
    assert ppv.value == pytest.approx(FOUND.ppv.value, abs=1e-12)
    assert npv.value == pytest.approx(FOUND.npv.value, abs=1e-12)


def test_a_useless_test_changes_nothing_and_a_perfect_one_everything():
    assert post_test(Interval(1, 1, 1), 0.3).value == pytest.approx(0.3)
    assert post_test(Interval(math.inf, 5, math.inf), 0.3).value == 1
    assert post_test(Interval(0, 0, 0.2), 0.3).value == 0
    assert math.isnan(post_test(Interval(math.nan, math.nan, math.nan), 0.3).value)


def test_frame_rises_with_prevalence_and_keeps_its_order():
    frame = prevalence_frame(FOUND)
    assert (np.diff(frame["ppv"]) > 0).all()
    assert (np.diff(frame["missed"]) > 0).all()
    assert (frame["missed"] < frame["prevalence"]).all()
    assert (frame["prevalence"] < frame["ppv"]).all()
    assert (frame["ppv_low"] < frame["ppv"]).all()
    assert (frame["missed"] < frame["missed_high"]).all()
