"""Signs of embolism: drawn at their rates, visible in the waveform, and read ideally."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from core.ecg.simulator import Settings, assumptions, draw_truth, simulate

N = 600
STRATUM = {"control": ("control", 0.0), "mild": ("other", -3.0), "severe": ("high", 3.0)}
CONDITIONAL = {"p_pulmonale", "low_voltage"}


@pytest.fixture(scope="module")
def drawn():
    return {
        of: [draw_truth(11, k, stratum=stratum, severity=severity)[1] for k in range(N)]
        for of, (stratum, severity) in STRATUM.items()
    }


@pytest.mark.parametrize("of", STRATUM)
def test_signs_come_at_the_rates_of_the_table(drawn, of):
    for sign, rates in assumptions()["signs"].items():
        if sign not in CONDITIONAL:
            low, high = stats.binom.interval(0.9999, N, rates[of])
            assert low <= sum(truth[sign] for truth in drawn[of]) <= high, sign


def test_only_embolism_of_the_upper_share_is_severe():
    settings = Settings(severe_share=0.25)
    quantile = stats.norm.ppf(0.75)
    assert draw_truth(1, 1, stratum="other", severity=quantile + 0.01, settings=settings)[1]["severe"]
    assert not draw_truth(1, 1, stratum="other", severity=quantile - 0.01, settings=settings)[1]["severe"]
    assert not draw_truth(1, 1, stratum="control", severity=4.0, settings=settings)[1]["severe"]


def embolism_and_controls(settings, n=4000):
    rng = np.random.default_rng(5)
    truths = [
        draw_truth(6, k, stratum="other", severity=float(s), settings=settings)[1]
        for k, s in enumerate(rng.standard_normal(n))
    ]
    truths += [draw_truth(6, n + k, stratum="control", severity=0.0, settings=settings)[1] for k in range(n)]
    return np.repeat([1, 0], n), np.array([truth["p_pe"] for truth in truths])


def test_ideal_reader_reaches_what_the_original_report_reached():
    y, p = embolism_and_controls(Settings())
    assert 0.72 <= roc_auc_score(y, p) <= 0.76


def test_ideal_reader_of_mild_embolism_alone_is_the_published_ceiling():
    # clinical reference 3.1: .626 with five signs and no severe embolism
    y, p = embolism_and_controls(Settings(severe_share=0.0))
    assert roc_auc_score(y, p) == pytest.approx(0.626, abs=0.02)


def test_ideal_reader_is_calibrated():
    y, p = embolism_and_controls(Settings(pe_share=0.5))
    for low, high in ((0.0, 0.4), (0.4, 0.6), (0.6, 1.01)):
        inside = (p >= low) & (p < high)
        assert inside.sum() > 100
        assert y[inside].mean() == pytest.approx(p[inside].mean(), abs=0.05)


def test_a_given_rate_decides_tachycardia_and_tells_the_reader_nothing():
    slow = draw_truth(9, 4, stratum="other", severity=1.0, heart_rate=90)[1]
    fast = draw_truth(9, 4, stratum="other", severity=1.0, heart_rate=120)[1]
    assert (slow["tachycardia"], fast["tachycardia"]) == (False, True)
    assert slow["p_pe"] == fast["p_pe"]


@pytest.mark.parametrize(
    ("sign", "least"),
    [("s1q3t3", 0.85), ("t_inversion_v1_v3", 0.85), ("complete_rbbb", 0.8), ("right_axis", 0.85)],
)
def test_signs_hold_in_the_waveform_and_do_not_come_by_accident(sign, least):
    from core.ecg.interpretation import read_ecg

    shown, accidents, number = {True: [], False: []}, 0, 0
    while len(shown[True]) < 8 or len(shown[False]) < 8:
        number += 1
        truth = draw_truth(13, number, stratum="high", severity=2.0)[1]
        if len(shown[truth[sign]]) < 8:
            made = simulate(13, number, stratum="high", severity=2.0)
            shown[truth[sign]].append(bool(read_ecg(made.recording).signs[sign].present))
    accidents = sum(shown[False])
    assert np.mean(shown[True]) >= least - 1 / 8
    assert accidents <= 1
