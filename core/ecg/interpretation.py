"""The one door to interpretation: a recording in; its quality, beats, measurements, signs and scores out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.ecg import quality as gate
from core.ecg.beats import Beats, find_beats
from core.ecg.delineation import delineate
from core.ecg.ecg_scores import EcgScore, score
from core.ecg.filtering import at_measuring_rate, cleaned, without_spikes
from core.ecg.measurements import Measurements, measure
from core.ecg.recording import LEADS
from core.ecg.rhythm import find_rhythm
from core.ecg.signs import Sex, Sign, find_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.recording import Recording

_LIMB = LEADS[:6]


@dataclass(frozen=True)
class Reading:
    """Everything that was read from one recording.

    Attributes
    ----------
    recording
        What was read.
    quality, beats, measurements, signs, scores
        Measurements are empty, and signs and scores open, where the recording is unusable.
    """

    recording: Recording
    quality: gate.Quality
    beats: Beats
    measurements: Measurements
    signs: dict[str, Sign]
    scores: dict[str, EcgScore]

    def to_json(self) -> dict[str, object]:
        """Contract of ``python -m core ecg --json``; ``qtc_ms`` is Bazett's, what could not be measured None."""
        m = self.measurements
        return {
            "rate_hz": self.recording.rate_hz,
            "n_samples": self.recording.n_samples,
            "duration_s": round(self.recording.duration_s, 3),
            "leads": list(self.recording.present),
            "source_format": self.recording.source_format,
            "quality": self.quality.to_json(),
            "heart_rate_bpm": _rounded(m.heart_rate_bpm, 1),
            "rhythm": m.rhythm,
            "regular": m.regular,
            "pr_ms": _rounded(m.pr_ms),
            "p_duration_ms": _rounded(m.p_duration_ms),
            "qrs_ms": _rounded(m.qrs_ms),
            "qrs_latest_ms": _rounded(m.qrs_latest_ms),
            "qt_ms": _rounded(m.qt_ms),
            "qtc_ms": _rounded(m.qtc_bazett_ms),
            "qtc_fridericia_ms": _rounded(m.qtc_fridericia_ms),
            "axis_deg": _rounded(m.qrs_axis_deg),
            "p_axis_deg": _rounded(m.p_axis_deg),
            "t_axis_deg": _rounded(m.t_axis_deg),
            "signs": {name: sign.present for name, sign in self.signs.items()},
            "scores": {name: result.to_json() for name, result in self.scores.items()},
        }


def read_ecg(recording: Recording, sex: Sex | None = None) -> Reading:
    """Read one recording.

    Parameters
    ----------
    sex
        ``"male"`` or ``"female"`` where it is known; only the limit of a long QTc depends on it.

    Examples
    --------
    >>> import numpy as np
    >>> from core.ecg.recording import Recording
    >>> flat = Recording(np.zeros((12, 5000), np.float32), 500.0, "npy")
    >>> reading = read_ecg(flat)
    >>> reading.quality.usable, reading.to_json()["heart_rate_bpm"]
    (False, None)
    """
    problems, untrusted = gate.signal_problems(recording)
    if not gate.verdict(problems, untrusted).usable:
        return _finish(recording, gate.verdict(problems, untrusted), Beats.none(), Measurements(), sex)
    raw, spikes = without_spikes(_without(at_measuring_rate(recording), untrusted))
    clean = cleaned(raw)
    beats = find_beats(clean)
    found, lost = gate.lead_problems(raw, clean, beats)
    if lost:
        clean = _without(clean, lost)
        beats = find_beats(clean)
    problems, untrusted = problems + found + gate.beat_problems(beats, spikes), untrusted + lost
    verdict = gate.verdict(problems, untrusted)
    if not verdict.usable:
        return _finish(recording, verdict, beats, Measurements(), sex)
    waves = delineate(beats)
    measured = measure(beats, waves, find_rhythm(clean, beats, waves))
    swapped = gate.swap_problems(measured)
    if swapped:
        verdict = gate.verdict(swapped + problems, untrusted)
        measured = _without_limb_leads(measured)
    return _finish(recording, verdict, beats, measured, sex)


def _finish(
    recording: Recording, verdict: gate.Quality, beats: Beats, measured: Measurements, sex: Sex | None
) -> Reading:
    signs = find_signs(measured, sex)
    return Reading(recording, verdict, beats, measured, signs, score(measured, signs))


def _without(signal: NDArray[np.float64], leads: tuple[str, ...]) -> NDArray[np.float64]:
    out = signal.copy()
    out[[LEADS.index(lead) for lead in leads]] = np.nan
    return out


def _without_limb_leads(measured: Measurements) -> Measurements:
    """Measurements less what exchanged limb electrodes falsify; intervals and V leads stay (nearly) true."""
    kept = {lead: waves for lead, waves in measured.leads.items() if lead not in _LIMB}
    return replace(measured, leads=kept, qrs_axis_deg=None, p_axis_deg=None, t_axis_deg=None)


def _rounded(value: float | None, digits: int = 0) -> float | int | None:
    if value is None:
        return None
    return round(value, digits) if digits else round(value)
