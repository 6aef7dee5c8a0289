"""The waves of one lead of the median beat: Q, R, S, R', S', ST, P and T, with their amplitudes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.delineation import Waves

LEAST_WAVE_MV = 0.03
LEAST_WAVE_MS = 6.0
"""What is lower or shorter is no wave of its own (IEC 60601-2-25 asks for 20 microvolt and 6 ms; a little more keeps
residual noise out)."""

_STEP_MS = 1000 / RATE_HZ


@dataclass(frozen=True)
class LeadWaves:
    """One lead of the median beat. Amplitudes in mV against the level before the QRS, durations in ms.

    Depths of Q, S and S' are positive numbers; 0 is a wave that is not there. A complex with negative waves only
    (QS) is a Q. P is measured against the line between its ends. None is what could not be measured.

    Attributes
    ----------
    q, r, s, r2, s2
        Amplitudes of Q, R, S, R' and S'.
    q_ms, r_ms, s_ms, r2_ms
        Durations.
    notched
        Whether the first positive wave has two tops at least 20 ms apart with a dip of 0.05 mV or more between.
    qrs_mv
        From the highest to the lowest point of the QRS.
    st_j, st_j60
        Level at the end of the QRS and 60 ms later.
    t, p
        Signed peak of the dominant phase.
    """

    q: float = 0.0
    r: float = 0.0
    s: float = 0.0
    r2: float = 0.0
    s2: float = 0.0
    q_ms: float = 0.0
    r_ms: float = 0.0
    s_ms: float = 0.0
    r2_ms: float = 0.0
    notched: bool = False
    qrs_mv: float = 0.0
    st_j: float | None = None
    st_j60: float | None = None
    t: float | None = None
    p: float | None = None


def measure_lead(row: NDArray[np.float64], waves: Waves) -> LeadWaves:
    """Measure one lead.

    Parameters
    ----------
    row
        (n,) median beat of the lead in mV at ``RATE_HZ``.
    waves
        Global marks; QRS onset and offset must be there.
    """
    assert waves.qrs_onset is not None
    assert waves.qrs_offset is not None
    onset, offset = _index(waves.qrs_onset), _index(waves.qrs_offset)
    level = _level(row, waves)
    qrs = row[onset : offset + 1] - level
    later = min(row.size - 1, offset + _index(60.0))
    named = _named(_deflections(qrs))
    return LeadWaves(
        **{name: abs(height) for name, (height, _) in named.items()},
        **{f"{name}_ms": length for name, (_, length) in named.items() if name != "s2"},
        notched=_notched(qrs),
        qrs_mv=float(qrs.max() - qrs.min()),
        st_j=float(row[offset] - level),
        st_j60=float(row[later] - level),
        t=_t_amplitude(row, waves, level),
        p=_p_amplitude(row, waves),
    )


def qrs_area(row: NDArray[np.float64], waves: Waves) -> float | None:
    """Net area of the QRS in mV times samples."""
    if waves.qrs_onset is None or waves.qrs_offset is None or np.isnan(row).any():
        return None
    part = row[_index(waves.qrs_onset) : _index(waves.qrs_offset) + 1]
    return float((part - _level(row, waves)).sum())


def t_area(row: NDArray[np.float64], waves: Waves) -> float | None:
    """Net area from 80 ms after the QRS to the end of T in mV times samples."""
    span = _t_window(waves)
    if span is None or np.isnan(row).any():
        return None
    return float((row[span[0] : span[1] + 1] - _level(row, waves)).sum())


def _level(row: NDArray[np.float64], waves: Waves) -> float:
    """Level of the 16 ms before the QRS."""
    assert waves.qrs_onset is not None
    onset = _index(waves.qrs_onset)
    return float(np.median(row[max(0, onset - 8) : onset + 1]))


def _deflections(qrs: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Signed height (mV) and duration (ms) of each wave between crossings of the level, small ones left out."""
    sign = np.sign(qrs)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(sign) != 0) + 1, [qrs.size]])
    found: list[tuple[float, float]] = []
    for low, high in itertools.pairwise(starts):
        part = qrs[low:high]
        height, length = float(part[np.argmax(np.abs(part))]), (high - low) * _STEP_MS
        if abs(height) < LEAST_WAVE_MV or length < LEAST_WAVE_MS:
            continue
        if found and found[-1][0] * height > 0:
            before = found.pop()
            height, length = max(before[0], height, key=abs), before[1] + length
        found.append((height, length))
    return found


def _named(waves: list[tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Q before the first R, then R, S, R', S'; what follows is not named."""
    named: dict[str, tuple[float, float]] = {}
    order = ["r", "s", "r2", "s2"]
    if waves and waves[0][0] < 0:
        order = ["q", *order]
    named.update(zip(order, waves, strict=False))
    return named


def _notched(qrs: NDArray[np.float64]) -> bool:
    inner = np.flatnonzero((qrs[1:-1] >= qrs[:-2]) & (qrs[1:-1] > qrs[2:]) & (qrs[1:-1] > LEAST_WAVE_MV)) + 1
    for first, second in itertools.pairwise(inner):
        dip = min(qrs[first], qrs[second]) - qrs[first : second + 1].min()
        if (second - first) * _STEP_MS >= 20.0 and dip >= 0.05:
            return True
    return False


def _t_window(waves: Waves) -> tuple[int, int] | None:
    if waves.qrs_offset is None or waves.t_end is None or waves.t_peak is None:
        return None
    low = min(_index(waves.qrs_offset + 80.0), _index(waves.t_peak - 20.0))
    return low, _index(waves.t_end)


def _t_amplitude(row: NDArray[np.float64], waves: Waves, level: float) -> float | None:
    span = _t_window(waves)
    if span is None:
        return None
    part = row[span[0] : span[1] + 1] - level
    return float(part[np.argmax(np.abs(part))])


def _p_amplitude(row: NDArray[np.float64], waves: Waves) -> float | None:
    if waves.p_onset is None or waves.p_offset is None:
        return None
    part = row[_index(waves.p_onset) : _index(waves.p_offset) + 1]
    above = part - np.linspace(part[0], part[-1], part.size)
    return float(above[np.argmax(np.abs(above))])


def _index(ms: float) -> int:
    return round(ms / _STEP_MS)
