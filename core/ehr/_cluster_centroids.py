"""ClusterCentroids for mixed rows: thinning a class to real rows that stand for the others."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from imblearn.under_sampling import ClusterCentroids

from core.threads import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


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


def mixed_space(X: Floats, n_levels: NDArray[np.int64]) -> Floats:
    """Rows for Euclidean distance: numbers as they are, categories one-hot times √½."""
    parts = [
        (X[:, j : j + 1] == np.arange(levels)) * np.sqrt(0.5) if levels else X[:, j : j + 1]
        for j, levels in enumerate(n_levels)
    ]
    return np.hstack(parts).astype(np.float64)
