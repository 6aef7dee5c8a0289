"""Hybrid resampling of training rows: SMOTENC raises the rare classes, ClusterCentroids thins the frequent ones."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import ClusterCentroids

from core.threads import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

# One neighbour: each new row lies between a patient and the nearest patient of its class and takes that patient's
# categories. The customary five vote on the categories, and the vote erases every comorbidity that fewer than half
# of the neighbours have: on the synthetic cohort that cost a third of what a model can know (see `benchmark`).
NEIGHBOURS = 1


class MixedClusterCentroids(ClusterCentroids):  # type: ignore[misc]
    """ClusterCentroids for mixed rows, with hard voting: what stays are real rows, so categories stay legal.

    Distances are taken on numbers as they come (the caller scales them) and on categories one-hot times √½, so that
    two different levels lie 1 apart.

    Parameters
    ----------
    n_levels
        (n_features,) 0 for a number, k for codes 0 … k-1.
    sampling_strategy
        Class to number of rows that stay.
    random_state
        Seed of the clustering.
    """

    def __init__(self, n_levels: Any, *, sampling_strategy: Any = "auto", random_state: int = 0) -> None:
        super().__init__(sampling_strategy=sampling_strategy, random_state=random_state, voting="hard")
        self.n_levels = n_levels

    def _fit_resample(self, X: Floats, y: Codes) -> tuple[Floats, Codes]:
        kept = [
            self._nearest_to_centroids(X, np.flatnonzero(y == code), self.sampling_strategy_.get(code))
            for code in np.unique(y)
        ]
        rows = np.concatenate(kept)
        return X[rows], y[rows]

    def _nearest_to_centroids(self, X: Floats, rows: Codes, wanted: int | None) -> Codes:
        """Real rows nearest to the centroids of a class; as many as wanted, since two centroids can share one."""
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.metrics import pairwise_distances_argmin
        from threadpoolctl import threadpool_limits

        if wanted is None or wanted >= len(rows):
            return rows
        Z = mixed_space(X[rows], np.asarray(self.n_levels))
        # from random rows: choosing thousands of starts one by one (k-means++) takes longer than the clustering
        clusters = KMeans(wanted, init="random", n_init=1, max_iter=10, random_state=self.random_state)
        # Two threads add up to the same sum in either order, three do not: the same seed must give the same rows.
        limit = threadpool_limits(min(threads(), 2), user_api="openmp")
        with limit, warnings.catch_warnings(), np.errstate(all="ignore"):
            # fewer different rows than clusters: the rest is filled below
            warnings.simplefilter("ignore", ConvergenceWarning)
            centroids = clusters.fit(Z).cluster_centers_
        nearest = np.unique(pairwise_distances_argmin(centroids, Z))
        spare = np.setdiff1d(np.arange(len(rows)), nearest)
        fill = np.random.default_rng(self.random_state).permutation(spare)[: wanted - len(nearest)]
        return np.asarray(rows[np.sort(np.concatenate([nearest, fill]))], dtype=np.int64)


def targets(counts: Codes, strength: float) -> Codes:
    """Rows of each class after resampling.

    Every class moves the share ``strength`` of the way, on the logarithm, to the geometric mean of the largest and
    the smallest class: 0 leaves all as they are, 1 makes the classes equal.

    Examples
    --------
    >>> targets(np.array([800, 50, 100]), 1.0).tolist()
    [200, 200, 200]
    >>> targets(np.array([800, 50, 100]), 0.5).tolist()
    [400, 100, 141]

    A class without rows stays without:

    >>> targets(np.array([800, 0, 50]), 1.0).tolist()
    [200, 0, 200]
    """
    present = counts[counts > 0]
    middle = np.sqrt(float(present.max()) * float(present.min()))
    moved = counts * (middle / np.maximum(counts, 1)) ** strength
    return np.asarray(np.round(moved), dtype=np.int64)


def resample(
    X: Floats,
    y: Codes,
    n_levels: NDArray[np.int64],
    strength: float,
    seed: int,
    neighbours: int = NEIGHBOURS,
) -> tuple[Floats, Codes]:
    """Resample completed training rows.

    Parameters
    ----------
    X
        (n, n_features), nothing missing, categories as codes.
    y
        (n,) classes; a class without rows stays without.
    n_levels
        (n_features,) 0 for a number, k for codes.
    strength
        See ``targets``; 0 returns the rows unchanged.
    seed
        Of interpolation and clustering.
    neighbours
        Of SMOTENC.

    Returns
    -------
    X, y
        Resampled rows: numbers inside the range of their training values, categories legal codes.
    """
    counts = np.bincount(y)
    wanted = targets(counts, strength)
    if (wanted == counts).all():
        return X, y
    numeric = n_levels == 0
    centre = np.where(numeric, X.mean(axis=0), 0.0)
    spread = np.where(numeric, X.std(axis=0), 1.0)
    spread = np.where(spread > 0, spread, 1.0)
    pipeline = hybrid(counts, wanted, n_levels, seed, neighbours)
    scaled, codes = pipeline.fit_resample((X - centre) / spread, y)
    # scaling back is exact to rounding; the range is not left
    return np.clip(scaled * spread + centre, X.min(axis=0), X.max(axis=0)), codes.astype(np.int64)


def hybrid(
    counts: Codes,
    wanted: Codes,
    n_levels: NDArray[np.int64],
    seed: int,
    neighbours: int = NEIGHBOURS,
) -> Pipeline:
    """The two samplers as an imbalanced-learn pipeline, for rows whose numbers are scaled."""
    up = {int(code): int(wanted[code]) for code in np.flatnonzero(wanted > counts)}
    down = {int(code): int(wanted[code]) for code in np.flatnonzero(wanted < counts)}
    return Pipeline(
        [
            ("smotenc", _oversampler(up, counts, n_levels, seed, neighbours)),
            ("cluster_centroids", MixedClusterCentroids(n_levels, sampling_strategy=down, random_state=seed)),
        ]
    )


def mixed_space(X: Floats, n_levels: NDArray[np.int64]) -> Floats:
    """Rows for Euclidean distance: numbers as they are, categories one-hot times √½."""
    parts = [
        (X[:, j : j + 1] == np.arange(levels)) * np.sqrt(0.5) if levels else X[:, j : j + 1]
        for j, levels in enumerate(n_levels)
    ]
    return np.hstack(parts).astype(np.float64)


def _oversampler(
    up: dict[int, int], counts: Codes, n_levels: NDArray[np.int64], seed: int, neighbours: int
) -> Any:
    neighbours = max(1, min([neighbours, *(int(counts[code]) - 1 for code in up)]))
    if any(counts[code] < 2 for code in up):
        from imblearn.over_sampling import RandomOverSampler

        return RandomOverSampler(sampling_strategy=up, random_state=seed)
    common = {"sampling_strategy": up, "random_state": seed, "k_neighbors": neighbours}
    categorical = [int(j) for j in np.flatnonzero(n_levels)]
    if not categorical:
        return SMOTE(**common)
    if len(categorical) == len(n_levels):
        return SMOTEN(**common)
    return SMOTENC(categorical, **common)
