from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import charts
from core.charts.cohort_extremes import mark_extremes

VALUES = pd.DataFrame(
    {"class": ["none"] * 203 + ["death"] * 200, "value": [*range(200), 900, 950, -700, *range(200)]}
)


def marks(fences: tuple[float, float], language: str = "en"):
    drawn = charts.distribution(VALUES, "Lactate", language=language)
    before = len(drawn.figure.data)
    marked = mark_extremes(drawn, VALUES, fences, language=language)
    return marked, list(marked.figure.data[before:])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_end_of_a_class_says_how_many_lie_beyond(language):
    chart, added = marks((-500, 500), language)
    assert [(trace.text[0], trace.marker.symbol, trace.y[0]) for trace in added] == [
        ("1", "triangle-left", 0.3),
        ("2", "triangle-right", 0.3),
    ]
    assert "1" in chart.alt.removeprefix(charts.distribution(VALUES, "Lactate", language=language).alt)


def test_no_patients_value_is_drawn():
    _, added = marks((-500, 500))
    assert not {900, 950, -700} & {float(x) for trace in added for x in trace.x}


def test_a_fence_in_view_is_a_line_and_one_out_of_view_is_none():
    inside, _ = marks((-500, 150))
    outside, _ = marks((-500, 500))
    assert len(inside.figure.layout.shapes) == len(outside.figure.layout.shapes) + 1


def test_without_extremes_the_chart_stays_as_it_was():
    chart, added = marks((-np.inf, np.inf))
    assert added == []
    assert chart.alt == charts.distribution(VALUES, "Lactate", language="en").alt
