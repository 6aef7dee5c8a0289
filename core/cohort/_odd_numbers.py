"""Numbers of a hospital's own column that may mean something else: shares among percents, codes for unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._reading import Source

_BELOW = (-1, -9, -99, -999, -9_999)
_ABOVE = (888, 999, 8_888, 9_999, 99_999)
_FAR = 3
_FEWEST_OTHERS = 3
_FEWEST_TIMES = 10


def shares_among_percents(source: Source, values: NDArray[np.float64], unit: str) -> NDArray[np.bool_]:
    """Which distinct cells are shares (0.21) where others say percent (40 %): far below all of those.

    Parameters
    ----------
    values, unit
        Of the distinct cells, as ``parse_own_numbers`` returns them.
    """
    none = np.zeros(values.size, dtype=bool)
    if unit != "%":
        return none
    said = np.array(["%" in word for word in source.cells.words], dtype=bool)
    with np.errstate(invalid="ignore"):
        shares = ~said & (values > 0) & (values <= 1)
        percents = values[said & (values > 0)]
    if not shares.any() or percents.size == 0:
        return none
    return shares if _FEWEST_TIMES * values[shares].max() <= percents.min() else none


def looks_unknown(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which distinct values look like codes for unknown: -9 where all else is above zero, 999 far above the rest."""
    finite = np.isfinite(values)
    below, above = finite & np.isin(values, _BELOW), finite & np.isin(values, _ABOVE)
    others = values[finite & ~below & ~above]
    none = np.zeros(values.size, dtype=bool)
    if others.size < _FEWEST_OTHERS or others.min() < 0:
        return none
    found: NDArray[np.bool_] = below | (above & (values >= _FAR * others.max()))
    return found
