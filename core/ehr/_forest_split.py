"""Compiled search for the best split of a node, for a number or two classes.

A node's rows are summed over the bins of a feature. Weight and target travel in one whole number, so that one
addition a row does: the weight stands above the bits of the weighted sum. Only the occupied bins, marked in four
64-bit words, are visited and cleared again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from core.ehr._forest_compiled import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_types import Bag, Bins, Levels

ONE, NONE = np.uint64(1), np.uint64(0)
_ALL = np.uint64(2**64 - 1)
ALL_LEVELS = 0xFFFF
# from this many rows on, nearly all bins are occupied and marking them costs more than visiting all
_MANY_ROWS = 128

# a gain, and a cut: highest bin, or set of levels as bits, that goes left; or -1
Scan = tuple[float, int]


@inlined
def fill_bins(bins: Bins, codes: NDArray[np.uint8], feature: int, bag: Bag, start: int, stop: int) -> None:
    """Sum a node's rows over the bins of a feature, where weight and target share one number."""
    row, value, sums, occupied = bag.row, bag.value, bins.sums, bins.occupied
    if stop - start >= _MANY_ROWS:
        for i in range(start, stop):
            sums[codes[feature, row[i]]] += value[i]
        for word in range(4):
            occupied[word] = _ALL
        return
    for i in range(start, stop):
        b = codes[feature, row[i]]
        sums[b] += value[i]
        occupied[b >> 6] |= ONE << np.uint64(b & 63)


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
def scan_ordered(bins: Bins, sum_bits: int, weight: float, total: float) -> Scan:
    """Best cut of an ordered feature for a number.

    The gain is the fall of the squared error, (s - w mean)^2 / (w (W - w)), but for a factor. Three plain loops,
    so that the middle one, with the arithmetic, becomes vector instructions.
    """
    sums, occupied, place, running, gains = bins.sums, bins.occupied, bins.place, bins.running, bins.gains
    n = 0
    both = 0
    for word in range(4):
        bits = occupied[word]
        occupied[word] = NONE
        first = np.uint64(word * 64)
        while bits != NONE:
            b = first + np.uint64(trailing_zeros(bits))
            bits &= bits - ONE
            here = sums[b]
            sums[b] = 0
            both += here
            running[n] = both
            place[n] = b
            n += here != 0
    mask = (1 << sum_bits) - 1
    mean = total / weight
    for i in range(n - 1):
        w = float(running[i] >> sum_bits)
        excess = float(running[i] & mask) - w * mean
        gains[i] = excess * excess / (w * (weight - w))
    return best_of(bins, n)


@inlined
def take_levels(bins: Bins, levels: Levels, words: int) -> tuple[int, int]:
    """List the occupied bins of a nominal feature (all below 16, so in the first word), and all as bits."""
    n = 0
    bits = bins.occupied[0]
    present = 0
    for word in range(4):
        bins.occupied[word] = NONE
    for level in range(16):
        if not (bits >> np.uint64(level)) & ONE:
            continue
        for word in range(words):
            if bins.sums[level * words + word] != 0:
                levels.order[n] = level
                present |= 1 << level
                n += 1
                break
    return n, present


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
def scan_nominal(bins: Bins, levels: Levels, sum_bits: int, weight: float, total: float) -> Scan:
    """Best subset of levels for a number: a cut in the order of their means is the optimum (Fisher 1958).

    Levels absent from the node follow the heavier child.
    """
    sums = bins.sums
    mask = (1 << sum_bits) - 1
    mean = total / weight
    n, present = take_levels(bins, levels, 1)
    for i in range(n):
        level = levels.order[i]
        levels.share[level] = float(sums[level] & mask) / float(sums[level] >> sum_bits)
    sort_levels(levels, n)
    best = -1.0
    best_set = -1
    running = 0
    chosen = 0
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
