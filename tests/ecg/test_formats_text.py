from __future__ import annotations

import numpy as np
import pytest

from core.ecg.reading import read_recording
from core.ecg.recording import LEADS
from tests.ecg.format_examples import as_csv, example, keys

SIGNAL = example().signal.astype(float)
TIME = np.arange(SIGNAL.shape[1]) / 250
HEADER = ",".join(LEADS)


def assert_same(recording, atol=0.0006):
    np.testing.assert_allclose(recording.signal, SIGNAL, atol=atol)


def test_a_plain_table_without_header():
    recording = read_recording(as_csv(SIGNAL.T), rate_hz=250)
    assert_same(recording)
    assert keys(recording) == {"leads_by_order", "unit_guessed"}


def test_without_any_rate_500_is_assumed_and_said():
    recording = read_recording(as_csv(np.tile(SIGNAL, 2).T, HEADER))
    assert recording.rate_hz == 500
    assert keys(recording) == {"rate_assumed", "unit_guessed"}


def test_leads_across_without_names():
    assert_same(read_recording(as_csv(SIGNAL), rate_hz=250))


def test_leads_across_with_names():
    lines = [f"{lead}," + ",".join(f"{v:.4f}" for v in row) for lead, row in zip(LEADS, SIGNAL, strict=True)]
    recording = read_recording("\n".join(["# sampling rate: 250 Hz", *lines]).encode())
    assert_same(recording)
    assert recording.rate_hz == 250


def test_leads_across_with_a_row_of_times():
    names = ["lead", *LEADS]
    rows = [[f"{v:.4f}" for v in row] for row in (TIME, *SIGNAL)]
    text = "\n".join(",".join([name, *row]) for name, row in zip(names, rows, strict=True))
    assert_same(read_recording(text.encode(), rate_hz=250))


@pytest.mark.parametrize(
    ("label", "times"),
    [
        ("time", TIME),
        ("Time (s)", TIME),
        ("t_ms", TIME * 1000),
        ("时间(秒)", TIME),
        ("time [ms]", TIME * 1000),
        ("", TIME),
    ],
)
def test_a_time_column_tells_the_rate(label, times):
    recording = read_recording(as_csv(np.column_stack([times, SIGNAL.T]), f"{label},{HEADER}"))
    assert recording.rate_hz == 250
    assert_same(recording)
    assert "rate_assumed" not in keys(recording)


def test_a_time_column_without_header_or_unit_is_found_by_its_steps():
    recording = read_recording(as_csv(np.column_stack([TIME, SIGNAL.T])))
    assert recording.rate_hz == 250
    assert_same(recording)


def test_milliseconds_without_a_unit_are_said():
    recording = read_recording(as_csv(np.column_stack([TIME * 1000, SIGNAL.T]), f"time,{HEADER}"))
    assert recording.rate_hz == 250
    assert "time_in_ms" in keys(recording)


@pytest.mark.parametrize("label", ["sample", "index", "序号", "#"])
def test_a_column_that_counts_samples_is_no_lead_and_no_time(label):
    counts = np.arange(SIGNAL.shape[1])
    recording = read_recording(as_csv(np.column_stack([counts, SIGNAL.T]), f"{label},{HEADER}"), rate_hz=250)
    assert_same(recording)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("mV", 1), ("uV", 1e3), ("µV", 1e3), ("μV", 1e3), ("V", 1e-3), ("nV", 1e6), ("毫伏", 1)],
)
@pytest.mark.parametrize("pattern", ["{lead} ({unit})", "{lead} [{unit}]", "{lead}[{unit}]"])
def test_units_in_the_header(unit, factor, pattern):
    header = ",".join(pattern.format(lead=lead, unit=unit) for lead in LEADS)
    recording = read_recording(as_csv(SIGNAL.T * factor, header, digits=8), rate_hz=250)
    assert_same(recording)
    assert keys(recording) == set()


@pytest.mark.parametrize(("unit", "factor"), [("mV", 1), ("µV", 1e3), ("V", 1e-3), ("nV", 1e6)])
def test_a_unit_that_nothing_states_is_guessed_and_said(unit, factor):
    recording = read_recording(as_csv(SIGNAL.T * factor, HEADER, digits=8), rate_hz=250)
    assert_same(recording)
    assert [a.values for a in recording.assumptions if a.key == "recording.unit_guessed"] == [{"unit": unit}]


def test_a_guess_is_corrected_by_the_user():
    recording = read_recording(as_csv(SIGNAL.T * 10, HEADER), rate_hz=250, unit="mV")
    np.testing.assert_allclose(recording.signal, SIGNAL * 10, atol=0.006)
    assert keys(recording) == set()


