"""Compiled growing of classification and regression trees on binned features.

One file on purpose: the compiled code on disk is renewed when the file of the calling function changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros
from numpy.typing import NDArray

from core.ehr._forest_compiled import compiled

# predictions are summed as whole numbers, so that the sum is the same in whatever order threads deliver
FIXED_POINT = 2.0**32
LEAF = -1

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_ONE, _NONE = np.uint64(1), np.uint64(0)


class Workspace(NamedTuple):
    """What one thread needs while trees grow; allocated once for a whole fit.

    ``row``, ``value`` (weight, and weight times target or class) hold the rows in the bag, node after node;
    ``rider`` the rows carried along to be predicted.
    """

    state: NDArray[np.uint64]
    drawn: NDArray[np.int32]
    row: NDArray[np.uint32]
    value: NDArray[np.float64]
    spare_row: NDArray[np.uint32]
    spare_value: NDArray[np.float64]
    rider: NDArray[np.uint32]
    spare_rider: NDArray[np.uint32]
    occupied: NDArray[np.uint64]
    moments: NDArray[np.float64]
    counts: NDArray[np.float64]
    totals: NDArray[np.float64]
    left: NDArray[np.float64]
    levels: NDArray[np.int64]
    share: NDArray[np.float64]
    stack: NDArray[np.int64]
    parent: NDArray[np.float64]


class Nodes(NamedTuple):
    """Trees of one column in preorder, one after the other.

    ``feature`` split on (-1: a leaf); ``cut``, the highest bin, or the set of levels as bits, that goes left;
    ``value``, the node's mean or class; ``weight``, its bootstrap rows; ``parent_weight``, those of the node
    above (infinite at a root).
    """

    feature: NDArray[np.int32]
    cut: NDArray[np.int32]
    value: NDArray[np.float64]
    weight: NDArray[np.float64]
    parent_weight: NDArray[np.float64]


class Problem(NamedTuple):
    """One column to be predicted from the others.

    ``codes`` (features, rows) uint8; ``nominal`` per feature; ``target`` per row, valid in ``observed``;
    ``column`` the target's own column, which is no feature; ``n_classes`` 0 for a number or two classes
    (coded 0, 1: the Gini index is then the squared error twice), else the number of classes; ``is_class``
    whether the target is a class; ``n_draws`` rows drawn for each tree, ``n_try`` candidate features at a
    split; nodes of at most ``node_size`` rows are not split.
    """

    codes: NDArray[np.uint8]
    nominal: NDArray[np.bool_]
    target: NDArray[np.float64]
    observed: NDArray[np.uint32]
    missing: NDArray[np.uint32]
    features: NDArray[np.int64]
    column: int
    n_classes: int
    is_class: bool
    n_draws: int
    n_try: int
    node_size: float


@compiled
def _random_below(state: NDArray[np.uint64], n: int) -> int:
    """SplitMix64 (Steele et al. 2014), brought below n by the high bits of a product."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> _30)) * _MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    z = z ^ (z >> _31)
    return np.int64(((z >> _32) * np.uint64(n)) >> _32)


@compiled
def _draw_bag(work: Workspace, problem: Problem) -> tuple[int, int]:
    """Bootstrap: rows in the bag with their multiplicity; the others, and the missing ones, ride along."""
    n = problem.observed.size
    for i in range(n):
        work.drawn[i] = 0
    for _ in range(problem.n_draws):
        work.drawn[_random_below(work.state, n)] += 1
    n_in = 0
    n_riders = 0
    for i in range(n):
        row = problem.observed[i]
        if work.drawn[i] > 0:
            y = problem.target[row]
            work.row[n_in] = row
            work.value[n_in, 0] = work.drawn[i]
            work.value[n_in, 1] = y if problem.n_classes else y * work.drawn[i]
            n_in += 1
        else:
            work.rider[n_riders] = row
            n_riders += 1
    for row in problem.missing:
        work.rider[n_riders] = row
        n_riders += 1
    return n_in, n_riders


