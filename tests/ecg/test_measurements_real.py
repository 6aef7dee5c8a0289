"""Measured against what makers' machines state inside their own files."""

from __future__ import annotations

import numpy as np
import pytest

from core.ecg.interpretation import Reading, read_ecg
from tests.ecg.real import PHILIPS, Stated, needs_data, philips_leads, vendor_recordings

pytestmark = needs_data


@pytest.fixture(scope="module")
def pairs() -> dict[str, tuple[Reading, Stated]]:
    return {name: (read_ecg(recording), stated) for name, (recording, stated) in vendor_recordings().items()}


def errors(pairs: dict[str, tuple[Reading, Stated]], measured: str, stated: str) -> np.ndarray:
    return np.array(
        [
            abs(getattr(reading.measurements, measured) - getattr(each, stated))
            for reading, each in pairs.values()
        ]
    )


# reached when written, median and largest: rate 0.3 and 0.5; PR 7.5 and 14; QT 6.5 and 14.
# QRS 5.5 and 35: one file states 135 ms (its widest lead) and, with its own marks, 96 ms; 100 is measured,
# and the page says that the two disagree (test_doubts.py)
@pytest.mark.parametrize(
    ("measured", "stated", "median", "largest"),
    [
        ("heart_rate_bpm", "rate_bpm", 1.0, 1.5),
        ("pr_ms", "pr_ms", 10.0, 18.0),
        ("qrs_ms", "qrs_ms", 8.0, 40.0),
        ("qt_ms", "qt_ms", 10.0, 18.0),
    ],
)
def test_intervals_agree_with_the_machines(pairs, measured, stated, median, largest):
    found = errors(pairs, measured, stated)
    assert np.median(found) <= median
    assert found.max() <= largest


def test_axes_agree_with_the_machines_within_10_degrees(pairs):
    names = ("p_axis_deg", "qrs_axis_deg", "t_axis_deg")
    found = np.array(
        [
            [
                abs(getattr(reading.measurements, name) - axis)
                for name, axis in zip(names, each.axes_deg, strict=True)
            ]
            for reading, each in pairs.values()
        ]
    )
    assert found.max() <= 10.0
    assert np.median(found) <= 5.0


@pytest.mark.parametrize("name", PHILIPS)
def test_amplitudes_agree_with_the_machine_lead_by_lead(pairs, name):
    measured = pairs[name][0].measurements.leads
    differences = [
        getattr(measured[lead], wave) - (height if wave == "t" else abs(height))
        for lead, waves in philips_leads(name).items()
        for wave, height in waves.items()
    ]
    assert len(differences) >= 44
    assert np.median(np.abs(differences)) <= 0.03
    assert np.quantile(np.abs(differences), 0.9) <= 0.10


def test_all_are_usable_sinus_rhythm(pairs):
    assert [(r.quality.usable, r.measurements.rhythm) for r, _ in pairs.values()] == [(True, "sinus")] * 4
