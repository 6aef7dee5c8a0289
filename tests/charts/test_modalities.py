from __future__ import annotations

import numpy as np
import pytest

from core import charts
from core.charts.style import look
from core.charts.words import signed_interval
from core.text import text
from tests.charts import modality_examples as examples


def test_signed_limits_are_joined_by_a_word():
    assert signed_interval(0.031, -0.012, 0.05, "en") == "+0.031 (−0.012 to +0.050)"
    assert signed_interval(-0.5, -1, 0.25, "zh", 2) == "−0.50（−1.00 至 +0.25）"
    assert signed_interval(-0.0002, -0.0019, 0.0004, "en") == "0.000 (−0.002 to 0.000)"
    assert signed_interval(0.031, np.nan, np.nan, "en") == "+0.031"
    assert signed_interval(np.nan, np.nan, np.nan, "en") == "–"


def test_every_difference_stands_against_a_line_at_zero_that_is_in_sight():
    figure = charts.auroc_differences(examples.differences(), language="en").figure
    (line,) = figure.layout.shapes
    assert line.x0 == line.x1 == 0
    low, high = figure.layout.xaxis.range
    assert low < -0.01
    assert high > 0.05


def test_dots_carry_their_limits_and_the_modality_s_own_sign():
    frame = examples.by_class(("value", "low", "high"))
    dots = charts.modality_aurocs(frame, language="en").figure.data[:3]
    assert [dot.marker.symbol for dot in dots] == [look(name).symbol for name in ("fusion", "ehr", "ecg")]
    for dot, (value, low, high) in zip(dots, examples.AREAS.values(), strict=True):
        assert list(dot.x) == [value] * 3
        assert dot.error_x.array[0] == pytest.approx(high - value)
        assert dot.error_x.arrayminus[0] == pytest.approx(value - low)


def test_names_stand_left_and_figures_right_on_the_same_rows():
    layout = charts.modality_aurocs(examples.by_class(("value", "low", "high")), language="en").figure.layout
    left = dict(zip(layout.yaxis.tickvals, layout.yaxis.ticktext, strict=True))
    right = dict(zip(layout.yaxis2.tickvals, layout.yaxis2.ticktext, strict=True))
    assert [(left[place], right[place]) for place in list(right)[:2]] == [
        (text("en", "charts.series.fusion"), "0.78 (0.71–0.85)"),
        (text("en", "charts.series.ehr"), "0.71 (0.66–0.76)"),
    ]
    assert layout.yaxis.range == layout.yaxis2.range
    assert f"<b>{text('en', 'charts.classes.macro')}</b>" in left.values()


def test_the_band_of_the_fusion_alone_is_drawn():
    figure = charts.modality_rocs(examples.curves(), examples.AREAS, "pe", language="en").figure
    assert sum(trace.fill == "toself" for trace in figure.data) == 1
    lines = {trace.name: trace.line.dash for trace in figure.data if trace.name}
    assert len(set(lines.values())) == 3


def test_steps_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="not the total"):
        charts.evidence_steps(**examples.steps() | {"total": 0.4}, language="en")


def test_evidence_is_not_called_shap():
    chart = charts.evidence_steps(**examples.steps(), language="en")
    assert "SHAP" not in chart.figure.to_json() + chart.alt
    assert "SHAP" in charts.waterfall(**examples.steps(), language="en").figure.layout.xaxis.title.text
