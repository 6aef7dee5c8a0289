"""Whether the beats come regularly, and whether the same P wave stands before each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ, smoothed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.beats import Beats
    from core.ecg.delineation import Waves

IRREGULAR = 0.10
"""Root mean square of successive RR differences over mean RR above which a rhythm is called irregular (the order of
Dash et al. 2009, Ann Biomed Eng 37:1701; unverified: from memory)."""

SAME_P = 0.40
"""Correlation with the median P wave that four of five beats must reach for P to count as bound to the QRS: the waves
of a fibrillating atrium fall in with it in most beats by chance, and oppose it in some."""


@dataclass(frozen=True)
class Rhythm:
    """How the beats follow one another.

    Attributes
    ----------
    rate_bpm
        60,000 over the mean RR interval, all beats counted.
    rr_mean_ms, rr_sd_ms
        Mean and standard deviation of the RR intervals.
    regular
        None with fewer than four intervals between beats of the dominant kind.
    p_likeness
        Correlation with the median P wave that four of five single beats reach; None without a P wave.
    """

    rate_bpm: float | None = None
    rr_mean_ms: float | None = None
    rr_sd_ms: float | None = None
    regular: bool | None = None
    p_likeness: float | None = None

    @property
    def p_before_qrs(self) -> bool:
        """Whether the same P wave stands before the beats."""
        return self.p_likeness is not None and self.p_likeness >= SAME_P


def find_rhythm(signal: NDArray[np.float64], beats: Beats, waves: Waves) -> Rhythm:
    """Rate, regularity and the constancy of P.

    Parameters
    ----------
    signal
        (12, n) cleaned, at ``RATE_HZ``.
    """
    rr = beats.rr_ms
    if rr.size == 0:
        return Rhythm()
    mean = float(rr.mean())
    return Rhythm(
        rate_bpm=60000.0 / mean,
        rr_mean_ms=mean,
        rr_sd_ms=float(rr.std(ddof=1)) if rr.size > 1 else None,
        regular=_regular(rr, beats.dominant),
        p_likeness=_p_likeness(signal, beats, waves),
    )


def _regular(rr: NDArray[np.float64], dominant: NDArray[np.bool_]) -> bool | None:
    # An early beat of another kind, and the pause after it, do not make the rest irregular.
    ends = np.ones(dominant.size, dtype=bool)
    ends[1:-1] = dominant[1:-1]
    normal = ends[1:] & ends[:-1]
    both = normal[1:] & normal[:-1]
    if both.sum() < 3:
        return None
    steps = np.diff(rr)[both]
    return bool(np.sqrt((steps**2).mean()) / rr[normal].mean() < IRREGULAR)


def _p_likeness(signal: NDArray[np.float64], beats: Beats, waves: Waves) -> float | None:
    if waves.p_onset is None or waves.p_offset is None:
        return None
    step = 1000 / RATE_HZ
    low, high = round(waves.p_onset / step) - 5, round(waves.p_offset / step) + 5
    low, high = max(0, low), min(beats.median.shape[1], high)
    starts = beats.positions[beats.dominant] - beats.zero + low
    starts = starts[(starts >= 0) & (starts + high - low <= signal.shape[1])]
    if starts.size < 2:
        return None
    pattern = _levelled(beats.median[:, low:high])
    rows = np.argsort(-np.nan_to_num(np.abs(pattern).max(axis=1) / (beats.noise_mv + 0.01)))[:5]
    pattern = pattern[rows]
    single = smoothed(signal[rows], 25.0)[:, starts[:, None] + np.arange(high - low)].transpose(1, 0, 2)
    single = _levelled(single)
    norms = np.sqrt((single**2).sum(axis=(1, 2)) * (pattern**2).sum())
    likeness = (single * pattern).sum(axis=(1, 2)) / np.maximum(norms, 1e-9)
    return float(np.quantile(likeness, 0.2))


def _levelled(part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row less the straight line between its ends (means over 10 ms)."""
    first, last = part[..., :5].mean(axis=-1, keepdims=True), part[..., -5:].mean(axis=-1, keepdims=True)
    share = np.linspace(0.0, 1.0, part.shape[-1])
    levelled: NDArray[np.float64] = part - first * (1 - share) - last * share
    return levelled
