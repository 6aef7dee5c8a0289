"""The column of a table that counts time or samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._units import split_unit
from core.ecg.recording import Assumption

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIME = re.compile(
    r"(time|t|zeit|tiempo|temps|timestamp|elapsed|时间|sec|secs|second|seconds|秒|ms|msec|毫秒)"
)
_COUNT = re.compile(r"(sample|samples|index|idx|n|no|nr|row|#|样本|序号|采样点|unnamed:? ?0?|)")
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒"), 1.0),
    **dict.fromkeys(("ms", "msec", "millisecond", "milliseconds", "毫秒"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "microseconds", "微秒"), 1e-6),
}
# a rate of 100 to 32,000 Hz makes steps of up to 10 ms
_LONGEST_STEP_S = 0.0101


def is_time_label(label: str) -> bool:
    """Whether a column of this name counts time or samples."""
    base = _base(label)[0]
    return bool(_TIME.fullmatch(base) or _COUNT.fullmatch(base))


def is_counter(column: NDArray[np.float64]) -> bool:
    """Whether numbers rise by the same step from first to last."""
    if column.size < 3 or not np.isfinite(column).all():
        return False
    steps = np.diff(column)
    typical = float(np.median(steps))
    # times written with few digits jitter by their last one
    return typical > 0 and bool((steps > 0).all()) and bool(np.abs(steps - typical).max() <= 0.6 * typical)


def rate_of_times(label: str, column: NDArray[np.float64]) -> tuple[float | None, tuple[Assumption, ...]]:
    """Rate in Hz that a column of times says, ``None`` if it only counts samples.

    Parameters
    ----------
    label
        Name of the column, empty if it has none.
    column
        Its numbers (n_samples,).
    """
    base, scale = _base(label)
    known = column[np.isfinite(column)]
    if known.size < 2 or known[-1] <= known[0]:
        return None, ()
    step = float(known[-1] - known[0]) / (known.size - 1)
    if scale is not None:
        return _rate(step * scale), ()
    if base and _COUNT.fullmatch(base):
        return None, ()
    if step <= _LONGEST_STEP_S:
        return _rate(step), ()
    if not base and step == 1:
        return None, ()
    rate = _rate(step * 1e-3)
    return rate, (Assumption("recording.time_in_ms", {"rate": f"{rate:g}"}),)


def _rate(step_s: float) -> float:
    rate = 1 / step_s
    return float(round(rate)) if abs(rate - round(rate)) < 0.002 * rate else rate


def _base(label: str) -> tuple[str, float | None]:
    text = label.strip().lower()[:100]
    found = re.fullmatch(r"(.*?)[\s_]*[(\[/_ ]\s*([a-zµμ秒毫微]+)\s*[)\]]?", text)
    if found and found.group(2) in _UNITS:
        return found.group(1).strip(), _UNITS[found.group(2)]
    return split_unit(text)[0].lower(), _UNITS.get(text)
