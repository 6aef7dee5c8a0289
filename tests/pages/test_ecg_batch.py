"""Many recordings at once."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from core.ecg.recording import Recording
from core.ecg.writing import example_files
from core.text import text
from pages.parts.ecg_batch import grouped
from pages.parts.ecg_demonstrations import demonstration
from tests.pages.test_ecg import opened, without_models  # noqa: F401 - a fixture that applies by itself


@pytest.fixture(scope="module")
def mixed() -> dict[str, bytes]:
    """Two formats of one patient, a recording of noise, and a file that is none."""
    typical = demonstration("typical").recording
    rng = np.random.default_rng(0)
    noise = Recording(rng.normal(0, 0.3, (12, 5000)).astype(np.float32), 500.0, "npy")
    return {
        **example_files(typical, "wfdb", "a"),
        **example_files(typical, "csv", "b"),
        **example_files(noise, "npy", "noise"),
        "letter.pdf": b"%PDF-1.7 ...",
    }


def read(files: dict[str, bytes], language: str = "en"):
    app = opened(language, "many")
    app.file_uploader(key="ecg_batch").set_value([(name, content, "") for name, content in files.items()])
    return app.run()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_file_has_its_row_whatever_becomes_of_it(mixed, language):
    app = read(mixed, language)
    assert not app.exception
    assert not app.error
    (frame,) = (each.value for each in app.dataframe)
    quality = list(frame[text(language, "pages_ecg.batch.columns.quality")])
    words = [
        text(language, f"pages_ecg.batch.{name}") for name in ("usable", "usable", "unusable", "unreadable")
    ]
    assert quality == words
    problems = list(frame[text(language, "pages_ecg.batch.columns.problem")])
    assert "letter.pdf" in problems[3]
    assert len(app.get("download_button")) == 1


def test_one_patient_in_two_formats_is_measured_alike(mixed):
    (frame,) = (each.value for each in read(mixed).dataframe)
    first, second = frame.iloc[0], frame.iloc[1]
    assert first["Rate (/min)"] == pytest.approx(second["Rate (/min)"], abs=0.5)
    assert first["QRS (ms)"] == pytest.approx(second["QRS (ms)"], abs=4)
    assert first["Signs"] == second["Signs"]
    assert "S1Q3T3" in first["Signs"]


def test_a_row_says_where_the_device_says_otherwise(mixed, monkeypatch):
    monkeypatch.setattr("core.ecg.reading.read_stated", lambda *_: {"qrs_ms": 190.0})
    (frame,) = (each.value for each in read(mixed).dataframe)
    problems = list(frame[text("en", "pages_ecg.batch.columns.problem")])
    assert "190 ms" in problems[0]
    assert "190 ms" not in problems[3]


def test_without_a_model_there_is_no_column_of_probabilities(mixed):
    (frame,) = (each.value for each in read(mixed).dataframe)
    assert text("en", "pages_ecg.batch.columns.p_pe") not in frame


def test_a_header_finds_its_signal_file_and_nothing_else():
    found = grouped({"x/a.hea": b"", "x/a.mat": b"", "b.mat": b"", "c.hea": b""})
    assert {name: sorted(files) for name, files in found.items()} == {
        "x/a.hea": ["x/a.hea", "x/a.mat"],
        "b.mat": ["b.mat"],
        "c.hea": ["c.hea"],
    }


def test_the_table_can_be_read_back():
    from pages.parts.spreadsheet import csv_bytes

    frame = pd.DataFrame({"file": ["=a.csv"], "axis_deg": [-30.0], "problem": ["无"]})
    back = pd.read_csv(io.BytesIO(csv_bytes(frame)))
    assert back.loc[0, "file"] == "'=a.csv"
    assert back.loc[0, "axis_deg"] == -30.0
