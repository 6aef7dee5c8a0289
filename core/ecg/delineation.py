"""Where the waves of a median beat begin and end, over all leads together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._qrs_bounds import qrs_bounds
from core.ecg.filtering import RATE_HZ, smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.beats import Beats

_STEP_MS = 1000 / RATE_HZ
_P_LEAST_MV = 0.02
"""Smaller humps than this before the QRS are not called a P wave."""

_T_LEAST_MV = 0.03
"""Smaller ones after it are not called a T wave: its end could not be told."""

_T_REACH = 130.0
"""From its steepest fall T is over within this, in ms; looking further takes wander and U for T."""

_P_REACH = 84.0
"""Half a P wave is shorter than this, in ms."""


@dataclass(frozen=True)
class Waves:
    """Onsets and offsets in ms from the start of the median beat; None where a wave is not there or not clear.

    Global in the sense of IEC 60601-2-25: the earliest onset and the latest offset over the leads.

    Attributes
    ----------
    p_onset, p_peak, p_offset, qrs_onset, qrs_offset, t_peak, t_end
        Milliseconds within ``Beats.median``.
    qrs_latest
        Offset of the QRS if a faint late movement were counted; ``qrs_offset`` itself where there is none.
    """

    p_onset: float | None = None
    p_peak: float | None = None
    p_offset: float | None = None
    qrs_onset: float | None = None
    qrs_offset: float | None = None
    t_peak: float | None = None
    t_end: float | None = None
    qrs_latest: float | None = None


def delineate(beats: Beats) -> Waves:
    """Mark P, QRS and T on the median beat.

    QRS by the speed of the leads taken together and by late forces that two leads see, both ends of P by the foot of
    the leads' common course, and the end of T by the feet of the clearest leads (largest trapezium below the flank:
    Vazquez-Seisdedos et al. 2011, BioMed Eng OnLine 10:43, a form of the tangent that noise and level move little).
    """
    rows = np.flatnonzero(~np.isnan(beats.median).any(axis=1)) if beats.median.size else np.empty(0, int)
    if rows.size == 0:
        return Waves()
    weight = 1.0 / (1.0 + (beats.noise_mv[rows] / 0.05) ** 2)
    beat = beats.median[rows] * weight[:, None]
    qrs = qrs_bounds(beat, beats.zero)
    if qrs is None:
        return Waves()
    onset, offset, latest = qrs
    to_next, to_last = beats.rr_after_ms, beats.rr_before_ms
    noise = beats.noise_mv[rows] * weight / np.sqrt(max(1, int(beats.dominant.sum())))
    t_peak, t_end = _t_wave(beat, (onset, offset), None if to_next is None else to_next / _STEP_MS, noise)
    p = _p_wave(
        beat, onset, 0 if t_end is None or to_last is None else int(t_end - to_last / _STEP_MS), noise
    )
    if t_end is not None and p[0] is not None and to_last is not None:
        # Where T runs into the P of the next beat of its kind, it ends there at the latest.
        t_end = min(t_end, round(p[0] + to_last / _STEP_MS))
    marks = [*p, onset, offset, t_peak, t_end, latest]
    return Waves(*[None if mark is None else mark * _STEP_MS for mark in marks])


def _t_wave(
    beat: NDArray[np.float64], qrs: tuple[int, int], rr: float | None, noise: NDArray[np.float64]
) -> tuple[int | None, int | None]:
    """Peak of T on the leads' common course, and its end: late among the clearest leads', but not the very last."""
    onset, offset = qrs
    # The next P wave peaks some 100 ms before the next QRS: T is over by then.
    last = beat.shape[1] - 1 if rr is None else min(beat.shape[1] - 1, int(onset + rr) - _samples(90))
    first = offset + _samples(40)
    if last - first < _samples(130):
        return None, None
    part = smoothed(beat[:, offset : last + 1], 20.0)[:, first - offset :]
    hump = _hump(part, 100)
    size = np.sqrt((hump**2).sum(axis=0))
    latest = _samples(440.0 if rr is None else 440.0 * float(np.sqrt(rr / RATE_HZ)))
    peak = int(np.argmax(size[: min(latest, size.size - _samples(40))]))
    tall = np.abs(hump[:, peak])
    if np.sort(tall)[-3:].mean() < max(_T_LEAST_MV, 4 * float(np.median(noise))):
        return None, None
    peak = _local_top(_common_course(part, hump[:, peak]), peak, 40)
    near = hump[:, max(0, peak - _samples(70)) : peak + _samples(70)]
    clear = np.argsort(-np.abs(near).max(axis=1) / (noise + 0.01))[:8]
    ends = [end for i in clear if (end := _t_end(part[i], near[i], peak)) is not None]
    return first + peak, first + round(float(np.quantile(ends, 0.65))) if len(ends) > len(clear) / 2 else None


def _t_end(row: NDArray[np.float64], hump: NDArray[np.float64], peak: int) -> int | None:
    """End of T in one lead, whose own peak may lie up to 70 ms beside the common one."""
    top = int(np.argmax(np.abs(hump)))
    course = row * np.sign(hump[top])
    top = _local_top(course, max(0, peak - _samples(70)) + top, 30)
    stop = _before_next_rise(course, top, min(course.size - 1, top + _samples(220)))
    if stop - top < _samples(30):
        return None
    steepest = top + int(np.argmin(np.diff(course[top : top + int(0.75 * (stop - top)) + 1])))
    return _foot(course, top, min(stop, steepest + _samples(_T_REACH)))


def _common_course(part: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leads added up, each with the sign and the square root of its wave's height: one tall lead does not decide."""
    weight = np.sign(height) * np.sqrt(np.abs(height))
    course: NDArray[np.float64] = (weight / max(float(np.abs(weight).sum()), 1e-9)) @ part
    return course


