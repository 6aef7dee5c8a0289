"""Where the beats are, which of them belong together, and the median beat of the dominant kind."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ, moving_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_KIND = 0.85
"""Correlation over all leads from which two QRS complexes count as one kind."""

_REFRACTORY = int(0.20 * RATE_HZ)
_QRS_HALF = int(0.08 * RATE_HZ)
_EDGE = int(0.05 * RATE_HZ)


@dataclass(frozen=True)
class Beats:
    """The beats of one recording.

    Attributes
    ----------
    positions
        int (n_beats,) sample of each QRS at ``RATE_HZ``, aligned to one another within a kind.
    dominant
        bool (n_beats,) whether the beat is of the kind that occurs most.
    median
        (12, n) in mV, the dominant kind's median beat, at ``RATE_HZ``.
    zero
        Sample of ``median`` that stands at the beats' positions.
    noise_mv
        (12,) what is left of single beats around the median beat (robust standard deviation).
    """

    positions: NDArray[np.int64]
    dominant: NDArray[np.bool_]
    median: NDArray[np.float64]
    zero: int
    noise_mv: NDArray[np.float64]

    @classmethod
    def none(cls) -> Beats:
        """No beat at all."""
        nothing = np.full(12, np.nan)
        return cls(np.empty(0, np.int64), np.empty(0, np.bool_), np.empty((12, 0)), 0, nothing)

    @property
    def rr_ms(self) -> NDArray[np.float64]:
        """Intervals between neighbouring beats in ms, (n_beats - 1,)."""
        return np.diff(self.positions) * 1000.0 / RATE_HZ

    @property
    def rr_before_ms(self) -> float | None:
        """Median interval that ends in a dominant beat; None with one beat."""
        return _median_or_none(self.rr_ms, self.dominant[1:])

    @property
    def rr_after_ms(self) -> float | None:
        """Median interval that begins with a dominant beat: short where every second beat comes early."""
        return _median_or_none(self.rr_ms, self.dominant[:-1])


def _median_or_none(values: NDArray[np.float64], which: NDArray[np.bool_]) -> float | None:
    return float(np.median(values[which])) if values.size and which.any() else None


def find_beats(signal: NDArray[np.float64]) -> Beats:
    """Beats of a cleaned signal, from all its leads together.

    Parameters
    ----------
    signal
        (12, n) in mV at ``RATE_HZ``, as ``filtering.cleaned`` returns it.
    """
    positions = detect_qrs(signal)
    positions, dominant = _sorted_into_kinds(signal, positions)
    return median_beat(signal, positions, dominant)


def activity(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much the leads move in the band of the QRS, (n,), without unit.

    The slope of each lead in the band of the QRS (about 5 to 25 Hz), in units of that lead's own largest slopes,
    squared and summed over the leads, then smoothed over a QRS: one noisy or flat lead can neither hide a beat nor
    make one.
    """
    present = signal[~np.isnan(signal).any(axis=1)]
    band = moving_mean(moving_mean(present, 14.0), 14.0) - moving_mean(present, 120.0)
    size = np.abs(band[:, 2:] - band[:, :-2])
    size = np.pad(size, ((0, 0), (1, 1)))
    top = np.quantile(size[:, ::4], 0.985, axis=1, keepdims=True)
    # A lead whose slopes are large all the time is noise, and counts for little.
    weight = np.clip(top / (np.median(size[:, ::4], axis=1, keepdims=True) + 1e-6) / 8.0, 0.0, 1.0) ** 2
    scaled = np.minimum(size / np.maximum(top, 1e-3), 2.0) ** 2 * weight
    width = int(0.09 * RATE_HZ)
    kernel = np.hanning(width + 2)[1:-1]
    return np.convolve(scaled.sum(axis=0), kernel / kernel.sum(), mode="same")


