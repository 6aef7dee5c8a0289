"""Units and headers as people write them: what they are compared by; how values are converted."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True)
class Unit:
    """Another unit of a variable: value in the catalogue's unit = value * factor + offset."""

    name: str
    factor: float
    offset: float = 0.0


def rescale(values: NDArray[np.float64], unit: Unit) -> NDArray[np.float64]:
    """Return values in the catalogue's unit, to nine decimals: 98.6 °F is 37 °C and not a hair more."""
    if unit.factor == 1.0 and unit.offset == 0.0:
        return values
    return np.round(values * unit.factor + unit.offset, 9)


@functools.cache
def header_key(words: str) -> str:
    """Return what a header is compared by: letters, digits, % and # of it, in one case and one width.

    Examples
    --------
    >>> header_key("D-二聚体 ") == header_key("Ｄ二聚体")
    True
    """
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(char for char in folded if char.isalnum() or char in "%#")


@functools.cache
def unit_key(words: str) -> str:
    """Return what a unit is compared by.

    Examples
    --------
    >>> unit_key("×10⁹/L") == unit_key("10^9/l")
    True
    >>> unit_key("μmol/L") == unit_key("umol·L⁻¹")
    True
    """
    folded = unicodedata.normalize("NFKC", words.translate(_SUPERSCRIPTS)).casefold()
    folded = re.sub(r"(?:^|[·.\s*]+)([a-z]+)\^?-1", r"/\1", folded)
    folded = re.sub(r"[\s°·.,;()\[\]_]", "", folded)
    for written, plain in (("μ", "u"), ("mcg", "ug"), ("mcmol", "umol")):
        folded = folded.replace(written, plain)
    return re.sub(r"^[x×*]?10(?:\^|\*{1,2}|e)?([3469])(?=/)", r"10^\1", folded)
