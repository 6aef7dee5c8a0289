"""Which values are missing together: blocks of columns, and the most frequent patterns over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

# columns whose gaps agree so well (phi coefficient) are drawn as one: a laboratory's panel, an examination
TOGETHER = 0.8
_FEWEST_GAPS = 0.01


@dataclass(frozen=True)
class MissingPatterns:
    """Patterns of missing values.

    Attributes
    ----------
    blocks
        Columns that go missing together, the most missing first; each of one column or more.
    shares
        Share of rows in which a block is missing (its first column).
    patterns
        (patterns, blocks) True where missing; the most frequent first.
    counts
        Rows of each pattern.
    n_rows, n_patterns, n_complete
        Rows in all, patterns in all over these blocks, and rows that miss no value of any column.
    of_row
        (rows,) which pattern each row has, -1 one that is not among those kept.
    """

    blocks: tuple[tuple[str, ...], ...]
    shares: NDArray[np.float64]
    patterns: NDArray[np.bool_]
    counts: NDArray[np.int64]
    n_rows: int
    n_patterns: int
    n_complete: int
    of_row: NDArray[np.int64]

    def by_class(self, classes: pd.Series) -> pd.DataFrame:
        """Share of each class (in the order of the rows; gaps left out) that has each pattern, a row a pattern."""
        known = classes.notna().to_numpy()
        found = pd.crosstab(self.of_row[known], classes.to_numpy()[known])
        totals = found.sum()
        return (found / totals).reindex(range(len(self.counts)), fill_value=0.0)


def missing_patterns(frame: pd.DataFrame, most_blocks: int = 12, most_patterns: int = 8) -> MissingPatterns:
    """Find blocks and patterns of missing values.

    Parameters
    ----------
    frame
        Values with gaps, a row a patient.
    most_blocks, most_patterns
        How many of each are kept: the blocks that are missing most often, the patterns that occur most often.

    Notes
    -----
    A block begins with the column that misses most values of those not yet in one; every other column whose gaps have
    a phi coefficient of at least ``TOGETHER`` with its gaps joins it.
    """
    gaps = frame.isna().to_numpy()
    share = gaps.mean(axis=0) if len(frame) else np.zeros(frame.shape[1])
    rest = [int(place) for place in np.argsort(-share, kind="stable") if share[place] >= _FEWEST_GAPS]
    blocks: list[list[int]] = []
    while rest and len(blocks) < most_blocks:
        first = rest[0]
        agree = _phi(gaps[:, first], gaps[:, rest]) >= TOGETHER
        blocks.append([place for place, joins in zip(rest, agree, strict=True) if joins or place == first])
        rest = [place for place in rest if place not in blocks[-1]]
    heads = gaps[:, [block[0] for block in blocks]] if blocks else np.zeros((len(frame), 0), dtype=bool)
    # a row's pattern is one number: its bits
    written = (
        heads @ (1 << np.arange(len(blocks), dtype=np.int64)) if blocks else np.zeros(len(frame), np.int64)
    )
    codes, counts = np.unique(written, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most_patterns]
    kept = codes[order]
    places = {int(code): place for place, code in enumerate(kept)}
    return MissingPatterns(
        blocks=tuple(tuple(str(frame.columns[place]) for place in block) for block in blocks),
        shares=np.array([share[block[0]] for block in blocks]),
        patterns=(kept[:, None] >> np.arange(len(blocks), dtype=np.int64)) & 1 == 1,
        counts=counts[order].astype(np.int64),
        n_rows=len(frame),
        n_patterns=len(codes),
        n_complete=int((~gaps.any(axis=1)).sum()),
        of_row=np.array([places.get(int(code), -1) for code in written], dtype=np.int64),
    )


def _phi(one: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Phi coefficient between one column of gaps and others; 1 of equal columns without spread."""
    p, q = one.mean(), others.mean(axis=0)
    both = (one[:, None] & others).mean(axis=0)
    spread = np.sqrt(p * (1 - p) * q * (1 - q))
    with np.errstate(invalid="ignore", divide="ignore"):
        phi = (both - p * q) / spread
    agree: NDArray[np.float64] = np.where(spread > 0, phi, (both == p) & (p == q))
    return agree
