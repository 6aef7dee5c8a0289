from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.clinical.reported import original_report, settings
from core.evaluation import FEWEST_EVENTS, decide_at, post_test, predictive_values
from core.results import load_results
from core.text import text
from tests.pages import ecg_artifact

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
from pathlib import Path
from core.results import load_results
from pages.parts import ecg_results
from pages.parts.errors import friendly_errors
from pages.parts.frame import open_page

page = open_page("overview")
with friendly_errors(page):
    ecg_results.draw(page, load_results(Path({root!r}), "diagnosis", "ecg"))
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ecg-results")
    ecg_artifact.save(root)
    return root


def opened(root: Path, language: str = "en", **query: str) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(root=str(root)), default_timeout=60)
    for name, value in {"lang": language, **query}.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.header]
    return "\n".join(str(each.value) for each in elements)


def judged(root: Path):
    frame = load_results(root, "diagnosis", "ecg").frame("predictions")
    test = frame[frame["part"] == "test"]
    return (test["truth"] == "pe").to_numpy(), test["p_pe"].to_numpy()


def figures(app: AppTest):
    """The table of figures: this model's column and the report's, by the name of the figure."""
    table = app.table[0].value
    return table.set_index(table.columns[0])


def tables(app: AppTest):
    """Every table by the name of its first column."""
    return {one.value.columns[0]: one.value for one in app.table}


def published(app: AppTest):
    """The table of studies, by the name of the study."""
    table = tables(app)[text("en", "ecg_results.published.study")]
    return table.set_index(table.iloc[:, 0].str.split("**", regex=False).str[1], drop=False)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_section_draws_in_both_languages(saved, language):
    app = opened(saved, language)
    assert not app.exception
    assert not app.error
    shown = words(app)
    for section in ("threshold", "prevalence", "severity", "calibration", "rivals", "training", "learning"):
        assert text(language, f"ecg_results.{section}.title") in shown


def test_every_synthetic_table_and_chart_says_so(saved):
    app = opened(saved, "zh")
    assert "合成数据" in words(app)
    assert any("合成数据" in column for column in app.table[0].value.columns)
    charts = app.get("plotly_chart")
    assert len(charts) == 6
    for chart in charts:
        assert "合成数据" in json.loads(chart.proto.spec)["layout"]["title"]["subtitle"]["text"]


def test_real_data_are_not_called_synthetic_and_have_no_best_possible(tmp_path):
    ecg_artifact.save(tmp_path, synthetic=False, severity=False)
    app = opened(tmp_path)
    assert not app.exception
    assert not app.error
    shown = words(app)
    assert text("en", "charts.synthetic") not in shown
    assert "best possible is not known" in shown
    assert text("en", "ecg_results.severity.unknown") in shown


def test_the_threshold_starts_where_training_put_it(saved):
    app = opened(saved)
    youden = load_results(saved, "diagnosis", "ecg").artifact.manifest["thresholds"]["youden"]
    assert app.slider(key="ecg_threshold").value == round(youden, 2)
    exact = decide_at(*judged(saved), youden).counts
    assert f"{exact.tp} of them have it; {exact.fn} with PE are missed" in words(app), (
        "the exact threshold, not the slider's rounded one"
    )


def test_moving_the_threshold_moves_the_table(saved):
    app = opened(saved)
    app.slider(key="ecg_threshold").set_value(0.7).run()
    event, probability = judged(saved)
    wanted = decide_at(event, probability, 0.7).figures()
    table = figures(app)
    for name in ("accuracy", "sensitivity", "specificity", "ppv", "npv", "f1"):
        one = wanted[name]
        shown = table.loc[text("en", f"ecg_results.table.{name}")].iloc[0]
        assert shown.replace("\u2060", "") == f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})", name
    assert text("en", "ecg_results.threshold.how_own") in words(app)


def test_a_choice_moves_the_slider_to_its_threshold(saved):
    app = opened(saved)
    chosen = load_results(saved, "diagnosis", "ecg").artifact.manifest["thresholds"]["sensitivity"][
        "threshold"
    ]
    app.segmented_control(key="ecg_threshold_choice").set_value("sensitivity").run()
    assert app.slider(key="ecg_threshold").value == round(chosen, 2)
    event, probability = judged(saved)
    assert f"{decide_at(event, probability, chosen).counts.fn} with PE are missed" in words(app)


def test_the_reports_sensitivity_is_looked_up_on_the_training_part(saved):
    app = opened(saved)
    app.segmented_control(key="ecg_threshold_choice").set_value("report").run()
    frame = load_results(saved, "diagnosis", "ecg").frame("predictions")
    held_out = frame[(frame["part"] == "out-of-fold") & (frame["truth"] == "pe")]["p_pe"]
    threshold = float(np.sort(held_out)[::-1][int(np.ceil(0.419 * len(held_out))) - 1])
    assert f"Threshold in use {threshold:.4g}" in words(app)


