from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.evaluation import Interval
from core.fusion.late import MODALITIES
from core.results import load_results
from core.text import text
from pages.parts.fusion_data import joined
from pages.parts.fusion_patient import demonstrations, ends
from pages.parts.fusion_verdict import answer
from tests.pages import fusion_artifact
from tests.pages.tables import tables

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.fusion_data import Joined

PAGE = str(Path(__file__).parents[2] / "pages" / "3_fusion.py")
TABS = ("results", "patient", "method", "published")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fusion that helps, of two classes, and one that adds nothing, of three."""
    root = tmp_path_factory.mktemp("fusion")
    fusion_artifact.save(root, "diagnosis")
    fusion_artifact.save(root, "outcome", ecg=0.05)
    return root


@pytest.fixture
def shown(saved: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PE_ARTIFACTS", str(saved))
    return saved


def opened(language: str = "en", tab: str = "results", task: str = "diagnosis") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["fusion_tabs"] = text(language, f"pages_fusion.tabs.{tab}")
    app.session_state["fusion_task"] = task
    return app.run()


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.header]
    return "\n".join(str(each.value) for each in elements)


def stored(root: Path, task: str) -> tuple[Results, Joined]:
    found = load_results(root, task, "fusion")
    return found, joined(found, found.artifact.digest)


def with_differences(three: Joined, ehr: tuple[float, ...], ecg: tuple[float, ...]) -> Joined:
    limits = {"ehr": Interval(*ehr), "ecg": Interval(*ecg)}
    return replace(three, gains=tuple(replace(one, difference=limits[one.against]) for one in three.gains))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("task", ["diagnosis", "outcome"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_draws_in_both_languages(shown, language, task, tab):
    app = opened(language, tab, task)
    assert not app.exception
    assert not app.error
    assert text(language, "frame.notice") in words(app)
    for chart in app.get("plotly_chart"):
        subtitle = json.loads(chart.proto.spec)["layout"]["title"]["subtitle"]["text"]
        assert text(language, "charts.synthetic") in subtitle


def test_the_answer_comes_first_with_the_stored_figures(shown):
    found, three = stored(shown, "diagnosis")
    said = opened().info[0].value
    assert "**helps**" in said
    assert f"is {found.evaluation.classes['pe'].auroc.value:.2f}" in said
    for gain in three.main_gains().values():
        assert gain.difference.low > 0
        assert f"{gain.difference.value:+.3f} ({gain.difference.low:+.3f} to" in said


def test_a_difference_that_may_be_none_is_called_no_help(shown):
    gains = stored(shown, "outcome")[1].main_gains()
    assert gains["ehr"].difference.low <= 0 <= gains["ehr"].difference.high
    assert gains["ecg"].difference.low > 0
    said = opened(task="outcome").info[0].value
    assert "no help from joining is shown" in said
    assert "helps" not in said
    assert "macro AUROC" in said


@pytest.mark.parametrize(
    ("ehr", "ecg", "wanted"),
    [
        ((0.02, 0.01, 0.03), (0.1, 0.05, 0.15), "gain"),
        ((0.02, -0.01, 0.05), (0.1, 0.05, 0.15), "unclear"),
        ((0.02, 0.0, 0.04), (0.1, 0.05, 0.15), "unclear"),
        ((-0.02, -0.03, -0.01), (0.1, 0.05, 0.15), "loss"),
        ((0.02, np.nan, np.nan), (0.1, 0.05, 0.15), "unknown"),
        # better than the better single model, not surely than the worse: nothing is claimed
        ((0.02, 0.01, 0.03), (0.1, -0.05, 0.25), "unclear"),
    ],
)
def test_help_is_claimed_only_against_both_single_models(saved, ehr, ecg, wanted):
    assert answer(with_differences(stored(saved, "diagnosis")[1], ehr, ecg)) == wanted


def test_the_table_of_differences_holds_every_comparison(shown):
    three = stored(shown, "outcome")[1]
    table = opened(task="outcome").table[0].value
    assert len(table) == len(three.gains) == 8
    assert list(table.iloc[:2, 0]) == [text("en", "charts.classes.macro")] * 2


def test_real_patients_are_not_called_synthetic(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, synthetic=False)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    for tab in TABS:
        app = opened(tab=tab)
        assert not app.exception
        assert text("en", "charts.synthetic") not in words(app)
        assert "synthetic patients" not in words(app)


def test_single_models_trained_again_are_said(shown, tmp_path, monkeypatch):
    assert not any("trained again" in one.value for one in opened().warning), "none stands beside it"
    other = tmp_path / "other"
    fusion_artifact.save(other)
    (other / "diagnosis-fusion").rename(tmp_path / "diagnosis-ehr")
    fusion_artifact.save(tmp_path)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    warned = [one.value for one in opened().warning if "trained again" in one.value]
    assert len(warned) == 1
    assert warned[0].startswith(text("en", "pages_fusion.names.ehr"))


def test_few_patients_are_said(tmp_path, monkeypatch):
    fusion_artifact.save(tmp_path, n_test=40)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    assert any("few patients" in one.value for one in opened().warning)


def test_weights_and_fallback_are_put_into_words(shown):
    said = words(opened(tab="method"))
    assert "counts 0.90 times (in full or nearly so)" in said
    assert "0.60 times (at a discount)" in said
    assert "12 with a record alone and 3 with an ECG alone" in said


def test_weights_that_were_set_are_not_called_fitted(shown, tmp_path, monkeypatch):
    rule = text("en", "pages_fusion.weights.set")
    assert rule not in words(opened(tab="method"))
    ways = [fusion_artifact.way("sum", 0.5, 0.8, chosen=True)]
    fusion_artifact.save(tmp_path, weight={"ehr": 1.0, "ecg": 1.0}, strategies=ways)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    assert rule in words(opened(tab="method"))


def test_ways_stand_by_log_loss_and_an_unknown_one_under_its_own_name(shown):
    table = tables(opened(tab="method"))[0]
    names = list(table.iloc[:, 0])
    assert names[0] == text("en", "pages_fusion.ways.names.late")
    assert names[-1] == "house_brew"
    assert list(table.iloc[:, -1]) == ["✓", "", "", "", ""]
    worse = dict(zip(table.iloc[:, 0], table[text("en", "pages_fusion.ways.difference")], strict=True))
    assert worse[text("en", "pages_fusion.ways.names.late")] == text("en", "pages_fusion.ways.least")
    assert worse[text("en", "pages_fusion.ways.names.sum")] == "+0.0100 ± 0.0040"
    assert worse[text("en", "pages_fusion.ways.names.joint")] == text("en", "pages_fusion.ways.no_step")


@pytest.mark.parametrize("kind", ["embedding", "joint"])
def test_a_correction_is_explained(kind, tmp_path, monkeypatch):
    ways = [fusion_artifact.way(kind, 0.5, 0.8, steps=12, chosen=True)]
    fusion_artifact.save(tmp_path, weight={"ehr": 1.0, "ecg": 1.0}, strategies=ways, correction=kind)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    said = words(opened(tab="method"))
    assert text("en", f"pages_fusion.weights.{kind}") in said
    assert text("en", "pages_fusion.weights.set") not in said


def test_a_single_model_that_did_better_in_training_is_said(tmp_path, monkeypatch):
    ways = [
        fusion_artifact.way("late", 0.51, 0.80, chosen=True),
        fusion_artifact.way("ehr", 0.50, 0.81),
    ]
    fusion_artifact.save(tmp_path, strategies=ways)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    assert "Health record alone had a smaller" in words(opened(tab="method"))


@pytest.mark.parametrize(("task", "name"), [("diagnosis", "pe"), ("outcome", "death")])
def test_contributions_lead_from_the_share_to_the_fused_probability(saved, task, name):
    found, three = stored(saved, task)
    at = found.classes.index(name)
    for row in demonstrations(found, name).values():
        base, total = ends(found, three, row, name)
        by_hand = base + three.fusion.intercepts[at - 1]
        for one, weight in zip(MODALITIES, three.fusion.weights[at - 1], strict=True):
            odds = np.log(row[f"{one}_{name}"] / row[f"{one}_{found.classes[0]}"])
            by_hand += weight * (odds - base)
        assert by_hand == pytest.approx(total, abs=1e-6)


def test_demonstration_patients_are_what_they_are_called(saved):
    found, three = stored(saved, "diagnosis")
    share = three.fusion.shares[1]
    chosen = demonstrations(found, "pe")
    assert list(chosen) == ["record_for", "ecg_for", "both_for", "both_against"]
    above = {kind: (row["ehr_pe"] > share, row["ecg_pe"] > share) for kind, row in chosen.items()}
    assert above == {
        "record_for": (True, False),
        "ecg_for": (False, True),
        "both_for": (True, True),
        "both_against": (False, False),
    }
    assert all(row["part"] == "test" for row in chosen.values())


def test_another_demonstration_patient_changes_the_charts(shown):
    app = opened(tab="patient")
    before = [chart.proto.alt for chart in app.get("plotly_chart")]
    app.segmented_control(key="fusion_patient").set_value("both_against").run()
    assert not app.exception
    after = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert len(after) == 2
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_both_sides_of_the_literature_stand_beside_our_figures(shown):
    table = opened(tab="published").table[0].value
    names = [words.split("**")[1] for words in table.iloc[:, 0]]
    assert names[0] == text("en", "pages_fusion.published.own_synthetic")
    fused = dict(zip(names, table[text("en", "pages_fusion.names.fusion")], strict=True))
    assert fused["Somani 2021"] == "0.81"
    assert fused["medRxiv 2025"].replace("\u2060", "").split() == ["0.67", "0.64–0.70"]
    about = dict(zip(names, table.iloc[:, 0], strict=True))
    assert "21,183 patients" in about["Somani 2021"]
    assert "10\\.0% PE" in about["Somani 2021"]


def test_without_a_fusion_the_page_says_what_to_do_and_keeps_the_literature(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened()
    assert not app.exception
    assert "--modality fusion" in app.info[0].value
    assert len(app.table[0].value) == 2


@pytest.mark.parametrize("entry", ["comparisons", "weights", "base_metrics", "fallback", "strategies"])
def test_a_manifest_without_what_the_page_needs_is_one_sentence(tmp_path, monkeypatch, entry):
    fusion_artifact.save(tmp_path, **{entry: None})
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    st.cache_resource.clear()
    app = opened()
    assert not app.exception
    assert len(app.error) == 1
    assert "manifest" in app.error[0].value
