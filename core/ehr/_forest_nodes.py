"""Compiled handling of a node's rows: drawing the bag, summing up, parting, and settling in leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_compiled import inlined
from core.ehr._forest_split_classes import CLASS_BITS
from core.ehr._forest_types import Node

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_types import Problem, Votes, Whole, Workspace

# predictions are summed as whole numbers, so that the sum is the same in whatever order threads deliver
FIXED_POINT = 2.0**32

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ONE = np.uint64(1)
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)


@inlined
def random_below(state: NDArray[np.uint64], n: int) -> Whole:
    """Next number of SplitMix64 (Steele et al. 2014), brought below n by the high bits of a product."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> _30)) * MIX_1
    z = (z ^ (z >> _27)) * _MIX_2
    z = z ^ (z >> _31)
    return np.int64(((z >> _32) * np.uint64(n)) >> _32)


@inlined
def draw_bag(work: Workspace, problem: Problem) -> tuple[int, int]:
    """Bootstrap: rows in the bag with their multiplicity; the others, and the missing ones, ride along."""
    drawn, bag, rider, state = work.drawn, work.bag, work.rider, work.state
    observed, target, classes = problem.observed, problem.target, work.classes
    n = observed.size
    for i in range(n):
        drawn[i] = 0
    for _ in range(problem.n_draws):
        drawn[random_below(state, n)] += 1
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
def part_bag(work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: Whole) -> np.int64:
    """Bring the rows that go left to the front, each side in its order; without branches, which is faster."""
    row, value, spare_row, spare_value = work.bag.row, work.bag.value, work.spare.row, work.spare.value
    codes, nominal = problem.codes, problem.nominal[feature]
    left = np.uint64(start)
    right = np.uint64(0)
    for i in range(np.uint64(start), np.uint64(stop)):
        r = row[i]
        v = value[i]
        code = np.int64(codes[feature, r])
        goes = np.uint64((cut >> code) & 1 if nominal else code <= cut)
        row[left] = r
        value[left] = v
        spare_row[right] = r
        spare_value[right] = v
        left += goes
        right += _ONE - goes
    for i in range(right):
        row[left + i] = spare_row[i]
        value[left + i] = spare_value[i]
    return np.int64(left)


@inlined
def part_riders(
    work: Workspace, problem: Problem, start: int, stop: int, feature: int, cut: Whole
) -> np.int64:
    """Part the rows carried along as the rows in the bag are parted."""
    rider, spare, codes, nominal = work.rider, work.spare_rider, problem.codes, problem.nominal[feature]
    left = np.uint64(start)
    right = np.uint64(0)
    for i in range(np.uint64(start), np.uint64(stop)):
        r = rider[i]
        code = np.int64(codes[feature, r])
        goes = np.uint64((cut >> code) & 1 if nominal else code <= cut)
        rider[left] = r
        spare[right] = r
        left += goes
        right += _ONE - goes
    for i in range(right):
        rider[left + i] = spare[i]
    return np.int64(left)


@inlined
def describe(work: Workspace, problem: Problem, start: int, stop: int) -> Node:
    """Sum a node's rows up."""
    value, totals, classes, n_classes = work.bag.value, work.classes.totals, work.classes, problem.n_classes
    both = 0
    if n_classes == 0:
        for i in range(np.uint64(start), np.uint64(stop)):
            both += value[i]
        weight = float(both >> problem.sum_bits)
        total = float(both & ((1 << problem.sum_bits) - 1))
        pure = total == 0.0 or total == weight * problem.top  # numba knows no such set
        gain = total * (problem.top - total / weight) / weight * (1.0 - 1e-9) if problem.is_class else np.inf
        return Node(weight, total, total / (weight * problem.top), pure, gain)
    if classes.running.size == 1:
        for i in range(np.uint64(start), np.uint64(stop)):
            both += value[i]
        for c in range(n_classes):
            totals[c] = (both >> classes.shift[c]) & classes.mask[0]
    else:
        for c in range(n_classes):
            totals[c] = 0
        for i in range(np.uint64(start), np.uint64(stop)):
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
def settle_riders(
    rider: NDArray[np.uint32], start: int, stop: int, node: Node, n_classes: int, votes: Votes
) -> None:
    """Give the rows that rode into a leaf its value, or its vote."""
    slot = np.int64(node.value) if n_classes else 0
    amount = 1 if n_classes else np.int64(np.rint(node.value * FIXED_POINT))
    for i in range(np.uint64(start), np.uint64(stop)):
        votes.seen[rider[i]] += 1
        votes.given[rider[i], slot] += amount
