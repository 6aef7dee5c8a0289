"""Compiled growing of classification and regression trees on binned features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ehr import _forest_nodes, _forest_split, _forest_split_classes, _forest_types
from core.ehr._forest_compiled import compiled, inlined
from core.ehr._forest_nodes import (
    MIX_1,
    describe,
    draw_bag,
    part_bag,
    part_riders,
    random_below,
    settle_riders,
)
from core.ehr._forest_split import fill_bins, scan_nominal, scan_ordered
from core.ehr._forest_split_classes import fill_classes, scan_nominal_classes, scan_ordered_classes

if TYPE_CHECKING:
    from core.ehr._forest_types import Node, Nodes, Problem, Votes, Whole, Workspace

LEAF = -1


@inlined
def _best_split(
    work: Workspace, problem: Problem, start: int, stop: int, node: Node
) -> tuple[float, int, Whole]:
    """Best cut among ``n_try`` features drawn at random; more are drawn while all were constant here."""
    bag, bins, classes, levels, state = work.bag, work.bins, work.classes, work.levels, work.state
    codes, nominal, features, sum_bits = problem.codes, problem.nominal, problem.features, problem.sum_bits
    best = -1.0
    best_feature = LEAF
    best_cut: Whole = -1
    n = features.size
    for tried in range(n):
        if tried >= problem.n_try and best_feature != LEAF:
            break
        at = tried + random_below(state, n - tried)
        feature = features[at]
        features[at] = features[tried]
        features[tried] = feature
        if classes.running.size == 1:
            occupied = fill_bins(bins, codes, feature, bag, start, stop)
        else:
            occupied = fill_classes(bins, classes, codes, feature, bag, start, stop)
        if problem.n_classes == 0:
            if nominal[feature]:
                gain, cut = scan_nominal(bins, occupied, levels, sum_bits, node.weight, node.total)
            else:
                gain, cut = scan_ordered(bins, occupied, sum_bits, node.weight, node.total)
        elif nominal[feature]:
            gain, cut = scan_nominal_classes(bins, occupied, levels, classes, node.weight)
        else:
            gain, cut = scan_ordered_classes(bins, occupied, classes, node.weight)
        if cut >= 0 and gain > best:
            best = gain
            best_feature = feature
            best_cut = cut
            # both children pure: no other feature can do better
            if gain >= node.pure_gain:
                break
    return best, best_feature, best_cut


@inlined
def _grow_tree(work: Workspace, problem: Problem, nodes: Nodes, place: int, votes: Votes) -> int:
    """Grow one tree to the end, kept in preorder from ``place`` on; returns where the next one begins."""
    stack, parent, rider, n_classes = work.stack, work.parent, work.rider, problem.n_classes
    n_in, n_riders = draw_bag(work, problem)
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, n_in, 0, n_riders
    parent[0] = np.inf
    top = 0
    while top >= 0:
        start, stop, r_start, r_stop = stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3]
        node = describe(work, problem, start, stop)
        gain, feature = 0.0, LEAF
        cut: Whole = 0
        if not node.pure and node.weight > problem.node_size:
            gain, feature, cut = _best_split(work, problem, start, stop, node)
            # a number's node is done when no cut lessens its squared error; classes go on to purity
            if not problem.is_class and gain * node.weight <= 1.0:
                feature = LEAF
        # below a node kept as a leaf the tree grows on unrecorded
        if parent[top] > problem.kept_size:
            nodes.feature[place] = feature if node.weight > problem.kept_size else LEAF
            nodes.cut[place] = cut
            nodes.value[place] = node.value
            nodes.weight[place] = node.weight
            nodes.parent_weight[place] = parent[top]
            place += 1
        if feature == LEAF:
            settle_riders(rider, r_start, r_stop, node, n_classes, votes)
            top -= 1
            continue
        middle = part_bag(work, problem, start, stop, feature, cut)
        r_middle = part_riders(work, problem, r_start, r_stop, feature, cut)
        stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = middle, stop, r_middle, r_stop
        parent[top] = node.weight
        top += 1
        stack[top, 0], stack[top, 1], stack[top, 2], stack[top, 3] = start, middle, r_start, r_middle
        parent[top] = node.weight
    return place


@compiled(_forest_nodes, _forest_split, _forest_split_classes, _forest_types)
def grow_trees(
    work: Workspace,
    problem: Problem,
    nodes: Nodes,
    votes: Votes,
    trees: tuple[int, int],
    seed: int,
    keep: bool,  # noqa: FBT001  # numba takes no keyword-only arguments
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
        work.state[0] = np.uint64(seed) + np.uint64(tree) * MIX_1
        # the shuffling of the tree before is undone
        for i in range(problem.features.size):
            problem.features[i] = i + (i >= problem.column)
        n_nodes = _grow_tree(work, problem, nodes, place, votes)
        if keep:
            place = n_nodes
    return place
