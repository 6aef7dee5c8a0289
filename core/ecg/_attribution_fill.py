"""What stands in a wave's place when it is taken out: a straight line, or an average heart's wave."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.ecg._attribution_spans import WAVES
from core.ecg._simulator_figures import SEGMENTS, figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._attribution_spans import BeatSpans

    Floats = NDArray[np.float64]

Fill = Literal["line", "average"]
"""``line``: from the wave's first to its last sample; ``average``: on that line, the mean of real hearts' waves."""

FILLS: tuple[Fill, ...] = ("line", "average")

_RAMP_SAMPLES = 3
_ST_SHARE = 0.3
"""Share of the simulator's grid of ST and T after which T begins."""

_QRS_SAMPLES = 11
"""An average QRS, 92 ms and its margins; a wider one is not filled with an equally wide one."""


def level_changes(window: Floats, beats: tuple[BeatSpans, ...]) -> Floats:
    """Bring ST of every beat to the level before the QRS, (12, n) to be added to the window.

    The change fades in over the last 30 ms of the QRS and out towards the summit of T, so that no step arises where
    ST stood off the level.
    """
    change = np.zeros_like(window)
    last = window.shape[1] - 1
    for beat in beats:
        if "st" not in beat.spans:
            continue
        start, stop = (min(max(end, 0), last) for end in beat.spans["st"])
        off = window[:, beat.level_at, None] - window[:, start : stop + 1]
        at = np.arange(window.shape[1])
        fading = np.interp(
            at, [start - _RAMP_SAMPLES, start, stop, max(beat.t_peak, stop + 1)], [0.0, 1.0, 1.0, 0.0]
        )
        held = np.clip(at, start, stop) - start
        near = fading > 0
        change[:, near] += (off[:, held] * fading)[:, near]
    return change


def wave_changes(window: Floats, beats: tuple[BeatSpans, ...], fill: Fill) -> dict[str, Floats]:
    """What takes P, QRS and T out of every beat, (12, n) each, to be added to the window."""
    changes = {wave: np.zeros_like(window) for wave in WAVES if wave != "st"}
    last = window.shape[1] - 1
    for beat in beats:
        for wave, (start, stop) in beat.spans.items():
            if wave == "st":
                continue
            # the far end of a wave that the edge cuts through is taken to lie as high as the end that is seen
            left = window[:, start if start >= 0 else min(stop, last), None]
            right = window[:, stop if stop <= last else max(start, 0), None]
            share = np.linspace(0.0, 1.0, stop - start + 1)
            flat = left * (1 - share) + right * share
            if fill == "average":
                flat = flat + average_wave(wave, stop - start + 1)
            seen = slice(max(start, 0), min(stop, last) + 1)
            changes[wave][:, seen] = flat[:, seen.start - start : seen.stop - start] - window[:, seen]
    return changes


@functools.cache
def average_wave(wave: str, n_samples: int) -> Floats:
    """The mean of real hearts' P, QRS or T above the line between its ends, (12, n_samples) in mV.

    The means are those that the simulator draws around; the limb leads follow from I and II.
    """
    eight = _mean_shape(wave)
    if wave == "t":
        eight = eight[:, round(_ST_SHARE * eight.shape[1]) :]
    own = min(n_samples, _QRS_SAMPLES) if wave == "qrs" else n_samples
    place = np.linspace(0, eight.shape[1] - 1, own)
    rows = np.stack([np.interp(place, np.arange(row.size), row) for row in eight])
    share = np.linspace(0.0, 1.0, own)
    rows -= rows[:, :1] * (1 - share) + rows[:, -1:] * share
    one, two = rows[:2]
    twelve = np.vstack([one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2, rows[2:]])
    filled = np.zeros((12, n_samples))
    filled[:, :own] = twelve
    return filled


def _mean_shape(wave: str) -> Floats:
    """Mean shape at its mean (geometric) size, (8, points) in mV on the simulator's grid."""
    table = figures()
    log_size = table["score_mean"][-2 * len(SEGMENTS) :].reshape(-1, 2)[list(SEGMENTS).index(wave), 0]
    shape = table[f"{wave}_mean"]
    sized: Floats = shape * np.exp(log_size) / np.sqrt((shape**2).mean())
    return sized
