"""The model's probability and its reasons on the ECG page, with a model that looks at one thing only."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.ecg.model import EcgForecast
from core.ecg.network_input import windows
from core.ecg.recording import LEADS, Recording
from core.ecg.writing import example_files
from core.text import text
from pages.parts import ecg_model, loaders
from pages.parts.ecg_demonstrations import demonstration
from tests.pages.test_ecg import charts_of, opened, shown, uploaded

CLASSES = ("no_pe", "pe")


class LooksAtV2:
    """Log-odds grow with every negative millivolt in V2: inverted T waves there support embolism."""

    classes = CLASSES

    def score(self, x):
        return 30.0 * np.clip(-x[:, LEADS.index("V2")], 0, 0.5).mean(axis=1) - 1.0

    def forecast_windows(self, cut):
        odds = np.array([self.score(rows).mean() for rows in cut])
        pe = 1 / (1 + np.exp(-odds))
        both = np.stack([1 - pe, pe], axis=1) if len(cut) else np.empty((0, 2))
        return EcgForecast(both, both, np.stack([both, both[:, ::-1]], axis=1))

    def sets(self, forecast):
        return forecast.calibrated >= 0.3

    def decide(self, calibrated):
        return calibrated.argmax(axis=1)


@pytest.fixture(autouse=True)
def model(monkeypatch):
    manifest = {
        "cohort": {"name": "a cohort", "synthetic": True},
        "class_counts": {"train": {"no_pe": 60, "pe": 40}},
    }
    artifact = SimpleNamespace(digest="0" * 64, manifest=manifest, version="1", run={"date": "2026-01-02"})
    found = SimpleNamespace(artifact=artifact, task="diagnosis", classes=CLASSES, synthetic=True)
    monkeypatch.setattr(loaders, "available", lambda modality: ["diagnosis"])
    monkeypatch.setattr(loaders, "results", lambda task, modality: found)
    monkeypatch.setattr(ecg_model, "ecg_model", lambda task: LooksAtV2())
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_recording_gets_probability_set_and_reasons(language):
    app = opened(language)
    assert not app.exception
    assert not app.error
    assert len(charts_of(app)) == 2
    said = shown(app)
    assert text(language, "pages_ecg.model.reasons") in said
    assert "V2" in said
    assert text(language, "pages_ecg.model.note") in said
    pe = round(
        100 * LooksAtV2().forecast_windows([windows(demonstration("typical").recording)]).calibrated[0, 1]
    )
    assert text(language, "pages_ecg.model.each", n=2, risks=f"{pe} / {100 - pe}") in said


def test_the_probability_is_the_models(model):
    from core.ecg.interpretation import read_ecg

    recording = demonstration("typical").recording
    reading = read_ecg(recording)
    expected = LooksAtV2().forecast_windows([windows(recording)]).calibrated[0, 1]
    assert ecg_model.embolism_probability(model, reading) == pytest.approx(expected)
    assert ecg_model.probability(model, reading, "a").patient_id == "a"
    assert ecg_model.embolism_probability(None, reading) is None


def test_the_reasons_are_laid_over_the_trace_and_can_be_taken_off():
    app = opened()
    paper = charts_of(app)[1]
    assert '"heatmap"' in paper
    assert "supports embolism" in paper
    assert len(paper) < 400_000
    app.toggle(key="ecg_attribution").set_value(False).run()
    assert not app.exception
    assert '"heatmap"' not in charts_of(app)[1]


def test_an_unusable_recording_gets_no_probability_from_any_model():
    rng = np.random.default_rng(0)
    noise = Recording(rng.normal(0, 0.3, (12, 5000)).astype(np.float32), 500.0, "npy")
    app = uploaded(example_files(noise, "npy"))
    assert not app.exception
    assert text("en", "pages_ecg.model.unusable") in shown(app)
    assert len(charts_of(app)) == 1
    assert text("en", "pages_ecg.model.reasons") not in shown(app)


def test_many_files_get_a_column_of_probabilities():
    typical, control = (demonstration(name).recording for name in ("typical", "control"))
    files = example_files(typical, "npy", "a") | example_files(control, "npy", "b") | {"x.csv": b"%PDF-1.7"}
    app = opened(tab="many")
    app.file_uploader(key="ecg_batch").set_value([(name, content, "") for name, content in files.items()])
    app.run()
    assert not app.exception
    risks = list(app.dataframe[0].value[text("en", "pages_ecg.batch.columns.p_pe")])
    assert 0 <= risks[1] < risks[0] <= 100
    assert np.isnan(risks[2])


def test_the_reasons_of_a_long_recording_reach_its_later_windows():
    typical = demonstration("typical").recording
    long = Recording(np.tile(typical.signal, 3), typical.rate_hz, "npy")
    app = uploaded(example_files(long, "npy"))
    app.slider[0].set_value(20.0).run()
    assert not app.exception
    assert '"heatmap"' in charts_of(app)[1]
