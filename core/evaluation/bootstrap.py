"""Stratified bootstrap by counting: a resample is how often each patient was drawn, never a copy of the rows.

Every statistic that depends on the order of the scores only is then a sum of these counts over patients
sorted once, and thousands of resamples are a few cumulative sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.evaluation.arrays import Codes, Events, Floats

Statistic = Callable[[Floats], Floats]
"""Takes counts (n, b), how often each patient is in each of b resamples; returns (b,) or (b, s)."""

_COUNTS_AT_ONCE = 4_000_000  # 32 MB a working array, however many patients there are


def bootstrap(strata: Codes, statistic: Statistic, n_bootstrap: int, seed: int) -> Floats:
    """Values of a statistic over resamples drawn within strata.

    Parameters
    ----------
    strata
        (n,) stratum of each patient, here the true class: every resample keeps the class counts.
    statistic
        What to compute. To pair statistics (two models, several classes) join them with ``side_by_side``:
        they then see the same resamples.
    n_bootstrap
        Number of resamples.
    seed
        Seed of the draws.

    Returns
    -------
    numpy.ndarray
        (n_bootstrap,) or (n_bootstrap, s), as the statistic returns.
    """
    rng = np.random.default_rng(seed)
    at_once = max(1, _COUNTS_AT_ONCE // len(strata))
    starts = range(0, n_bootstrap, at_once)
    return np.concatenate(
        [statistic(_draw(strata, min(at_once, n_bootstrap - start), rng)) for start in starts]
    )


def _draw(strata: Codes, n_resamples: int, rng: np.random.Generator) -> Floats:
    counts = np.empty((len(strata), n_resamples))
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        size = len(rows)
        drawn = rng.integers(0, size, (size, n_resamples)) * n_resamples + np.arange(n_resamples)
        counts[rows] = np.bincount(drawn.ravel(), minlength=size * n_resamples).reshape(size, n_resamples)
    return counts


def auroc_statistic(event: Events, score: Floats) -> Statistic:
    """AUROC of each resample, ties counted half."""
    events = np.flatnonzero(event)
    others = np.flatnonzero(~event)
    others = others[np.argsort(score[others], kind="stable")]
    below = np.searchsorted(score[others], score[events], side="left")
    not_above = np.searchsorted(score[others], score[events], side="right")

    def statistic(counts: Floats) -> Floats:
        ranked = np.zeros((len(others) + 1, counts.shape[1]))
        np.cumsum(counts[others], axis=0, out=ranked[1:])
        drawn = counts[events]
        won = np.einsum("ib,ib->b", drawn, ranked[below]) + np.einsum("ib,ib->b", drawn, ranked[not_above])
        return np.asarray(won / (2 * drawn.sum(axis=0) * ranked[-1]))

    return statistic


def average_precision_statistic(event: Events, score: Floats) -> Statistic:
    """Average precision of each resample, tied patients entering together."""
    order = np.argsort(-score, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)

    def statistic(counts: Floats) -> Floats:
        flagged = counts[order]
        found = np.cumsum(flagged * event[order, None], axis=0)[last_of_ties]
        flagged = np.cumsum(flagged, axis=0)[last_of_ties]
        # where nobody of a resample is flagged yet nothing is found either: the step counts nothing
        precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
        steps = np.diff(found, axis=0, prepend=0.0)
        return np.asarray(np.einsum("tb,tb->b", steps, precision) / found[-1])

    return statistic


def side_by_side(statistics: Sequence[Statistic]) -> Statistic:
    """Several statistics of the same resamples, (b, number of statistics)."""
    return lambda counts: np.column_stack([statistic(counts) for statistic in statistics])
