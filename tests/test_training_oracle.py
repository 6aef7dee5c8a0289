"""The ideal reader of record and recording together, on synthetic patients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import special

from core._training_ecg import known_truth
from core._training_oracle import _posterior, fusion_oracle, fusion_oracle_metrics
from core._training_results import oracle_probabilities
from core.cohort.folder import synthetic_cohort
from core.cohort.synthetic import assumptions, generate
from core.cohort.synthetic_severity import band_evidence
from core.ecg.simulator import Settings, Signs, draw_truth, ideal_reader, sign_likelihoods
from core.evaluation import auroc, calibration_slope, delong_test

SHARE = Settings().severe_share
N = 2500


@pytest.fixture(scope="module")
def cohort():
    return synthetic_cohort(generate(N, seed=8))


@pytest.fixture(scope="module")
def both(cohort):
    return fusion_oracle(cohort, cohort.oracle.index, "diagnosis")[:, 1]


def test_summed_over_the_bands_the_record_says_what_the_generator_stored(cohort):
    # two quadratures of the same integral; what is stored has six decimals
    p = _posterior(band_evidence(N, 8, SHARE))
    assert p == pytest.approx(cohort.oracle["p_pe"].to_numpy(), abs=2e-6)


@pytest.mark.parametrize("severe_share", [0.1, 0.18, 0.5, 0.9])
def test_wherever_the_border_lies_the_bands_of_embolism_add_up_to_the_same(cohort, severe_share):
    # the border falls among the unstable, between the strata, or among the stable
    p = _posterior(band_evidence(200, 8, severe_share))
    assert p == pytest.approx(_posterior(band_evidence(200, 8, SHARE)), abs=2e-6)


def test_bands_are_as_common_as_they_should_be():
    # averaged over embolisms, the posterior of the severe band is its share; 3 standard errors of 0.3 / sqrt(1033)
    evidence = band_evidence(N, 8, SHARE)
    embolism = generate(N, seed=8).labels["pe"].to_numpy() == 1
    severe = special.expit(evidence[:, 2] - evidence[:, 1])[embolism]
    assert severe.mean() == pytest.approx(SHARE, abs=0.03)


def test_signs_that_every_band_shows_alike_leave_the_records_word(cohort):
    evidence = band_evidence(N, 8, SHARE)
    assert _posterior(evidence + np.log(0.3)) == pytest.approx(_posterior(evidence), abs=1e-12)


def test_a_record_that_says_nothing_leaves_the_ideal_readers_word():
    for signs in (Signs(), Signs(s1q3t3=True, tachycardia=True), Signs(atrial_fibrillation=True)):
        prior = np.log([1.0, 1 - SHARE, SHARE])
        p = _posterior((prior + np.log(sign_likelihoods(signs)))[None])
        assert p[0] == pytest.approx(ideal_reader(signs), abs=1e-12)


def test_both_together_rank_better_than_either_and_are_calibrated(cohort, both):
    event = cohort.labelled("diagnosis").to_numpy() == 1
    record = cohort.oracle["p_pe"].to_numpy()
    recording = known_truth(cohort, cohort.oracle.index)["p_pe"].to_numpy()
    for single in (record, recording):
        assert delong_test(event, both, single).difference.low > 0
    slope = calibration_slope(event, both)
    assert slope.low < 1 < slope.high
    assert auroc(event, both) < 1


def test_adding_the_two_log_odds_would_count_severity_twice(cohort, both):
    record = cohort.oracle["p_pe"].to_numpy()
    recording = known_truth(cohort, cohort.oracle.index)["p_pe"].to_numpy()
    prior = special.logit(assumptions()["population"]["pe_share"])
    summed = special.expit(special.logit(record.clip(1e-6, 1 - 1e-6)) + special.logit(recording) - prior)
    event = cohort.labelled("diagnosis").to_numpy() == 1
    loss = [-np.log(np.where(event, p, 1 - p)).mean() for p in (both, summed)]
    assert loss[0] < loss[1]
    assert np.abs(both - summed).max() > 0.05


def test_for_the_outcome_the_recording_adds_nothing_to_the_generators_own_probabilities(cohort):
    patients = cohort.labelled("outcome").index[:50]
    found = fusion_oracle(cohort, patients, "outcome")
    assert found == pytest.approx(oracle_probabilities(cohort.oracle.loc[patients], "outcome"))


def test_some_patients_in_any_order_get_their_own(cohort, both):
    places = [40, 3, 1999]
    found = fusion_oracle(cohort, cohort.oracle.index[places], "diagnosis")
    assert found[:, 1] == pytest.approx(both[places], abs=1e-12)
    assert found.sum(axis=1) == pytest.approx(1)


def test_what_was_not_generated_here_has_no_ideal_reader(cohort):
    index = cohort.oracle.index
    some = replace(cohort, oracle=cohort.oracle.iloc[:100])
    altered = replace(cohort, oracle=cohort.oracle.assign(p_pe=0.4))
    real = replace(cohort, about=replace(cohort.about, synthetic=False))
    for other in (some, altered, real, replace(cohort, oracle=None)):
        assert fusion_oracle(other, index[:20], "diagnosis") is None
    assert fusion_oracle_metrics(real, index[:20], "diagnosis", np.arange(20) % 2, 0) is None


def test_the_metrics_are_those_of_the_ideal_reader(cohort, both):
    truth = cohort.labelled("diagnosis").to_numpy()
    found = fusion_oracle_metrics(cohort, cohort.oracle.index, "diagnosis", truth, 0)
    assert found["classes"]["pe"]["auroc"]["value"] == pytest.approx(auroc(truth == 1, both))


def test_likelihood_ratios_of_the_signs_average_one_where_there_is_no_embolism():
    # so it is if both likelihoods are those that the signs are drawn with; 2,000 draws, 3 standard errors
    rows = []
    for number in range(2000):
        signs, _ = draw_truth(1, number, stratum="control", severity=0.0)
        rows.append(sign_likelihoods(signs))
    p = np.array(rows)
    for band in (1, 2):
        ratio = p[:, band] / p[:, 0]
        assert ratio.mean() == pytest.approx(1, abs=3 * ratio.std() / np.sqrt(len(ratio)))