def _before_next_rise(course: NDArray[np.float64], peak: int, last: int) -> int:
    """Where the course turns up again by a sixth of the wave's height (the next P), or else ``last``."""
    path = course[peak : last + 1]
    lowest = np.minimum.accumulate(path)
    risen = np.flatnonzero(path - lowest > (path[0] - path.min()) / 6)
    if risen.size == 0:
        return last
    return peak + int(np.argmin(path[: risen[0] + 1]))


def _foot(course: NDArray[np.float64], peak: int, last: int) -> int:
    """Where the flank that falls from ``peak`` towards ``last`` reaches the ground, an index."""
    way = 1 if last > peak else -1
    path = course[peak : last + way : way] if last + way >= 0 else course[peak::-1]
    drop = np.diff(path)
    steep = int(np.argmin(drop[: max(2, int(0.75 * drop.size))])) + 1
    t = np.arange(steep, path.size)
    area = (path[steep] - path[steep:]) * (2 * (path.size - 1) - t - steep)
    return peak + way * (steep + int(np.argmax(area)))


def _p_wave(
    beat: NDArray[np.float64], onset: int, t_end_before: int, noise: NDArray[np.float64]
) -> tuple[int | None, int | None, int | None]:
    """Onset, peak and offset of P, looked for between the T wave before and the QRS."""
    none = (None, None, None)
    first, last = max(0, onset - _samples(300), t_end_before - _samples(10)), onset - _samples(8)
    if last - first < _samples(80):
        return none
    part = smoothed(beat[:, : last + 1], 25.0)[:, first:]
    hump = _hump(part, 50)
    size = np.sqrt((hump**2).sum(axis=0))
    size[: _samples(24)] = size[max(0, size.size - _samples(20)) :] = 0.0
    peak = int(np.argmax(size))
    tall = np.abs(hump[:, peak])
    if np.sort(tall)[-3:].mean() < max(_P_LEAST_MV, 4 * float(np.median(noise))):
        return none
    course = _common_course(part, hump[:, peak])
    peak = _local_top(course, peak, 24)
    start = max(0, peak - _samples(_P_REACH))
    stop = min(course.size - 1, peak + _samples(_P_REACH))
    if peak - start < _samples(16) or stop - peak < _samples(12):
        return none
    p_on, p_off = _foot(course, peak, start), _foot(course, peak, stop)
    return first + p_on, first + peak, first + p_off


def _hump(part: NDArray[np.float64], reach_ms: float) -> NDArray[np.float64]:
    """Height of each sample above the chord of its neighbours: a slope, such as another wave's tail, leaves nothing."""
    reach, n = _samples(reach_ms), part.shape[1]
    place = np.arange(n)
    left, right = np.maximum(place - reach, 0), np.minimum(place + reach, n - 1)
    share = (place - left) / np.maximum(right - left, 1)
    hump: NDArray[np.float64] = part - (part[:, left] * (1 - share) + part[:, right] * share)
    return hump


def _local_top(course: NDArray[np.float64], near: int, reach_ms: float) -> int:
    reach = _samples(reach_ms)
    low = max(0, near - reach)
    return low + int(np.argmax(course[low : near + reach + 1]))


def _samples(ms: float) -> int:
    return round(ms / _STEP_MS)
