"""What ``read_ecg`` measures as one row of numbers, for models that need no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.interpretation import Reading

_GLOBAL = (
    *("heart_rate_bpm", "rr_sd_ms", "pr_ms", "p_duration_ms", "qrs_ms", "qt_ms", "qtc_bazett_ms"),
    *("qrs_axis_deg", "p_axis_deg", "t_axis_deg"),
)
_OF_LEAD = ("q", "r", "s", "r2", "s_ms", "r2_ms", "qrs_mv", "st_j60", "t", "p")


def measured_vector(reading: Reading) -> NDArray[np.float64]:
    """Rate, intervals and axes, then amplitudes lead by lead, (130,); NaN what could not be measured."""
    found = reading.measurements
    row = [getattr(found, name) for name in _GLOBAL]
    for lead in LEADS:
        waves = found.leads.get(lead)
        row += [getattr(waves, name, None) for name in _OF_LEAD]
    return np.array([np.nan if value is None else float(value) for value in row])
