from __future__ import annotations

import base64
import re
import struct
from pathlib import Path

import numpy as np
import pytest

from core.ecg.reading import read_recording, read_stated
from core.ecg.recording import LEADS
from core.text import has_text, text
from tests.ecg.format_examples import HEADERS, VENDOR, VENDOR_FILES, keys, needs_real_files

pytestmark = needs_real_files
FORMATS = {
    "129DYPRG.XML": ("philips", 500),
    "2020-5-18_15-48-11.xml": ("philips", 500),
    "muse-example1.xml": ("muse", 500),
    "waveform_ecg.dcm": ("dicom", 1000),
}


def stem(path: Path) -> str:
    return path.stem


def largest(difference: np.ndarray) -> float:
    return float(np.abs(difference).max())


@pytest.mark.parametrize("path", [*HEADERS, *VENDOR_FILES], ids=stem)
def test_every_real_file_opens_with_twelve_plausible_leads(path):
    recording = read_recording(path)
    source_format, rate_hz = FORMATS.get(path.name, ("wfdb", 500))
    assert (recording.source_format, recording.rate_hz) == (source_format, rate_hz)
    assert recording.signal.dtype == np.float32
    assert recording.present == LEADS
    assert recording.duration_s == 10
    centred = recording.signal - np.median(recording.signal, axis=1, keepdims=True)
    tallest = np.abs(centred).max(axis=1)
    assert 0.2 < np.median(tallest) < 5
    assert tallest.max() < 6


# the MRx of the first Philips file reckons its limb leads from filtered ones: they are off by up to two steps of 5 µV
@pytest.mark.parametrize("path", [*HEADERS, *VENDOR_FILES], ids=stem)
def test_einthoven_and_goldberger_hold_within_the_files_own_steps(path):
    signal = read_recording(path).signal.astype(float)
    one, two, three, right, left, foot = signal[:6]
    step = {"philips": 0.005, "muse": 0.00488, "dicom": 0.0025}.get(FORMATS.get(path.name, ("",))[0], 0.005)
    assert largest(one + three - two) <= 2.01 * step
    assert largest(right + (one + two) / 2) <= 2.01 * step
    assert largest(left - (one - three) / 2) <= 2.01 * step
    assert largest(foot - (two + three) / 2) <= 2.01 * step


@pytest.mark.parametrize("path", HEADERS, ids=stem)
def test_wfdb_agrees_with_another_reader_and_the_gains_in_the_header(path):
    from scipy.io import loadmat

    values = loadmat(path.with_suffix(".mat"))["val"].astype(float)
    gains = [float(gain) for gain in re.findall(r"([\d.]+)\(0\)/m[vV]", path.read_text())]
    expected = values / np.array(gains)[:, None]
    np.testing.assert_allclose(read_recording(path).signal, expected, atol=1e-6)


@pytest.mark.parametrize("path", HEADERS[:3], ids=stem)
def test_a_signal_file_is_read_through_the_header_beside_it(path):
    beside = read_recording(path.with_suffix(".mat"))
    np.testing.assert_array_equal(beside.signal, read_recording(path).signal)
    assert beside.assumptions == ()


@pytest.mark.parametrize("path", HEADERS[:3], ids=stem)
def test_a_signal_file_alone_is_read_and_says_what_it_took_for_granted(path):
    alone = read_recording(path.with_suffix(".mat").read_bytes(), "upload.mat")
    np.testing.assert_allclose(alone.signal, read_recording(path).signal, atol=1e-6)
    assert keys(alone) == {"leads_by_order", "rate_assumed", "unit_guessed"}