def detect_qrs(signal: NDArray[np.float64]) -> NDArray[np.int64]:
    """Sample of each QRS complex."""
    from scipy.signal import find_peaks

    if np.isnan(signal).any(axis=1).all() or signal.shape[1] < RATE_HZ // 2:
        return np.empty(0, dtype=np.int64)
    energy = activity(signal)
    tallest = _typical_height(energy)
    if tallest <= 0:
        return np.empty(0, dtype=np.int64)
    floor = float(np.median(energy))
    peaks, shape = find_peaks(energy, height=0.09 * tallest + 2 * floor, distance=_REFRACTORY)
    # A QRS that the ends of the recording cut through has no position.
    whole = (peaks >= _EDGE) & (peaks < energy.size - _EDGE)
    peaks, heights = peaks[whole], shape["peak_heights"][whole]
    strong = heights >= 0.20 * tallest + 2 * floor
    peaks, heights, strong = _without_t_waves(peaks, heights, strong)
    return np.asarray(_with_search_back(peaks, heights, strong, tallest), dtype=np.int64)


def _typical_height(energy: NDArray[np.float64]) -> float:
    """Median over windows of 1.5 s of the largest activity: one artefact, however tall, does not set the scale."""
    window = int(1.5 * RATE_HZ)
    n = max(1, energy.size // window)
    return float(np.median([part.max() for part in np.array_split(energy, n)]))


def _without_t_waves(
    peaks: NDArray[np.int64], heights: NDArray[np.float64], strong: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Drop what follows a beat within 360 ms and is less than half as active: a T wave (Pan and Tompkins 1985)."""
    keep = np.ones(peaks.size, dtype=bool)
    last = None
    for i in np.flatnonzero(strong):
        if last is not None and peaks[i] - peaks[last] < 0.36 * RATE_HZ:
            if heights[i] < 0.5 * heights[last]:
                keep[i] = False
                continue
            if heights[last] < 0.5 * heights[i]:
                keep[last] = False
        last = i
    return peaks[keep], heights[keep], strong[keep]


def _with_search_back(
    peaks: NDArray[np.int64], heights: NDArray[np.float64], strong: NDArray[np.bool_], tallest: float
) -> list[int]:
    """Strong peaks, and in gaps longer than 1.6 typical intervals the tallest weak one."""
    sure = peaks[strong]
    if sure.size < 3:
        return [int(p) for p in sure]
    typical = float(np.median(np.diff(sure)))
    found = [int(p) for p in sure]
    for left, right in itertools.pairwise(sure):
        if right - left <= 1.6 * typical:
            continue
        margin = max(_REFRACTORY, 0.4 * typical)
        inside = (peaks > left + margin) & (peaks < right - margin) & (heights > 0.10 * tallest)
        if inside.any():
            found.append(int(peaks[inside][np.argmax(heights[inside])]))
    return sorted(found)


def _sorted_into_kinds(
    signal: NDArray[np.float64], positions: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Positions aligned to the commonest kind, and which beats are of it.

    The first template is the beat that resembles most others; two rounds of shifting (up to 40 ms) and of taking
    the median of what resembles it follow.
    """
    whole = (positions >= 2 * _QRS_HALF) & (positions < signal.shape[1] - 2 * _QRS_HALF)
    if whole.sum() < 2:
        return positions, np.ones(positions.size, dtype=bool) & whole
    rows = _weighed_rows(signal)
    at = positions[whole]
    template = _most_common(rows, at)
    like = np.ones(at.size)
    for _ in range(2):
        at, like = _shifted_to(rows, at, template)
        members = like >= SAME_KIND
        if not members.any():
            break
        template = np.median(_cut(rows, at[members]), axis=0)
    aligned = positions.copy()
    aligned[whole] = np.where(like >= SAME_KIND, at, positions[whole])
    dominant = np.zeros(positions.size, dtype=bool)
    dominant[whole] = like >= SAME_KIND
    if not dominant.any():
        dominant[whole] = True
    return aligned, dominant


def _weighed_rows(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leads that are there, in the band of the QRS, at half the rate of detail that the eye sees."""
    present = signal[~np.isnan(signal).any(axis=1)]
    return moving_mean(present, 12.0) - moving_mean(present, 300.0)


def _cut(rows: NDArray[np.float64], at: NDArray[np.int64], half: int = _QRS_HALF) -> NDArray[np.float64]:
    """Windows around positions, (n, leads, 2 half + 1)."""
    places = at[:, None] + np.arange(-half, half + 1)[None, :]
    return rows[:, places].transpose(1, 0, 2)


def _most_common(rows: NDArray[np.float64], at: NDArray[np.int64]) -> NDArray[np.float64]:
    cut = _cut(rows, at)
    flat = cut.reshape(len(at), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    like = flat @ flat.T
    # How many a beat resembles decides; how closely breaks the tie.
    score = (like >= SAME_KIND - 0.1).sum(axis=1) + like.mean(axis=1)
    best: NDArray[np.float64] = cut[int(np.argmax(score))]
    return best


def _shifted_to(
    rows: NDArray[np.float64], at: NDArray[np.int64], template: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Best shift of each beat within 40 ms, and its correlation with the template there."""
    reach, width = int(0.04 * RATE_HZ), 2 * _QRS_HALF + 1
    wide = np.clip(at, _QRS_HALF + reach, rows.shape[1] - _QRS_HALF - reach - 1)
    cut = _cut(rows, wide, _QRS_HALF + reach)
    pattern = (template - template.mean()).ravel()
    shifts = range(2 * reach + 1)
    dots = np.stack([cut[:, :, s : s + width].reshape(len(at), -1) @ pattern for s in shifts], axis=1)
    total, squares = _running_sum(cut.sum(axis=1), width), _running_sum((cut**2).sum(axis=1), width)
    spread = np.sqrt(np.maximum(squares - total**2 / pattern.size, 0.0))
    like = dots / np.maximum(spread * np.linalg.norm(pattern), 1e-9)
    best = np.argmax(like, axis=1)
    return wide + best - reach, like[np.arange(len(at)), best]


def _running_sum(rows: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    total = np.cumsum(np.pad(rows, ((0, 0), (1, 0))), axis=1)
    return np.asarray(total[:, width:] - total[:, :-width])


def median_beat(
    signal: NDArray[np.float64], positions: NDArray[np.int64], dominant: NDArray[np.bool_]
) -> Beats:
    """Median of the dominant beats, each freed of its own level first.

    The window reaches 400 ms back and 700 ms on, at fast rates half and 0.85 of the typical interval.
    """
    n = signal.shape[1]
    gaps = np.diff(positions).astype(np.float64)
    before = int(min(0.40 * RATE_HZ, 0.50 * (_median_or_none(gaps, dominant[1:]) or RATE_HZ)))
    after = int(min(0.70 * RATE_HZ, 0.85 * (_median_or_none(gaps, dominant[:-1]) or RATE_HZ)))
    use = positions[dominant & (positions >= before) & (positions < n - after)]
    if use.size == 0:
        empty = np.full((signal.shape[0], 0), np.nan)
        return Beats(positions, dominant, empty, 0, np.full(signal.shape[0], np.nan))
    places = use[:, None] + np.arange(-before, after)[None, :]
    cut = signal[:, places]
    cut = cut - np.median(cut[:, :, ::3], axis=2, keepdims=True)
    middle = np.median(cut, axis=1) if use.size < 5 else _trimmed(cut)
    rest = np.abs(cut - middle[:, None, :])
    noise = 1.4826 * np.median(rest[:, :, ::3].reshape(len(rest), -1), axis=1)
    return Beats(positions, dominant, middle, before, noise)


def _trimmed(cut: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the middle half of the beats: as robust as the median here and less noisy."""
    ordered = np.sort(cut, axis=1)
    drop = cut.shape[1] // 4
    kept: NDArray[np.float64] = ordered[:, drop : cut.shape[1] - drop].mean(axis=1)
    return kept
