"""MissForest: missing cells of a mixed table filled by random forests, in training rows and in new ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

import numpy as np

from core.ehr import _forest_arrays
from core.ehr._forest_bins import Layout, lay_out
from core.ehr._forest_report import ImputationReport, Settings
from core.ehr._forest_serve import impute

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_store import CodedTrees, Forests

__all__ = ["ImputationReport", "MissForest"]

MAX_THREADS = 8
# about 1.5 bytes a node on disk
NODE_BUDGET = 3_000_000


class MissForest:
    """Impute a table of numeric and categorical columns by iterated random forests.

    After Stekhoven & Bühlmann, Bioinformatics 2012;28:112-118. Every missing cell starts at its column's mean or
    most frequent level. Then, column after column in the order of increasing missingness, a forest is grown on
    the rows where the column is observed and fills the others; this is repeated until the difference between
    two completions has stopped falling for each kind of column with missing cells, and the completion before that
    is kept.

    The way there is walked with small forests, since what they get wrong is averaged out when it only serves
    to predict other columns; a last pass of whole forests then fills every cell anew, and the out-of-bag errors
    are theirs.

    The forests follow R's ``randomForest``, on which the paper's ``missForest`` stands: bootstrap samples, the
    root of the number of columns as candidates at a split, regression nodes of five rows or fewer left whole,
    classification trees grown to purity, majority vote. Three things differ. Candidates that are constant in
    a node are replaced until one is not, so that trees do reach purity. Features are binned once (at most 64
    bins). A split on a nominal feature is a set of levels: exact for numbers and two classes, the best
    one-against-the-rest order for more classes (at most 16 levels; see `core.ehr._forest_bins`).

    New rows: the forests of the last pass, grown for every column, also for those that were never missing, are
    pruned to a budget of nodes and kept. A new row's missing cells start at the training
    means and modes, and a fixed number of passes predicts all of them at once from the pass before; no row
    sees another one, so a row alone gets the same numbers, bit for bit, as among others.

    The outcome must not be among the columns: the caller sees to that.

    Parameters
    ----------
    n_trees
        Trees of each forest of the last pass, all of them kept: on new rows many pruned trees are better than
        few whole ones of the same size on disk.
    max_iterations
        Most iterations before the last pass; the paper's bound. 0: one pass of whole forests, and no more.
    scout_trees
        Trees of each forest in these iterations; None for an eighth of ``n_trees``.
    seed
        Seed of all random draws; the result does not depend on the number of threads.
    max_rows
        Most rows drawn for a tree, for a cheap imputation inside cross-validation; None for all.
    threads
        Threads that grow trees; None for the machine's processors, at most 8.
    node_budget
        Most nodes of all stored trees together; the nodes of fewest rows are pruned to keep to it.

    Attributes
    ----------
    completed_ : ndarray of float64, (rows, columns)
        The completed training table; not stored by `to_arrays`.
    report_ : ImputationReport

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 1, 40)
    >>> X = np.column_stack([x, 2 * x, x > 0.5])
    >>> X[3, 1] = np.nan
    >>> imputer = MissForest(n_trees=20).fit(X, np.array([0, 0, 2]))
    >>> bool(abs(imputer.completed_[3, 1] - 2 * x[3]) < 0.2)
    True
    """

    completed_: NDArray[np.float64]
    report_: ImputationReport

    def __init__(
        self,
        n_trees: int = 100,
        max_iterations: int = 10,
        scout_trees: int | None = None,
        seed: int = 0,
        max_rows: int | None = None,
        threads: int | None = None,
        node_budget: int = NODE_BUDGET,
    ) -> None:
        self._settings = Settings(
            n_trees=n_trees,
            max_iterations=max_iterations,
            scout_trees=max(1, n_trees // 8) if scout_trees is None else scout_trees,
            seed=seed,
            max_rows=max_rows,
            threads=min(os.cpu_count() or 1, MAX_THREADS) if threads is None else threads,
            node_budget=node_budget,
        )
        self._layout: Layout
        self._coded: CodedTrees
        self._laid_out: Forests | None = None

    def fit(self, X: NDArray[np.float64], n_levels: NDArray[np.int64]) -> Self:
        """Complete a training table and grow the forests for new rows.

        Parameters
        ----------
        X
            (rows, columns), NaN where missing; no column entirely so.
        n_levels
            (columns,) 0 for a numeric column, k for a categorical one with codes 0 to k - 1.

        Raises
        ------
        ValueError
            A column is entirely missing, a value infinite or a code outside its levels; the caller checks before.
        """
        from core.ehr import _forest_iterate

        table = _checked(X, n_levels)
        if np.isnan(table).all(axis=0).any():
            raise ValueError("a column is missing entirely")
        self._layout = lay_out(table, np.asarray(n_levels, np.int64))
        fitted = _forest_iterate.complete(table, self._layout, self._settings)
        self.completed_, self.report_, self._coded = fitted.completed, fitted.report, fitted.coded
        self._laid_out = None
        return self

    def fit_transform(self, X: NDArray[np.float64], n_levels: NDArray[np.int64]) -> NDArray[np.float64]:
        """Complete a training table (see `fit`) and return it."""
        return self.fit(X, n_levels).completed_

    def transform(self, X_new: NDArray[np.float64]) -> NDArray[np.float64]:
        """Complete new rows; each alone, so neither their order nor their company matters.

        Parameters
        ----------
        X_new
            (rows, columns), NaN where missing.

        Returns
        -------
        ndarray
            The same shape, observed cells untouched. Up to 64 rows are completed without compiled code.

        Raises
        ------
        ValueError
            The columns are not those of the training table, a value is infinite or a code outside its levels.
        """
        table = _checked(X_new, self._layout.n_levels)
        return impute(table, self._layout, self._forests(), self._settings.threads)

    def _forests(self) -> Forests:
        """Trees laid out for walking: when new rows come, since many a fit sees none."""
        if self._laid_out is None:
            self._laid_out = _forest_arrays.forests_of(self._layout, self._coded, self._settings.n_trees)
        return self._laid_out

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything that new rows need, and the report, as plain arrays for ``np.savez_compressed``."""
        return _forest_arrays.to_arrays(self._layout, self._coded, self._settings.n_trees, self.report_)

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> MissForest:
        """Restore an imputer for new rows; it has no ``completed_``.

        Raises
        ------
        ArtifactError
            An array is missing, or of another shape or type, or holds what cannot be.
        """
        layout, coded, forests, report = _forest_arrays.from_arrays(arrays)
        imputer = cls(n_trees=forests.root.shape[1])
        imputer._layout, imputer._coded, imputer._laid_out, imputer.report_ = layout, coded, forests, report
        return imputer


def _checked(X: NDArray[np.float64], n_levels: NDArray[np.int64]) -> NDArray[np.float64]:
    table = np.array(X, dtype=np.float64, order="C")
    if table.ndim != 2 or table.shape[1] != len(n_levels):
        raise ValueError(f"expected a table of {len(n_levels)} columns, got the shape {table.shape}")
    if np.isinf(table).any():
        raise ValueError("a value is infinite")
    levels = np.asarray(n_levels)
    codes = table[:, levels > 0]
    legal = np.isnan(codes) | ((codes >= 0) & (codes < levels[levels > 0]) & (codes == np.floor(codes)))
    if not legal.all():
        raise ValueError("a categorical column holds a code outside its levels")
    return table
