"""What a result means where the condition is more or less common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.style import (
    INK,
    SMALL_SIZE,
    Chart,
    axis,
    canvas,
    compact,
    diagonal,
    key_of,
    look,
    nothing_to_show,
    tint,
)
from core.charts.words import of_100, risk
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import plotly.graph_objects as go

    from core.charts.style import Look

_RESULTS = {"ppv": "pe", "missed": "no_pe"}


def post_test_probability(
    curve: pd.DataFrame,
    *,
    prevalence: float,
    language: str,
    ticks: Sequence[float] = (),
    synthetic: bool = False,
) -> Chart:
    """Draw the probability of the condition after a positive and after a negative result against that before.

    Parameters
    ----------
    curve
        ``prevalence``, ``ppv``, ``missed`` (1 - NPV), each of the two with ``_low`` and ``_high``, 0 to 1.
    prevalence
        The chosen one: a line across, and both values written where it cuts the curves.
    ticks
        Prevalences that get a tick.
    """
    title = text(language, "charts_decisions.post_test_probability.title")
    if curve.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    key = key_of(
        (look(seen_as).mark, text(language, f"charts_decisions.post_test_probability.{name}"))
        for name, seen_as in _RESULTS.items()
    )
    figure = canvas(title, language, height=430, synthetic=synthetic, key=key)
    diagonal(figure, 100)
    figure.add_vline(x=100 * prevalence, line={"color": INK, "width": 1.4, "dash": "dot"})
    here = {name: _line(figure, curve, name, prevalence, language) for name in _RESULTS}
    largest = 100 * float(curve["prevalence"].max())
    figure.update_layout(
        xaxis=axis(
            text(language, "charts_decisions.post_test_probability.x"),
            range=[0, max(largest, 100 * prevalence) + 1],
            tickvals=sorted({round(100 * one) for one in ticks}) or None,
        ),
        yaxis=axis(
            text(language, "charts_decisions.post_test_probability.y"),
            range=[-1, 101],
            tickvals=[0, 20, 40, 60, 80, 100],
        ),
    )
    alt = text(
        language,
        "charts_decisions.post_test_probability.alt",
        prevalence=risk(language, prevalence),
        ppv=risk(language, here["ppv"]),
        missed=risk(language, here["missed"]),
    )
    return Chart(figure, title, alt)


def _line(figure: go.Figure, curve: pd.DataFrame, name: str, prevalence: float, language: str) -> float:
    """Draw one result's curve with its band; returns its height at the chosen prevalence."""
    seen = look(_RESULTS[name])
    there = compact(curve["prevalence"]) * 100
    low, high = compact(curve[f"{name}_low"]) * 100, compact(curve[f"{name}_high"]) * 100
    figure.add_scatter(
        x=np.concatenate([there, there[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=tint(seen.color, 0.16),
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=there,
        y=compact(curve[name]) * 100,
        mode="lines",
        line={"color": seen.color, "width": 2.4, "dash": "solid" if name == "ppv" else "dash"},
        customdata=np.column_stack([low, high]),
        hovertemplate=f"{seen.mark} {text(language, 'charts_decisions.post_test_probability.hover')}"
        "<extra></extra>",
    )
    height = float(np.interp(prevalence, curve["prevalence"], curve[name].astype(float)))
    _mark(figure, 100 * prevalence, 100 * height, of_100(height), seen)
    return height


def _mark(figure: go.Figure, x: float, y: float, words: str, seen: Look) -> None:
    figure.add_scatter(
        x=[x],
        y=[y],
        mode="markers+text",
        text=[f"<b>{words}</b>"],
        textposition="top left" if x > 20 else "top right",
        textfont={"size": SMALL_SIZE + 2, "color": INK},
        marker={"symbol": seen.symbol, "size": 11, "color": seen.color},
        hoverinfo="skip",
    )
