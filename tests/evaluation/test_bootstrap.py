from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from core.evaluation import bootstrap_auroc
from core.evaluation.bootstrap import auroc_statistic, average_precision_statistic, bootstrap
from core.evaluation.discrimination import class_auroc_draws


def counts_drawn(strata, n_bootstrap, seed=3):
    kept = []

    def keep(counts):
        kept.append(counts)
        return counts.sum(axis=0)

    bootstrap(strata, keep, n_bootstrap, seed)
    return np.hstack(kept)


def test_every_resample_keeps_the_class_counts():
    strata = np.repeat([0, 1, 2], [50, 7, 1])
    counts = counts_drawn(strata, 40)
    for stratum in range(3):
        assert (counts[strata == stratum].sum(axis=0) == np.sum(strata == stratum)).all()
    assert counts.std() > 0


@pytest.mark.parametrize(
    ("statistic", "peer"),
    [(auroc_statistic, roc_auc_score), (average_precision_statistic, average_precision_score)],
)
def test_counted_statistics_equal_scikit_learn_on_the_copied_rows(reference, statistic, peer):
    counts = counts_drawn(reference.event.astype(int), 25)
    found = statistic(reference.event, reference.first)(counts)
    for resample in range(25):
        rows = np.repeat(np.arange(len(counts)), counts[:, resample].astype(int))
        expected = peer(reference.event[rows], reference.first[rows])
        assert found[resample] == pytest.approx(expected, abs=1e-12)


def test_bootstrap_interval_is_close_to_that_of_proc(reference):
    # R: ci.auc(method = "bootstrap", boot.n = 20000) prints .7303-.8834; 20,000 draws leave about .002
    found = bootstrap_auroc(reference.event, reference.first, n_bootstrap=20_000)
    assert (found.low, found.high) == pytest.approx((0.7303, 0.8834), abs=0.003)


def test_spread_of_the_draws_is_close_to_delong(reference):
    draws = bootstrap(
        reference.event.astype(int), auroc_statistic(reference.event, reference.first), 20_000, 1
    )
    # the bootstrap divides by n where DeLong divides by n - 1
    assert draws.std() == pytest.approx(math.sqrt(0.00157995791746478), rel=0.03)


def test_same_seed_same_draws_and_another_seed_others(forecast):
    first, again, other = (class_auroc_draws(*forecast, n_bootstrap=20, seed=seed) for seed in (5, 5, 6))
    assert (first == again).all()
    assert (first != other).any()


def test_many_patients_are_drawn_in_several_blocks():
    strata = np.repeat([0, 1], [600_000, 400_000])
    means = bootstrap(strata, lambda counts: counts[:600_000].sum(axis=0), 5, 0)
    assert means.tolist() == [600_000.0] * 5
