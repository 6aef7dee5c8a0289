"""The figure that all charts begin with."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io as pio

from core.charts import style


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
