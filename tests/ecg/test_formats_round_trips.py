from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.ecg.reading import read_recording, read_stated
from core.ecg.recording import LEADS
from core.ecg.resampling import resampled
from core.ecg.writing import EXAMPLE_FORMATS, example_files, write_examples
from tests.ecg.format_examples import example, keys


def read_back(recording, source_format, **given):
    files = example_files(recording, source_format)
    return read_recording(files if len(files) > 1 else next(iter(files.values())), "upload", **given)


@pytest.mark.parametrize("source_format", EXAMPLE_FORMATS)
def test_what_is_written_is_read_back(source_format):
    recording = example()
    # an array alone states no rate
    again = read_back(recording, source_format, rate_hz=250.0 if source_format == "npy" else None)
    assert again.source_format == source_format
    assert again.rate_hz == 250
    # derived leads fall between whole microvolts
    np.testing.assert_allclose(
        again.signal, recording.signal, atol=0.0006 if source_format != "muse" else 0.0011
    )


@pytest.mark.parametrize("source_format", [name for name in EXAMPLE_FORMATS if name not in {"npy", "muse"}])
def test_formats_that_state_everything_leave_nothing_to_assume(source_format):
    assert read_back(example(), source_format).assumptions == ()


@pytest.mark.parametrize("source_format", [name for name in EXAMPLE_FORMATS if name != "npy"])
@pytest.mark.parametrize("rate_hz", [125.0, 500.0, 977.0, 1000.0])
def test_any_rate_is_kept(source_format, rate_hz):
    again = read_back(example(2.5, rate_hz), source_format)
    # SCP counts whole microseconds from one sample to the next
    assert again.rate_hz == pytest.approx(rate_hz, rel=1e-3 if source_format == "scp" else 1e-5)
    assert again.n_samples == example(2.5, rate_hz).n_samples


@pytest.mark.parametrize("source_format", [name for name in EXAMPLE_FORMATS if name not in {"npy", "muse"}])
def test_a_missing_lead_is_missing_and_said(source_format):
    signal = example().signal.copy()
    signal[LEADS.index("V5")] = np.nan
    again = read_back(replace(example(), signal=signal), source_format)
    assert again.present == tuple(lead for lead in LEADS if lead != "V5")
    assert keys(again) == {"leads_missing"}


@pytest.mark.parametrize("source_format", ["csv", "npz", "wfdb", "edf", "scp", "dicom", "aecg", "muse"])
def test_limb_leads_are_derived_from_two_and_said(source_format):
    signal = example().signal.copy()
    signal[2:6] = np.nan
    again = read_back(replace(example(), signal=signal), source_format)
    np.testing.assert_allclose(again.signal, example().signal, atol=0.0011)
    assert keys(again) == {"leads_derived"}


@pytest.mark.parametrize("given", ["I", "II"])
def test_the_third_limb_lead_serves_where_one_of_the_first_two_is_lacking(given):
    signal = example().signal.copy()
    signal[[row for row in range(6) if LEADS[row] not in {given, "III"}]] = np.nan
    again = read_back(replace(example(), signal=signal), "npz")
    np.testing.assert_allclose(again.signal, example().signal, atol=1e-5)


def test_the_examples_of_a_folder_are_read_by_their_paths(tmp_path):
    paths = write_examples(tmp_path, example())
    assert {read_recording(path, rate_hz=250).source_format for path in paths} == set(EXAMPLE_FORMATS)


def test_no_example_states_a_person():
    for source_format in EXAMPLE_FORMATS:
        files = example_files(example(), source_format)
        assert read_stated(files if len(files) > 1 else next(iter(files.values()))) == {}


@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 360.0, 500.0, 1000.0])
def test_resampling_keeps_duration_beats_and_missing_leads(rate_hz):
    signal = example().signal.copy()
    signal[11] = np.nan
    recording = replace(example(), signal=signal)
    other = resampled(recording, rate_hz)
    assert other.rate_hz == rate_hz
    assert other.duration_s == pytest.approx(3, abs=1 / rate_hz)
    assert np.isnan(other.signal[11]).all()
    assert other.present == LEADS[:11]
    at = np.arange(other.n_samples) / rate_hz
    expected = np.interp(at, np.arange(recording.n_samples) / 250, recording.lead("II"))
    assert np.corrcoef(expected, other.lead("II"))[0, 1] > 0.98


def test_resampling_to_the_same_rate_changes_nothing():
    assert resampled(example(), 250) is example()


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="0"):
        resampled(example(), 0)
