"""The room of charts as pages see it, and the figure that all of them begin with."""

from __future__ import annotations

import json
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio

from core import charts
from core.charts import style


def test_every_chart_that_the_room_offers_is_found_where_it_is_said_to_be():
    assert sorted(charts._HOME) == sorted(charts.__all__)
    for name, module in charts._HOME.items():
        found = getattr(charts, name)
        assert name in {"CONFIG", "Chart"} or found.__module__ == f"core.charts.{module}"
    # a module of a chart's name would stand in the chart's place once it is loaded
    modules = {path.stem for path in Path(charts.__file__).parent.glob("*.py")}
    assert not modules & set(charts.__all__)


def test_the_fast_layout_is_plotlys_own(monkeypatch):
    def drawn() -> object:
        figure = style.canvas("title", "zh", height=300, note="note", key="key")
        figure.update_layout(xaxis=style.axis("time"), yaxis=style.axis("risk", automargin=False))
        figure.update_layout(xaxis_visible=False, height=320, yaxis={"nticks": 3}, margin={"t": 3})
        return json.loads(pio.to_json(figure))

    fast = drawn()
    monkeypatch.setattr(style, "_Canvas", go.Figure)
    assert fast == drawn()
    assert fast["layout"]["yaxis"]["nticks"] == 3
    assert fast["layout"]["yaxis"]["title"]["text"] == "risk"
