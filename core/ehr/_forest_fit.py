"""One column's forest: what is asked of it, its trees grown on several threads, its predictions and its error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_grow import FIXED_POINT, Nodes, Problem, Workspace, grow_trees

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

# R's randomForest: a node of this many rows or fewer is not split (not the least size of a leaf)
NODE_SIZE_NUMERIC = 5.0
NODE_SIZE_CLASS = 1.0


@dataclass(frozen=True)
class Target:
    """A column as the target of a forest.

    Attributes
    ----------
    column
        Its place in the table.
    n_levels
        0 for a number, else the number of classes.
    values
        (rows,) numbers centred and scaled by the observed rows, or class codes; meaningless where missing.
    observed, missing
        Row numbers.
    """

    column: int
    n_levels: int
    values: NDArray[np.float64]
    observed: NDArray[np.uint32]
    missing: NDArray[np.uint32]

    @property
    def n_classes(self) -> int:
        """Classes to be voted for; 0 where the mean of a number, or of the codes 0 and 1, is enough."""
        return self.n_levels if self.n_levels > 2 else 0


@dataclass(frozen=True)
class Prediction:
    """What a forest says about the missing rows, and its squared error or error rate out of bag."""

    missing: NDArray[np.float64]
    oob_error: float


class Grower:
    """Grows forests with a fixed set of threads and buffers; a context manager.

    Parameters
    ----------
    codes
        (columns, rows) bins of the completed table; the owner changes it between forests.
    nominal
        (columns,) whether a column's bins are unordered.
    max_levels
        Largest number of classes of any target.
    threads
        Number of threads; the trees do not depend on it.
    max_rows
        Most rows drawn for a tree, or None for as many as are observed.
    """

    def __init__(
        self,
        codes: NDArray[np.uint8],
        nominal: NDArray[np.bool_],
        max_levels: int,
        threads: int,
        max_rows: int | None,
    ) -> None:
        self._codes = codes
        self._nominal = nominal
        self._max_rows = max_rows
        self._max_levels = max(max_levels, 2)
        self._workspaces = [_workspace(codes.shape[1], self._max_levels) for _ in range(threads)]
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Grower:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def predict(self, target: Target, n_trees: int, seed: int) -> Prediction:
        """Grow a forest and predict the missing rows and, out of bag, the observed ones; no tree is kept."""
        problem = self._problem(target, target.missing, _node_size(target))
        votes, seen, _ = self._grow(problem, n_trees, seed, keep=False)
        return _judge(target, votes, seen)

    def grow_kept(self, target: Target, n_trees: int, seed: int, node_size: float = 0.0) -> Nodes:
        """Grow a forest and keep its trees; nodes of up to ``node_size`` rows are left whole."""
        nobody = np.empty(0, np.uint32)
        problem = self._problem(target, nobody, max(node_size, _node_size(target)))
        return self._grow(problem, n_trees, seed, keep=True)[2]

    def _problem(self, target: Target, missing: NDArray[np.uint32], node_size: float) -> Problem:
        n_columns = self._codes.shape[0]
        n_observed = target.observed.size
        return Problem(
            codes=self._codes,
            nominal=self._nominal,
            target=target.values,
            observed=target.observed,
            missing=missing,
            features=np.empty(n_columns - 1, np.int64),
            column=target.column,
            n_classes=target.n_classes,
            is_class=target.n_levels > 0,
            n_draws=n_observed if self._max_rows is None else min(n_observed, self._max_rows),
            n_try=max(1, int(np.sqrt(n_columns))),
            node_size=node_size,
        )

    def _grow(
        self, problem: Problem, n_trees: int, seed: int, *, keep: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Nodes]:
        """Each thread grows a run of neighbouring trees, so that the kept ones join up in their order."""
        n_rows = self._codes.shape[1]
        bounds = np.linspace(0, n_trees, len(self._workspaces) + 1).astype(int)
        widest = int(np.diff(bounds).max()) if keep else 1

        def run(thread: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Nodes]:
            votes = np.zeros((n_rows, max(problem.n_classes, 1)), np.int64)
            seen = np.zeros(n_rows, np.int64)
            nodes = _room(widest * (2 * problem.n_draws + 1))
            own = problem._replace(features=problem.features.copy())
            first, last = int(bounds[thread]), int(bounds[thread + 1])
            used = grow_trees(self._workspaces[thread], own, nodes, first, last, seed, keep, votes, seen)
            return votes, seen, Nodes(*(part[:used] for part in nodes))

        parts = list(self._pool.map(run, range(len(self._workspaces))))
        joined = Nodes(*(np.concatenate(arrays) for arrays in zip(*(part[2] for part in parts), strict=True)))
        return sum(part[0] for part in parts), sum(part[1] for part in parts), joined


def _node_size(target: Target) -> float:
    return NODE_SIZE_CLASS if target.n_levels else NODE_SIZE_NUMERIC


def _room(n_nodes: int) -> Nodes:
    return Nodes(
        feature=np.empty(n_nodes, np.int32),
        cut=np.empty(n_nodes, np.int32),
        value=np.empty(n_nodes),
        weight=np.empty(n_nodes),
        parent_weight=np.empty(n_nodes),
    )


def _workspace(n_rows: int, n_levels: int) -> Workspace:
    return Workspace(
        state=np.zeros(1, np.uint64),
        drawn=np.empty(n_rows, np.int32),
        row=np.empty(n_rows, np.uint32),
        value=np.empty((n_rows, 2)),
        spare_row=np.empty(n_rows, np.uint32),
        spare_value=np.empty((n_rows, 2)),
        rider=np.empty(n_rows, np.uint32),
        spare_rider=np.empty(n_rows, np.uint32),
        occupied=np.zeros(4, np.uint64),
        moments=np.zeros((256, 2)),
        counts=np.zeros((256, n_levels)),
        totals=np.zeros(n_levels),
        left=np.zeros(n_levels),
        levels=np.zeros(16, np.int64),
        share=np.zeros(16),
        stack=np.empty((n_rows + 2, 4), np.int64),
        parent=np.empty(n_rows + 2),
    )


def _judge(target: Target, votes: NDArray[np.int64], seen: NDArray[np.int64]) -> Prediction:
    """Turn sums into predictions: the mean over trees, or the class with most votes (the first of equals)."""
    if target.n_classes:
        said = np.argmax(votes, axis=1).astype(np.float64)
    else:
        said = votes[:, 0] / (np.maximum(seen, 1) * FIXED_POINT)
        if target.n_levels:
            said = (said > 0.5).astype(np.float64)
    out_of_bag = target.observed[seen[target.observed] > 0]
    off = said[out_of_bag] - target.values[out_of_bag]
    wrong = off != 0 if target.n_levels else off**2
    return Prediction(said[target.missing], float(wrong.mean()) if out_of_bag.size else float("nan"))
