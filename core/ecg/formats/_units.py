"""Units of voltage: what a file may call them, and which one fits where none is stated."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# millivolts in one of each
MILLIVOLTS = {"V": 1e3, "mV": 1.0, "µV": 1e-3, "nV": 1e-6}
_NAMES = {
    "V": ("v", "volt", "volts", "伏"),
    "mV": ("mv", "millivolt", "millivolts", "毫伏"),
    "µV": ("uv", "μv", "microvolt", "microvolts", "mcv", "微伏"),
    "nV": ("nv", "nanovolt", "nanovolts", "纳伏"),
}
_KNOWN = {name: unit for unit, names in _NAMES.items() for name in names}
_LONGEST_LABEL = 100
# QRS complexes of adults: a lead's spread is some 0.1 to 8 mV, the median over the leads 0.3 to 4 mV
_SMALLEST_MV, _LARGEST_MV = 0.06, 25.0


def unit_of(text: str | None) -> str | None:
    """Unit as this project writes it, or ``None`` if it is none of voltage.

    Examples
    --------
    >>> [unit_of(text) for text in ("uV", "MICROVOLTS", "mv", "毫伏", "ADU", None)]
    ['µV', 'µV', 'mV', 'mV', None, None]
    """
    if text is None:
        return None
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return _KNOWN.get(folded)


def split_unit(label: str) -> tuple[str, str | None]:
    """Part a column's name and the unit that it carries.

    Examples
    --------
    >>> split_unit("II [uV]"), split_unit("aVR_mV"), split_unit("V1")
    (('II', 'µV'), ('aVR', 'mV'), ('V1', None))
    """
    if len(label) > _LONGEST_LABEL:
        return label[:_LONGEST_LABEL], None
    found = re.fullmatch(r"(.*?)[\s_]*[(\[/]\s*([^()\[\]/]+?)\s*[)\]]?", label.strip())
    if found is None:
        found = re.fullmatch(r"(.+?)[\s_\-.]+([munµμ]v|[毫微]伏)", label.strip(), re.IGNORECASE)
    unit = unit_of(found.group(2)) if found else None
    return (found.group(1).strip(), unit) if found and unit else (label.strip(), None)


def fitting_unit(signals: list[NDArray[np.float64]]) -> str | None:
    """Unit in which these leads have the amplitudes of a heart, ``None`` if none or more than one does.

    Parameters
    ----------
    signals
        Leads, each (n_samples,), in an unknown unit.
    """
    spread = typical_spread(signals)
    fitting = [unit for unit, scale in MILLIVOLTS.items() if _SMALLEST_MV <= spread * scale <= _LARGEST_MV]
    return fitting[0] if len(fitting) == 1 else None


def typical_spread(signals: list[NDArray[np.float64]]) -> float:
    """Median over the leads of the range from the 0.2nd to the 99.8th percentile."""
    spreads = []
    for signal in signals:
        known = signal[np.isfinite(signal)]
        if known.size and (known != known[0]).any():
            low, high = np.percentile(known, (0.2, 99.8))
            spreads.append(float(high - low))
    return float(np.median(spreads)) if spreads else 0.0
