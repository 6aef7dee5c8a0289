"""Compiled growing of classification and regression trees on binned features.

Numba renews the compiled code on disk when this file changes, and does not notice a change in
``_forest_split``: whoever works on that one touches this one as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.ehr._forest_compiled import compiled, inlined
from core.ehr._forest_split import (
    CLASS_BITS,
    Bag,
    Bins,
    Classes,
    Levels,
    fill_classes,
    fill_bins,
    scan_nominal,
    scan_nominal_classes,
    scan_ordered,
    scan_ordered_classes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# predictions are summed as whole numbers, so that the sum is the same in whatever order threads deliver
FIXED_POINT = 2.0**32
LEAF = -1

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)


class Workspace(NamedTuple):
    """What one thread needs while trees grow.

    ``rider`` holds the rows carried along to be predicted; ``spare`` and ``spare_rider`` the rows that go right
    while a node is parted; ``stack`` the nodes still to be grown (their spans of bag and riders), and
    ``parent`` the weights above them.
    """

    state: NDArray[np.uint64]
    drawn: NDArray[np.int32]
    bag: Bag
    spare: Bag
    rider: NDArray[np.uint32]
    spare_rider: NDArray[np.uint32]
    bins: Bins
    classes: Classes
    levels: Levels
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

    ``codes`` (columns, rows) bins; ``nominal`` per column; ``target`` per row, valid in ``observed``: a class,
    or a number from 0 to ``top`` with a one above its ``sum_bits`` lower bits. ``column`` is the target's own
    column, which is no feature; ``n_classes`` 0 for a number or two classes (numbers 0 and ``top``: the Gini
    index is then the squared error twice), else the number of classes; ``is_class`` whether the target is a
    class; ``n_draws`` rows drawn for each tree, ``n_try`` candidate features at a split; nodes of at most
    ``node_size`` rows are not split.
    """

    codes: NDArray[np.uint8]
    nominal: NDArray[np.bool_]
    target: NDArray[np.int64]
    observed: NDArray[np.uint32]
    missing: NDArray[np.uint32]
    features: NDArray[np.int64]
    column: int
    sum_bits: int
    top: float
    n_classes: int
    is_class: bool
    n_draws: int
    n_try: int
    node_size: float


class Votes(NamedTuple):
    """What trees say of the rows outside their bags.

    ``given`` (rows, classes or 1): votes, or values times ``FIXED_POINT``; ``seen`` (rows,): trees asked.
    """

    given: NDArray[np.int64]
    seen: NDArray[np.int64]


class Node(NamedTuple):
    """What a node's rows say.

    Weight, total of the target, value as a leaf (part of ``top``, or a class), whether all have one class, and
    the gain of a cut into two such nodes.
    """

    weight: float
    total: float
    value: float
    pure: bool
    pure_gain: float


