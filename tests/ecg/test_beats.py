from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.ecg.beats import Beats, find_beats
from core.ecg.filtering import at_measuring_rate, cleaned
from core.ecg.interpretation import read_ecg
from core.ecg.recording import Recording
from tests.ecg.hearts import RBBB, RBBB_PARTS, Heart, record


def white(mv: float, seconds: float = 10.0, rate_hz: float = 500.0) -> np.ndarray:
    return np.random.default_rng(3).normal(0.0, mv, (8, round(seconds * rate_hz)))


def beats_of(recording: Recording) -> Beats:
    return find_beats(cleaned(at_measuring_rate(recording)))


@pytest.mark.parametrize("rate_bpm", [35, 50, 72, 100, 130, 160, 190])
def test_every_beat_is_found_once_at_any_rate(rate_bpm):
    heart = Heart(
        rate_bpm, pr_ms=120, p_ms=80, qrs_ms=84, qt_ms=min(440, 380 * (60 / rate_bpm) ** 0.5), t_ms=130
    )
    beats = beats_of(record(heart, noise=white(0.03)))
    assert np.allclose(beats.rr_ms, 60000 / rate_bpm, atol=8)


@pytest.mark.parametrize("rate_hz", [100, 125, 250, 360, 500, 1000])
def test_the_sampling_rate_changes_neither_rate_nor_intervals(rate_hz):
    measured = read_ecg(record(Heart(), rate_hz=rate_hz, noise=white(0.01, rate_hz=rate_hz))).measurements
    assert abs(measured.heart_rate_bpm - 72) < 0.5
    assert abs(measured.pr_ms - 160) <= 6
    assert abs(measured.qrs_ms - 92) <= 6
    assert abs(measured.qt_ms - 390) <= 6


def test_beats_of_a_right_bundle_branch_block_are_not_counted_twice():
    beats = beats_of(record(Heart(qrs_ms=150, qt_ms=430, heights=RBBB, parts=RBBB_PARTS), noise=white(0.02)))
    assert np.allclose(beats.rr_ms, 60000 / 72, atol=8)


def test_tall_t_waves_are_not_beats():
    heights = {"t": (0.6, 0.8, 0.3, 1.2, 1.4, 1.3, 1.0, 0.7)}
    beats = beats_of(record(Heart(heights=heights), noise=white(0.02)))
    assert np.allclose(beats.rr_ms, 60000 / 72, atol=8)


@pytest.mark.parametrize("every", [2, 4])
def test_early_beats_are_found_and_kept_out_of_the_median_beat(every):
    reading = read_ecg(record(replace(Heart(), early_every=every), noise=white(0.02)))
    assert 0 < (~reading.beats.dominant[1:-1]).sum() <= 4
    assert abs(reading.measurements.qrs_ms - 92) <= 8
    assert abs(reading.measurements.qt_ms - 390) <= 20
    assert reading.measurements.regular is not False


def test_one_noisy_lead_neither_hides_beats_nor_makes_them():
    noise = white(0.01)
    noise[3] = np.random.default_rng(4).normal(0.0, 2.0, noise.shape[1])
    assert np.allclose(beats_of(record(Heart(), noise=noise)).rr_ms, 60000 / 72, atol=8)


def test_the_median_beat_is_the_beat_that_was_put_in():
    heart = Heart()
    beats = beats_of(record(heart, noise=white(0.05)))
    onset_ms = read_ecg(record(heart)).measurements.waves.qrs_onset
    # up to the next P wave, which the window reaches
    times = np.arange(400) * 2.0 - onset_ms
    truth, found = heart.beat(times)[1], beats.median[1, :400]
    found = found - np.median(found) + np.median(truth)
    assert np.abs(found - truth).max() < 0.12
    assert np.corrcoef(found, truth)[0, 1] > 0.99


@pytest.mark.parametrize("seed", range(6))
def test_fibrillation_is_irregular_without_p(seed):
    heart = Heart(rate_bpm=80 + 8 * seed, qt_ms=330, fibrillating=True)
    reading = read_ecg(record(heart, noise=white(0.02), seed=seed))
    assert reading.measurements.regular is False
    assert reading.measurements.pr_ms is None
    assert reading.measurements.rhythm is None
    assert reading.signs["atrial_fibrillation_suspected"].present is True
    assert reading.signs["p_pulmonale"].present is None


def test_a_pause_in_the_recording_is_not_taken_for_a_pause_of_the_heart():
    recording = record(Heart(), noise=white(0.01))
    signal = recording.signal.copy()
    signal[:, 1000:1500] = np.nan
    reading = read_ecg(Recording(signal, 500.0, "simulated"))
    assert abs(reading.measurements.heart_rate_bpm - 72) < 0.5
    assert {problem.key for problem in reading.quality.problems} == {"gap"}


@pytest.mark.parametrize("before", [35, 45, 60])
def test_pacing_spikes_are_no_p_waves(before):
    heart = Heart(qrs_ms=150, qt_ms=430, heights={"p": (0.0,) * 8, "q": (0.0,) * 8})
    recording = record(heart, noise=white(0.01))
    signal = recording.signal.copy()
    for at in beats_of(recording).positions:
        signal[:, at - before] += 2.0
    reading = read_ecg(Recording(signal, 500.0, "simulated"))
    assert {problem.key for problem in reading.quality.problems} == {"paced"}
    assert reading.quality.usable
    assert reading.measurements.pr_ms is None
    assert reading.measurements.rhythm is None
    assert abs(reading.measurements.heart_rate_bpm - 72) < 0.5


def test_the_recording_is_left_as_it_was():
    recording = record(Heart())
    before = recording.signal.copy()
    read_ecg(recording)
    assert np.array_equal(recording.signal, before)


def test_two_readings_are_the_same():
    recording = record(Heart(), noise=white(0.05))
    assert read_ecg(recording).to_json() == read_ecg(recording).to_json()
