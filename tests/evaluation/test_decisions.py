from __future__ import annotations

import math

import numpy as np
import pytest

from core.evaluation import Counts, Interval, decide_at, f1_interval, measures, wilson
from core.evaluation.classification import operating_point

SCORE = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
EVENT = np.array([1, 1, 0, 1, 0, 0, 1, 0], dtype=bool)


def test_patients_at_the_threshold_are_flagged():
    found = decide_at(EVENT, SCORE, 0.6)
    assert found.counts == Counts(tp=3, fp=1, fn=1, tn=3)
    np.testing.assert_array_equal(found.confusion, [[3, 1], [1, 3]])
    assert found.accuracy == wilson(6, 8)
    assert found.prevalence == wilson(4, 8)


def test_figures_are_those_of_the_fourfold_table():
    found = decide_at(EVENT, SCORE, 0.45)
    wanted, point = measures(found.counts), operating_point(EVENT, SCORE, 0.45)
    assert found.figures()["sensitivity"] == wanted.sensitivity == point.sensitivity
    assert found.figures()["specificity"] == wanted.specificity == point.specificity
    assert found.f1.value == pytest.approx(wanted.f1, abs=1e-15)


def test_nobody_flagged_leaves_ppv_undefined():
    found = decide_at(EVENT, SCORE, 0.95).figures()
    assert math.isnan(found["ppv"].value)
    assert found["f1"].value == 0
    assert found["sensitivity"].value == 0


def test_f1_of_nothing_is_undefined():
    assert math.isnan(f1_interval(Counts(0, 0, 0, 9)).value)


def test_f1_limits_turn_round_to_wilsons():
    one = f1_interval(Counts(tp=125, fp=62, fn=173, tn=362))
    # the counts whose figures round to the original report's: F1 .515
    assert round(one.value, 3) == 0.515
    back = [f1 / (2 - f1) for f1 in (one.value, one.low, one.high)]
    assert Interval(*back).rounded(12) == wilson(125, 360).rounded(12)


@pytest.mark.parametrize("n", [60, 400])
def test_f1_interval_covers_the_true_f1(n):
    # 600 draws from a known fourfold table; three standard errors below 95 % are .923
    shares = np.array([0.17, 0.09, 0.24, 0.50])
    true = 2 * shares[0] / (2 * shares[0] + shares[1] + shares[2])
    rng = np.random.default_rng(n)
    covered = 0
    for tp, fp, fn, tn in rng.multinomial(n, shares, 600):
        one = f1_interval(Counts(int(tp), int(fp), int(fn), int(tn)))
        covered += one.low <= true <= one.high
    assert covered / 600 >= 0.923
