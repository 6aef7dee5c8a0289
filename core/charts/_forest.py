"""Dots in their intervals, grouped under headings: the name stands left, the figure in a column of its own right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.rows import Rows, draw_rows, grouped_rows
from core.charts.style import axis, look
from core.charts.words import escape, tick, word

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

ROW = 31


def forest_rows(frame: pd.DataFrame, language: str) -> Rows:
    """Return one row for each row of the frame, under a heading wherever its ``class`` changes."""
    return grouped_rows([escape(word(language, "classes", str(name))) for name in frame["class"]])


def draw_forest(
    figure: go.Figure, frame: pd.DataFrame, rows: Rows, labels: list[str], said: list[str]
) -> None:
    """Draw the dots, their names and their figures.

    Parameters
    ----------
    frame
        ``series`` (how the row looks), ``value``, ``low``, ``high`` (missing where no interval
        is known).
    rows
        From ``forest_rows`` of the same frame.
    labels, said
        What stands left and right of each row, plain text.
    """
    _names(figure, rows, labels)
    hover = [f"{escape(label)}  {escape(words)}" for label, words in zip(labels, said, strict=True)]
    value = frame["value"].to_numpy(dtype=float)
    for name in dict.fromkeys(frame["series"].astype(str)):
        part = (frame["series"] == name).to_numpy()
        seen = look(name)
        figure.add_scatter(
            x=value[part],
            y=rows.positions[part],
            mode="markers",
            marker={"symbol": seen.symbol, "size": 11, "color": seen.color},
            error_x={
                "type": "data",
                "color": seen.color,
                "thickness": 2.2,
                "width": 5,
                "array": frame["high"].to_numpy(dtype=float)[part] - value[part],
                "arrayminus": value[part] - frame["low"].to_numpy(dtype=float)[part],
            },
            hovertext=[words for words, own in zip(hover, part, strict=True) if own],
            hovertemplate=f"{seen.mark} %{{hovertext}}<extra></extra>",
        )
    _figures(figure, rows, said)


def _names(figure: go.Figure, rows: Rows, labels: list[str]) -> None:
    """Write names and headings beside the axis: headings inside the plot would stand on its line at 0 or 0.5."""
    draw_rows(figure, Rows(rows.positions, (), rows.total), labels)
    figure.update_yaxes(
        tickvals=[*(place for place, _ in rows.headings), *rows.positions],
        ticktext=[*(f"<b>{words}</b>" for _, words in rows.headings), *(tick(label) for label in labels)],
    )


def _figures(figure: go.Figure, rows: Rows, said: list[str]) -> None:
    figure.update_layout(
        yaxis2=axis(
            overlaying="y",
            side="right",
            showgrid=False,
            fixedrange=True,
            range=figure.layout.yaxis.range,
            tickmode="array",
            tickvals=rows.positions,
            ticktext=[escape(words) for words in said],
        )
    )
    # an axis without a trace of its own is not drawn
    figure.add_scatter(
        x=[None] * len(rows.positions), y=rows.positions, yaxis="y2", mode="markers", hoverinfo="skip"
    )


def reaching(frame: pd.DataFrame, *always: float) -> tuple[float, float]:
    """Return the range that holds every dot, every limit and what is always shown, with a little room."""
    columns = frame[["value", "low", "high"]].to_numpy(dtype=float)
    known = np.concatenate([columns[np.isfinite(columns)], np.array(always, dtype=float)])
    room = 0.05 * max(float(np.ptp(known)), 0.02)
    return float(known.min()) - room, float(known.max()) + room
