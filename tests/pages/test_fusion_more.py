"""Decision curves, published scores and subgroups, as the pages show them."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.artifacts import save_artifact
from core.evaluation import net_benefit
from core.results import load_results
from core.text import text
from pages.parts.fusion_benefit import curves
from pages.parts.score_rivals import best_by_class, rivals_of
from tests.pages import fusion_artifact

ROOT = Path(__file__).parents[2]
SCORES = [
    {
        "score": name,
        "class": label,
        "status": status,
        "n": 300,
        "events": 60,
        "auroc": {"value": area, "low": area - 0.05, "high": area + 0.05},
        "n_certain": 250,
        "auroc_certain": {"value": area, "low": None, "high": None},
        "model": {"value": 0.8, "low": 0.75, "high": 0.85},
        "difference": {"value": 0.8 - area, "low": 0.01, "high": 0.2},
        "p_value": 0.01,
    }
    for name, label, area, status in (
        ("pesi", "death", 0.70, "verified"),
        ("spesi", "death", 0.66, "verified"),
        ("bacs", "bleeding", 0.61, "secondary"),
    )
]
GROUPS = pd.DataFrame(
    {
        "variable": ["all", "age", "esc_2019", "house_brew"],
        "group": ["all", "over_75", "high", "odd_one"],
        "class": "pe",
        "n": [300, 80, 40, 12],
        "events": [120, 30, 20, 4],
        "auroc": [0.8, 0.75, 0.9, np.nan],
        "low": [0.75, 0.65, 0.8, np.nan],
        "high": [0.85, 0.83, 0.95, np.nan],
        "method": "delong_logit",
        "oe": [1.0, 1.2, np.nan, 0.8],
        "oe_low": [0.9, 0.9, np.nan, 0.2],
        "oe_high": [1.1, 1.5, np.nan, 2.0],
        "few": [False, False, False, True],
    }
)


def opened(root, monkeypatch, page="pages/3_fusion.py", language="en", task="diagnosis") -> AppTest:
    monkeypatch.setenv("PE_ARTIFACTS", str(root))
    app = AppTest.from_file(str(ROOT / page), default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["fusion_task"] = task
    app = app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.warning, *app.header]
    return "\n".join(str(each.value) for each in elements)


def with_groups(root, groups=GROUPS, name="diagnosis-fusion"):
    """Save a made-up fusion again with a table of subgroups."""
    task, _, modality = name.partition("-")
    found = load_results(root, task, modality)
    files = {one: found.artifact.read(one) for one in found.artifact.manifest["files"]}
    files["subgroups.csv"] = groups.to_csv(index=False).encode()
    kept = {key: value for key, value in found.artifact.manifest.items() if key not in ("files", "format")}
    save_artifact(root, name, files, copy.deepcopy(kept), found.artifact.run)


def titles(app: AppTest) -> list[str]:
    return [json.loads(chart.proto.spec)["layout"]["title"]["text"] for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("task", ["diagnosis", "outcome"])
def test_the_decision_curves_are_those_of_the_stored_test_patients(tmp_path, task):
    fusion_artifact.save(tmp_path, task)
    found = load_results(tmp_path, task, "fusion")
    name = found.classes[-1]
    frame = curves(found, name)
    test = found.frame("predictions").query("part == 'test'")
    event = (test["truth"] == name).to_numpy()
    for series, column in (("fusion", "p"), ("ehr", "ehr"), ("ecg", "ecg")):
        own = frame[frame["series"] == series].set_index("threshold")["model"]
        assert own.loc[0.2] == pytest.approx(net_benefit(event, test[f"{column}_{name}"].to_numpy(), 0.2))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_decision_curve_stands_on_the_results_tab(tmp_path, monkeypatch, language):
    fusion_artifact.save(tmp_path)
    app = opened(tmp_path, monkeypatch, language=language)
    assert text(language, "fusion_more.benefit.title") in words(app)
    pe = text(language, "charts.classes.pe")
    assert text(language, "charts_decisions.net_benefit.title", name=pe) in titles(app)


def test_scores_held_against_the_fusion_itself_are_shown_as_such(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, "outcome", scores=SCORES)
    app = opened(tmp_path, monkeypatch, task="outcome")
    said = words(app)
    assert text("en", "fusion_more.rivals.lead_fusion") in said
    assert text("en", "fusion_more.rivals.unchecked") in said
    shown = next(one.value for one in app.table if text("en", "fusion_more.rivals.difference") in one.value)
    assert len(shown) == len(SCORES)


def test_without_scores_there_is_no_table_of_them(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path)
    assert text("en", "fusion_more.rivals.title") not in words(opened(tmp_path, monkeypatch))


def test_the_best_score_of_each_class_is_named():
    best = best_by_class(rivals_of({"scores": SCORES}))
    assert {name: one.name for name, one in best.items()} == {"death": "pesi", "bleeding": "bacs"}
    assert best_by_class(rivals_of({})) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_overview_names_the_best_score_of_each_question(trained, monkeypatch, language):
    app = opened(trained, monkeypatch, "streamlit_app.py", language)
    found = load_results(trained, "outcome", "ehr")
    best = best_by_class(rivals_of(found.artifact.manifest))
    assert best
    said = words(app)
    for one in best.values():
        assert f"{one.auroc.value:.2f}" in said
    assert text(language, "fusion_more.glance.note") in said


def test_an_artifact_without_groups_shows_nothing(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path)
    assert text("en", "subgroups.title") not in words(opened(tmp_path, monkeypatch))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_groups_are_drawn_and_those_too_small_are_greyed(tmp_path, monkeypatch, language):
    fusion_artifact.save(tmp_path)
    with_groups(tmp_path)
    app = opened(tmp_path, monkeypatch, language=language)
    assert not app.error
    assert text(language, "subgroups.title") in words(app)
    table = next(one.value for one in app.table if text(language, "subgroups.oe") in one.value)
    cells = list(table[text(language, "subgroups.oe")])
    assert cells[0].replace("\u2060", "").replace("\u00a0", " ") == "1.00 (0.90–1.10)"
    assert cells[2] == "–"
    assert cells[3].startswith(":gray[")
    # a group that has no words of its own is shown as it was stored, and the undefined area is not drawn
    assert "house_brew" in table.iloc[3, 0]
    spec = next(
        json.loads(chart.proto.spec)
        for chart in app.get("plotly_chart")
        if text(language, "subgroups.chart", name=text(language, "charts.classes.pe")) in chart.proto.spec
        or "subgroups" in chart.proto.id
    )
    assert sum(len(trace["x"]) for trace in spec["data"]) == 3


def test_a_table_of_something_else_is_refused_in_one_sentence(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path)
    with_groups(tmp_path, GROUPS.drop(columns="oe"))
    app = opened(tmp_path, monkeypatch)
    assert ["subgroups" in one.value for one in app.error] == [True]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_best_possible_stands_below_the_areas_where_it_is_known(tmp_path, monkeypatch, language):
    fusion_artifact.save(tmp_path)
    lead = text(language, "fusion_more.best", areas="").split("{")[0][:12]
    assert lead not in words(opened(tmp_path, monkeypatch, language=language))
    known = load_results(tmp_path, "diagnosis", "fusion")
    fusion_artifact.save(tmp_path, oracle_metrics=known.artifact.manifest["metrics"])
    said = words(opened(tmp_path, monkeypatch, language=language))
    area = f"{known.evaluation.classes['pe'].auroc.value:.2f}"
    assert text(language, "fusion_more.best", areas=f"{text(language, 'charts.classes.pe')} {area}") in said
