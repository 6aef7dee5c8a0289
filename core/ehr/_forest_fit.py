"""One column's forest: what is asked of it, its trees grown on several threads, its predictions and its error."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_buffers import Target, bins, classes, joined, no_votes, pack, room, workspace
from core.ehr._forest_grow import grow_trees
from core.ehr._forest_nodes import FIXED_POINT
from core.ehr._forest_types import Nodes, Problem, Votes, Workspace

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

# R's randomForest: a node of this many rows or fewer is not split (not the least size of a leaf)
NODE_SIZE_NUMERIC = 5.0
NODE_SIZE_CLASS = 1.0


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
    threads
        Number of threads; the trees do not depend on it.
    max_rows
        Most rows drawn for a tree, or None for as many as are observed.
    """

    def __init__(
        self,
        codes: NDArray[np.uint8],
        nominal: NDArray[np.bool_],
        threads: int,
        max_rows: int | None,
    ) -> None:
        self._codes = codes
        self._nominal = nominal
        self._max_rows = max_rows
        self._workspaces = [workspace(codes.shape[1]) for _ in range(threads)]
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Grower:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def predict(self, target: Target, n_trees: int, seed: int) -> Prediction:
        """Grow a forest and predict the missing rows and, out of bag, the observed ones; no tree is kept."""
        votes, _ = self._grow(self._problem(target, 0.0), n_trees, seed, keep=False)
        return _judge(target, votes)

    def predict_and_keep(
        self, target: Target, n_trees: int, seed: int, kept_size: float = 0.0
    ) -> tuple[Prediction, Nodes]:
        """Grow a forest, predict as ``predict`` does, and keep its trees but for what lies below ``kept_size`` rows.

        Where no row is missing there is nothing to predict, and trees are grown no further than they are kept.
        """
        problem = self._problem(target, kept_size)
        if not target.missing.size:
            problem = problem._replace(node_size=max(kept_size, problem.node_size))
        votes, nodes = self._grow(problem, n_trees, seed, keep=True)
        if not target.n_classes:
            low, span = target.range
            nodes = nodes._replace(value=low + span * nodes.value)
        return _judge(target, votes), nodes

    def _problem(self, target: Target, kept_size: float) -> Problem:
        n_columns = self._codes.shape[0]
        n_observed = target.observed.size
        n_draws = n_observed if self._max_rows is None else min(n_observed, self._max_rows)
        packed = pack(target, n_draws)
        return Problem(
            codes=self._codes,
            nominal=self._nominal,
            target=packed.target,
            observed=target.observed,
            missing=target.missing,
            features=np.empty(n_columns - 1, np.int64),
            column=target.column,
            sum_bits=packed.sum_bits,
            top=packed.top,
            n_classes=target.n_classes,
            is_class=target.n_levels > 0,
            n_draws=n_draws,
            n_try=max(1, int(np.sqrt(n_columns))),
            node_size=_node_size(target),
            kept_size=kept_size,
        )

    def _grow(self, problem: Problem, n_trees: int, seed: int, *, keep: bool) -> tuple[Votes, Nodes]:
        """Each thread grows a run of neighbouring trees, so that the kept ones join up in their order."""
        bounds = [int(bound) for bound in np.linspace(0, n_trees, len(self._workspaces) + 1)]
        runs = list(itertools.pairwise(bounds))
        widest = max(last - first for first, last in runs) if keep else 1

        def grow_run(work: Workspace, run: tuple[int, int]) -> tuple[Votes, Nodes]:
            votes = no_votes(self._codes.shape[1], problem.n_classes)
            nodes = room(widest * (2 * problem.n_draws + 1))
            own = problem._replace(features=problem.features.copy())
            counts = classes(problem.n_classes, problem.n_draws)
            work = work._replace(bins=bins(counts.running.size), classes=counts)
            used = grow_trees(work, own, nodes, votes, run, seed, keep)
            return votes, joined([nodes], used)

        votes, nodes = zip(*self._pool.map(grow_run, self._workspaces, runs), strict=True)
        return (
            Votes(sum(part.given for part in votes), sum(part.seen for part in votes)),
            joined(nodes),
        )


def _node_size(target: Target) -> float:
    return NODE_SIZE_CLASS if target.n_levels else NODE_SIZE_NUMERIC


def _judge(target: Target, votes: Votes) -> Prediction:
    """Turn sums into predictions: the mean over trees, or the class with most votes (the first of equals)."""
    if target.n_classes:
        said = np.argmax(votes.given, axis=1).astype(np.float64)
    else:
        low, span = target.range
        said = low + span * (votes.given[:, 0] / (np.maximum(votes.seen, 1) * FIXED_POINT))
        if target.n_levels:
            said = (said > 0.5).astype(np.float64)
    out_of_bag = target.observed[votes.seen[target.observed] > 0]
    off = said[out_of_bag] - target.values[out_of_bag]
    wrong = off != 0 if target.n_levels else off**2
    return Prediction(said[target.missing], float(wrong.mean()) if out_of_bag.size else float("nan"))
