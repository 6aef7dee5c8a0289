"""Text from a hospital's own file is data: it is shown as it stands, whatever it holds."""

from __future__ import annotations

import pytest

from core import charts
from core.charts.words import clip, escape, of_100, percent, signed, tick, width
from tests.charts import examples

NASTY = '<b>K+</b> <a href="javascript:x">%{x}</a> & $x$ {n}\n'


def all_text(figure) -> str:
    return figure.to_json().encode().decode("unicode_escape", errors="ignore")


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("shap_summary", "importance"),
        ("beeswarm", "points"),
        ("waterfall", "contributions"),
        ("missingness", "shares"),
        ("imputation_error", "errors"),
    ],
)
def test_labels_from_files_carry_no_markup(name, frame):
    given = dict(examples.everything()[name])
    given[frame] = given[frame].assign(label=NASTY)
    chart = getattr(charts, name)(**given, language="en")
    assert "<a href" not in all_text(chart.figure)
    assert "<b>K+" not in all_text(chart.figure)
    assert "&lt;b&gt;K+" in all_text(chart.figure)


def test_values_groups_levels_and_titles_carry_no_markup():
    frames = [
        charts.missingness(examples.missing().assign(group=NASTY), language="en"),
        charts.level_shares(examples.levels().assign(level=NASTY), NASTY, language="en"),
        charts.distribution(examples.values(), NASTY, language="en", unit=NASTY),
        charts.beeswarm(examples.points().assign(text=NASTY), "bleeding", language="en"),
        charts.waterfall(
            **examples.waterfall() | {"contributions": examples.contributions().assign(value=NASTY)},
            language="en",
        ),
        charts.class_flow(examples.flow().assign(stage=NASTY), language="en"),
    ]
    for chart in frames:
        assert "<a href" not in all_text(chart.figure)


def test_file_text_stands_in_no_template():
    given = examples.importance().assign(label=NASTY)
    for trace in charts.shap_summary(given, language="en").figure.data:
        assert "K+" not in trace.hovertemplate


def test_labels_that_read_alike_stay_apart():
    figure = charts.missingness(examples.missing().assign(label="2020-01-01"), language="en").figure
    assert len(set(figure.data[0].y)) == len(examples.missing())
    assert figure.layout.yaxis.ticktext[0] == "2020-01-01"


def test_a_long_label_is_clipped_and_whole_where_the_pointer_rests():
    long = "一个非常非常非常非常长的变量名称 with many words after it, mmol/L"
    figure = charts.missingness(examples.missing().assign(label=long), language="zh").figure
    assert figure.layout.yaxis.ticktext[0].endswith("…")
    assert figure.data[0].hovertext[0] == long


def test_escape_leaves_ordinary_text():
    assert escape("D-二聚体 [µg/mL] ≥ 0.5") == "D-二聚体 [µg/mL] ≥ 0.5"


def test_width_counts_chinese_twice():
    assert width("pe肺栓塞") == 8


@pytest.mark.parametrize("words", ["", "a", "肺栓塞" * 20, "word " * 20, "x" * 99])
@pytest.mark.parametrize("lines", [1, 2, 3])
def test_tick_keeps_to_its_room(words, lines):
    parts = tick(words, 20, lines).split("<br>")
    assert len(parts) <= lines
    assert all(width(part) <= 20 for part in parts)


def test_clip_cuts_by_width():
    assert clip("肺栓塞肺栓塞", 7) == "肺栓塞…"
    assert clip("short", 7) == "short"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0%"),
        (0.001, "<1%"),
        (0.094, "9%"),
        (0.5, "50%"),
        (0.999, ">99%"),
        (1, "100%"),
        (float("nan"), "–"),
    ],
)
def test_percent(share, words):
    assert percent(share) == words
    assert of_100(share) == words.rstrip("%")


def test_signed_has_a_true_minus():
    assert (signed(-0.314), signed(0.5)) == ("−0.31", "+0.50")
    assert signed(-0.004) == signed(0.004) == "0.00"
