"""Cells as small integers: each column's values in at most 64 bins, laid out once and kept for new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# one machine word marks the bins in use; more bins were slower and no better
MAX_BINS = 64
# a split on a nominal column is a set of levels, kept as the bits of one 16-bit number
MAX_FEATURE_LEVELS = 16


@dataclass(frozen=True)
class ColumnBins:
    """How one column becomes bins.

    Attributes
    ----------
    edges
        Numeric: ascending; the bin of a value is the number of edges below it. Nominal: empty.
    level_bin
        Nominal: the bin of each level. Numeric: empty.
    """

    edges: NDArray[np.float64]
    level_bin: NDArray[np.uint8]

    def encode(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Bin of each value; none may be NaN."""
        if self.level_bin.size:
            return self.level_bin[values.astype(np.intp)]
        return np.searchsorted(self.edges, values, side="left").astype(np.uint8)


def bins_of_column(observed: NDArray[np.float64], n_levels: int) -> ColumnBins:
    """Lay out the bins of one column from its observed values.

    A numeric column with at most 64 different values gets one bin each (nothing is lost); one with more gets
    bins of about equal counts. A nominal column with more than 16 levels takes part as a feature with its 15
    most frequent levels and the others together; as a target it keeps all.
    """
    if n_levels:
        return ColumnBins(np.empty(0), _bins_of_levels(observed, n_levels))
    distinct = np.unique(observed)
    if distinct.size > MAX_BINS:
        cuts = np.quantile(observed, np.linspace(0, 1, MAX_BINS + 1)[1:-1], method="lower")
        below = np.unique(np.searchsorted(distinct, cuts))
        below = below[below < distinct.size - 1]
    else:
        below = np.arange(distinct.size - 1)
    # halved before adding, so that two huge neighbours cannot overflow
    return ColumnBins(distinct[below] / 2 + distinct[below + 1] / 2, np.empty(0, np.uint8))


def _bins_of_levels(observed: NDArray[np.float64], n_levels: int) -> NDArray[np.uint8]:
    if n_levels <= MAX_FEATURE_LEVELS:
        return np.arange(n_levels, dtype=np.uint8)
    counts = np.bincount(observed.astype(np.intp), minlength=n_levels)
    rank = np.empty(n_levels, np.intp)
    rank[np.argsort(-counts, kind="stable")] = np.arange(n_levels)
    return np.minimum(rank, MAX_FEATURE_LEVELS - 1).astype(np.uint8)


@dataclass(frozen=True)
class Layout:
    """What the training rows say about each column before any tree is grown.

    Attributes
    ----------
    n_levels
        (columns,) 0 for numbers, else the number of levels.
    bins
        How each column becomes bins.
    start
        (columns,) mean, or most frequent level: where every missing cell starts.
    scale
        (columns,) standard deviation of a numeric column; 0 where it, or any column, is constant; 1 for levels.
    """

    n_levels: NDArray[np.int64]
    bins: tuple[ColumnBins, ...]
    start: NDArray[np.float64]
    scale: NDArray[np.float64]

    @property
    def nominal(self) -> NDArray[np.bool_]:
        """Which columns' bins are unordered; with two levels order does not matter, and ordered is faster."""
        return self.n_levels > 2

    def encode(self, table: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Bins of a table without missing cells, (columns, rows)."""
        codes = np.empty(table.shape[::-1], np.uint8)
        for column, bins in enumerate(self.bins):
            codes[column] = bins.encode(table[:, column])
        return codes


def lay_out(X: NDArray[np.float64], n_levels: NDArray[np.int64]) -> Layout:
    """Lay out bins, starting values and scales from training rows; no column may be missing entirely."""
    start = np.empty(n_levels.size)
    scale = np.ones(n_levels.size)
    bins = []
    for column, levels in enumerate(n_levels):
        observed = X[:, column][~np.isnan(X[:, column])]
        bins.append(bins_of_column(observed, int(levels)))
        if levels:
            start[column] = np.argmax(np.bincount(observed.astype(np.intp)))
        else:
            start[column] = observed.mean()
            scale[column] = observed.std()
        if (observed == observed[0]).all():
            start[column], scale[column] = observed[0], 0.0
    return Layout(n_levels, tuple(bins), start, scale)
