"""Rate and unit in the remarks above a table: ``# sampling rate: 500 Hz``, ``采样率,500``, ``unit = µV``."""

from __future__ import annotations

import re

from core.ecg.formats._limits import number
from core.ecg.formats._units import unit_of

_RATE = re.compile(
    r"(?:sampl\w*[\s_\-]*(?:rate|freq\w*)?|\bfs\b|\brate(?:_hz)?\b|\bfreq\w*|采样率|采样频率|频率)"
    r"[^\d\n]{0,20}?(\d+(?:[.,]\d+)?)\s*(k?hz)?",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:units?|单位|amplitude|幅值|振幅)\s*[:=,;\t (\[]+\s*([munµμ]?v\w*|[毫微]伏)", re.IGNORECASE
)


def rate_in(remarks: str) -> float | None:
    """Rate in Hz, ``None`` if nothing states it."""
    for found in _RATE.finditer(remarks):
        value = number(found.group(1))
        in_kilohertz = (found.group(2) or "").lower() == "khz"
        if value is not None and (value := value * (1000 if in_kilohertz else 1)) >= 1:
            return value
    return None


def unit_in(remarks: str) -> str | None:
    """Unit of all columns, ``None`` if nothing states it."""
    return next((unit for found in _UNIT.finditer(remarks) if (unit := unit_of(found.group(1)))), None)
