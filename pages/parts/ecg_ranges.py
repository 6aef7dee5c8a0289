"""Reference ranges of what is measured on an ECG, where a source gives one (clinical reference 3.4 and 3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Range:
    """Lowest and highest usual value, both inside."""

    low: float
    high: float
    words: str


def reference_ranges() -> Mapping[str, Range]:
    """Ranges by the name that a measurement has in ``Reading.to_json``.

    Rate, PR, QRS and axis are the quick limits of 3.5 (from secondary sources); the limits of axis and QTc are
    those by which the signs are decided. QTc takes the higher of the two limits by sex: between them the sign of a
    long QTc says more.
    """
    from core.ecg.signs import INCOMPLETE_MS, LEFT_AXIS_DEG, LONG_QTC_MS, RIGHT_AXIS_DEG

    men, women = LONG_QTC_MS["male"], LONG_QTC_MS["female"]
    return {
        "heart_rate_bpm": Range(60, 100, "60–100"),
        "pr_ms": Range(120, 200, "120–200"),
        "qrs_ms": Range(-inf, INCOMPLETE_MS, f"≤ {INCOMPLETE_MS:g}"),
        "qtc_ms": Range(-inf, max(men, women), f"≤ {men:g} ♂ / {women:g} ♀"),
        "axis_deg": Range(
            LEFT_AXIS_DEG, RIGHT_AXIS_DEG, f"{LEFT_AXIS_DEG:g}° – +{RIGHT_AXIS_DEG:g}°".replace("-", "−", 1)
        ),
    }


def side_of(value: object, limits: Range | None) -> str:
    """``low``, ``high``, ``inside``, ``open`` (not measured) or ``no_range``.

    Examples
    --------
    >>> side_of(210, Range(120, 200, "")), side_of(None, Range(120, 200, "")), side_of(80, None)
    ('high', 'open', 'no_range')
    """
    if not isinstance(value, int | float):
        return "open"
    if limits is None:
        return "no_range"
    return "low" if value < limits.low else "high" if value > limits.high else "inside"
