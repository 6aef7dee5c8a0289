"""What a reader measures on a 12-lead recording: rate, intervals, axes and the waves of each lead."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.ecg.delineation import Waves
from core.ecg.filtering import RATE_HZ
from core.ecg.lead_waves import LeadWaves, measure_lead, qrs_area, t_area
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.beats import Beats
    from core.ecg.rhythm import Rhythm


@dataclass(frozen=True)
class Measurements:
    """Global measurements and the table of leads; None is what could not be measured.

    Attributes
    ----------
    heart_rate_bpm, rr_sd_ms, regular
        From all RR intervals.
    rhythm
        ``"sinus"`` where an upright P in lead II stands before the QRS constantly, else None: unknown.
    pr_ms, p_duration_ms, qrs_ms, qt_ms
        Global intervals on the median beat.
    qrs_latest_ms
        QRS with a faint late movement counted, which a reader may see otherwise; ``qrs_ms`` where there is none.
    qtc_bazett_ms, qtc_fridericia_ms
        QT over the square (Bazett 1920) and cube (Fridericia 1920) root of the mean RR interval in seconds.
    qrs_axis_deg, p_axis_deg, t_axis_deg
        Frontal axis, -180 to 180, from the net areas of the wave in I and aVF, aVF times 2/sqrt(3) because an
        augmented lead is shorter (Novosel et al. 1999, Med Biol Eng Comput; unverified: from memory).
    leads
        One ``LeadWaves`` a lead that is there and trusted.
    waves
        Onsets and offsets in ms within the median beat, for calipers.
    """

    heart_rate_bpm: float | None = None
    rr_sd_ms: float | None = None
    regular: bool | None = None
    rhythm: Literal["sinus"] | None = None
    pr_ms: float | None = None
    p_duration_ms: float | None = None
    qrs_ms: float | None = None
    qrs_latest_ms: float | None = None
    qt_ms: float | None = None
    qtc_bazett_ms: float | None = None
    qtc_fridericia_ms: float | None = None
    qrs_axis_deg: float | None = None
    p_axis_deg: float | None = None
    t_axis_deg: float | None = None
    leads: dict[str, LeadWaves] = field(default_factory=dict)
    waves: Waves = field(default_factory=Waves)


def measure(beats: Beats, waves: Waves, rhythm: Rhythm) -> Measurements:
    """Everything that follows from the median beat, its marks and the rhythm."""
    if not rhythm.p_before_qrs:
        # A hump that is not bound to the QRS is no P wave to measure from.
        waves = replace(waves, p_onset=None, p_peak=None, p_offset=None)
    leads = {
        lead: measure_lead(row, waves)
        for lead, row in zip(LEADS, beats.median, strict=True)
        if row.size and not np.isnan(row).any() and waves.qrs_onset is not None
    }
    qt = _between(waves.qrs_onset, waves.t_end)
    p_in_ii = leads["II"].p if "II" in leads else None
    return Measurements(
        heart_rate_bpm=rhythm.rate_bpm,
        rr_sd_ms=rhythm.rr_sd_ms,
        regular=rhythm.regular,
        rhythm="sinus" if rhythm.p_before_qrs and p_in_ii is not None and p_in_ii > 0 else None,
        pr_ms=_between(waves.p_onset, waves.qrs_onset),
        p_duration_ms=_between(waves.p_onset, waves.p_offset),
        qrs_ms=_between(waves.qrs_onset, waves.qrs_offset),
        qrs_latest_ms=_between(waves.qrs_onset, waves.qrs_latest),
        qt_ms=qt,
        qtc_bazett_ms=corrected(qt, rhythm.rr_mean_ms, 1 / 2),
        qtc_fridericia_ms=corrected(qt, rhythm.rr_mean_ms, 1 / 3),
        qrs_axis_deg=_axis(*_area_of(beats.median, waves, "qrs")),
        p_axis_deg=_axis(*_area_of(beats.median, waves, "p")),
        t_axis_deg=_axis(*_area_of(beats.median, waves, "t")),
        leads=leads,
        waves=waves,
    )


def corrected(qt_ms: float | None, rr_ms: float | None, power: float) -> float | None:
    """QT over RR in seconds to a power: 1/2 is Bazett, 1/3 Fridericia.

    Examples
    --------
    >>> round(corrected(400.0, 800.0, 1 / 2), 1), round(corrected(400.0, 800.0, 1 / 3), 1)
    (447.2, 430.9)
    """
    if qt_ms is None or rr_ms is None:
        return None
    return float(qt_ms / (rr_ms / 1000.0) ** power)


def axis_deg(area_i: float, area_avf: float) -> float:
    """Frontal axis in degrees from net areas in I and aVF.

    Examples
    --------
    >>> axis_deg(1.0, 0.0), round(axis_deg(0.0, 1.0)), round(axis_deg(-1.0, -0.001))
    (0.0, 90, -180)
    """
    return float(np.degrees(np.arctan2(area_avf * 2 / np.sqrt(3), area_i)))


def _area_of(
    median: NDArray[np.float64], waves: Waves, wave: Literal["p", "qrs", "t"]
) -> tuple[float | None, float | None]:
    pair: list[float | None] = []
    for lead in ("I", "aVF"):
        row = median[LEADS.index(lead)]
        if wave == "qrs":
            pair.append(qrs_area(row, waves))
        elif wave == "t":
            pair.append(t_area(row, waves))
        else:
            pair.append(_p_area(row, waves))
    return pair[0], pair[1]


def _p_area(row: NDArray[np.float64], waves: Waves) -> float | None:
    if waves.p_onset is None or waves.p_offset is None or np.isnan(row).any():
        return None
    low, high = (round(ms * RATE_HZ / 1000) for ms in (waves.p_onset, waves.p_offset))
    part = row[low : high + 1]
    return float((part - np.linspace(part[0], part[-1], part.size)).sum())


def _axis(area_i: float | None, area_avf: float | None) -> float | None:
    """None also where both areas are so small (about 1 mV times one sample) that the angle says nothing."""
    if area_i is None or area_avf is None or float(np.hypot(area_i, area_avf)) < 0.2:
        return None
    return axis_deg(area_i, area_avf)


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else end - start
