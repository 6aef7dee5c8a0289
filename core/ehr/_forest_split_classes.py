"""Compiled search for the best split of a node, for three classes and more.

As for a number, a node's rows are summed over the bins of a feature. The counts of the classes stand side by side
in the bits of one whole number, or of a few where one is too short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from core.ehr._forest_compiled import inlined
from core.ehr._forest_split import ALL_LEVELS, NONE, ONE, SLOTS, best_of, sort_levels, take_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_split import Scan
    from core.ehr._forest_types import Bag, Bins, Classes, Levels, Whole

# where the classes need more than one number, a row's class is kept below its weight
CLASS_BITS = 16


@inlined
def fill_classes(
    bins: Bins, classes: Classes, codes: NDArray[np.uint8], feature: int, bag: Bag, start: int, stop: int
) -> np.uint64:
    """Sum a node's rows over the bins of a feature, where the classes need more than one number."""
    row, value, sums = bag.row, bag.value, bins.sums
    occupied = NONE
    words = classes.running.size
    for i in range(np.uint64(start), np.uint64(stop)):
        b = np.int64(codes[feature, row[i]])
        c = value[i] & ((1 << CLASS_BITS) - 1)
        sums[b * words + classes.word[c]] += (value[i] >> CLASS_BITS) << classes.shift[c]
        occupied |= ONE << np.uint64(b)
    return occupied


@inlined
def _gini(classes: Classes, weight: float) -> tuple[float, int]:
    """Gain of the present cut and the left child's weight, from the running class counts."""
    w = 0
    left_squares = 0
    rest_squares = 0
    for c in range(classes.totals.size):
        count = (classes.running[classes.word[c]] >> classes.shift[c]) & classes.mask[0]
        rest = classes.totals[c] - count
        w += count
        left_squares += count * count
        rest_squares += rest * rest
    others = weight - w
    return float(left_squares) / w + float(rest_squares) / others, w


@inlined
def scan_ordered_classes(bins: Bins, occupied: np.uint64, classes: Classes, weight: float) -> Scan:
    """Best cut of an ordered feature for three classes and more, by the Gini index; in plain loops as above."""
    sums, place, gains = bins.sums, bins.place, bins.gains
    words = classes.running.size
    left_squares, rest_squares, weights, mask = (
        classes.left_squares,
        classes.rest_squares,
        bins.weights,
        classes.mask[0],
    )
    n = 0
    while occupied != NONE:
        place[n] = trailing_zeros(occupied)
        occupied &= occupied - ONE
        n += 1
    for k in range(words):
        both = 0
        for i in range(n):
            b = np.uint64(place[i] * words + k)
            both += sums[b]
            sums[b] = 0
            bins.running[k * SLOTS + i] = both
    for i in range(n - 1):
        left_squares[i] = 0.0
        rest_squares[i] = 0.0
        weights[i] = 0.0
    for c in range(classes.totals.size):
        all_of_it = float(classes.totals[c])
        shift = classes.shift[c]
        at = classes.word[c] * SLOTS
        for i in range(n - 1):
            count = float((bins.running[at + i] >> shift) & mask)
            weights[i] += count
            left_squares[i] += count * count
            rest_squares[i] += (all_of_it - count) * (all_of_it - count)
    for i in range(n - 1):
        gains[i] = left_squares[i] / weights[i] + rest_squares[i] / (weight - weights[i])
    return best_of(bins, n)


@inlined
def scan_nominal_classes(
    bins: Bins, occupied: np.uint64, levels: Levels, classes: Classes, weight: float
) -> Scan:
    """Best subset of levels for three classes and more.

    No single order holds the optimum, so the levels are ordered by the share of each class in turn and every
    cut of every order is judged by the Gini index of all classes.
    """
    sums, running = bins.sums, classes.running
    words = running.size
    present = np.int64(occupied)
    n = take_levels(occupied, levels)
    best = -1.0
    best_set: Whole = -1
    for first in range(classes.totals.size):
        if n < 2 or classes.totals[first] == 0:
            continue
        for i in range(n):
            level = levels.order[i]
            size = 0
            for c in range(classes.totals.size):
                size += (sums[level * words + classes.word[c]] >> classes.shift[c]) & classes.mask[0]
            own = (sums[level * words + classes.word[first]] >> classes.shift[first]) & classes.mask[0]
            levels.share[level] = own / size
        sort_levels(levels, n)
        for k in range(words):
            running[k] = 0
        chosen: Whole = 0
        for i in range(n - 1):
            level = levels.order[i]
            chosen |= 1 << level
            for k in range(words):
                running[k] += sums[level * words + k]
            gain, w = _gini(classes, weight)
            if gain > best:
                best = gain
                best_set = chosen | (ALL_LEVELS & ~present) if 2 * w >= weight else chosen
    for i in range(n):
        for k in range(words):
            sums[levels.order[i] * words + k] = 0
    return best, best_set