@inlined
def _random_below(state: NDArray[np.uint64], n: int) -> np.int64:
    """Next number of SplitMix64 (Steele et al. 2014), brought below n by the high bits of a product."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> _30)) * _MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    z = z ^ (z >> _31)
    return np.int64(((z >> _32) * np.uint64(n)) >> _32)


@inlined
def _draw_bag(work: Workspace, problem: Problem) -> tuple[int, int]:
    """Bootstrap: rows in the bag with their multiplicity; the others, and the missing ones, ride along."""
    drawn, bag, rider, state = work.drawn, work.bag, work.rider, work.state
    observed, target, classes = problem.observed, problem.target, work.classes
    n = observed.size
    for i in range(n):
        drawn[i] = 0
    for _ in range(problem.n_draws):
        drawn[_random_below(state, n)] += 1
    n_in = 0
    n_riders = 0
    for i in range(n):
        row = observed[i]
        if drawn[i] > 0:
            bag.row[n_in] = row
            if problem.n_classes == 0:
                bag.value[n_in] = drawn[i] * target[row]
            elif classes.running.size == 1:
                bag.value[n_in] = np.int64(drawn[i]) << classes.shift[target[row]]
            else:
                bag.value[n_in] = (np.int64(drawn[i]) << CLASS_BITS) | target[row]
            n_in += 1
        else:
            rider[n_riders] = row
            n_riders += 1
    for row in problem.missing:
        rider[n_riders] = row
        n_riders += 1
    return n_in, n_riders


@inlined
def _best_split(work: Workspace, problem: Problem, start: int, stop: int, node: Node) -> tuple[float, int, int]:
    """Best cut among ``n_try`` features drawn at random; more are drawn while all were constant here."""
    bag, bins, classes, levels, state = work.bag, work.bins, work.classes, work.levels, work.state
    codes, nominal, features, sum_bits = problem.codes, problem.nominal, problem.features, problem.sum_bits
    best = -1.0
    best_feature = LEAF
    best_cut = -1
    n = features.size
    for tried in range(n):
        if tried >= problem.n_try and best_feature != LEAF:
            break
        at = tried + _random_below(state, n - tried)
        feature = features[at]
        features[at] = features[tried]
        features[tried] = feature
        if classes.running.size == 1:
            fill_bins(bins, codes, feature, bag, start, stop)
        else:
            fill_classes(bins, classes, codes, feature, bag, start, stop)
        if problem.n_classes == 0:
            if nominal[feature]:
                gain, cut = scan_nominal(bins, levels, sum_bits, node.weight, node.total)
            else:
                gain, cut = scan_ordered(bins, sum_bits, node.weight, node.total)
        elif nominal[feature]:
            gain, cut = scan_nominal_classes(bins, levels, classes, np.int64(node.weight))
        else:
            gain, cut = scan_ordered_classes(bins, classes, np.int64(node.weight))
        if cut >= 0 and gain > best:
            best = gain
            best_feature = feature
            best_cut = cut
            # both children pure: no other feature can do better
            if gain >= node.pure_gain:
                break
    return best, best_feature, best_cut


@inlined
def _part_bag(work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: int) -> int:
    """Bring the rows that go left to the front, each side in its order; without branches, which is faster."""
    row, value, spare_row, spare_value = work.bag.row, work.bag.value, work.spare.row, work.spare.value
    codes, nominal = problem.codes, problem.nominal[feature]
    left = start
    right = 0
    for i in range(start, stop):
        r = row[i]
        v = value[i]
        code = np.int64(codes[feature, r])
        goes = (cut >> code) & 1 if nominal else np.int64(code <= cut)
        row[left] = r
        value[left] = v
        spare_row[right] = r
        spare_value[right] = v
        left += goes
        right += 1 - goes
    for i in range(right):
        row[left + i] = spare_row[i]
        value[left + i] = spare_value[i]
    return left


@inlined
def _part_riders(work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: int) -> int:
    """Part the rows carried along as the rows in the bag are parted."""
    rider, spare, codes, nominal = work.rider, work.spare_rider, problem.codes, problem.nominal[feature]
    left = start
    right = 0
    for i in range(start, stop):
        r = rider[i]
        code = np.int64(codes[feature, r])
        goes = (cut >> code) & 1 if nominal else np.int64(code <= cut)
        rider[left] = r
        spare[right] = r
        left += goes
        right += 1 - goes
    for i in range(right):
        rider[left + i] = spare[i]
    return left


@inlined
def _describe(work: Workspace, problem: Problem, start: int, stop: int) -> Node:
    """Sum a node's rows up."""
    value, totals, classes, n_classes = work.bag.value, work.classes.totals, work.classes, problem.n_classes
    both = 0
    if n_classes == 0:
        for i in range(start, stop):
            both += value[i]
        weight = float(both >> problem.sum_bits)
        total = float(both & ((1 << problem.sum_bits) - 1))
        pure = total == 0.0 or total == weight * problem.top  # noqa: PLR1714  # numba knows no such set
        gain = total * (problem.top - total / weight) / weight * (1.0 - 1e-9) if problem.is_class else np.inf
        return Node(weight, total, total / (weight * problem.top), pure, gain)
    if classes.running.size == 1:
        for i in range(start, stop):
            both += value[i]
        for c in range(n_classes):
            totals[c] = (both >> classes.shift[c]) & classes.mask[0]
    else:
        for c in range(n_classes):
            totals[c] = 0
        for i in range(start, stop):
            totals[value[i] & ((1 << CLASS_BITS) - 1)] += value[i] >> CLASS_BITS
    sum_of_all = 0
    most = 0
    for c in range(n_classes):
        sum_of_all += totals[c]
        if totals[c] > totals[most]:
            most = c
    weight = float(sum_of_all)
    return Node(weight, 0.0, float(most), totals[most] == sum_of_all, weight * (1.0 - 1e-9))


