"""When the beats come, which of them are premature, and how breathing moves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._simulator_settings import assumptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._simulator_signs import Signs

    Floats = NDArray[np.float64]

SINUS, SUPRAVENTRICULAR, VENTRICULAR = 0, 1, 2


@dataclass(frozen=True)
class Rhythm:
    """Beats in time.

    Attributes
    ----------
    onsets
        (n,) QRS onsets in s from the first sample, rising.
    cycles
        (n,) RR interval before each beat in s.
    kinds
        (n,) ``SINUS``, ``SUPRAVENTRICULAR`` or ``VENTRICULAR``.
    breathing
        (n,) from -1 to 1.
    """

    onsets: Floats
    cycles: Floats
    kinds: NDArray[np.int64]
    breathing: Floats


def draw_rate(rng: np.random.Generator, *, tachycardia: bool) -> float:
    """Rate a minute, above 100 with tachycardia and at most 100 without."""
    given = assumptions()["rate"]["above_100" if tachycardia else "below_100"]
    value = given["mean"] + given["sd"] * rng.standard_normal()
    if not given["low"] <= value <= given["high"]:
        value = rng.uniform(given["low"], given["mean"] + given["sd"])
    return float(value)


def draw_rhythm(rng: np.random.Generator, signs: Signs, heart_rate: float, duration_s: float) -> Rhythm:
    """Beats over the recording and a little beyond both its ends."""
    given, mean = assumptions()["rhythm"], 60 / heart_rate
    n = int(duration_s / mean * 1.4) + 8
    breath_hz = rng.uniform(*given["breaths_a_minute"]) / 60
    breathing = np.sin(2 * np.pi * breath_hz * mean * np.arange(n) + rng.uniform(0, 2 * np.pi))
    if signs.atrial_fibrillation:
        cv = rng.uniform(*given["fibrillation_cv"])
        cycles = np.maximum(rng.gamma(1 / cv**2, mean * cv**2, n), 0.28)
        cycles *= mean / cycles.mean()
    else:
        cycles = mean + _variation(rng, mean, breathing)
    kinds = np.zeros(n, dtype=np.int64)
    if signs.premature_beats:
        _make_premature(rng, cycles, kinds, max(4, int(duration_s / mean)), signs.atrial_fibrillation)
    onsets = np.cumsum(cycles) - cycles[0] - rng.uniform(0.3, 1.0) * cycles[0]
    return Rhythm(onsets, cycles, kinds, breathing)


def _variation(rng: np.random.Generator, mean: float, breathing: Floats) -> Floats:
    """Deviations of the cycle in s: breathing, slow drift and what is left, with mean 0."""
    given = assumptions()["rhythm"]
    sd = given["rr_sd_ms"] / 1000 * (mean / 0.8) ** given["rr_sd_power"]
    sd = min(sd * np.exp(given["rr_sd_log_sd"] * rng.standard_normal()), 0.09 * mean)
    slow = np.convolve(rng.standard_normal(breathing.size + 7), np.ones(8) / np.sqrt(8), mode="valid")
    share = given["respiratory_share"]
    parts = share * 2 * breathing**1 / 2 + (1 - share) * (0.8 * slow + 0.3 * rng.standard_normal(slow.size))
    parts = parts - parts.mean()
    deviations: Floats = sd * parts / max(float(parts.std()), 1e-9)
    return deviations


def _make_premature(
    rng: np.random.Generator,
    cycles: Floats,
    kinds: NDArray[np.int64],
    seen: int,
    fibrillation: bool,  # noqa: FBT001
) -> None:
    """One to three early beats inside the recording, each followed by a pause."""
    given = assumptions()["rhythm"]
    ventricular = rng.random() < given["ventricular_share"] or fibrillation
    places = np.unique(rng.integers(2, max(seen - 1, 3), size=rng.integers(1, 4)))
    coupling = rng.uniform(*given["premature_coupling"])
    for place in places:
        if kinds[place - 1] or place + 1 >= cycles.size:
            continue
        gained = cycles[place] * (1 - coupling)
        cycles[place] -= gained
        cycles[place + 1] += gained * (1.0 if ventricular else 0.5)
        kinds[place] = VENTRICULAR if ventricular else SUPRAVENTRICULAR
