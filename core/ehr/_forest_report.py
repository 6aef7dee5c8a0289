"""What is asked of an imputation, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Settings:
    """What is asked of an imputation; see `core.ehr.missforest.MissForest` for each."""

    n_trees: int
    scout_trees: int
    max_iterations: int
    seed: int
    max_rows: int | None
    threads: int
    node_budget: int


@dataclass(frozen=True)
class ImputationReport:
    """How an imputation went.

    Attributes
    ----------
    iterations
        Iterations run by small forests, with the last one that was discarded if the stopping rule ended them; the
        pass of whole forests that follows is not counted.
    kept_iteration
        The iteration from whose completion that pass sets out (counted from 1; 0 where there was none).
    differences
        (iterations, 2) how far each iteration moved the missing cells: for numeric columns the sum of squared
        changes over the sum of squares of the whole columns (centred, and in standard deviations, so that the
        units of measurement do not matter); for categorical ones the share of missing cells that changed. NaN
        for a kind that has no missing cell.
    nrmse
        Out-of-bag error of numeric columns in standard deviations of the observed cells: root of the mean of
        ``oob_error`` squared, weighted by each column's missing cells. 0 is perfect, 1 as good as the mean.
    pfc
        Out-of-bag share of falsely classified cells of categorical columns, weighted likewise.
    oob_error
        (columns,) NRMSE or PFC of each column; NaN where none is missing or the column is constant.
    missing_share
        (columns,) share of missing cells.
    """

    iterations: int
    kept_iteration: int
    differences: NDArray[np.float64]
    nrmse: float
    pfc: float
    oob_error: NDArray[np.float64]
    missing_share: NDArray[np.float64]
