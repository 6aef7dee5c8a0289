"""Where the waves of every beat lie in the windows that a network sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.beats import Beats, detect_qrs, find_beats
from core.ecg.delineation import Waves, delineate
from core.ecg.filtering import RATE_HZ
from core.ecg.network_input import INPUT_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

WAVES = ("p", "qrs", "st", "t")
"""Waves of a beat in their order in time."""

_STEP_MS = 1000.0 / INPUT_RATE_HZ
_ST_MS = 80.0
_LEAST_SAMPLES = 2
_REGULAR = 0.1
_EDGE = int(0.16 * RATE_HZ)
_QTC_MS = 410.0
_T_SUMMIT = 0.62


@dataclass(frozen=True)
class BeatSpans:
    """One beat of the dominant kind in one window; samples at ``INPUT_RATE_HZ``, both ends included.

    Attributes
    ----------
    spans
        (start, stop) by wave; a wave that is not there is left out. Where the window's edge cuts a wave, its span goes
        on beyond the edge: start below 0, or stop beyond the last sample.
    level_at
        Sample of the window just before the QRS, whose value is the level that ST is measured against.
    t_peak
        Sample of the summit of T.
    cycle
        From the middle of the pause before the beat to that of the pause after it; None where either is not seen.
    """

    spans: dict[str, tuple[int, int]]
    level_at: int
    t_peak: int
    cycle: tuple[int, int] | None

    @property
    def start(self) -> int:
        """First sample of the first wave."""
        return min(start for start, _ in self.spans.values())

    @property
    def stop(self) -> int:
        """Last sample of the last wave."""
        return max(stop for _, stop in self.spans.values())


@dataclass(frozen=True)
class WindowSpans:
    """The beats of one window.

    Attributes
    ----------
    beats
        Those of the dominant kind, in time; beats of another kind (extrasystoles) stay as they are.
    rr
        Mean RR interval of all beats in samples; None with one beat.
    """

    beats: tuple[BeatSpans, ...]
    rr: float | None


def find_spans(window: NDArray[np.float32]) -> WindowSpans:
    """Find the beats of one window with the means that measure a recording.

    Parameters
    ----------
    window
        (12, n) in mV at ``INPUT_RATE_HZ``; a missing lead is 0.

    Returns
    -------
    WindowSpans
        Without beats where no QRS can be told.
    """
    from scipy.signal import resample_poly

    signal = window.astype(np.float64)
    fine = resample_poly(signal, RATE_HZ // INPUT_RATE_HZ, 1, axis=1, padtype="line")
    fine[~present(window)] = np.nan
    beats = _with_edges(find_beats(fine), fine)
    waves = delineate(beats)
    marks = _marks(beats, waves)
    if marks is None:
        return WindowSpans((), None)
    rr = float(np.mean(beats.rr_ms)) / _STEP_MS if beats.positions.size > 1 else None
    return WindowSpans(_laid_out(beats, marks, window.shape[1]), rr)


def present(window: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which leads of a window (12, n) hold a signal, (12,)."""
    return np.asarray(np.ptp(window, axis=1) > 0)


def _with_edges(beats: Beats, fine: NDArray[np.float64]) -> Beats:
    """Count a beat so near the edge that its kind was not asked for to the commonest kind, and align it likewise."""
    at = beats.positions
    near = (at < _EDGE) | (at >= fine.shape[1] - _EDGE)
    if not (near & ~beats.dominant).any() or not beats.dominant.any():
        return beats
    moved = at - detect_qrs(fine)
    usual = int(np.median(moved[beats.dominant]))
    return replace(
        beats,
        positions=np.where(near & ~beats.dominant, at - moved + usual, at),
        dominant=beats.dominant | near,
    )


def _marks(beats: Beats, waves: Waves) -> dict[str, tuple[float, float]] | None:
    """(start, stop) of each wave in ms from the beat's position, with the summit of T under ``t_peak``."""
    if waves.qrs_onset is None or waves.qrs_offset is None or beats.positions.size == 0:
        return None
    zero = beats.zero * 1000.0 / RATE_HZ
    t_peak, t_end = _t_marks(waves, beats)
    t_start = min(waves.qrs_offset + _ST_MS, t_peak - 20.0)
    marks = {
        # one sample of quiet on either side, so that a line from end to end starts and stops on the ground
        "qrs": (waves.qrs_onset - _STEP_MS, waves.qrs_offset + _STEP_MS / 2),
        "st": (waves.qrs_offset + _STEP_MS / 2, t_start),
        "t": (t_start, t_end),
        "t_peak": (t_peak, t_peak),
    }
    if waves.p_onset is not None and waves.p_offset is not None:
        marks["p"] = (waves.p_onset - _STEP_MS / 2, waves.p_offset + _STEP_MS / 2)
    return {name: (start - zero, stop - zero) for name, (start, stop) in marks.items()}


