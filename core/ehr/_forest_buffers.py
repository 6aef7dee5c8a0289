"""What is laid out before trees grow: targets, packed with weights into whole numbers, and buffers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.ehr._forest_bins import MAX_FEATURE_LEVELS
from core.ehr._forest_split import SLOTS
from core.ehr._forest_types import Bag, Bins, Classes, Levels, Nodes, Votes, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


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


def joined(parts: Sequence[Nodes], length: int | None = None) -> Nodes:
    """Put runs of trees one after the other, each cut to ``length`` nodes."""
    return Nodes(
        feature=np.concatenate([part.feature[:length] for part in parts]),
        cut=np.concatenate([part.cut[:length] for part in parts]),
        value=np.concatenate([part.value[:length] for part in parts]),
        weight=np.concatenate([part.weight[:length] for part in parts]),
        parent_weight=np.concatenate([part.parent_weight[:length] for part in parts]),
    )


def room(n_nodes: int) -> Nodes:
    """Make room for nodes."""
    return Nodes(
        feature=np.empty(n_nodes, np.int32),
        cut=np.empty(n_nodes, np.int32),
        value=np.empty(n_nodes),
        weight=np.empty(n_nodes),
        parent_weight=np.empty(n_nodes),
    )


def no_votes(n_rows: int, n_classes: int) -> Votes:
    """Make votes of nothing."""
    return Votes(np.zeros((n_rows, max(n_classes, 1)), np.int64), np.zeros(n_rows, np.int64))


def workspace(n_rows: int) -> Workspace:
    """Make what one thread needs while trees grow."""
    return Workspace(
        state=np.zeros(1, np.uint64),
        drawn=np.empty(n_rows, np.int32),
        bag=Bag(np.empty(n_rows, np.uint32), np.empty(n_rows, np.int64)),
        spare=Bag(np.empty(n_rows, np.uint32), np.empty(n_rows, np.int64)),
        rider=np.empty(n_rows, np.uint32),
        spare_rider=np.empty(n_rows, np.uint32),
        bins=bins(1),
        classes=classes(0, 1),
        levels=Levels(np.zeros(MAX_FEATURE_LEVELS, np.int64), np.zeros(MAX_FEATURE_LEVELS)),
        stack=np.empty((n_rows + 2, 4), np.int64),
        parent=np.empty(n_rows + 2),
    )


def bins(words: int) -> Bins:
    """Make empty bins of ``words`` numbers each."""
    return Bins(
        sums=np.zeros(SLOTS * words, np.int64),
        place=np.zeros(SLOTS, np.int64),
        running=np.zeros(SLOTS * words, np.int64),
        gains=np.zeros(SLOTS),
        weights=np.zeros(SLOTS),
    )


def classes(n_classes: int, n_draws: int) -> Classes:
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
        left_squares=np.zeros(SLOTS),
        rest_squares=np.zeros(SLOTS),
    )


class Packed(NamedTuple):
    """A target as `core.ehr._forest_types.Problem` wants it."""

    target: NDArray[np.int64]
    sum_bits: int
    top: float


def pack(target: Target, n_draws: int) -> Packed:
    """Put a number as a whole number from 0 to ``top`` below a weight of one; sums of both fit in 63 bits."""
    if target.n_classes:
        return Packed(_whole(target.values), 0, 1.0)
    bits = n_draws.bit_length()
    number_bits = min(40, 62 - 2 * bits)
    top = float(2**number_bits - 1)
    low, span = target.range
    number = _whole(np.rint((target.values - low) / span * top))
    return Packed(number + (1 << (bits + number_bits)), bits + number_bits, top)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.where(np.isnan(values), 0.0, values).astype(np.int64)