@compiled
def _scan_ordered(work: Workspace, weight: float, total: float) -> tuple[float, int]:
    """Best cut of an ordered feature for a number: largest sum of squared child sums over child weights."""
    best = -1.0
    cut = -1
    w = 0.0
    s = 0.0
    before = -1
    for word in range(4):
        bits = work.occupied[word]
        work.occupied[word] = _NONE
        while bits != _NONE:
            b = word * 64 + np.int64(trailing_zeros(bits))
            bits &= bits - _ONE
            if before >= 0:
                rest = total - s
                gain = s * s / w + rest * rest / (weight - w)
                if gain > best:
                    best = gain
                    cut = (before + b) >> 1
            w += work.moments[b, 0]
            s += work.moments[b, 1]
            work.moments[b, 0] = 0.0
            work.moments[b, 1] = 0.0
            before = b
    return best, cut


@compiled
def _take_levels(work: Workspace) -> int:
    """List the occupied bins of a nominal feature (all below 16, so in the first word)."""
    n = 0
    bits = work.occupied[0]
    work.occupied[0] = _NONE
    while bits != _NONE:
        work.levels[n] = np.int64(trailing_zeros(bits))
        bits &= bits - _ONE
        n += 1
    return n


@compiled
def _sort_levels(work: Workspace, n: int) -> None:
    """Insertion sort of the listed levels by ``share``; few levels, so nothing faster is needed."""
    for i in range(1, n):
        level = work.levels[i]
        k = i
        while k > 0 and work.share[work.levels[k - 1]] > work.share[level]:
            work.levels[k] = work.levels[k - 1]
            k -= 1
        work.levels[k] = level


@compiled
def _scan_nominal(work: Workspace, weight: float, total: float) -> tuple[float, int]:
    """Best subset of levels for a number: a cut in the order of their means is the optimum (Fisher 1958).

    The mask names the levels that go left; levels absent from the node follow the heavier child.
    """
    n = _take_levels(work)
    present = 0
    for i in range(n):
        level = work.levels[i]
        work.share[level] = work.moments[level, 1] / work.moments[level, 0]
        present |= 1 << level
    _sort_levels(work, n)
    best = -1.0
    best_mask = -1
    w = 0.0
    s = 0.0
    mask = 0
    for i in range(n):
        level = work.levels[i]
        if i > 0:
            rest = total - s
            gain = s * s / w + rest * rest / (weight - w)
            if gain > best:
                best = gain
                best_mask = mask | (0xFFFF & ~present) if 2.0 * w >= weight else mask
        w += work.moments[level, 0]
        s += work.moments[level, 1]
        mask |= 1 << level
        work.moments[level, 0] = 0.0
        work.moments[level, 1] = 0.0
    return best, best_mask


@compiled
def _move_left(
    work: Workspace, b: int, n_classes: int, w: float, left_squares: float, rest_squares: float
) -> tuple[float, float, float]:
    """Take one bin's class counts to the left child and keep both children's sums of squares up to date."""
    for c in range(n_classes):
        count = work.counts[b, c]
        if count > 0.0:
            rest = work.totals[c] - work.left[c]
            left_squares += count * (2.0 * work.left[c] + count)
            rest_squares -= count * (2.0 * rest - count)
            work.left[c] += count
            w += count
    return w, left_squares, rest_squares


@compiled
def _scan_ordered_classes(
    work: Workspace, weight: float, squares: float, n_classes: int
) -> tuple[float, int]:
    """Best cut of an ordered feature for three classes and more, by the Gini index."""
    best = -1.0
    cut = -1
    w = 0.0
    left_squares = 0.0
    rest_squares = squares
    before = -1
    work.left[:n_classes] = 0.0
    for word in range(4):
        bits = work.occupied[word]
        work.occupied[word] = _NONE
        while bits != _NONE:
            b = word * 64 + np.int64(trailing_zeros(bits))
            bits &= bits - _ONE
            if before >= 0:
                gain = left_squares / w + rest_squares / (weight - w)
                if gain > best:
                    best = gain
                    cut = (before + b) >> 1
            w, left_squares, rest_squares = _move_left(work, b, n_classes, w, left_squares, rest_squares)
            work.counts[b, :n_classes] = 0.0
            before = b
    return best, cut


