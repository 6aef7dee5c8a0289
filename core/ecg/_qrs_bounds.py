"""Onset and offset of the QRS on the median beat, over all leads together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg._terminal_forces import CLEAR, FAINT, end_of_forces
from core.ecg.filtering import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP_MS = 1000 / RATE_HZ
_SHORTEST_MS, _LONGEST_MS = 40, 260


def qrs_bounds(beat: NDArray[np.float64], zero: int) -> tuple[int, int, int] | None:
    """Onset, offset, and the offset if a faint late movement were counted too; None without a clear QRS.

    The body of the QRS is found by the speed of all leads together, on which noise has least hold. A slow late force
    seen by few leads (right bundle branch block, a slurred end) is too small for that, so it is looked for by itself
    afterwards: the offset is the latest in any two leads, as the global QRS of IEC 60601-2-25 is.

    Parameters
    ----------
    beat
        (leads, n) median beat in mV at ``RATE_HZ``, each lead weighed by its noise.
    zero
        Sample near the middle of the QRS.
    """
    body = _body(beat, zero)
    if body is None:
        return None
    onset, offset = body
    clear = _plausible(onset, offset, end_of_forces(beat, onset, offset, CLEAR))
    return onset, clear, _plausible(onset, clear, end_of_forces(beat, onset, clear, FAINT))


def speed(beat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Root mean square of the leads' slopes in mV/s, (n,)."""
    slope = (np.roll(beat, -2, axis=1) - np.roll(beat, 2, axis=1)) * RATE_HZ / 4
    slope[:, :2] = slope[:, -2:] = 0.0
    total: NDArray[np.float64] = np.sqrt((slope**2).mean(axis=0))
    return total


def _plausible(onset: int, offset: int, later: int) -> int:
    return later if (later - onset) * _STEP_MS <= _LONGEST_MS else offset


def _body(beat: NDArray[np.float64], zero: int) -> tuple[int, int] | None:
    pace = speed(beat)
    near = slice(max(0, zero - _samples(70)), zero + _samples(70))
    if pace[near].size == 0:
        return None
    top = near.start + int(np.argmax(pace[near]))
    highest = float(pace[top])
    before = pace[max(0, zero - _samples(200)) : max(1, top - _samples(40))]
    after = pace[top + _samples(60) : top + _samples(240)]
    if before.size < 5 or after.size < 5 or highest < 0.5:
        return None
    still_before, still_after = float(np.quantile(before, 0.2)), float(np.quantile(after, 0.2))
    onset = _edge(pace, top, -1, max(still_before * 2.0, still_before + 0.035 * highest), 44.0)
    offset = _edge(pace, top, +1, max(still_after * 2.0, still_after + 0.045 * highest), 84.0)
    if onset is None or offset is None or not _SHORTEST_MS <= (offset - onset) * _STEP_MS <= _LONGEST_MS:
        return None
    return onset, offset


def _edge(pace: NDArray[np.float64], top: int, way: int, threshold: float, furthest_ms: float) -> int | None:
    """Edge of the QRS; the threshold rises while the edge lies further than that beyond the last fast movement.

    Such a distance means that a P wave or a steep ST segment was taken along.
    """
    fast = _quiet(pace, top, way, 0.25 * float(pace[top]))
    for _ in range(12):
        edge = _quiet(pace, top, way, threshold)
        if edge is not None and fast is not None and abs(edge - fast) <= _samples(furthest_ms):
            return edge
        threshold *= 1.2
    return edge


def _quiet(pace: NDArray[np.float64], start: int, way: int, threshold: float) -> int | None:
    """First sample from ``start`` on from which the speed stays below the threshold.

    For 16 ms after the QRS, in which a notch may rest; for 10 ms before it, where P may end close by.
    """
    stretch = _samples(16 if way > 0 else 10)
    at = start
    while 0 <= at < pace.size and 0 <= at + way * stretch < pace.size:
        window = pace[at : at + stretch] if way > 0 else pace[at - stretch + 1 : at + 1]
        if (window < threshold).all():
            return at
        at += way
    return None


def _samples(ms: float) -> int:
    return round(ms / _STEP_MS)
