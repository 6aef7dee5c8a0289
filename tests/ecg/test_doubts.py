"""An interval in doubt is called so: where the device says otherwise, and where the end of the QRS is not clear."""

from __future__ import annotations

import pytest

from core.ecg.doubts import TOLERANCES, doubt_words, find_doubts
from core.ecg.interpretation import read_ecg
from core.ecg.measurements import Measurements
from core.ecg.reading import read_recording, read_stated
from tests.ecg.hearts import Heart, record
from tests.ecg.real import DATA, needs_data
from tests.ecg.test_qrs_width import faint_end

MEASURED = Measurements(heart_rate_bpm=72.0, pr_ms=160.0, qrs_ms=92.0, qrs_latest_ms=92.0, qt_ms=390.0)


@pytest.mark.parametrize("name", TOLERANCES)
@pytest.mark.parametrize("side", [-1, 1])
def test_a_difference_beyond_the_tolerance_is_a_doubt_and_one_within_is_none(name, side):
    value = getattr(MEASURED, name)
    assert find_doubts(MEASURED, {name: value + side * TOLERANCES[name]}) == ()
    (doubt,) = find_doubts(MEASURED, {name: value + side * (TOLERANCES[name] + 1)})
    assert (doubt.measurement, doubt.key) == (name, "device_differs")


@pytest.mark.parametrize(
    "stated",
    [None, {}, {"age": 70.0, "sex": "female"}, {"qrs_ms": "unknown"}, {"pr_ms": 0.0, "qt_ms": 32767.0}],
)
def test_a_device_that_states_nothing_raises_no_doubt(stated):
    assert find_doubts(MEASURED, stated) == ()


def test_what_was_not_measured_is_not_compared():
    assert find_doubts(Measurements(), {"qrs_ms": 135.0, "pr_ms": 160.0}) == ()


@pytest.mark.parametrize(("language", "word"), [("en", "the device"), ("zh", "设备")])
def test_the_sentence_holds_both_numbers_and_the_tolerance(language, word):
    (doubt,) = find_doubts(MEASURED, {"qrs_ms": 135.0})
    sentence = doubt_words(language, doubt)
    assert all(part in sentence for part in ("QRS", "92 ms", "135 ms", "20 ms", word))


def test_a_rate_is_compared_in_beats_a_minute():
    (doubt,) = find_doubts(MEASURED, {"heart_rate_bpm": 144.0})
    assert "144 /min" in doubt_words("en", doubt)
    assert "144 次/分" in doubt_words("zh", doubt)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_unclear_end_of_the_qrs_is_said_with_both_widths(language):
    reading = read_ecg(record(faint_end()))
    (doubt,) = find_doubts(reading.measurements)
    sentence = doubt_words(language, doubt)
    assert (doubt.measurement, doubt.key) == ("qrs_ms", "qrs_end_unclear")
    assert f"{round(reading.measurements.qrs_ms)} ms" in sentence
    assert f"{round(reading.measurements.qrs_latest_ms)} ms" in sentence


def test_a_plain_heart_raises_no_doubt():
    assert find_doubts(read_ecg(record(Heart())).measurements) == ()


@needs_data
def test_the_device_that_took_its_widest_lead_is_contradicted_and_its_width_named():
    # 135 ms are printed, the file's own marks and eleven leads say 96; II moves by 0.05 mV until 134 ms
    path = DATA / "ecg-vendor" / "129DYPRG.XML"
    measured = read_ecg(read_recording(path)).measurements
    assert abs(measured.qrs_ms - 96.0) <= 11.6
    assert abs(measured.qrs_latest_ms - 135.0) <= 11.6
    found = [(doubt.measurement, doubt.key) for doubt in find_doubts(measured, read_stated(path))]
    assert found == [("qrs_ms", "qrs_end_unclear"), ("qrs_ms", "device_differs")]


@needs_data
def test_no_other_real_recording_is_in_doubt():
    folder = DATA / "ecg-vendor"
    others = [path for path in sorted(folder.iterdir()) if path.name != "129DYPRG.XML"]
    others += sorted((DATA / "ecg-wfdb").glob("*.hea"))
    assert len(others) >= 30
    doubted = [
        path.name
        for path in others
        if find_doubts(read_ecg(read_recording(path)).measurements, read_stated(path))
    ]
    assert doubted == []
