from __future__ import annotations

import json

import numpy as np
import pytest

from core.ecg.interpretation import read_ecg
from core.ecg.quality import assess
from core.ecg.recording import LEADS, Recording
from core.text import LANGUAGES, has_text, text
from tests.ecg.hearts import HEIGHTS, Heart, bump, record, twelve, with_leads


def no_two_alike() -> np.ndarray:
    """Twelve bumps, each with its own height in every lead: movements of a limb rather than beats."""
    rng, t_ms = np.random.default_rng(0), np.arange(5000) * 2.0
    return sum(rng.normal(0.0, 1.0, (8, 1)) * bump(t_ms, at, at + 90)[None] for at in range(300, 9900, 800))


@pytest.fixture(scope="module")
def good() -> Recording:
    return record(Heart(), noise=np.random.default_rng(1).normal(0.0, 0.01, (8, 5000)))


def found(recording: Recording) -> set[tuple[str, str | None]]:
    return {(problem.key, problem.lead) for problem in assess(recording).problems}


def test_a_good_recording_has_no_problem(good):
    assert assess(good).usable
    assert found(good) == set()


def test_a_simulated_recording_without_any_noise_is_usable():
    assert assess(record(Heart())).usable


@pytest.mark.parametrize(
    ("key", "row"),
    [
        ("flat", np.zeros_like),
        ("flat", lambda v3: np.full_like(v3, 0.7)),
        ("missing", lambda v3: np.full_like(v3, np.nan)),
        ("missing", lambda v3: np.full_like(v3, np.inf)),
        ("clipped", lambda v3: np.clip(v3, -0.4, 0.4)),
        ("noisy", lambda v3: v3 + np.random.default_rng(2).normal(0.0, 0.3, v3.size)),
        ("wander", lambda v3: v3 + np.sin(np.arange(v3.size) / 400)),
        ("disconnected", lambda v3: np.cumsum(np.random.default_rng(2).normal(0.0, 0.2, v3.size))),
        ("disconnected", lambda v3: np.sin(np.arange(v3.size) * 2 * np.pi * 50 / 500)),
    ],
)
def test_one_bad_lead_is_named_and_the_rest_is_read(good, key, row):
    bad = with_leads(good, {"V3": row(good.lead("V3")).astype(np.float32)})
    reading = read_ecg(bad)
    assert (key, "V3") in found(bad)
    assert {lead for _, lead in found(bad)} == {"V3"}
    assert reading.quality.usable
    assert abs(reading.measurements.pr_ms - 160) <= 6
    if key in {"flat", "missing", "disconnected"}:
        assert reading.signs["t_inversion_v1_v3"].values["t_v3_mv"] is None
        assert reading.scores["daniel"].points is None


def test_exchanged_arms_are_said_and_limb_leads_not_measured(good):
    leads = dict(zip(LEADS, good.signal, strict=True))
    swapped = with_leads(
        good,
        {"I": -leads["I"], "II": leads["III"], "III": leads["II"], "aVR": leads["aVL"], "aVL": leads["aVR"]},
    )
    reading = read_ecg(swapped)
    assert found(swapped) == {("swapped_arms", "I")}
    assert reading.quality.usable
    assert reading.measurements.qrs_axis_deg is None
    assert reading.signs["s1q3t3"].present is None
    assert reading.signs["t_inversion_v1_v3"].present is False


def test_exchanged_right_arm_and_left_leg_are_said(good):
    leads = dict(zip(LEADS, good.signal, strict=True))
    swapped = with_leads(
        good,
        {
            "I": -leads["III"],
            "II": -leads["II"],
            "III": -leads["I"],
            "aVR": leads["aVF"],
            "aVF": leads["aVR"],
        },
    )
    assert found(swapped) == {("swapped_right_arm_leg", "II")}


def test_right_axis_deviation_is_not_taken_for_exchanged_arms():
    heights = {"r": (0.2, 0.9, *HEIGHTS["r"][2:]), "s": (-0.8, -0.2, *HEIGHTS["s"][2:])}
    reading = read_ecg(record(Heart(heights=heights)))
    assert reading.quality.problems == ()
    assert reading.signs["right_axis"].present is True
    assert reading.signs["s_in_i"].present is True


@pytest.mark.parametrize(
    ("key", "recording"),
    [
        ("too_short", record(Heart(), seconds=2.0)),
        ("too_short", Recording(np.zeros((12, 0), np.float32), 500.0, "npy")),
        ("too_short", Recording(np.zeros((12, 3), np.float32), 500.0, "npy")),
        ("too_coarse", record(Heart(), rate_hz=50.0)),
        ("too_few_leads", Recording(np.zeros((12, 5000), np.float32), 500.0, "npy")),
        ("too_few_leads", Recording(np.full((12, 5000), np.nan, np.float32), 500.0, "npy")),
        ("implausible", Recording(record(Heart()).signal * np.float32(1000), 500.0, "npy")),
        ("implausible", Recording(record(Heart()).signal * np.float32(1e30), 500.0, "npy")),
        ("no_common_beat", twelve(np.random.default_rng(0).normal(0.0, 0.3, (8, 5000)), 500.0)),
        ("no_common_beat", twelve(no_two_alike(), 500.0)),
        ("too_few_beats", twelve(np.tile(np.sin(np.arange(5000) / 300), (8, 1)), 500.0)),
    ],
)
def test_what_cannot_be_read_is_unusable_and_measures_nothing(key, recording):
    reading = read_ecg(recording)
    document = json.loads(json.dumps(reading.to_json()))
    assert not reading.quality.usable
    assert key in {problem.key for problem in reading.quality.problems}
    assert document["heart_rate_bpm"] is None
    assert set(document["signs"].values()) == {None}
    assert document["scores"]["twist"]["points"] is None


def test_six_leads_are_enough_and_five_are_not(good):
    for n, usable in ((6, True), (5, False)):
        signal = good.signal.copy()
        signal[n:] = np.nan
        assert assess(Recording(signal, 500.0, "npy")).usable is usable


def test_every_problem_can_be_said_in_both_languages(good):
    signal = good.signal.copy()
    signal[0], signal[1], signal[2, 1000:1400] = np.nan, 0.0, np.nan
    signal[8] = np.clip(signal[8], -0.4, 0.4)
    signal[9] += np.sin(np.arange(5000) / 400)
    problems = assess(Recording(signal, 500.0, "npy")).problems
    assert {problem.key for problem in problems} >= {"missing", "flat", "gap", "clipped", "wander"}
    for problem in problems:
        for language in LANGUAGES:
            assert problem.lead in text(
                language, f"quality.{problem.key}", lead=problem.lead, **problem.values
            )


def test_forbidding_problems_have_their_sentences():
    from core.ecg import quality

    assert all(has_text(f"quality.{key}") for key in quality._FORBIDDING)
