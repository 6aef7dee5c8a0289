"""Every chart has a title, axes with units, alternative text, and survives little or nothing to draw."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core import charts
from core.text import LANGUAGES, text
from tests.charts.examples import everything

NAMES = [name for name in charts.__all__ if name not in {"CONFIG", "Chart"}]
HAN = re.compile(r"[\u4e00-\u9fff]")
# an axis of numbers names its unit in brackets; one of words (classes) needs none
BRACKETS = re.compile(r"[(（\[].+[)）\]]")


def draw(name: str, language: str, **changes: Any) -> charts.Chart:
    chart: charts.Chart = getattr(charts, name)(**{**everything()[name], **changes}, language=language)
    return chart


def frames(name: str) -> dict[str, pd.DataFrame]:
    return {key: value for key, value in everything()[name].items() if isinstance(value, pd.DataFrame)}


def test_every_chart_has_an_example():
    assert set(everything()) == set(NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_title_and_alternative_text_in_the_language(name, language):
    chart = draw(name, language)
    assert isinstance(chart.figure, go.Figure)
    assert chart.title
    assert chart.figure.layout.title.text == chart.title
    assert len(chart.alt) > 20
    assert re.search(r"\d", chart.alt), "the alternative text holds no number"
    assert "<" not in chart.alt.replace("<1", "")
    if language == "zh":
        assert HAN.search(chart.alt)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_numeric_axes_name_their_unit(name, language):
    layout = draw(name, language).figure.layout
    axes = [key for key in layout.to_plotly_json() if re.fullmatch(r"[xy]axis\d*", key)]
    titles = {key: layout[key].title.text for key in axes if layout[key].title.text}
    assert "xaxis" in titles
    if name == "confusion_matrix":
        assert "yaxis" in titles
        return
    assert all(BRACKETS.search(words) for words in titles.values()), titles


@pytest.mark.parametrize("name", NAMES)
def test_axes_without_title_show_labels_or_nothing(name):
    layout = draw(name, "en").figure.layout
    for key in ("xaxis", "yaxis", "yaxis2"):
        there = layout[key] if key in layout.to_plotly_json() else None
        if there is None or there.title.text:
            continue
        assert there.visible is False or there.ticktext is not None, key


@pytest.mark.parametrize("name", NAMES)
def test_synthetic_numbers_are_marked_and_others_are_not(name):
    for language in LANGUAGES:
        mark = text(language, "charts.synthetic")
        assert mark in draw(name, language, synthetic=True).figure.layout.title.subtitle.text
        assert mark not in (draw(name, language).figure.layout.title.subtitle.text or "")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_draw_gives_a_sentence(name):
    empty = {key: frame.iloc[:0] for key, frame in frames(name).items()}
    if name == "confusion_matrix":
        empty = {"labels": (), "counts": np.zeros((0, 0), dtype=int)}
    chart = draw(name, "en", **empty)
    assert chart.alt == text("en", "charts.nothing")
    assert chart.figure.layout.annotations[0].text == chart.alt


@pytest.mark.parametrize("name", [name for name in NAMES if name != "confusion_matrix"])
def test_one_row_is_enough(name):
    one = {key: frame.iloc[:1] for key, frame in frames(name).items()}
    changes: dict[str, Any] = dict(one)
    if name in {"waterfall", "evidence_steps"}:
        # base, contributions and total belong together
        changes |= {"base": -1.0, "total": -1.0 + float(one["contributions"]["contribution"].iloc[0])}
    if name == "waterfall":
        changes["other"] = 0.0
    chart = draw(name, "zh", **changes)
    assert chart.figure.data
    assert not re.search(r"\bnan\b", chart.alt)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_through_and_text_is_large_enough(name):
    layout = draw(name, "en").figure.layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.width is None
    assert "Noto Sans SC" in layout.font.family
    sizes = [float(size) for size in re.findall(r'"size":\s*(\d+)\}', layout.to_json()) if float(size) > 9]
    assert min(sizes) >= 12


def test_a_figure_is_the_same_with_and_without_streamlit():
    before = draw("class_flow", "en").figure.to_json()
    import streamlit  # its import sets plotly's default template
    import streamlit.elements.plotly_chart  # noqa: F401

    assert draw("class_flow", "en").figure.to_json() == before


@pytest.mark.parametrize("name", NAMES)
def test_the_same_input_gives_the_same_figure(name):
    assert draw(name, "en").figure.to_json() == draw(name, "en").figure.to_json()