def test_dicom_agrees_with_a_computation_from_the_bytes():
    """The data of the rhythm group by its tag, sensitivity 1.25 or 2.5 µV as the group's text gives it."""
    import pydicom

    data = (VENDOR / "waveform_ecg.dcm").read_bytes()
    at = data.index(struct.pack("<HH2s", 0x5400, 0x1010, b"OW"))
    (length,) = struct.unpack_from("<I", data, at + 8)
    values = np.frombuffer(data, "<i2", length // 2, at + 12).reshape(-1, 12).T
    group = pydicom.dcmread(VENDOR / "waveform_ecg.dcm").WaveformSequence[0]
    gains = [
        float(channel.ChannelSensitivity) * float(channel.ChannelSensitivityCorrectionFactor)
        for channel in group.ChannelDefinitionSequence
    ]
    np.testing.assert_allclose(
        read_recording(VENDOR / "waveform_ecg.dcm").signal,
        values * np.array(gains)[:, None] / 1000,
        atol=1e-6,
    )


def test_muse_agrees_with_a_computation_from_the_text():
    document = (VENDOR / "muse-example1.xml").read_text(encoding="latin-1")
    rhythm = document[document.index("<WaveformType>Rhythm") :]
    names = re.findall(r"<LeadID>(\w+)<", rhythm)
    stored = [
        np.frombuffer(base64.b64decode(text), "<i2") for text in re.findall(r"<WaveFormData>([^<]+)<", rhythm)
    ]
    recording = read_recording(VENDOR / "muse-example1.xml")
    for name, values in zip(names, stored, strict=True):
        np.testing.assert_allclose(recording.lead(name), values * 0.00488, atol=1e-6)
    assert keys(recording) == {"leads_derived"}


def test_the_philips_tail_is_the_calibration_pulse_and_is_cut_off():
    recording = read_recording(VENDOR / "129DYPRG.XML")
    assert keys(recording) == {"tail_cut"}
    assert recording.n_samples == 5000


def test_philips_leads_have_the_amplitudes_that_the_cart_measured():
    """R and S amplitudes of the file's own measurements, within a tenth of a millivolt of the trace's extremes."""
    recording = read_recording(VENDOR / "129DYPRG.XML")
    document = (VENDOR / "129DYPRG.XML").read_text(encoding="utf-8")
    for lead, deepest in (("III", -0.933), ("aVL", -0.160), ("V1", -0.757), ("V2", -0.588)):
        assert f'leadname="{lead}"' in document
        trace = recording.lead(lead) - np.median(recording.lead(lead))
        assert trace.min() == pytest.approx(deepest, abs=0.1)


def test_what_the_devices_state():
    muse = read_stated(VENDOR / "muse-example1.xml")
    assert (muse["heart_rate_bpm"], muse["pr_ms"], muse["qrs_ms"], muse["qt_ms"]) == (48, 138, 96, 452)
    philips = read_stated(VENDOR / "2020-5-18_15-48-11.xml")
    assert (philips["heart_rate_bpm"], philips["qtc_ms"], philips["axis_deg"]) == (64, 412, 22)
    assert str(philips["diagnoses"]).startswith("Sinus rhythm")
    dicom = read_stated(VENDOR / "waveform_ecg.dcm")
    assert (dicom["pr_ms"], dicom["age"], dicom["sex"]) == (161, 42, "female")
    # the rate stands there as an RR interval of 982 ms
    assert (round(dicom["heart_rate_bpm"], 1), dicom["p_axis_deg"], dicom["t_axis_deg"]) == (61.1, 74, 57)
    wfdb = read_stated(HEADERS[0])
    assert (wfdb["age"], wfdb["sex"], wfdb["diagnoses"]) == (78, "male", "67741000119109,426177001")


@pytest.mark.parametrize("path", [HEADERS[0] if HEADERS else Path(), *VENDOR_FILES], ids=stem)
def test_no_name_or_number_of_a_person_is_handed_on(path):
    known = {"heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtc_ms", "qtc_fridericia_ms", "axis_deg"}
    known |= {"p_axis_deg", "t_axis_deg", "age", "sex", "diagnoses"}
    assert set(read_stated(path)) <= known


@pytest.mark.parametrize("path", [*HEADERS[:2], *VENDOR_FILES], ids=stem)
def test_everything_taken_for_granted_has_its_sentence(path):
    for assumption in read_recording(path).assumptions:
        assert has_text(assumption.key)
        for language in ("zh", "en"):
            assert text(language, assumption.key, **assumption.values)