@compiled
def _scan_nominal_classes(
    work: Workspace, weight: float, squares: float, n_classes: int
) -> tuple[float, int]:
    """Best subset of levels for three classes and more.

    No single order holds the optimum, so the levels are ordered by the share of each class in turn and every
    cut of every order is judged by the Gini index of all classes.
    """
    n = _take_levels(work)
    present = 0
    for i in range(n):
        present |= 1 << work.levels[i]
    best = -1.0
    best_mask = -1
    for c in range(n_classes):
        if work.totals[c] == 0.0:
            continue
        for i in range(n):
            level = work.levels[i]
            work.share[level] = work.counts[level, c] / work.counts[level, :n_classes].sum()
        _sort_levels(work, n)
        w = 0.0
        left_squares = 0.0
        rest_squares = squares
        mask = 0
        work.left[:n_classes] = 0.0
        for i in range(n - 1):
            level = work.levels[i]
            mask |= 1 << level
            w, left_squares, rest_squares = _move_left(work, level, n_classes, w, left_squares, rest_squares)
            gain = left_squares / w + rest_squares / (weight - w)
            if gain > best:
                best = gain
                best_mask = mask | (0xFFFF & ~present) if 2.0 * w >= weight else mask
    for i in range(n):
        work.counts[work.levels[i], :n_classes] = 0.0
    return best, best_mask


@compiled
def _fill_bins(work: Workspace, problem: Problem, feature: int, start: int, stop: int) -> None:
    """Sum a node's rows over the bins of one feature and mark the occupied bins."""
    if problem.n_classes:
        for i in range(start, stop):
            b = problem.codes[feature, work.row[i]]
            work.counts[b, np.int64(work.value[i, 1])] += work.value[i, 0]
            work.occupied[b >> 6] |= _ONE << np.uint64(b & 63)
    else:
        for i in range(start, stop):
            b = problem.codes[feature, work.row[i]]
            work.moments[b, 0] += work.value[i, 0]
            work.moments[b, 1] += work.value[i, 1]
            work.occupied[b >> 6] |= _ONE << np.uint64(b & 63)


@compiled
def _best_split(
    work: Workspace, problem: Problem, start: int, stop: int, weight: float, total: float, squares: float
) -> tuple[float, int, int]:
    """Best cut among ``n_try`` features drawn at random; more are drawn while all were constant here."""
    best = -1.0
    best_feature = LEAF
    best_cut = -1
    n = problem.features.size
    for tried in range(n):
        if tried >= problem.n_try and best_feature != LEAF:
            break
        at = tried + _random_below(work.state, n - tried)
        feature = problem.features[at]
        problem.features[at] = problem.features[tried]
        problem.features[tried] = feature
        _fill_bins(work, problem, feature, start, stop)
        if problem.n_classes:
            if problem.nominal[feature]:
                gain, cut = _scan_nominal_classes(work, weight, squares, problem.n_classes)
            else:
                gain, cut = _scan_ordered_classes(work, weight, squares, problem.n_classes)
        elif problem.nominal[feature]:
            gain, cut = _scan_nominal(work, weight, total)
        else:
            gain, cut = _scan_ordered(work, weight, total)
        if cut >= 0 and gain > best:
            best = gain
            best_feature = feature
            best_cut = cut
    return best, best_feature, best_cut


@compiled
def _goes_left(code: int, cut: int, nominal: bool) -> int:
    return (cut >> np.int64(code)) & 1 if nominal else np.int64(np.int64(code) <= cut)


@compiled
def _part_rows(work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: int) -> int:
    """Bring the rows that go left to the front, each side in its order; without branches, which is faster."""
    nominal = problem.nominal[feature]
    left = start
    right = 0
    for i in range(start, stop):
        row = work.row[i]
        w = work.value[i, 0]
        s = work.value[i, 1]
        goes = _goes_left(problem.codes[feature, row], cut, nominal)
        work.row[left] = row
        work.value[left, 0] = w
        work.value[left, 1] = s
        work.spare_row[right] = row
        work.spare_value[right, 0] = w
        work.spare_value[right, 1] = s
        left += goes
        right += 1 - goes
    for i in range(right):
        work.row[left + i] = work.spare_row[i]
        work.value[left + i, 0] = work.spare_value[i, 0]
        work.value[left + i, 1] = work.spare_value[i, 1]
    return left


@compiled
def _part_riders(work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: int) -> int:
    nominal = problem.nominal[feature]
    left = start
    right = 0
    for i in range(start, stop):
        row = work.rider[i]
        goes = _goes_left(problem.codes[feature, row], cut, nominal)
        work.rider[left] = row
        work.spare_rider[right] = row
        left += goes
        right += 1 - goes
    for i in range(right):
        work.rider[left + i] = work.spare_rider[i]
    return left


