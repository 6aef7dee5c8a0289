from __future__ import annotations

import json

import numpy as np
import pytest

from core.ecg.delineation import Waves
from core.ecg.interpretation import read_ecg
from core.ecg.lead_waves import measure_lead
from core.ecg.measurements import axis_deg
from core.ecg.recording import LEADS
from tests.ecg.hearts import HEIGHTS, Heart, bump, record

MARKS = Waves(qrs_onset=400.0, qrs_offset=500.0, t_peak=700.0, t_end=800.0)
MS = np.arange(500) * 2.0


def qrs(*waves: tuple[float, float, float]) -> np.ndarray:
    """One lead out of bumps (height, start, end) counted from the onset of the QRS."""
    return sum(height * bump(MS - 400, start, end) for height, start, end in waves)


def test_q_r_s_and_their_durations():
    lead = measure_lead(qrs((-0.2, 0, 24), (1.0, 24, 70), (-0.4, 70, 100)), MARKS)
    assert np.allclose([lead.q, lead.r, lead.s], [0.2, 1.0, 0.4], atol=0.01)
    assert np.allclose([lead.q_ms, lead.r_ms, lead.s_ms], [24, 46, 30], atol=4)
    assert (lead.r2, lead.s2) == (0.0, 0.0)
    assert lead.qrs_mv == pytest.approx(1.4, abs=0.01)


def test_rsr_prime():
    lead = measure_lead(qrs((0.3, 0, 30), (-0.5, 30, 60), (0.8, 60, 100)), MARKS)
    assert np.allclose([lead.q, lead.r, lead.s, lead.r2], [0.0, 0.3, 0.5, 0.8], atol=0.01)


def test_negative_only_is_a_q():
    lead = measure_lead(qrs((-0.9, 0, 90)), MARKS)
    assert (lead.r, lead.s) == (0.0, 0.0)
    assert lead.q == pytest.approx(0.9, abs=0.01)


def test_ripples_below_30_microvolt_are_no_waves():
    lead = measure_lead(qrs((0.02, 0, 20), (-0.6, 20, 90)), MARKS)
    assert lead.r == 0.0
    assert lead.q == pytest.approx(0.6, abs=0.01)


def test_a_level_that_is_shifted_changes_nothing():
    row = qrs((-0.2, 0, 24), (1.0, 24, 70), (-0.4, 70, 100), (-0.3, 200, 400))
    assert measure_lead(row + 3.0, MARKS).t == pytest.approx(measure_lead(row, MARKS).t)
    assert measure_lead(row, MARKS).t == pytest.approx(-0.3, abs=0.01)


def test_st_is_read_at_the_end_of_the_qrs_and_60_ms_later():
    row = qrs((1.0, 0, 60)) + np.where((MS >= 490) & (MS < 700), np.linspace(0.1, 0.2, MS.size), 0)
    lead = measure_lead(row, MARKS)
    assert 0.1 < lead.st_j < lead.st_j60 < 0.2


@pytest.mark.parametrize("degrees", [-170, -120, -75, -30, 0, 45, 90, 120, 179])
def test_the_axis_of_a_frontal_vector_is_its_direction(degrees):
    angle = np.radians(degrees)
    # a vector seen by lead I and, with the augmented leads' factor, by aVF
    found = axis_deg(np.cos(angle), np.sin(angle) * np.sqrt(3) / 2)
    assert (found - degrees + 180) % 360 - 180 == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("degrees", [-60, -20, 20, 60, 110, 150])
def test_the_axis_is_found_in_a_whole_recording(degrees):
    angle = np.radians(degrees)
    one, two = np.cos(angle), np.cos(angle - np.pi / 3)
    heights = {"q": (0.0,) * 8, "s": (0.0, 0.0, *HEIGHTS["s"][2:]), "r": (one, two, *HEIGHTS["r"][2:])}
    assert read_ecg(record(Heart(heights=heights))).measurements.qrs_axis_deg == pytest.approx(degrees, abs=3)


def test_amplitudes_of_the_table_are_those_put_in():
    leads = read_ecg(record(Heart())).measurements.leads
    assert tuple(leads) == LEADS
    assert leads["II"].p == pytest.approx(0.14, abs=0.02)
    assert leads["V4"].t == pytest.approx(0.40, abs=0.03)
    assert leads["V1"].t == pytest.approx(-0.05, abs=0.02)
    assert leads["V5"].r == pytest.approx(1.40, abs=0.08)


def test_qtc_follows_bazett_and_fridericia():
    measured = read_ecg(record(Heart())).measurements
    rr = 60 / measured.heart_rate_bpm
    assert measured.qtc_bazett_ms == pytest.approx(measured.qt_ms / rr**0.5)
    assert measured.qtc_fridericia_ms == pytest.approx(measured.qt_ms / rr ** (1 / 3))


def test_json_keeps_the_contract():
    document = json.loads(json.dumps(read_ecg(record(Heart())).to_json()))
    assert set(document) >= {
        "rate_hz",
        "n_samples",
        "duration_s",
        "leads",
        "source_format",
        "quality",
        "heart_rate_bpm",
        "pr_ms",
        "qrs_ms",
        "qt_ms",
        "qtc_ms",
        "axis_deg",
        "signs",
        "scores",
    }
    assert set(document["signs"]) >= {
        "sinus_tachycardia",
        "s1q3t3",
        "t_inversion_v1_v4",
        "incomplete_rbbb",
        "complete_rbbb",
        "right_axis",
    }
    assert document["quality"] == {"usable": True, "problems": []}
    assert set(document["scores"]) == {"daniel", "twist"}
    assert document["scores"]["daniel"]["points"] == 0
