"""Synthetic 12-lead recordings with known truth: seed and number alone make any of them again.

Shapes, sizes and noise follow the figures of real recordings (``simulator_figures.npz``), signs of pulmonary
embolism follow published rates, and every assumption stands with its source in ``simulator.toml``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg import _simulator_noise as noise
from core.ecg import _simulator_place as place
from core.ecg._simulator_beat import draw_beat, draw_intervals
from core.ecg._simulator_rhythm import draw_rate, draw_rhythm
from core.ecg._simulator_settings import CLASSES, STRATA, Settings, assumptions
from core.ecg._simulator_signs import Signs, draw_signs, ideal_reader, is_severe, sign_likelihoods
from core.ecg.recording import Recording
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CLASSES",
    "STRATA",
    "VERSION",
    "Settings",
    "Signs",
    "Simulated",
    "assumptions",
    "draw_truth",
    "ideal_reader",
    "sign_likelihoods",
    "simulate",
]

# to be raised whenever the same arguments give another recording: models name the version that they were fitted on
VERSION = 1
_PAD_S = 0.5


@dataclass(frozen=True)
class Simulated:
    """One synthetic recording and what is true of it.

    Attributes
    ----------
    recording
        12 leads in mV.
    truth
        ``heart_rate`` (1/min), ``pr_ms`` (None in atrial fibrillation), ``qrs_ms``, ``qt_ms``, ``axis_deg``, one yes or
        no a sign, ``severe``, ``p_pe`` (ideal reader).
    """

    recording: Recording
    truth: dict[str, Any]


def simulate(  # noqa: PLR0913 - a patient and a recorder have this many sides, all but two by name
    seed: int,
    number: int,
    *,
    stratum: str,
    severity: float,
    sex: str = "female",
    age: float = 65.0,
    heart_rate: float | None = None,
    rate_hz: float = 500.0,
    duration_s: float = 10.0,
    settings: Settings | None = None,
) -> Simulated:
    """Recording of patient ``number``; the same arguments give the same bytes, whatever else was simulated.

    Parameters
    ----------
    stratum, severity
        ``high``, ``other`` or ``control``, and the latent severity (standard normal among the patients with embolism),
        as the synthetic cohort's oracle has them.
    age
        Years; PR lengthens with it.
    heart_rate
        1/min; None draws it at the rates of ``simulator.toml``. A given rate says by itself whether there is
        tachycardia, and the ideal reader then judges the other signs alone.
    rate_hz, duration_s
        Samples a second and seconds.

    Raises
    ------
    RecordingError
        A seed or number below 0, an unknown stratum, a severity, age or heart rate that nobody has, or a rate or length
        that no recorder has.
    """
    _check_recording(age, rate_hz, duration_s)
    settings = settings or Settings()
    signs, truth = draw_truth(
        seed, number, stratum=stratum, severity=severity, heart_rate=heart_rate, settings=settings
    )
    rng = _stream(seed, number, 1)
    intervals = draw_intervals(rng, signs, sex, age, truth["heart_rate"])
    beat = draw_beat(rng, signs, intervals)
    rhythm = draw_rhythm(rng, signs, truth["heart_rate"], duration_s + 2 * _PAD_S)
    clean = place.clean_signal(rng, beat, intervals, rhythm, signs, (rate_hz, duration_s + 2 * _PAD_S))
    signal = noise.recorded(rng, clean, rate_hz, settings.noise)
    pad = round(_PAD_S * rate_hz)
    signal = signal[:, pad : pad + round(duration_s * rate_hz)]
    twelve = _twelve(signal, noise.drawn_step(rng) if settings.noise else 0.0)
    truth |= {
        "pr_ms": None if signs.atrial_fibrillation else intervals.pr,
        "qrs_ms": intervals.qrs,
        "qt_ms": intervals.qt,
        "axis_deg": beat.axis,
    }
    return Simulated(Recording(twelve, float(rate_hz), "simulated"), truth)


def draw_truth(
    seed: int,
    number: int,
    *,
    stratum: str,
    severity: float,
    heart_rate: float | None = None,
    settings: Settings | None = None,
) -> tuple[Signs, dict[str, Any]]:
    """Signs, rate and the ideal reader's probability without making the waveform: the same that ``simulate`` shows.

    Raises
    ------
    RecordingError
        A seed or number below 0, an unknown stratum, or a severity or heart rate that nobody has.
    """
    _check_patient(seed, number, stratum, severity, heart_rate)
    settings = settings or Settings()
    rng = _stream(seed, number, 0)
    severe = is_severe(stratum, severity, settings)
    of = "control" if stratum == "control" else "severe" if severe else "mild"
    signs = draw_signs(rng, of, heart_rate)
    rate = draw_rate(rng, tachycardia=signs.tachycardia) if heart_rate is None else float(heart_rate)
    p_pe = ideal_reader(signs, settings, use_rate=heart_rate is None)
    return signs, {"heart_rate": rate, **signs.named(), "severe": severe, "p_pe": p_pe}


def _stream(seed: int, number: int, part: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, part)))


def _twelve(eight: NDArray[np.float64], step_mv: float) -> NDArray[np.float32]:
    """Twelve leads; I, II and V1-V6 as the recorder quantised them, the others by Einthoven and Goldberger."""
    if step_mv:
        eight = np.round(eight / step_mv) * step_mv
    i, ii = eight[:2]
    return np.vstack([i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2, eight[2:]]).astype(np.float32)


def _check_patient(seed: int, number: int, stratum: str, severity: float, heart_rate: float | None) -> None:
    if seed < 0 or number < 0:
        raise RecordingError("errors_simulator.seed", seed=seed, number=number)
    if stratum not in STRATA:
        raise RecordingError("errors_simulator.stratum", found=str(stratum)[:40], known=", ".join(STRATA))
    if not math.isfinite(severity):
        raise RecordingError("errors_simulator.severity", found=severity)
    if heart_rate is not None and not 25 <= heart_rate <= 240:
        raise RecordingError("errors_simulator.heart_rate", found=heart_rate)


def _check_recording(age: float, rate_hz: float, duration_s: float) -> None:
    if not 0 <= age <= 130:
        raise RecordingError("errors_simulator.age", found=age)
    if not (100 <= rate_hz <= 2000 and 1 <= duration_s <= 600):
        raise RecordingError("errors_simulator.length", rate=rate_hz, seconds=duration_s)
