"""Values that stand out: outside the plausible range (taken out when read), and plausible but far from the rest.

Far means beyond Tukey's outer fences (Exploratory Data Analysis, 1977): three interquartile ranges below the lower or
above the upper quartile; of a positive variable with a long upper tail on the logarithmic scale, where the fences of a
D-dimer or a troponin do not call a tenth of the patients extreme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.cohort.columns import Column, Table

FENCE = 3.0
_FEWEST = 20
_LONG_TAIL = 1.5


@dataclass(frozen=True)
class Extremes:
    """What stands out in one numeric column.

    Attributes
    ----------
    column, n
        The column, and its values.
    fences
        Lower and upper fence, in its unit; infinite with too few values or without spread.
    below, above
        Values beyond them, the farthest first.
    implausible
        Cells that were outside the plausible range and count as missing.
    limits
        That range, as the reader's report writes it; empty where no cell was outside.
    """

    column: Column
    n: int
    fences: tuple[float, float]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    implausible: int
    limits: str

    @property
    def stand_out(self) -> int:
        """Cells of either kind."""
        return len(self.below) + len(self.above) + self.implausible


def extremes(table: Table) -> tuple[Extremes, ...]:
    """Return what stands out in every numeric column, most cells first."""
    taken_out = _taken_out(table)
    found = [
        _of_column(column, table.frame[column.name], *taken_out.get(column.name, (0, "")))
        for column in table.columns
        if column.kind == "numeric"
    ]
    return tuple(sorted(found, key=lambda one: -one.stand_out))


def fences_of(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return Tukey's outer fences of values without gaps."""
    if len(values) < _FEWEST:
        return -np.inf, np.inf
    low, middle, high = np.percentile(values, [25, 50, 75])
    if high <= low:
        return -np.inf, np.inf
    long = values.min() > 0 and high - middle > _LONG_TAIL * (middle - low)
    if not long:
        return float(low - FENCE * (high - low)), float(high + FENCE * (high - low))
    reach = FENCE * np.log(high / low)
    return float(low / np.exp(reach)), float(high * np.exp(reach))


def _of_column(column: Column, series: pd.Series, implausible: int, limits: str) -> Extremes:
    values = series.dropna().to_numpy(dtype=np.float64)
    low, high = fences_of(values)
    below, above = np.sort(values[values < low]), np.sort(values[values > high])[::-1]
    return Extremes(column, len(values), (low, high), below, above, implausible, limits)


def _taken_out(table: Table) -> dict[str, tuple[int, str]]:
    """Cells outside the plausible range by variable, as the reader's report counts them."""
    names = {
        note.column: str(note.values["name"]) for note in table.report.notes if note.key == "reading.known"
    }
    return {
        names[note.column]: (int(str(note.values["n"])), str(note.values["limits"]))
        for note in table.report.notes
        if note.key == "reading.implausible" and note.column in names
    }