@inlined
def _settle_riders(
    rider: NDArray[np.uint32], start: int, stop: int, node: Node, n_classes: int, votes: Votes
) -> None:
    """Give the rows that rode into a leaf its value, or its vote."""
    slot = np.int64(node.value) if n_classes else 0
    amount = 1 if n_classes else np.int64(np.rint(node.value * FIXED_POINT))
    for i in range(start, stop):
        votes.seen[rider[i]] += 1
        votes.given[rider[i], slot] += amount


@inlined
def _grow_tree(work: Workspace, problem: Problem, nodes: Nodes, place: int, votes: Votes) -> int:
    """Grow one tree to the end, written in preorder from ``place`` on; returns where the next one begins."""
    stack, parent, rider, n_classes = work.stack, work.parent, work.rider, problem.n_classes
    n_in, n_riders = _draw_bag(work, problem)
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, n_in, 0, n_riders
    parent[0] = np.inf
    top = 0
    while top >= 0:
        start, stop, r_start, r_stop = stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3]
        node = _describe(work, problem, start, stop)
        gain, feature, cut = 0.0, LEAF, 0
        if not node.pure and node.weight > problem.node_size:
            gain, feature, cut = _best_split(work, problem, start, stop, node)
            # a number's node is done when no cut lessens its squared error; classes go on to purity
            if not problem.is_class and gain * node.weight <= 1.0:
                feature = LEAF
        nodes.feature[place] = feature
        nodes.cut[place] = cut
        nodes.value[place] = node.value
        nodes.weight[place] = node.weight
        nodes.parent_weight[place] = parent[top]
        place += 1
        if feature == LEAF:
            _settle_riders(rider, r_start, r_stop, node, n_classes, votes)
            top -= 1
            continue
        middle = _part_bag(work, problem, start, stop, feature, cut)
        r_middle = _part_riders(work, problem, r_start, r_stop, feature, cut)
        stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = middle, stop, r_middle, r_stop
        parent[top] = node.weight
        top += 1
        stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = start, middle, r_start, r_middle
        parent[top] = node.weight
    return place


@compiled
def grow_trees(
    work: Workspace, problem: Problem, nodes: Nodes, votes: Votes, trees: tuple[int, int], seed: int, keep: bool
) -> int:
    """Grow a run of a column's trees and let them predict the rows outside their bags.

    Parameters
    ----------
    work, problem, nodes, votes
        See `Workspace`, `Problem`, `Nodes`, `Votes`; ``problem.features`` is shuffled, ``votes`` added to.
    trees, seed
        First tree and the one after the last. Each draws from its own stream and so is the same in whatever
        thread it grows.
    keep
        Whether trees follow one another in ``nodes``; else each overwrites the last.

    Returns
    -------
    int
        Number of nodes kept.
    """
    place = 0
    for tree in range(trees[0], trees[1]):
        work.state[0] = np.uint64(seed) + np.uint64(tree) * _MIX_1
        # the shuffling of the tree before is undone
        for i in range(problem.features.size):
            problem.features[i] = i + (i >= problem.column)
        n_nodes = _grow_tree(work, problem, nodes, place, votes)
        if keep:
            place = n_nodes
    return place
