from __future__ import annotations

import numpy as np
import pytest

from core.cohort.examples import examples
from core.ecg.interpretation import read_ecg
from core.example_recordings import example_recording

WITH = [name for name, one in examples().items() if one.recording is not None]
CLEAR_SIGNS = ("s1q3t3", "t_inversion_v1_v3", "sinus_tachycardia")


def test_some_examples_have_a_recording_and_some_have_none():
    assert {"low_risk", "intermediate_high", "high_risk", "contraindicated"} == set(WITH)
    assert example_recording("much_missing") is None


@pytest.mark.parametrize("name", WITH)
def test_a_recording_is_usable_and_has_the_heart_rate_of_the_record(name):
    found = read_ecg(example_recording(name))
    assert found.recording.source_format == "simulated"
    assert found.quality.usable
    assert found.to_json()["heart_rate_bpm"] == pytest.approx(examples()[name].values["heart_rate"], abs=2)


def test_severe_embolism_shows_its_signs_and_the_mild_one_does_not():
    signs = {name: read_ecg(example_recording(name)).to_json()["signs"] for name in WITH}
    assert all(signs["intermediate_high"][sign] for sign in CLEAR_SIGNS)
    assert all(signs["high_risk"][sign] for sign in (*CLEAR_SIGNS, "incomplete_rbbb"))
    assert not any(signs["low_risk"][sign] for sign in CLEAR_SIGNS)


def test_the_same_example_gives_the_same_recording():
    first, again = example_recording("high_risk"), example_recording("high_risk")
    assert np.array_equal(first.signal, again.signal)


def test_an_unknown_example_is_a_mistake():
    with pytest.raises(KeyError):
        example_recording("nobody")
