"""Compiled search for the best split of a node, for a number or two classes.

A node's rows are summed over the bins of a feature. Weight and target travel in one whole number, so that one
addition a row does: the weight stands above the bits of the weighted sum. Only the occupied bins, marked in one
64-bit word, are visited and cleared again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from core.ehr._forest_compiled import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_types import Bag, Bins, Levels, Whole

    # a gain, and a cut: highest bin, or set of levels as bits, that goes left; or -1
    Scan = tuple[float, Whole]

ONE, NONE = np.uint64(1), np.uint64(0)
ALL_LEVELS = 0xFFFF
# room for a number a bin in the lists below
SLOTS = 64


@inlined
def fill_bins(
    bins: Bins, codes: NDArray[np.uint8], feature: int, bag: Bag, start: int, stop: int
) -> np.uint64:
    """Sum a node's rows over a feature's bins, weight and target in one number; the occupied bins come as bits."""
    row, value, sums = bag.row, bag.value, bins.sums
    occupied = NONE
    # unsigned places: for signed ones, each access would first be checked for a negative number
    for i in range(np.uint64(start), np.uint64(stop)):
        b = codes[feature, row[i]]
        sums[b] += value[i]
        occupied |= ONE << np.uint64(b)
    return occupied


@inlined
def best_of(bins: Bins, n: int) -> Scan:
    """Largest of the listed gains, cut half way between its bin and the next occupied one."""
    best = -1.0
    at = -1
    for i in range(n - 1):
        if bins.gains[i] > best:
            best = bins.gains[i]
            at = i
    return best, (bins.place[at] + bins.place[at + 1]) >> 1 if at >= 0 else -1


@inlined
def scan_ordered(bins: Bins, occupied: np.uint64, sum_bits: int, weight: float, total: float) -> Scan:
    """Best cut of an ordered feature for a number.

    The gain is the fall of the squared error, (s - w mean)^2 / (w (W - w)), but for a factor. Three plain loops,
    so that the middle one, with the arithmetic, becomes vector instructions.
    """
    sums, place, running, gains = bins.sums, bins.place, bins.running, bins.gains
    n = 0
    both = 0
    while occupied != NONE:
        b = np.uint64(trailing_zeros(occupied))
        occupied &= occupied - ONE
        both += sums[b]
        sums[b] = 0
        running[n] = both
        place[n] = b
        n += 1
    mask = (1 << sum_bits) - 1
    mean = total / weight
    for i in range(n - 1):
        w = float(running[i] >> sum_bits)
        excess = float(running[i] & mask) - w * mean
        gains[i] = excess * excess / (w * (weight - w))
    return best_of(bins, n)


@inlined
def take_levels(occupied: np.uint64, levels: Levels) -> int:
    """List the occupied bins of a nominal feature."""
    n = 0
    while occupied != NONE:
        levels.order[n] = np.int64(trailing_zeros(occupied))
        occupied &= occupied - ONE
        n += 1
    return n


@inlined
def sort_levels(levels: Levels, n: int) -> None:
    """Sort the listed levels by share; by insertion, since they are few."""
    order, share = levels.order, levels.share
    for i in range(1, n):
        level = order[i]
        k = i
        while k > 0 and share[order[k - 1]] > share[level]:
            order[k] = order[k - 1]
            k -= 1
        order[k] = level


@inlined
def scan_nominal(
    bins: Bins, occupied: np.uint64, levels: Levels, sum_bits: int, weight: float, total: float
) -> Scan:
    """Best subset of levels for a number: a cut in the order of their means is the optimum (Fisher 1958).

    Levels absent from the node follow the heavier child.
    """
    sums = bins.sums
    mask = (1 << sum_bits) - 1
    mean = total / weight
    present = np.int64(occupied)
    n = take_levels(occupied, levels)
    for i in range(n):
        level = levels.order[i]
        levels.share[level] = float(sums[level] & mask) / float(sums[level] >> sum_bits)
    sort_levels(levels, n)
    best = -1.0
    best_set: Whole = -1
    running = 0
    chosen: Whole = 0
    for i in range(n):
        level = levels.order[i]
        if i > 0:
            w = float(running >> sum_bits)
            excess = float(running & mask) - w * mean
            gain = excess * excess / (w * (weight - w))
            if gain > best:
                best = gain
                best_set = chosen | (ALL_LEVELS & ~present) if 2.0 * w >= weight else chosen
        running += sums[level]
        chosen |= 1 << level
        sums[level] = 0
    return best, best_set
