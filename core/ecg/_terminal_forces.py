"""Slow late forces of the QRS: the R' of a right bundle branch block, a wide terminal S, a slurred end.

Their slopes can lie below those of T, so no threshold of slope tells them apart. Their length does: a force of the
QRS rises and falls within some 100 ms, T takes 150 or more, and half of each is one movement of the trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ, moving_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEP_MS = 1000 / RATE_HZ
_LEADS = 2
"""A movement counts as far as this many leads see it: one lead alone may be its own artefact."""

_SMOOTHED_MS, _HALF_STEP = 10.0, 3
_REACH_MS = 230.0
_SHORTEST_MS, _LONGEST_MS = 12.0, 38.0
"""Width at half height of one movement. Half a wave of 114 ms is 38 ms wide there, half a T of 150 ms 50 ms; what is
shorter than 12 ms is a ripple unless it is tall."""

_TALL, _PROMINENT = 1.5, 0.2
_STILL_SHARE = 0.15
"""Share of the median beat, at least, in which the heart makes no movement: the noise is read off there."""


@dataclass(frozen=True)
class Sought:
    """How clear a movement must be.

    Attributes
    ----------
    least_mv_s
        Smallest speed at its fastest point, in mV/s.
    over_noise
        The same in multiples of the speed in the stillest parts of the beat.
    longest_pause_ms
        Longest rest before it.
    most
        How many movements may follow one another.
    """

    least_mv_s: float
    over_noise: float
    longest_pause_ms: float
    most: int


CLEAR = Sought(least_mv_s=4.5, over_noise=3.5, longest_pause_ms=32.0, most=6)
"""4.5 mV/s is the steepest slope of a wave of 0.1 mV and 70 ms."""

FAINT = Sought(least_mv_s=2.4, over_noise=2.5, longest_pause_ms=20.0, most=1)
"""2.4 mV/s is the steepest slope of a wave of 0.05 mV and 65 ms, half a millimetre on paper. What a reader
may count or not: it makes the offset doubtful, and does not move it."""


def end_of_forces(beat: NDArray[np.float64], onset: int, offset: int, sought: Sought) -> int:
    """Where the QRS ends once late forces that join on to it are counted; ``offset`` itself where there is none.

    Parameters
    ----------
    beat
        (leads, n) median beat in mV at ``RATE_HZ``, each lead weighed by its noise.
    onset, offset
        Samples between which the body of the QRS lies.
    """
    from scipy.signal import find_peaks

    pace = _shared_speed(beat)
    still = float(np.quantile(pace[_HALF_STEP:-_HALF_STEP], _STILL_SHARE))
    least = max(sought.least_mv_s, sought.over_noise * still)
    last = min(pace.size - 1, onset + round(_REACH_MS / _STEP_MS))
    tops, _ = find_peaks(pace[: last + 1], prominence=_PROMINENT * least)
    end, found = offset, 0
    for top in tops[tops >= offset - 1]:
        if pace[top] < least or found == sought.most:
            continue
        start, foot, width = _movement(pace, end, int(top), 0.5 * least)
        if width < _SHORTEST_MS and pace[top] < _TALL * least:
            continue
        if width > _LONGEST_MS or (start - end) * _STEP_MS > sought.longest_pause_ms or foot > last:
            break
        end, found = foot, found + 1
    return max(offset, end)


def _shared_speed(beat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Speed in mV/s that at least ``_LEADS`` leads reach, (n,)."""
    smooth = moving_mean(beat, _SMOOTHED_MS)
    slope = np.zeros_like(smooth)
    slope[:, _HALF_STEP:-_HALF_STEP] = np.abs(smooth[:, 2 * _HALF_STEP :] - smooth[:, : -2 * _HALF_STEP])
    ordered = np.sort(slope, axis=0) * RATE_HZ / (2 * _HALF_STEP)
    shared: NDArray[np.float64] = ordered[-min(_LEADS, len(ordered))]
    return shared


def _movement(pace: NDArray[np.float64], end: int, top: int, ground: float) -> tuple[int, int, float]:
    """Start and end of one movement of the trace (at a quarter of its height), and its width at half height in ms."""
    valley = end + int(np.argmin(pace[end : top + 1])) if top > end else top
    half, quarter = 0.5 * float(pace[top]), max(0.25 * float(pace[top]), ground)
    left, right = _down(pace, top, valley, half), _down(pace, top, pace.size - 1, half)
    foot = right
    while foot < pace.size - 1 and pace[foot] > quarter and pace[foot + 1] <= pace[foot]:
        foot += 1
    return _down(pace, top, valley, quarter), foot, (right - left) * _STEP_MS


def _down(pace: NDArray[np.float64], top: int, bound: int, height: float) -> int:
    """Last sample from ``top`` towards ``bound`` before the speed falls below a height."""
    way, at = (1 if bound > top else -1), top
    while at != bound and pace[at + way] >= height:
        at += way
    return at