def _t_marks(waves: Waves, beats: Beats) -> tuple[float, float]:
    """Summit and end of T; where T is too flat to be marked, where it would be expected (QTc by Fridericia)."""
    assert waves.qrs_onset is not None
    assert waves.qrs_offset is not None
    end = waves.t_end
    if end is None:
        rr = beats.rr_after_ms or 1000.0
        end = max(
            waves.qrs_onset + min(_QTC_MS * (rr / 1000.0) ** (1 / 3), 0.7 * rr),
            waves.qrs_offset + 2 * _ST_MS,
        )
    peak = waves.t_peak
    if peak is None or not waves.qrs_offset < peak < end:
        peak = waves.qrs_offset + _T_SUMMIT * (end - waves.qrs_offset)
    return peak, end


def _laid_out(beats: Beats, marks: dict[str, tuple[float, float]], n_samples: int) -> tuple[BeatSpans, ...]:
    """Put the marks at every dominant beat; no span reaches into that of a neighbour."""
    at_ms, dominant = _with_beats_beyond(beats)
    begins = at_ms + np.where(dominant, marks.get("p", marks["qrs"])[0], marks["qrs"][0])
    ends = at_ms + marks["t"][1]
    found = []
    for i in np.flatnonzero(dominant):
        # an early beat may fall into T: T then ends where the next beat begins
        floor = at_ms[i - 1] + marks["qrs"][1] if i else -np.inf
        ceiling = begins[i + 1] if i + 1 < at_ms.size else np.inf
        spans = _within(marks, at_ms[i], (floor, ceiling), n_samples)
        if not spans:
            continue
        at = {name: _sample(at_ms[i] + ms) for name, (ms, _) in marks.items()}
        inside = 0 <= at["qrs"] < n_samples
        # of a beat before the window nothing but the end of T shows the level
        level_at = at["qrs"] if inside else min(spans.get("t", (0, 0))[1], n_samples - 1)
        cycle = None
        if 0 < i < at_ms.size - 1:
            before = (min(ends[i - 1], begins[i]) + begins[i]) / 2
            after = (min(ends[i], ceiling) + ceiling) / 2
            cycle = _whole(before, after, spans, n_samples) if inside else None
        found.append(BeatSpans(spans, level_at, at["t_peak"], cycle))
    return tuple(found)


def _with_beats_beyond(beats: Beats) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Times of the beats in ms and which are dominant, with one more on either side where the rhythm is regular.

    Of these the window shows no QRS, but the end of a T or the beginning of a P, which must not be left standing when
    that wave is taken out of every beat.
    """
    at_ms, dominant = beats.positions * 1000.0 / RATE_HZ, beats.dominant
    rr = beats.rr_ms
    if rr.size < 2 or np.std(rr) > _REGULAR * np.mean(rr):
        return at_ms, dominant
    typical = float(np.median(rr))
    at_ms = np.concatenate([[at_ms[0] - typical], at_ms, [at_ms[-1] + typical]])
    return at_ms, np.concatenate([[True], dominant, [True]])


def _within(
    marks: dict[str, tuple[float, float]], at_ms: float, limits: tuple[float, float], n_samples: int
) -> dict[str, tuple[int, int]]:
    """Spans between the neighbours of which the window shows enough to be changed."""
    spans = {}
    for wave in WAVES:
        if wave in marks:
            start, stop = (_sample(min(max(at_ms + ms, limits[0]), limits[1])) for ms in marks[wave])
            if min(stop, n_samples - 1) - max(start, 0) >= _LEAST_SAMPLES:
                spans[wave] = (start, stop)
    return spans


def _whole(
    before_ms: float, after_ms: float, spans: dict[str, tuple[int, int]], n_samples: int
) -> tuple[int, int] | None:
    starts, stops = zip(*spans.values(), strict=True)
    first, last = min(_sample(before_ms), *starts), max(_sample(after_ms), *stops)
    return (first, last) if first >= 0 and last < n_samples else None


def _sample(ms: float) -> int:
    return round(float(ms) / _STEP_MS)
