"""One column's forest: what is asked of it, its trees grown on several threads, its predictions and its error."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.ehr._forest_bins import MAX_FEATURE_LEVELS
from core.ehr._forest_grow import grow_trees
from core.ehr._forest_nodes import FIXED_POINT
from core.ehr._forest_types import Bag, Bins, Classes, Levels, Nodes, Problem, Votes, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence
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

    @property
    def range(self) -> tuple[float, float]:
        """Smallest observed value, and how far the largest lies above it."""
        if self.n_levels:
            return 0.0, 1.0
        observed = self.values[self.observed]
        return float(observed.min()), float(np.ptp(observed)) or 1.0


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
        self._workspaces = [_workspace(codes.shape[1]) for _ in range(threads)]
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
        votes, _ = self._grow(problem, n_trees, seed, keep=False)
        return _judge(target, votes)

    def grow_kept(self, target: Target, n_trees: int, seed: int, node_size: float = 0.0) -> Nodes:
        """Grow a forest and keep its trees; nodes of up to ``node_size`` rows are left whole."""
        nobody = np.empty(0, np.uint32)
        problem = self._problem(target, nobody, max(node_size, _node_size(target)))
        nodes = self._grow(problem, n_trees, seed, keep=True)[1]
        if target.n_classes:
            return nodes
        low, span = target.range
        return nodes._replace(value=low + span * nodes.value)

    def _problem(self, target: Target, missing: NDArray[np.uint32], node_size: float) -> Problem:
        n_columns = self._codes.shape[0]
        n_observed = target.observed.size
        n_draws = n_observed if self._max_rows is None else min(n_observed, self._max_rows)
        packed = _pack(target, n_draws)
        return Problem(
            codes=self._codes,
            nominal=self._nominal,
            target=packed.target,
            observed=target.observed,
            missing=missing,
            features=np.empty(n_columns - 1, np.int64),
            column=target.column,
            sum_bits=packed.sum_bits,
            top=packed.top,
            n_classes=target.n_classes,
            is_class=target.n_levels > 0,
            n_draws=n_draws,
            n_try=max(1, int(np.sqrt(n_columns))),
            node_size=node_size,
        )

    def _grow(self, problem: Problem, n_trees: int, seed: int, *, keep: bool) -> tuple[Votes, Nodes]:
        """Each thread grows a run of neighbouring trees, so that the kept ones join up in their order."""
        bounds = [int(bound) for bound in np.linspace(0, n_trees, len(self._workspaces) + 1)]
        runs = list(itertools.pairwise(bounds))
        widest = max(last - first for first, last in runs) if keep else 1

        def grow_run(work: Workspace, run: tuple[int, int]) -> tuple[Votes, Nodes]:
            votes = _no_votes(self._codes.shape[1], problem.n_classes)
            nodes = _room(widest * (2 * problem.n_draws + 1))
            own = problem._replace(features=problem.features.copy())
            classes = _classes(problem.n_classes, problem.n_draws)
            work = work._replace(bins=_bins(classes.running.size), classes=classes)
            used = grow_trees(work, own, nodes, votes, run, seed, keep)
            return votes, _joined([nodes], used)

        votes, nodes = zip(*self._pool.map(grow_run, self._workspaces, runs), strict=True)
        return (
            Votes(sum(part.given for part in votes), sum(part.seen for part in votes)),
            _joined(nodes),
        )


def _node_size(target: Target) -> float:
    return NODE_SIZE_CLASS if target.n_levels else NODE_SIZE_NUMERIC


def _joined(parts: Sequence[Nodes], length: int | None = None) -> Nodes:
    """Put runs of trees one after the other, each cut to ``length`` nodes."""
    return Nodes(
        feature=np.concatenate([part.feature[:length] for part in parts]),
        cut=np.concatenate([part.cut[:length] for part in parts]),
        value=np.concatenate([part.value[:length] for part in parts]),
        weight=np.concatenate([part.weight[:length] for part in parts]),
        parent_weight=np.concatenate([part.parent_weight[:length] for part in parts]),
    )


def _room(n_nodes: int) -> Nodes:
    return Nodes(
        feature=np.empty(n_nodes, np.int32),
        cut=np.empty(n_nodes, np.int32),
        value=np.empty(n_nodes),
        weight=np.empty(n_nodes),
        parent_weight=np.empty(n_nodes),
    )


def _no_votes(n_rows: int, n_classes: int) -> Votes:
    return Votes(np.zeros((n_rows, max(n_classes, 1)), np.int64), np.zeros(n_rows, np.int64))


def _workspace(n_rows: int) -> Workspace:
    return Workspace(
        state=np.zeros(1, np.uint64),
        drawn=np.empty(n_rows, np.int32),
        bag=Bag(np.empty(n_rows, np.uint32), np.empty(n_rows, np.int64)),
        spare=Bag(np.empty(n_rows, np.uint32), np.empty(n_rows, np.int64)),
        rider=np.empty(n_rows, np.uint32),
        spare_rider=np.empty(n_rows, np.uint32),
        bins=_bins(1),
        classes=_classes(0, 1),
        levels=Levels(np.zeros(MAX_FEATURE_LEVELS, np.int64), np.zeros(MAX_FEATURE_LEVELS)),
        stack=np.empty((n_rows + 2, 4), np.int64),
        parent=np.empty(n_rows + 2),
    )


def _bins(words: int) -> Bins:
    return Bins(
        occupied=np.zeros(4, np.uint64),
        sums=np.zeros(256 * words, np.int64),
        place=np.zeros(257, np.int64),
        running=np.zeros(257 * words, np.int64),
        gains=np.zeros(257),
        weights=np.zeros(257),
    )


def _classes(n_classes: int, n_draws: int) -> Classes:
    """Lay the counts of the classes side by side in 63-bit words; none of them can overflow into the next."""
    bits = n_draws.bit_length()
    a_word = 63 // bits
    place = np.arange(n_classes)
    return Classes(
        word=place // a_word,
        shift=place % a_word * bits,
        mask=np.array([(1 << bits) - 1]),
        totals=np.zeros(n_classes, np.int64),
        running=np.zeros(max(1, -(-n_classes // a_word)), np.int64),
        left_squares=np.zeros(257),
        rest_squares=np.zeros(257),
    )


class _Packed(NamedTuple):
    target: NDArray[np.int64]
    sum_bits: int
    top: float


def _pack(target: Target, n_draws: int) -> _Packed:
    """Put a number as a whole number from 0 to ``top`` below a weight of one; sums of both fit in 63 bits."""
    if target.n_classes:
        return _Packed(_whole(target.values), 0, 1.0)
    bits = n_draws.bit_length()
    number_bits = min(40, 62 - 2 * bits)
    top = float(2**number_bits - 1)
    low, span = target.range
    number = _whole(np.rint((target.values - low) / span * top))
    return _Packed(number + (1 << (bits + number_bits)), bits + number_bits, top)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(values), 0.0, values).astype(np.int64)


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