def test_the_address_sets_the_threshold(saved):
    app = opened(saved, ecg_threshold="0.25", ecg_prevalence="22")
    assert app.slider(key="ecg_threshold").value == 0.25
    assert app.slider(key="ecg_prevalence").value == 22


def test_the_reports_figures_stand_beside_as_reported(saved):
    column = figures(opened(saved)).iloc[:, 1]
    assert column.name == text("en", "ecg_results.table.reported")
    assert column["Accuracy"] == "0.6745"
    assert column["AUROC"] == "0.72"
    assert column["LR+"] == "2.87 †"
    assert column["Share of PE"] == "0.41 †"


def test_unverified_figures_are_marked(saved):
    table = published(opened(saved))
    assert "unverified" in table.loc["Valente Silva 2023"].iloc[0]
    assert "read in the source" in table.loc["Wysokinski 2024"].iloc[0]


def test_areas_have_two_decimals_and_other_published_figures_the_digits_in_which_they_were_reported(saved):
    table = published(opened(saved))
    assert table.loc["Strodthoff 2024", "AUROC"].replace("\u2060", "").split() == ["0.75", "0.72–0.78"]
    assert table.loc["medRxiv 2025", "AUROC"].replace("\u2060", "").split() == ["0.67", "0.64–0.70"]
    assert table.loc["Wysokinski 2024", text("en", "ecg_results.published.means")].endswith("/ 0.945")
    assert table.loc["Somani 2021", text("en", "ecg_results.published.found")] == "–"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_table_of_results_can_be_read_by_a_screen_reader(saved, language):
    app = opened(saved, language)
    assert not app.dataframe, "drawn on a canvas, and cut at a phone's edge"
    assert len(app.table) >= 5
    assert max(len(one.value.columns) for one in app.table) <= 4


@pytest.mark.parametrize("percent", [5, 22])
def test_predictive_values_follow_the_prevalence(saved, percent):
    app = opened(saved)
    app.slider(key="ecg_prevalence").set_value(percent).run()
    event, probability = judged(saved)
    youden = load_results(saved, "diagnosis", "ecg").artifact.manifest["thresholds"]["youden"]
    found = decide_at(event, probability, youden).measures
    wanted = predictive_values(found.sensitivity.value, found.specificity.value, percent / 100)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown[text("en", "ecg_results.prevalence.ppv")].startswith(f"{100 * wanted.ppv:.0f} of 100 (")
    assert shown[text("en", "ecg_results.prevalence.npv")].startswith(f"{100 * wanted.npv:.0f} of 100 (")
    missed = post_test(found.lr_negative, percent / 100).value
    assert shown[text("en", "ecg_results.prevalence.missed")].startswith(f"{100 * missed:.0f} of 100 (")


def test_every_preset_says_what_it_means_and_where_it_is_from(saved):
    table = opened(saved).table[2].value
    told = [words.split("**")[1] for words in table.iloc[:, 0]]
    assert told == [f"{one.prevalence:.0%}" for one in settings()]
    assert "Marchick" in table.iloc[0, 0]
    assert "41.3%" in table.iloc[3, 0].replace("\\", "")


def test_severe_embolism_is_told_apart_better_than_mild(saved):
    app = opened(saved)
    alt = next(chart.proto.alt for chart in app.get("plotly_chart") if "each group" in chart.proto.alt)
    severe, mild, every = (
        float(alt.split(f"{text('en', f'ecg_results.severity.{name}')}: ")[1][:4])
        for name in ("severe", "mild", "all")
    )
    assert mild < every < severe
    assert "0.84 (0.81–0.86)" in words(app)


def test_few_patients_are_said(tmp_path):
    ecg_artifact.save(tmp_path, n_test=20)
    app = opened(tmp_path)
    assert not app.exception
    assert text("en", "ecg_results.headline.few", needed=FEWEST_EVENTS) in words(app)


def test_an_artifact_without_rivals_or_training_still_draws(tmp_path):
    ecg_artifact.save(tmp_path, rivals=None, training=None)
    app = opened(tmp_path)
    assert not app.exception
    assert not app.error
    assert text("en", "ecg_results.rivals.missing") in words(app)


def test_an_architecture_without_words_stands_under_its_own_name(saved):
    table = tables(opened(saved))[text("en", "ecg_results.rivals.name")]
    assert list(table.iloc[:, 0]) == [
        "Residual network (in use)",
        "MiniRocket with a linear head",
        "house\\_brew",
    ]


def test_missing_thresholds_are_one_sentence(tmp_path):
    ecg_artifact.save(tmp_path, thresholds=None)
    st.cache_resource.clear()
    app = opened(tmp_path)
    assert not app.exception
    assert len(app.error) == 1
    assert "thresholds" in app.error[0].value


def test_the_report_is_nowhere_called_this_projects_result(saved):
    app = opened(saved)
    metric = next(one for one in app.metric if one.label == text("en", "ecg_results.headline.reported"))
    assert metric.value == f"{original_report().figures['auroc'].value:.2f}"
    assert "original report" in metric.label
