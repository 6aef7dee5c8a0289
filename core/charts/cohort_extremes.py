"""Values far from the rest, marked at the ends of a distribution: how many lie beyond, and where the fence is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.charts.style import INK, NEUTRAL, SMALL_SIZE, Chart
from core.charts.words import count
from core.text import text

if TYPE_CHECKING:
    import pandas as pd


def mark_extremes(chart: Chart, values: pd.DataFrame, fences: tuple[float, float], *, language: str) -> Chart:
    """Add to a distribution how many values of each class lie beyond fences.

    A triangle stands at the end of the class's row, since the values themselves would squeeze the rest; a dotted line
    marks a fence that lies in view. The figure is changed.

    Parameters
    ----------
    chart
        What ``charts.distribution`` drew.
    values
        The same ``class`` and ``value``, in the same order.
    fences
        Lower and upper, infinite where there is none.
    """
    figure = chart.figure
    ends = figure.layout.xaxis.range
    if ends is None:
        return chart
    low, high = fences
    for fence in (low, high):
        if ends[0] < fence < ends[1]:
            figure.add_vline(x=fence, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    numbers: list[int] = []
    for place, (_, part) in enumerate(values.groupby("class", sort=False)):
        beyond = ((part["value"] < low).sum(), (part["value"] > high).sum())
        numbers.extend(int(n) for n in beyond)
        for n, end, symbol, side in (
            (beyond[0], ends[0], "triangle-left", "middle right"),
            (beyond[1], ends[1], "triangle-right", "middle left"),
        ):
            if n:
                figure.add_scatter(
                    x=[end],
                    y=[place + 0.3],
                    mode="markers+text",
                    text=[count(n)],
                    textposition=side,
                    textfont={"size": SMALL_SIZE, "color": INK},
                    marker={"symbol": symbol, "size": 11, "color": NEUTRAL},
                    cliponaxis=False,
                    hovertemplate=text(language, "cohort_charts.edges.hover") + "<extra></extra>",
                )
    if not sum(numbers):
        return chart
    said = text(language, "cohort_charts.edges.alt", below=sum(numbers[::2]), above=sum(numbers[1::2]))
    return replace(chart, alt=f"{chart.alt} {said}")
