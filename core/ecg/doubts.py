"""Where a measured interval is not to be taken at its word: an unclear end of the QRS, or a device that says otherwise.

Neither says who is right. The sentence sends the reader to the trace, and no verdict such as "inside the range" may
stand beside a value that is in doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.ecg.measurements import Measurements

TOLERANCES = {"heart_rate_bpm": 5.0, "pr_ms": 30.0, "qrs_ms": 20.0, "qt_ms": 40.0}
"""Largest difference to a device that needs no word. In single recordings the programs of two makers differ by a few
ms in a narrow QRS, by up to 18 ms (third quartile) in a paced one (377 recordings, 2017: PMID 28169058)."""

_LONGEST = 2000.0
"""Makers write 0, -1 or 32767 where nothing was measured: what lies outside 0 to this states nothing."""


@dataclass(frozen=True)
class Doubt:
    """One reason not to take a value at its word.

    Attributes
    ----------
    measurement
        Name of the value, as in ``Reading.to_json``.
    key
        Key in ``core/text/<language>/ecg_doubts.toml``, without the file's name.
    values
        What fills the placeholders of the sentence, beside ``measurement``.
    """

    measurement: str
    key: str
    values: dict[str, object] = field(default_factory=dict)


def find_doubts(measured: Measurements, stated: Mapping[str, float | str] | None = None) -> tuple[Doubt, ...]:
    """All doubts about the intervals of one recording, in the order of ``TOLERANCES``.

    Parameters
    ----------
    measured
        What was measured here.
    stated
        What the device states in the file (``reading.read_stated``); None or empty where it states nothing.

    Examples
    --------
    >>> from core.ecg.measurements import Measurements
    >>> measured = Measurements(heart_rate_bpm=72.0, qrs_ms=100.0, qrs_latest_ms=100.0)
    >>> [doubt.values for doubt in find_doubts(measured, {"qrs_ms": 135.0, "heart_rate_bpm": 71.0})]
    [{'measured': 100, 'stated': 135, 'unit': 'ms', 'most': 20}]
    """
    doubts = []
    for name, most in TOLERANCES.items():
        if name == "qrs_ms":
            doubts += _unclear_end(measured, most)
        value, other = getattr(measured, name), (stated or {}).get(name)
        if value is None or not isinstance(other, int | float) or not 0 < other < _LONGEST:
            continue
        if abs(value - other) <= most:
            continue
        unit = "bpm" if name.endswith("_bpm") else "ms"
        numbers = {"measured": round(value), "stated": round(other), "unit": unit, "most": round(most)}
        doubts.append(Doubt(name, "device_differs", numbers))
    return tuple(doubts)


def doubt_words(language: str, doubt: Doubt) -> str:
    """The sentence for one doubt, in a language."""
    name = text(language, f"pages_ecg.measurements.{doubt.measurement}")
    values = dict(doubt.values)
    if "unit" in values:
        values["unit"] = text(language, f"ecg_doubts.unit_{values['unit']}")
    return text(language, f"ecg_doubts.{doubt.key}", measurement=name, **values)


def _unclear_end(measured: Measurements, most: float) -> list[Doubt]:
    shortest, longest = measured.qrs_ms, measured.qrs_latest_ms
    if shortest is None or longest is None or longest - shortest <= most:
        return []
    return [Doubt("qrs_ms", "qrs_end_unclear", {"shortest": round(shortest), "longest": round(longest)})]
