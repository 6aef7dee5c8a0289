"""The tab for a new patient, on three small models that were really trained."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.examples import examples
from core.results import load_results
from core.text import text
from core.training import load_ehr_model, train
from pages.parts.fusion_input import example_row
from tests.conftest import SMALL
from tests.test_training_ecg import TINY

PAGE = str(Path(__file__).parents[2] / "pages" / "3_fusion.py")


@pytest.fixture(scope="module")
def three(tiny, tmp_path_factory):
    """Folder with the three models of 120 patients."""
    ids = tiny.labels.index[:120]
    table = replace(tiny.table, frame=tiny.table.frame.loc[ids])
    few = replace(tiny, table=table, labels=tiny.labels.loc[ids], oracle=tiny.oracle.loc[ids])
    root = tmp_path_factory.mktemp("three")
    for modality, settings in (("ehr", SMALL), ("ecg", TINY), ("fusion", None)):
        train(few, "diagnosis", modality, root, settings)
    return root


def opened(root, monkeypatch, language="en", record="example", recording="demonstration") -> AppTest:
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params["lang"] = language
    app.session_state["fusion_tabs"] = text(language, "pages_fusion.tabs.new")
    app.session_state["fusion_new_record"] = record
    app.session_state["fusion_new_recording"] = recording
    app = app.run()
    assert not app.exception
    return app


def answers(app: AppTest):
    table = app.table[0].value
    return table.set_index(table.columns[0])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_record_and_recording_are_answered_by_all_three(three, monkeypatch, language):
    app = opened(three, monkeypatch, language)
    assert not app.error
    table = answers(app)
    assert list(table.index) == [
        text(language, f"pages_fusion.names.{name}") for name in ("fusion", "ehr", "ecg")
    ]
    assert (table.iloc[:, 0] != "–").all()
    assert text(language, "fusion_more.new.answer.differ") in [one.value for one in app.caption]


@pytest.mark.parametrize(
    ("record", "recording", "served", "silent"),
    [("example", "none", "ehr", ("fusion", "ecg")), ("none", "demonstration", "ecg", ("fusion", "ehr"))],
)
def test_one_side_alone_is_answered_by_its_own_model_and_says_so(
    three, monkeypatch, record, recording, served, silent
):
    app = opened(three, monkeypatch, record=record, recording=recording)
    said = [one.value for one in app.info]
    assert text("en", f"fusion_more.new.answer.fallback_{served}") in said
    table = answers(app)
    assert table.loc[text("en", f"pages_fusion.names.{served}")].iloc[0] != "–"
    assert {table.loc[text("en", f"pages_fusion.names.{name}")].iloc[0] for name in silent} == {"–"}


def test_with_nothing_given_there_is_a_request_and_no_answer(three, monkeypatch):
    app = opened(three, monkeypatch, record="none", recording="none")
    assert text("en", "fusion_more.new.answer.nothing") in [one.value for one in app.info]
    assert not app.table


def test_a_retrained_single_model_stops_the_fusion_but_not_the_single_answers(
    three, tiny, monkeypatch, tmp_path
):
    root = tmp_path / "again"
    shutil.copytree(three, root)
    train(tiny, "diagnosis", "ehr", root, SMALL)
    app = opened(root, monkeypatch)
    assert len(app.error) == 1
    assert "train" in app.error[0].value
    table = answers(app)
    assert table.loc[text("en", "pages_fusion.names.ehr")].iloc[0] != "–"
    assert table.loc[text("en", "pages_fusion.names.fusion")].iloc[0] == "–"


def test_an_example_becomes_a_row_of_the_models_own_columns(three):
    _, model = load_ehr_model(three, "diagnosis")
    one = next(iter(examples().values()))
    row = example_row(model.encoder, one.values)
    assert list(row.columns) == [feature.column.name for feature in model.encoder.features]
    assert row.loc["1", "age"] == one.values["age"]
    assert load_results(three, "diagnosis", "ehr").classes == model.classes