@compiled
def _describe_node(
    work: Workspace, problem: Problem, start: int, stop: int
) -> tuple[float, float, float, float, bool]:
    """Weight, target sum, sum of squared class counts, value, and whether the node is pure."""
    weight = 0.0
    total = 0.0
    squares = 0.0
    if problem.n_classes:
        work.totals[: problem.n_classes] = 0.0
        for i in range(start, stop):
            work.totals[np.int64(work.value[i, 1])] += work.value[i, 0]
        value = 0
        for c in range(problem.n_classes):
            weight += work.totals[c]
            squares += work.totals[c] * work.totals[c]
            if work.totals[c] > work.totals[value]:
                value = c
        return weight, total, squares, float(value), squares == weight * weight
    for i in range(start, stop):
        weight += work.value[i, 0]
        total += work.value[i, 1]
    return weight, total, squares, total / weight, problem.is_class and (total == 0.0 or total == weight)


@compiled
def _settle_riders(
    work: Workspace,
    problem: Problem,
    start: int,
    stop: int,
    value: float,
    votes: NDArray[np.int64],
    seen: NDArray[np.int64],
) -> None:
    """Give the rows that rode into a leaf its value, or its vote."""
    for i in range(start, stop):
        row = work.rider[i]
        seen[row] += 1
        if problem.n_classes:
            votes[row, np.int64(value)] += 1
        else:
            votes[row, 0] += np.int64(np.rint(value * FIXED_POINT))


@compiled
def _grow_tree(
    work: Workspace,
    problem: Problem,
    nodes: Nodes,
    node: int,
    votes: NDArray[np.int64],
    seen: NDArray[np.int64],
) -> int:
    """Grow one tree to the end, written in preorder from ``node`` on; returns where the next one begins."""
    n_in, n_riders = _draw_bag(work, problem)
    stack = work.stack
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, n_in, 0, n_riders
    work.parent[0] = np.inf
    depth = 1
    while depth > 0:
        depth -= 1
        start, stop, r_start, r_stop = stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3]
        weight, total, squares, value, pure = _describe_node(work, problem, start, stop)
        gain, feature, cut = 0.0, LEAF, 0
        if not pure and weight > problem.node_size:
            gain, feature, cut = _best_split(work, problem, start, stop, weight, total, squares)
            # a number's node is done when no cut lessens its squared error; classes go on to purity
            if not problem.is_class and gain <= total * total / weight * (1.0 + 1e-12) + 1e-12:
                feature = LEAF
        nodes.feature[node] = feature
        nodes.cut[node] = cut
        nodes.value[node] = value
        nodes.weight[node] = weight
        nodes.parent_weight[node] = work.parent[depth]
        node += 1
        if feature == LEAF:
            _settle_riders(work, problem, r_start, r_stop, value, votes, seen)
            continue
        middle = _part_rows(work, problem, start, stop, feature, cut)
        r_middle = _part_riders(work, problem, r_start, r_stop, feature, cut)
        stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = middle, stop, r_middle, r_stop
        work.parent[depth] = weight
        depth += 1
        stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = start, middle, r_start, r_middle
        work.parent[depth] = weight
        depth += 1
    return node


@compiled
def _list_features(problem: Problem) -> None:
    """Undo the shuffling of the last tree, so that a tree does not depend on the one grown before it."""
    for i in range(problem.features.size):
        problem.features[i] = i + (i >= problem.column)


@compiled
def grow_trees(
    work: Workspace,
    problem: Problem,
    nodes: Nodes,
    first: int,
    last: int,
    seed: int,
    keep: bool,
    votes: NDArray[np.int64],
    seen: NDArray[np.int64],
) -> int:
    """Grow trees ``first`` to ``last`` of a column's forest and predict the rows outside each bag.

    Parameters
    ----------
    work, problem, nodes
        See `Workspace`, `Problem`, `Nodes`; ``problem.features`` is shuffled in place.
    first, last, seed
        Which trees; each draws from its own stream, so it is the same in whatever thread it grows.
    keep
        Whether trees follow one another in ``nodes``; else each overwrites the last.
    votes, seen
        (rows, classes or 1) and (rows,) int64, added to: votes or values times ``FIXED_POINT``, and trees.

    Returns
    -------
    int
        Number of nodes kept.
    """
    node = 0
    for tree in range(first, last):
        work.state[0] = np.uint64(seed) + np.uint64(tree) * _MIX_1
        _list_features(problem)
        n_nodes = _grow_tree(work, problem, nodes, node, votes, seen)
        if keep:
            node = n_nodes
    return node
