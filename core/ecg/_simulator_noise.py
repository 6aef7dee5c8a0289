"""Noise with the spectra of real recordings, made at the electrodes, and what the recorder does to a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg._simulator_figures import NOISE_HZ, figures
from core.ecg._simulator_settings import assumptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MEAN_GAIN = (2 * 2 + 6 * 4 / 3) / 8
"""Mean over the leads of the sum of their electrodes' squared weights: 2 for I and II, 4/3 for V1-V6."""


_CONTACT = np.array([0.3, 0.6])[:, None, None]
"""Spread (log) of an electrode's noise and of its wander around the recording's."""


def recorded(rng: np.random.Generator, clean: Floats, rate_hz: float, factor: float) -> Floats:
    """Put a clean signal (8, n) through electrodes and recorder; noise and filters in one pass of the spectrum."""
    given, n = assumptions()["recorder"], clean.shape[1]
    frequency = np.fft.rfftfreq(n, 1 / rate_hz).astype(np.float64)
    spectrum = np.fft.rfft(clean, axis=1)
    drawn = _electrode_noise(rng, frequency, n, rate_hz)
    extra = _events(rng, n, rate_hz) + _mains(rng, n, rate_hz)
    if extra.any():
        drawn += np.fft.rfft(extra, axis=1)
    spectrum += factor * _on_leads(drawn)
    low = float(rng.choice(given["low_pass_hz"], p=given["low_pass_share"]))
    high = float(rng.choice(given["high_pass_hz"], p=given["high_pass_share"]))
    ratio = np.maximum(frequency, 1e-6)
    gain = np.ones(frequency.size)
    if low < given["low_pass_hz"][0]:
        gain /= np.sqrt(1 + (frequency / low) ** 6)
    if high > given["high_pass_hz"][0]:
        gain /= np.sqrt(1 + (high / ratio) ** 4)
    filtered: Floats = np.fft.irfft(spectrum * gain, n=n, axis=1)
    return filtered


def drawn_step(rng: np.random.Generator) -> float:
    """Quantisation step of the recorder in mV."""
    given = assumptions()["recorder"]
    return float(rng.choice(given["step_mv"], p=given["step_share"]))


def _on_leads(electrodes: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Electrodes RA LA LL V1 ... V6 as leads I II V1 ... V6, the chest against the mean of the limbs."""
    leads: NDArray[np.complex128] = electrodes[1:] - electrodes[:3].sum(axis=0) / 3
    leads[0] = electrodes[1] - electrodes[0]
    leads[1] = electrodes[2] - electrodes[0]
    return leads


def _electrode_noise(
    rng: np.random.Generator, frequency: Floats, n: int, rate_hz: float
) -> NDArray[np.complex128]:
    """Spectrum of each electrode's noise, (9, n / 2 + 1): one person's density, electrodes of unlike contact."""
    table = figures()
    z = np.clip(rng.standard_normal(table["noise_root"].shape[1]), -2.2, 2.2)
    log_density = table["noise_mean"] + table["noise_root"] @ z
    at = np.log(np.maximum(frequency, 0.05))
    density = np.exp(np.interp(at, np.log(NOISE_HZ), log_density)) / _MEAN_GAIN
    contact, slow = np.exp(_CONTACT * rng.standard_normal((2, 9, 1)))
    level = np.where(frequency < 3, slow, contact) * np.sqrt(density * n * rate_hz / 2)
    white = rng.standard_normal((9, frequency.size, 2)).view(np.complex128)[:, :, 0] / np.sqrt(2)
    white[:, 0] = 0
    spectrum: NDArray[np.complex128] = white * level
    return spectrum


def _events(rng: np.random.Generator, n: int, rate_hz: float) -> Floats:
    """Now and then an electrode moves, or a muscle tenses for a while."""
    given, time, made = assumptions()["recorder"], np.arange(n) / rate_hz, np.zeros((9, n))
    u = rng.random(2)
    if u[0] < given["motion_share"]:
        after = time - rng.uniform(0.5, time[-1])
        decay = np.exp(-np.maximum(after, 0) / rng.uniform(0.2, 0.8)) - np.exp(-np.maximum(after, 0) / 0.04)
        made[rng.integers(9)] += rng.normal(0, 0.25) * np.where(after > 0, decay, 0)
    if u[1] < given["burst_share"]:
        middle, half = rng.uniform(0, time[-1]), rng.uniform(0.4, 2.0)
        envelope = np.exp(-(((time - middle) / half) ** 2))
        noise = np.convolve(rng.standard_normal(n + 3), [0.25, 0.4, -0.1, -0.35], mode="valid")
        made[rng.integers(9)] += np.exp(rng.normal(-4.0, 0.5)) * envelope * noise
    return made


def _mains(rng: np.random.Generator, n: int, rate_hz: float) -> Floats:
    given = assumptions()["recorder"]
    there, phase = rng.random() < given["mains_share"], rng.uniform(0, 2 * np.pi)
    size = np.exp(given["mains_log_mv"]["mean"] + given["mains_log_mv"]["sd"] * rng.standard_normal(9))
    if not there:
        return np.zeros((9, n))
    hum: Floats = size[:, None] * np.sin(2 * np.pi * given["mains_hz"] * np.arange(n) / rate_hz + phase)
    return hum
