from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.results import load_results
from core.text import text
from tests.pages import ecg_artifact, fusion_artifact

APP = str(Path(__file__).parents[2] / "streamlit_app.py")


def opened(root: Path, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> AppTest:
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["lang"] = language
    app = app.run()
    assert not app.exception
    return app


def tables(app: AppTest) -> list[ElementTree.Element]:
    """Every table that stands on the page as HTML."""
    bodies = [one.proto.body for one in app.main.get("html")]
    return [ElementTree.fromstring(body) for body in bodies if body.startswith("<table")]


def table_of(app: AppTest) -> pd.DataFrame:
    """Lines of each cell, by question and modality."""
    (table,) = tables(app)
    head, *rows = [list(row) for row in table.iter("tr")]
    cells = [[_lines(cell) for cell in row] for row in rows]
    frame = pd.DataFrame(cells, columns=[_lines(cell) for cell in head])
    return frame.set_index(frame.columns[0])


def _lines(cell: ElementTree.Element) -> str:
    return "\n".join(cell.itertext()).replace("\u00a0", " ")


def words(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.warning])


def test_without_any_model_there_is_no_table(tmp_path, monkeypatch):
    app = opened(tmp_path, monkeypatch)
    assert not tables(app)
    assert text("en", "pages_overview.glance.title") not in [one.value for one in app.header]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_questions_by_three_modalities_whatever_is_there(tmp_path, monkeypatch, language):
    ecg_artifact.save(tmp_path)
    app = opened(tmp_path, monkeypatch, language)
    table = table_of(app)
    assert table.shape == (2, 3)
    evaluation = load_results(tmp_path, "diagnosis", "ecg").evaluation
    cell = table.iloc[0, 0].replace("\u2060", "")
    area = evaluation.classes["pe"].auroc
    assert cell.startswith(f"{area.value:.2f}\n")
    assert f"{area.low:.2f}–{area.high:.2f}" in cell
    assert f"{evaluation.n}" in cell
    untrained = "–\n" + text(language, "pages_overview.glance.untrained")
    assert [*table.iloc[0, 1:], *table.iloc[1]] == [untrained] * 5


def test_every_empty_cell_has_its_command(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, "outcome")
    said = words(opened(tmp_path, monkeypatch))
    assert said.count("python -m core train --task") == 5
    assert "--task outcome --modality fusion" not in said
    assert "--task diagnosis --modality fusion" in said


def test_death_and_bleeding_stand_by_themselves(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, "outcome")
    cell = table_of(opened(tmp_path, monkeypatch)).iloc[1, 2]
    classes = load_results(tmp_path, "outcome", "fusion").evaluation.classes
    for name in ("death", "bleeding"):
        assert f"{text('en', f'charts.classes.{name}')} {classes[name].auroc.value:.2f}" in cell


def test_whether_the_gain_is_significant_is_said_for_each_fusion(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, "diagnosis")
    fusion_artifact.save(tmp_path, "outcome", ecg=0.05)
    said = words(opened(tmp_path, monkeypatch))
    assert said.count("joining **helps**") == 1
    assert said.count("no help from joining is shown") == 1


def test_synthetic_figures_say_so_and_real_ones_do_not(tmp_path, monkeypatch):
    ecg_artifact.save(tmp_path)
    mark = f"badge[{text('en', 'charts.synthetic')}]"
    assert mark in words(opened(tmp_path, monkeypatch))
    ecg_artifact.save(tmp_path, synthetic=False)
    assert mark not in words(opened(tmp_path, monkeypatch))
    fusion_artifact.save(tmp_path, "diagnosis")
    table = table_of(opened(tmp_path, monkeypatch))
    assert text("en", "frame.source.real") in table.iloc[0, 0]
    assert text("en", "frame.source.synthetic") in table.iloc[0, 2]


def test_other_test_patients_in_one_row_are_said(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, "diagnosis", n_test=300)
    ecg_artifact.save(tmp_path, n_test=300)
    assert "not tested on quite the same" not in words(opened(tmp_path, monkeypatch))
    ecg_artifact.save(tmp_path, n_test=200)
    assert "not tested on quite the same" in words(opened(tmp_path, monkeypatch))


def test_a_model_that_cannot_be_opened_is_one_sentence_and_the_others_stand(tmp_path, monkeypatch):
    ecg_artifact.save(tmp_path)
    fusion_artifact.save(tmp_path, "diagnosis", base_metrics=None)
    broken = tmp_path / "outcome-fusion"
    broken.mkdir()
    (broken / "manifest.json").write_text(json.dumps({"format": 1, "files": {}}), encoding="utf-8")
    app = opened(tmp_path, monkeypatch)
    assert len(app.warning) == 2
    assert table_of(app).shape == (2, 3)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_cell_holds_marks_of_markdown(tmp_path, monkeypatch, language):
    ecg_artifact.save(tmp_path)
    (table,) = tables(opened(tmp_path, monkeypatch, language))
    assert not any(mark in words for words in table.itertext() for mark in ("**", ":small", "["))
