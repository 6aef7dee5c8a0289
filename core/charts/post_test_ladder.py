"""How a test moves a probability: before, after by the model, and after as observed, from each starting point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.charts.rows import grouped_rows
from core.charts.style import (
    LOWERS,
    NEUTRAL,
    TEXT_SIZE,
    Chart,
    Look,
    add_all,
    axis,
    canvas,
    look,
    nothing_to_show,
)
from core.charts.words import escape, listed
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from core.charts.rows import Rows

STAGES = ("before", "model", "observed")
_ROW = 42
_BELOW = 0.08


def post_test_steps(steps: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw one line a stage, under a heading a starting point.

    Parameters
    ----------
    steps
        ``class`` (the starting point in words), ``stage`` (of ``STAGES``), ``value`` (missing where only a range is
        known), ``low`` and ``high`` (missing where there is no range), all from 0 to 1, and ``words`` (the same as
        text). Rows of one starting point stand together.
    """
    title = _say(language, "title")
    if steps.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    stages = [name for name in STAGES if name in set(steps["stage"])]
    rows = grouped_rows([str(start) for start in steps["class"]])
    figure = canvas(title, language, height=100 + rows.height(_ROW), synthetic=synthetic)
    said = [
        text(language, "charts_post_test.line", stage=_say(language, str(stage)), words=str(words))
        for stage, words in zip(steps["stage"], steps["words"], strict=True)
    ]
    _write(figure, rows, said, [_look(str(stage)).mark for stage in steps["stage"]])
    for name in stages:
        _stage(figure, steps, rows, name)
    figure.update_layout(
        xaxis=axis(_say(language, "x"), range=[-1, 102], tickvals=[0, 25, 50, 75, 100]),
        yaxis={"range": [rows.total - 0.4, -0.6], "visible": False, "fixedrange": True},
    )
    told = [f"{start} {words}" for start, words in zip(steps["class"], said, strict=True)]
    return Chart(figure, title, _say(language, "alt", steps=listed(language, told)))


def _write(figure: go.Figure, rows: Rows, said: list[str], marks: list[str]) -> None:
    """Write headings, and above each mark what it is: beside the axis they would leave a phone no room for the plot."""
    lines = [(place, f"<b>{escape(words)}</b>") for place, words in rows.headings]
    above = [
        (place - 0.12, f"{mark} {escape(words)}")
        for place, words, mark in zip(rows.positions, said, marks, strict=True)
    ]
    words_at = (
        {
            "text": words,
            "x": 0,
            "y": place,
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "xshift": -4,
            "font": {"size": TEXT_SIZE - 1},
        }
        for place, words in (*lines, *above)
    )
    add_all(figure, "annotations", words_at)


def _stage(figure: go.Figure, steps: pd.DataFrame, rows: Rows, name: str) -> None:
    """Draw the ranges of one stage as thick lines, and its values, where known, as signs on them."""
    part, seen = (steps["stage"] == name).to_numpy(), _look(name)
    values = 100 * steps[["value", "low", "high"]].to_numpy(dtype=float)[part]
    places = rows.positions[part] + _BELOW
    hover = [f"{escape(words)}" for words in steps["words"][part]]
    ends = [(low, high, place) for (_, low, high), place in zip(values, places, strict=True) if low < high]
    figure.add_scatter(
        x=[x for low, high, _ in ends for x in (low, high, math.nan)] or [None],
        y=[y for _, _, place in ends for y in (place, place, math.nan)] or [None],
        mode="lines",
        line={"color": seen.color, "width": 7},
        opacity=0.55,
        hoverinfo="skip",
    )
    # where only a range is known its ends are the signs: a mark in the middle would claim a value
    x = np.concatenate([[value] if value == value else [low, high] for value, low, high in values])  # noqa: PLR0124
    counts = [1 if row[0] == row[0] else 2 for row in values]
    figure.add_scatter(
        x=x,
        y=np.repeat(places, counts),
        mode="markers",
        marker={"symbol": seen.symbol, "size": 11, "color": seen.color},
        hovertext=np.repeat(hover, counts),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _look(stage: str) -> Look:
    """Return how a stage looks: each has its own sign as well as its own colour."""
    return {
        "before": Look(NEUTRAL, "circle", "●"),
        "model": look("ecg"),
        "observed": Look(LOWERS, "square", "■"),
    }[stage]


def _say(language: str, key: str, **values: str) -> str:
    return text(language, f"charts_post_test.{key}", **values)
