"""Compiled search for the best split of a node: ordered and nominal features, numbers and classes.

A node's rows are summed over the bins of a feature. Weight and target travel in one whole number, so that one
addition a row does: for a number, the weight stands above the bits of the weighted sum; for classes, each has
its own bits. Only the occupied bins, marked in four 64-bit words, are visited and cleared again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba.cpython.unsafe.numbers import trailing_zeros

from core.ehr._forest_compiled import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ONE, _NONE, _ALL = np.uint64(1), np.uint64(0), np.uint64(2**64 - 1)
_ALL_LEVELS = 0xFFFF
# from this many rows on, nearly all bins are occupied and marking them costs more than visiting all
_MANY_ROWS = 128
# where the classes need more than one number, a row's class is kept below its weight
CLASS_BITS = 16

# a gain, and a cut: highest bin, or set of levels as bits, that goes left; or -1
Scan = tuple[float, int]


class Bag(NamedTuple):
    """Rows in the bag, node after node: ``row``, and ``value``, its weight and target in one number."""

    row: NDArray[np.uint32]
    value: NDArray[np.int64]


class Bins(NamedTuple):
    """Sums of a node over the bins of one feature, one number a bin (classes: as many as they need).

    ``occupied`` and ``sums`` are all zero between two searches. ``place``, ``running`` and ``gains`` list the
    occupied bins in their order, the sums up to each, and the gain of a cut behind it.
    """

    occupied: NDArray[np.uint64]
    sums: NDArray[np.int64]
    place: NDArray[np.int64]
    running: NDArray[np.int64]
    gains: NDArray[np.float64]
    weights: NDArray[np.float64]


class Classes(NamedTuple):
    """Where each class is counted (``word``, ``shift``), the node's counts, and the running sums of a cut.

    ``mask`` has one entry: as many bits set as a count takes.
    """

    word: NDArray[np.int64]
    shift: NDArray[np.int64]
    mask: NDArray[np.int64]
    totals: NDArray[np.int64]
    running: NDArray[np.int64]
    left_squares: NDArray[np.float64]
    rest_squares: NDArray[np.float64]


class Levels(NamedTuple):
    """Levels of a nominal feature while they are being ordered, by the ``share`` of each."""

    order: NDArray[np.int64]
    share: NDArray[np.float64]


@inlined
def fill_bins(
    bins: Bins, codes: NDArray[np.uint8], feature: int, bag: Bag, start: int, stop: int
) -> None:
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
        occupied[b >> 6] |= _ONE << np.uint64(b & 63)


@inlined
def fill_classes(
    bins: Bins, classes: Classes, codes: NDArray[np.uint8], feature: int, bag: Bag, start: int, stop: int
) -> None:
    """Sum a node's rows over the bins of a feature, where the classes need more than one number."""
    row, value, sums, occupied = bag.row, bag.value, bins.sums, bins.occupied
    words = classes.running.size
    for i in range(start, stop):
        b = np.int64(codes[feature, row[i]])
        c = value[i] & ((1 << CLASS_BITS) - 1)
        sums[b * words + classes.word[c]] += (value[i] >> CLASS_BITS) << classes.shift[c]
        occupied[b >> 6] |= _ONE << np.uint64(b & 63)


@inlined
def _best_of(bins: Bins, n: int) -> Scan:
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
        occupied[word] = _NONE
        first = np.uint64(word * 64)
        while bits != _NONE:
            b = first + np.uint64(trailing_zeros(bits))
            bits &= bits - _ONE
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
    return _best_of(bins, n)


@inlined
def _take_levels(bins: Bins, levels: Levels, words: int) -> tuple[int, int]:
    """List the occupied bins of a nominal feature (all below 16, so in the first word), and all as bits."""
    n = 0
    bits = bins.occupied[0]
    present = 0
    for word in range(4):
        bins.occupied[word] = _NONE
    for level in range(16):
        if not (bits >> np.uint64(level)) & _ONE:
            continue
        for word in range(words):
            if bins.sums[level * words + word] != 0:
                levels.order[n] = level
                present |= 1 << level
                n += 1
                break
    return n, present


@inlined
def _sort_levels(levels: Levels, n: int) -> None:
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
    n, present = _take_levels(bins, levels, 1)
    for i in range(n):
        level = levels.order[i]
        levels.share[level] = float(sums[level] & mask) / float(sums[level] >> sum_bits)
    _sort_levels(levels, n)
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
                best_set = chosen | (_ALL_LEVELS & ~present) if 2.0 * w >= weight else chosen
        running += sums[level]
        chosen |= 1 << level
        sums[level] = 0
    return best, best_set


@inlined
def _gini(classes: Classes, weight: int) -> tuple[float, int]:
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
def scan_ordered_classes(bins: Bins, classes: Classes, weight: int) -> Scan:
    """Best cut of an ordered feature for three classes and more, by the Gini index; in plain loops as above."""
    sums, occupied, place, gains = bins.sums, bins.occupied, bins.place, bins.gains
    words = classes.running.size
    left_squares, rest_squares, weights, mask = classes.left_squares, classes.rest_squares, bins.weights, classes.mask[0]
    n = 0
    for word in range(4):
        bits = occupied[word]
        occupied[word] = _NONE
        first = np.uint64(word * 64)
        while bits != _NONE:
            b = first + np.uint64(trailing_zeros(bits))
            bits &= bits - _ONE
            place[n] = b
            n += words > 1 or sums[b] != 0
    for k in range(words):
        both = 0
        for i in range(n):
            b = np.uint64(place[i] * words + k)
            both += sums[b]
            sums[b] = 0
            bins.running[k * 257 + i] = both
    for i in range(n - 1):
        left_squares[i] = 0.0
        rest_squares[i] = 0.0
        weights[i] = 0.0
    for c in range(classes.totals.size):
        all_of_it = float(classes.totals[c])
        shift = classes.shift[c]
        at = classes.word[c] * 257
        for i in range(n - 1):
            count = float((bins.running[at + i] >> shift) & mask)
            weights[i] += count
            left_squares[i] += count * count
            rest_squares[i] += (all_of_it - count) * (all_of_it - count)
    for i in range(n - 1):
        gains[i] = left_squares[i] / weights[i] + rest_squares[i] / (weight - weights[i])
    return _best_of(bins, n)


@inlined
def scan_nominal_classes(bins: Bins, levels: Levels, classes: Classes, weight: int) -> Scan:
    """Best subset of levels for three classes and more.

    No single order holds the optimum, so the levels are ordered by the share of each class in turn and every
    cut of every order is judged by the Gini index of all classes.
    """
    sums, running = bins.sums, classes.running
    words = running.size
    n, present = _take_levels(bins, levels, words)
    best = -1.0
    best_set = -1
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
        _sort_levels(levels, n)
        for k in range(words):
            running[k] = 0
        chosen = 0
        for i in range(n - 1):
            level = levels.order[i]
            chosen |= 1 << level
            for k in range(words):
                running[k] += sums[level * words + k]
            gain, w = _gini(classes, weight)
            if gain > best:
                best = gain
                best_set = chosen | (_ALL_LEVELS & ~present) if 2 * w >= weight else chosen
    for i in range(n):
        for k in range(words):
            sums[levels.order[i] * words + k] = 0
    return best, best_set
