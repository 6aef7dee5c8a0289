"""New rows completed with stored forests: a fixed number of passes, each row for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_store import LEAF_STEP
from core.ehr._forest_walk import walk as walk_few

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.ehr._forest_bins import Layout
    from core.ehr._forest_store import Forests

    Walk = Callable[
        [Forests, NDArray[np.uint8], NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]],
        NDArray[np.uint16],
    ]

# a fourth and further passes change the error on new rows by about a thousandth
PASSES = 3
# up to this many rows numba is not imported; it answers the same, and the import takes longer than the walk
FEW_ROWS = 64
CHUNK_ROWS = 512


def impute(X: NDArray[np.float64], layout: Layout, forests: Forests, threads: int) -> NDArray[np.float64]:
    """Complete a table; see `core.ehr.missforest.MissForest.transform`. ``X`` is completed in place."""
    if X.shape[0] <= FEW_ROWS:
        _complete(X, layout, forests, walk_few)
        return X
    walk_many, rows = _for_many_rows()
    chunks = np.array_split(X, -(-X.shape[0] // rows))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda chunk: _complete(chunk, layout, forests, walk_many), chunks))
    return X


def _for_many_rows() -> tuple[Walk, int]:
    """How many rows are walked, and in pieces of how many; without numba slower and in small pieces, same answer."""
    try:
        from core.ehr._forest_walk_compiled import walk as walk_many
    except ModuleNotFoundError:
        return walk_few, FEW_ROWS
    return walk_many, CHUNK_ROWS


def _complete(X: NDArray[np.float64], layout: Layout, forests: Forests, walk: Walk) -> None:
    missing = np.isnan(X)
    np.copyto(X, layout.start, where=missing)
    # a constant column has no forest; its one value is right already
    columns, rows = np.nonzero((missing & (forests.root[:, 0] >= 0)).T)
    if not rows.size:
        return
    codes = np.ascontiguousarray(layout.encode(X).T)
    nominal = layout.nominal
    bounds = np.searchsorted(columns, np.arange(len(layout.bins) + 1))
    concerned = np.flatnonzero(np.diff(bounds))
    for _ in range(PASSES):
        leaves = walk(forests, codes, nominal, rows, columns)
        for column in concerned:
            cells = slice(bounds[column], bounds[column + 1])
            values = _predictions(leaves[cells], int(column), layout, forests)
            X[rows[cells], column] = values
            codes[rows[cells], column] = layout.bins[column].encode(values)


def _predictions(
    leaves: NDArray[np.uint16], column: int, layout: Layout, forests: Forests
) -> NDArray[np.float64]:
    """Mean over trees, or most votes; summed as whole numbers, so exact in any order."""
    n_levels = int(layout.n_levels[column])
    n_trees = leaves.shape[1]
    if n_levels > 2:
        places = np.arange(leaves.shape[0])[:, None] * n_levels + leaves
        votes = np.bincount(places.ravel(), minlength=leaves.shape[0] * n_levels)
        winner: NDArray[np.float64] = votes.reshape(-1, n_levels).argmax(axis=1).astype(np.float64)
        return winner
    means: NDArray[np.float64] = forests.leaf_values[column][leaves].sum(axis=1) * (LEAF_STEP / n_trees)
    if n_levels:
        return np.where(means > 0.5, 1.0, 0.0)
    return np.asarray(layout.start[column] + layout.scale[column] * means)
