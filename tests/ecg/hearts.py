"""Recordings whose every onset is known: beats put together from bumps that begin and end at given times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.recording import LEADS, Recording

if TYPE_CHECKING:
    from numpy.typing import NDArray

EIGHT = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
# heights in mV of P, Q, R, S, R' and T in the eight leads that are independent of one another
HEIGHTS = {
    "p": (0.08, 0.14, 0.05, 0.06, 0.06, 0.06, 0.05, 0.05),
    "q": (-0.06, -0.08, 0.0, 0.0, 0.0, -0.04, -0.08, -0.08),
    "r": (0.70, 1.00, 0.25, 0.45, 0.80, 1.40, 1.40, 1.00),
    "s": (-0.08, -0.12, -0.90, -1.30, -0.90, -0.50, -0.25, -0.10),
    "r2": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "t": (0.20, 0.28, -0.05, 0.35, 0.40, 0.40, 0.32, 0.25),
}
# where each part of the QRS lies, as shares of its duration
PARTS = {"q": (0.0, 0.28), "r": (0.18, 0.72), "s": (0.55, 1.0), "r2": (0.60, 1.0)}
RBBB = {
    "s": (-0.30, -0.25, -0.25, -0.30, -0.60, -0.60, -0.35, -0.30),
    "r2": (-0.10, -0.05, 0.80, 0.60, 0.0, 0.0, -0.05, -0.10),
}
RBBB_PARTS = {"q": (0.0, 0.15), "r": (0.08, 0.42), "s": (0.35, 0.62), "r2": (0.50, 1.0)}


@dataclass(frozen=True)
class Heart:
    """One heart: intervals in ms, heights in mV by wave over the eight leads."""

    rate_bpm: float = 72.0
    pr_ms: float = 160.0
    p_ms: float = 110.0
    qrs_ms: float = 92.0
    qt_ms: float = 390.0
    t_ms: float = 190.0
    heights: dict[str, tuple[float, ...]] = field(default_factory=dict)
    parts: dict[str, tuple[float, float]] = field(default_factory=lambda: PARTS)
    early_every: int = 0
    fibrillating: bool = False

    def beat(self, t_ms: NDArray[np.float64], *, wide: bool = False) -> NDArray[np.float64]:
        """The eight leads, (8, n), at times counted from the onset of the QRS."""
        heights = {**HEIGHTS, **self.heights}
        if wide:
            return _early_beat(t_ms, heights)
        total = np.zeros((8, t_ms.size))
        if not self.fibrillating:
            total += _spread(heights["p"], bump(t_ms, -self.pr_ms, -self.pr_ms + self.p_ms))
        for name, (start, end) in self.parts.items():
            total += _spread(heights[name], bump(t_ms, start * self.qrs_ms, end * self.qrs_ms))
        return total + _spread(heights["t"], bump(t_ms, self.qt_ms - self.t_ms, self.qt_ms))


def bump(t_ms: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """One smooth hill of height 1 that is exactly 0 before its start and after its end."""
    phase = np.clip((t_ms - start) / (end - start), 0.0, 1.0)
    return np.sin(np.pi * phase) ** 2


def record(
    heart: Heart,
    *,
    seconds: float = 10.0,
    rate_hz: float = 500.0,
    noise: NDArray[np.float64] | None = None,
    seed: int = 0,
) -> Recording:
    """A 12-lead recording of a heart; ``noise`` is (8, n) in mV, put on the eight independent leads."""
    rng = np.random.default_rng(seed)
    t_ms = np.arange(round(seconds * rate_hz)) * 1000.0 / rate_hz
    eight = np.zeros((8, t_ms.size))
    for at, wide in _times(heart, t_ms[-1], rng):
        eight += heart.beat(t_ms - at, wide=wide)
    if heart.fibrillating:
        phase = 2 * np.pi * np.cumsum(rng.normal(6.0, 0.7, t_ms.size)) / rate_hz
        eight += _spread((0.02, 0.06, 0.09, 0.05, 0.02, 0.01, 0.01, 0.01), np.sin(phase))
    return twelve(eight if noise is None else eight + noise, rate_hz)


def twelve(eight: NDArray[np.float64], rate_hz: float) -> Recording:
    """Twelve leads out of the eight independent ones, by Einthoven and Goldberger."""
    rows = dict(zip(EIGHT, eight, strict=True))
    one, two = rows["I"], rows["II"]
    rows |= {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2, "aVF": two - one / 2}
    return Recording(np.stack([rows[lead] for lead in LEADS]).astype(np.float32), rate_hz, "simulated")


def with_leads(recording: Recording, changes: dict[str, NDArray[np.float32] | float]) -> Recording:
    """The same recording with some leads replaced."""
    signal = recording.signal.copy()
    for lead, row in changes.items():
        signal[LEADS.index(lead)] = row
    return Recording(signal, recording.rate_hz, recording.source_format)


def _times(heart: Heart, last_ms: float, rng: np.random.Generator) -> list[tuple[float, bool]]:
    typical = 60000.0 / heart.rate_bpm
    at, times, count = -0.4 * typical, [], 0
    while at < last_ms + 500:
        times.append((at, False))
        count += 1
        if heart.early_every and count % heart.early_every == 0:
            times.append((at + 0.6 * typical, True))
            at += typical
        at += typical * (rng.uniform(0.6, 1.4) if heart.fibrillating else 1.0)
    return times


def _early_beat(t_ms: NDArray[np.float64], heights: dict[str, tuple[float, ...]]) -> NDArray[np.float64]:
    turned = tuple(-1.3 * r for r in heights["r"])
    return _spread(turned, bump(t_ms, 0.0, 90.0) + 0.5 * bump(t_ms, 50.0, 160.0)) + _spread(
        heights["r"], 0.4 * bump(t_ms, 180.0, 420.0)
    )


def _spread(heights: tuple[float, ...], wave: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(heights)[:, None] * wave[None, :]
