"""How well a model ranks patients within subgroups: dots with their intervals, one row a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.charts.style import (
    LOWERS,
    NEUTRAL,
    TEXT_SIZE,
    Chart,
    add_all,
    axis,
    canvas,
    key_of,
    look,
    nothing_to_show,
    sign,
)
from core.charts.words import auroc, auroc_interval, count, escape, listed, word
from core.text import text

if TYPE_CHECKING:
    import plotly.graph_objects as go


def subgroup_aurocs(groups: pd.DataFrame, title: str, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the area under the curve of each subgroup as a dot in its interval, its words above it.

    Parameters
    ----------
    groups
        ``label``, ``auroc``, ``low``, ``high``, ``events``, ``few`` (grey and said: too few to judge); where
        known also ``reference`` (the best possible, as a hollow diamond).
    title
        What the groups are.
    """
    if groups.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    with_reference = "reference" in groups and bool(groups["reference"].notna().any())
    best = [(look("oracle").mark.replace("◆", "◇"), word(language, "series", "oracle"))]
    figure = canvas(
        title,
        language,
        height=120 + 62 * len(groups),
        synthetic=synthetic,
        key=key_of(best) if with_reference else "",
    )
    said = [_in_words(row, language) for _, row in groups.iterrows()]
    best_too = [words + _best(row, language) for words, (_, row) in zip(said, groups.iterrows(), strict=True)]
    colors = [NEUTRAL if few else LOWERS for few in groups["few"]]
    _dots(figure, groups, colors, said)
    if with_reference:
        _references(figure, groups, language)
    _headings(figure, colors, said)
    _guide(figure, len(groups))
    lowest = min(0.5, float(np.nanmin([0.5, *groups["low"].astype(float)])))
    figure.update_layout(
        xaxis=axis(
            text(language, "charts_decisions.subgroup_aurocs.x"),
            range=[np.floor(10 * lowest - 0.2) / 10, 1.01],
            tickformat=".1f",
            dtick=0.1,
        ),
        yaxis={"range": [len(groups) - 0.6, -0.85], "visible": False, "fixedrange": True},
    )
    alt = text(language, "charts_decisions.subgroup_aurocs.alt", groups=listed(language, best_too))
    return Chart(figure, title, alt)


def _headings(figure: go.Figure, colors: list[str], said: list[str]) -> None:
    """Write the words of each subgroup above its dot."""
    words_at = (
        {
            "text": f"{sign(color, '●')} {escape(words)}",
            "x": 0,
            "xref": "x domain",
            "y": place - 0.22,
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "font": {"size": TEXT_SIZE},
        }
        for place, (color, words) in enumerate(zip(colors, said, strict=True))
    )
    add_all(figure, "annotations", words_at)


def _guide(figure: go.Figure, rows: int) -> None:
    """Draw the line at 0.5 beside the dots alone: drawn through, it would cross the words above them."""
    lines = (
        {
            "type": "line",
            "x0": 0.5,
            "x1": 0.5,
            "y0": place - 0.2,
            "y1": place + 0.32,
            "layer": "below",
            "line": {"color": NEUTRAL, "width": 1.6},
        }
        for place in range(rows)
    )
    add_all(figure, "shapes", lines)


def _dots(figure: go.Figure, groups: pd.DataFrame, colors: list[str], said: list[str]) -> None:
    value = groups["auroc"].to_numpy(dtype=float)
    for place, color in enumerate(colors):
        row = groups.iloc[place]
        figure.add_scatter(
            x=[value[place]],
            y=[place],
            mode="markers",
            marker={"symbol": "circle-open" if row["few"] else "circle", "size": 12, "color": color},
            error_x={
                "type": "data",
                "color": color,
                "thickness": 2.2,
                "width": 6,
                "array": [row["high"] - value[place]],
                "arrayminus": [value[place] - row["low"]],
            },
            hovertext=[escape(said[place])],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _references(figure: go.Figure, groups: pd.DataFrame, language: str) -> None:
    figure.add_scatter(
        x=groups["reference"].to_numpy(dtype=float),
        y=np.arange(len(groups)),
        mode="markers",
        marker={
            "symbol": "diamond-open",
            "size": 12,
            "color": look("oracle").color,
            "line": {"width": 2},
        },
        hovertemplate=f"{escape(word(language, 'series', 'oracle'))} %{{x:.2f}}<extra></extra>",
    )


def _in_words(row: pd.Series, language: str) -> str:
    """``Severe PE: 0.84 (0.80–0.88), 120 events``: short enough for a phone."""
    words = str(row["label"]) + text(language, "charts.colon")
    words += auroc_interval(float(row["auroc"]), float(row["low"]), float(row["high"]))
    key = "event" if row["events"] == 1 else "events"
    words += text(language, f"charts_decisions.subgroup_aurocs.{key}", n=count(row["events"]))
    if row["few"]:
        words += text(language, "charts_decisions.subgroup_aurocs.few")
    return words


def _best(row: pd.Series, language: str) -> str:
    if "reference" not in row or pd.isna(row["reference"]):
        return ""
    best = auroc(float(row["reference"]))
    return text(language, "charts_decisions.subgroup_aurocs.best", value=best)