def test_what_the_user_says_goes_before_the_file_and_is_said():
    header = ",".join(f"{lead} (mV)" for lead in LEADS)
    recording = read_recording(as_csv(SIGNAL.T * 1000, f"# fs = 500 Hz\n{header}"), unit="uV", rate_hz=250)
    assert_same(recording)
    assert keys(recording) == {"unit_overruled", "rate_overruled"}


@pytest.mark.parametrize(
    "remark",
    [
        "# sampling rate: 250 Hz",
        "Sampling_Frequency,250",
        "采样率：250 Hz",
        "fs=250",
        "SampleRate;250",
        "# sample rate: 0.25 kHz",
    ],
)
def test_the_rate_in_a_remark(remark):
    recording = read_recording(as_csv(SIGNAL.T, f"{remark}\n{HEADER}"))
    assert recording.rate_hz == 250


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_delimiters(delimiter):
    header = delimiter.join(LEADS)
    assert_same(read_recording(as_csv(SIGNAL.T, header, delimiter), rate_hz=250))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_decimal_commas(delimiter):
    text = as_csv(SIGNAL.T, delimiter.join(LEADS), delimiter).replace(b".", b",")
    assert_same(read_recording(text, rate_hz=250))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding):
    header = ",".join(f"{lead}导联" for lead in LEADS)
    text = as_csv(SIGNAL.T, header).decode().encode(encoding)
    assert_same(read_recording(text, rate_hz=250))


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
def test_line_ends_quotes_and_trailing_delimiters(newline):
    header = ",".join(f'"{lead}"' for lead in LEADS) + ","
    text = as_csv(SIGNAL.T, header).replace(b"\n", b",\n").replace(b",,\n", b",\n").replace(b"\n", newline)
    assert_same(read_recording(text, rate_hz=250))


@pytest.mark.parametrize(
    "names",
    [
        [f"Lead {lead}" for lead in LEADS],
        [f"MDC_ECG_LEAD_{lead}" for lead in LEADS],
        [lead.lower() for lead in LEADS],
        [lead.upper() for lead in LEADS],
        [f"ECG {lead}" for lead in LEADS],
        [f"ecg_{lead}" for lead in LEADS],
        ["MLI", "MLII", "MLIII", *[f"{lead}-REF" for lead in LEADS[3:]]],
        ["DI", "DII", "DIII", *LEADS[3:6], *[f"C{n}" for n in range(1, 7)]],
        ["Ⅰ", "Ⅱ", "Ⅲ", *LEADS[3:]],
        ["I", "II", "III", "VR", "VL", "VF", *LEADS[6:]],
    ],
    ids=lambda names: names[0],
)
def test_lead_names_in_their_spellings(names):
    order = np.random.default_rng(3).permutation(12)
    header = ",".join(names[i] for i in order)
    assert_same(read_recording(as_csv(SIGNAL[order].T, header), rate_hz=250))


def test_fifteen_named_leads_give_the_twelve_and_say_what_was_left_out():
    table = np.vstack([SIGNAL, SIGNAL[:3]])
    recording = read_recording(as_csv(table.T, HEADER + ",V7,V8,V4R"), rate_hz=250)
    assert_same(recording)
    assert "left_out" in keys(recording)


def test_eight_unnamed_channels_are_i_ii_and_the_chest():
    recording = read_recording(as_csv(SIGNAL[[0, 1, 6, 7, 8, 9, 10, 11]].T), rate_hz=250)
    assert_same(recording, atol=0.0011)
    assert {"leads_by_order", "leads_derived"} <= keys(recording)


def test_few_empty_cells_are_bridged_and_said():
    table = SIGNAL.T.copy()
    table[100:103, 7] = np.nan
    recording = read_recording(as_csv(table, HEADER).replace(b"nan", b""), rate_hz=250)
    assert keys(recording) == {"gaps_bridged", "unit_guessed"}
    assert not np.isnan(recording.signal).any()
    np.testing.assert_allclose(recording.signal[:7], SIGNAL[:7], atol=0.0006)


def test_empty_rows_at_the_ends_are_left_out():
    table = np.vstack([np.full((10, 12), np.nan), SIGNAL.T, np.full((40, 12), np.nan)])
    assert_same(read_recording(as_csv(table, HEADER), rate_hz=250))


@pytest.mark.parametrize("first", [0, 1])
def test_columns_that_are_only_numbered(first):
    header = "," + ",".join(str(first + n) for n in range(12))
    counts = np.arange(SIGNAL.shape[1])
    text = as_csv(np.column_stack([counts, SIGNAL.T]), header)
    recording = read_recording(text, rate_hz=250)
    assert_same(recording)
    assert keys(recording) == {"leads_by_order", "unit_guessed"}
