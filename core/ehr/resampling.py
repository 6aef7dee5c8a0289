"""Hybrid resampling of training rows: SMOTENC raises the rare classes, ClusterCentroids thins the frequent ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from imblearn.pipeline import Pipeline
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

# One neighbour: each new row lies between a patient and the nearest patient of its class and takes that patient's
# categories. The customary five vote on the categories, and the vote erases every comorbidity that fewer than half
# of the neighbours have: on the synthetic cohort that cost a third of what a model can know (see `benchmark`).
NEIGHBOURS = 1


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
    from imblearn.pipeline import Pipeline

    from core.ehr._cluster_centroids import MixedClusterCentroids

    up = {int(code): int(wanted[code]) for code in np.flatnonzero(wanted > counts)}
    down = {int(code): int(wanted[code]) for code in np.flatnonzero(wanted < counts)}
    return Pipeline(
        [
            ("smotenc", _oversampler(up, counts, n_levels, seed, neighbours)),
            ("cluster_centroids", MixedClusterCentroids(n_levels, sampling_strategy=down, random_state=seed)),
        ]
    )


def _oversampler(
    up: dict[int, int], counts: Codes, n_levels: NDArray[np.int64], seed: int, neighbours: int
) -> Any:
    from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC, RandomOverSampler

    neighbours = max(1, min([neighbours, *(int(counts[code]) - 1 for code in up)]))
    if any(counts[code] < 2 for code in up):
        return RandomOverSampler(sampling_strategy=up, random_state=seed)
    common = {"sampling_strategy": up, "random_state": seed, "k_neighbors": neighbours}
    categorical = [int(j) for j in np.flatnonzero(n_levels)]
    if not categorical:
        return SMOTE(**common)
    if len(categorical) == len(n_levels):
        return SMOTEN(**common)
    return SMOTENC(categorical, **common)
