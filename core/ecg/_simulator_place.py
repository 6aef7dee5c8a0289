"""Beats placed in time: the clean signal of a recording before any noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg._simulator_beat import MARGIN_MS, Beat, Intervals
from core.ecg._simulator_rhythm import SUPRAVENTRICULAR, VENTRICULAR, Rhythm
from core.ecg._simulator_settings import assumptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._simulator_signs import Signs

    Floats = NDArray[np.float64]

# Dower 1980, J Electrocardiol 13: leads I II V1 ... V6 from the dipole x (left), y (down), z (back)
_DOWER = np.array(
    [
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
    ]
)
_FIBRILLATION = np.array([0.3, 0.8, 1.0, 0.5, 0.35, 0.25, 0.2, 0.2])


def clean_signal(
    rng: np.random.Generator,
    beat: Beat,
    intervals: Intervals,
    rhythm: Rhythm,
    signs: Signs,
    grid: tuple[float, float],
) -> Floats:
    """Leads I II V1 ... V6 without noise, (8, n) in mV.

    Parameters
    ----------
    grid
        Samples a second, and seconds.
    """
    rate_hz, duration_s = grid
    time_ms = np.arange(round(rate_hz * duration_s)) * 1000 / rate_hz
    onsets = rhythm.onsets * 1000
    gains = _breathing_gains(rng, rhythm)
    usual = rhythm.kinds != VENTRICULAR
    stretch = np.clip((rhythm.cycles / np.median(rhythm.cycles)) ** 0.25, 0.85, 1.15)
    qrs_end = intervals.qrs + 2 * MARGIN_MS
    signal = _placed(
        beat.ventricular, time_ms, onsets[usual] - MARGIN_MS, gains[:, usual], (qrs_end, stretch[usual])
    )
    if signs.atrial_fibrillation:
        signal += _fibrillation(rng, time_ms / 1000)
    else:
        early = np.where(rhythm.kinds == SUPRAVENTRICULAR, 12.0, 0.0)
        starts = (onsets - intervals.pr - 10.0 + early)[usual]
        signal += _placed(beat.atrial, time_ms, starts, gains[:, usual])
    if not usual.all():
        signal += _placed(_ventricular_beat(rng), time_ms, onsets[~usual], gains[:, ~usual])
    return signal


def _breathing_gains(rng: np.random.Generator, rhythm: Rhythm) -> Floats:
    """Factor of each lead in each beat, (8, n_beats): size and, lead by lead, direction move with breathing."""
    given = assumptions()["rhythm"]
    size = rng.uniform(*given["breathing_gain"])
    turn = rng.uniform(*given["breathing_turn"]) * rng.standard_normal((8, 1))
    free = 0.01 * rng.standard_normal((1, rhythm.breathing.size))
    gains: Floats = 1 + (size + turn) * rhythm.breathing + free
    return gains


def _placed(
    template: Floats,
    time_ms: Floats,
    starts: Floats,
    gains: Floats,
    stretched: tuple[float, Floats] | None = None,
) -> Floats:
    """A template (8, n; 1 sample a ms) laid down at each start; after ``stretched[0]`` ms at its own pace."""
    which = np.clip(np.searchsorted(starts, time_ms, side="right") - 1, 0, starts.size - 1)
    since = time_ms - starts[which]
    if stretched is not None:
        fixed, pace = stretched
        since = np.where(since > fixed, fixed + (since - fixed) / pace[which], since)
    inside = (since >= 0) & (since < template.shape[1] - 1)
    at = np.flatnonzero(inside)
    low = since[at].astype(int)
    share = since[at] - low
    out = np.zeros((8, time_ms.size))
    out[:, at] = (template[:, low] * (1 - share) + template[:, low + 1] * share) * gains[:, which[at]]
    return out


def _fibrillation(rng: np.random.Generator, time_s: Floats) -> Floats:
    """Fibrillatory waves: a tone of wandering pitch with its overtone, largest in V1."""
    given = assumptions()["rhythm"]
    steps = rng.standard_normal(int(time_s[-1] * 10) + 3).cumsum() * 0.25
    pitch = rng.uniform(*given["f_wave_hz"]) + np.clip(
        np.interp(time_s * 10, np.arange(steps.size), steps), -1.2, 1.2
    )
    phase = 2 * np.pi * np.cumsum(pitch) * (time_s[1] - time_s[0])
    wave = np.sin(phase) + 0.35 * np.sin(2 * phase + 0.8)
    swell = 1 + 0.3 * np.sin(2 * np.pi * 0.4 * time_s + rng.uniform(0, 6.28))
    size = rng.uniform(*given["f_wave_mv"]) * _FIBRILLATION * np.exp(0.3 * rng.standard_normal(8))
    waves: Floats = size[:, None] * (wave * swell)[None, :]
    return waves


def _ventricular_beat(rng: np.random.Generator) -> Floats:
    """A premature ventricular beat: a wide loop of its own direction and a T wave against it."""
    time = np.arange(430.0)
    direction = rng.standard_normal(3)
    direction *= rng.uniform(0.9, 1.7) / np.linalg.norm(direction)
    side = 0.5 * rng.standard_normal(3)
    width = rng.uniform(62, 80)
    main = np.exp(-0.5 * ((time - width) / (0.36 * width)) ** 2)
    turn = np.diff(main, prepend=0.0) * 0.5 * width
    t_wave = np.exp(-0.5 * ((time - 290) / 46) ** 2) * rng.uniform(0.25, 0.45)
    dipole = direction[:, None] * (main - t_wave) + side[:, None] * turn
    fade = np.clip(time / 20, 0, 1) * np.clip((429 - time) / 40, 0, 1)
    loop: Floats = _DOWER @ (dipole * fade)
    return loop
