"""One recording brought to one rate and freed of wander and mains hum, before anything is measured on it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.recording import Recording

RATE_HZ = 500
"""Samples a second of everything that is measured; 2 ms is the step of the calipers."""

WANDER_HZ = 0.5
"""Below this is wander. Run forwards and backwards the filter keeps phase, and up to 0.67 Hz is then allowed for
ST measurement (AHA/ACCF/HRS 2007 recommendations, part I, Circulation 115:1306)."""

CEILING_HZ = 100.0
"""Above this there is little but muscle and noise in an adult's median beat."""


def at_measuring_rate(recording: Recording) -> NDArray[np.float64]:
    """Signal at ``RATE_HZ``, float64 (12, n) in mV; stretches without samples are filled from their neighbours.

    A lead without any sample stays NaN throughout.
    """
    signal = _gaps_filled(_longest_stretch(recording.signal.astype(np.float64), recording.rate_hz))
    if abs(recording.rate_hz - RATE_HZ) < 1e-6:
        return signal
    from fractions import Fraction

    from scipy.signal import resample_poly

    step = Fraction(RATE_HZ / recording.rate_hz).limit_denominator(1000)
    # The line is the padding: a jump to zero at the ends would ring into the first and last beat.
    resampled: NDArray[np.float64] = resample_poly(
        signal, step.numerator, step.denominator, axis=1, padtype="line"
    )
    return resampled


def cleaned(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Wander, mains hum and what lies above ``CEILING_HZ`` taken out, without moving any wave in time.

    Parameters
    ----------
    signal
        (12, n) in mV at ``RATE_HZ``; a lead that is NaN stays so.
    """
    from scipy.signal import sosfiltfilt

    out = signal.copy()
    rows = np.flatnonzero(~np.isnan(signal).any(axis=1))
    if rows.size == 0 or signal.shape[1] < RATE_HZ // 2:
        return out
    work = signal[rows] - signal[rows].mean(axis=1, keepdims=True)
    pad = min(2 * RATE_HZ, signal.shape[1] - 1)
    work = sosfiltfilt(_band(), work, axis=1, padtype="odd", padlen=pad)
    for hum_hz in hum(work):
        work = sosfiltfilt(_notch(hum_hz), work, axis=1, padlen=pad)
    out[rows] = work
    return out


def without_spikes(signal: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Pacing spikes bridged by straight lines, and their number.

    A spike leaves the line between the samples 4 ms before and after it by 0.5 mV or more in six leads at once; no
    QRS is as sharp.
    """
    bent = np.abs(signal[:, 2:-2] - (signal[:, :-4] + signal[:, 4:]) / 2)
    with np.errstate(invalid="ignore"):
        at = np.flatnonzero((bent >= 0.5).sum(axis=0) >= 6) + 2
    if at.size == 0:
        return signal, 0
    first = at[np.concatenate([[True], np.diff(at) > 5])]
    out = signal.copy()
    for start in first:
        low, high = max(0, start - 3), min(signal.shape[1] - 1, start + 6)
        out[:, low : high + 1] = np.linspace(out[:, low], out[:, high], high - low + 1, axis=1)
    return out, int(first.size)


def hum(signal: NDArray[np.float64]) -> tuple[float, ...]:
    """Mains frequencies (50, 60 Hz) that stand out of the spectrum around them by a factor of ten in some lead."""
    power = np.abs(np.fft.rfft(signal, axis=1)) ** 2
    frequency = np.fft.rfftfreq(signal.shape[1], 1 / RATE_HZ)
    found = []
    for mains in (50.0, 60.0):
        distance = np.abs(frequency - mains)
        line, around = power[:, distance <= 0.3], power[:, (distance > 1.0) & (distance < 5.0)]
        if line.size and around.size and (line.max(axis=1) > 10.0 * around.mean(axis=1)).any():
            found.append(mains)
    return tuple(found)


def smoothed(signal: NDArray[np.float64], cutoff_hz: float) -> NDArray[np.float64]:
    """Low-pass along the last axis without shifting in time (second-order Butterworth, both ways)."""
    from scipy.signal import sosfiltfilt

    result: NDArray[np.float64] = sosfiltfilt(_low_pass(cutoff_hz), signal, axis=-1)
    return result


def moving_mean(signal: NDArray[np.float64], ms: float) -> NDArray[np.float64]:
    """Mean over a window around each sample of the last axis, the ends held: a low-pass for next to nothing."""
    half = max(1, round(ms * RATE_HZ / 2000))
    padded = np.concatenate(
        [np.repeat(signal[..., :1], half + 1, axis=-1), signal, np.repeat(signal[..., -1:], half, axis=-1)],
        axis=-1,
    )
    total = np.cumsum(padded, axis=-1)
    mean: NDArray[np.float64] = (total[..., 2 * half + 1 :] - total[..., : -2 * half - 1]) / (2 * half + 1)
    return mean


def _longest_stretch(signal: NDArray[np.float64], rate_hz: float) -> NDArray[np.float64]:
    """Only the longest stretch between pauses of 0.3 s or more of all leads: no RR interval may span a pause."""
    silent = ~np.isfinite(signal).any(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts >= 0.3 * rate_hz
    if not long.any() or silent.all():
        return signal
    begins, stops = np.concatenate([[0], ends[long]]), np.concatenate([starts[long], [silent.size]])
    best = int(np.argmax(stops - begins))
    signal[:, : begins[best]] = signal[:, stops[best] :] = np.nan
    return signal


def _gaps_filled(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    bad = ~np.isfinite(signal)
    if not bad.any():
        return signal
    place = np.arange(signal.shape[1])
    for row, holes in zip(signal, bad, strict=True):
        if holes.all():
            row[:] = np.nan
        elif holes.any():
            row[holes] = np.interp(place[holes], place[~holes], row[~holes])
    return signal


@functools.cache
def _band() -> Any:
    from scipy.signal import butter

    return butter(2, (WANDER_HZ, CEILING_HZ), "bandpass", fs=RATE_HZ, output="sos")


@functools.cache
def _low_pass(cutoff_hz: float) -> Any:
    from scipy.signal import butter

    return butter(2, cutoff_hz, "lowpass", fs=RATE_HZ, output="sos")


@functools.cache
def _notch(hum_hz: float) -> Any:
    from scipy.signal import iirnotch, tf2sos

    return tf2sos(*iirnotch(hum_hz, 25.0, fs=RATE_HZ))
