"""Whether predicted risks come true: the calibration curve, with the predictions' histogram under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import (
    TEXT_SIZE,
    Chart,
    axis,
    canvas,
    compact,
    diagonal,
    look,
    nothing_to_show,
)
from core.charts.words import escape, listed, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_BINS = 25


def calibration_curve(
    curve: pd.DataFrame,
    class_name: str,
    *,
    language: str,
    predictions: pd.DataFrame | None = None,
    synthetic: bool = False,
) -> Chart:
    """Draw observed against predicted risk of one class, a line for each series.

    Parameters
    ----------
    curve
        ``series`` (raw, recalibrated, twin), ``predicted``, ``observed``, ``low``, ``high`` (0 to 1),
        ``n``: one row a bin.
    class_name
        The class whose risk it is.
    predictions
        ``series``, ``predicted``: every patient's probability, for the histogram.
    """
    name = word(language, "classes", class_name)
    title = text(language, "charts.calibration_curve.title", name=name)
    if curve.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=520, synthetic=synthetic)
    top = _top(curve)
    diagonal(figure, top, showlegend=False)
    said = []
    for series, part in curve.groupby("series", sort=False):
        _observed(figure, part, str(series), language)
        gap = float(np.average(part["predicted"] - part["observed"], weights=part["n"].clip(lower=1)))
        facts = {
            "series": word(language, "series", str(series)),
            "gap": f"{100 * gap:+.1f}".replace("-", "−"),
        }
        said.append(text(language, "charts.calibration_curve.alt_series", **facts))
    _histogram(figure, predictions, top, language)
    _axes(figure, top, language, with_histogram=predictions is not None)
    alt = text(language, "charts.calibration_curve.alt", name=name, series=listed(language, said))
    return Chart(figure, title, alt)


def _top(curve: pd.DataFrame) -> float:
    """Round the largest risk up, so that rare outcomes fill the plot and common ones end at 100."""
    largest = float(np.nanmax(curve[["predicted", "observed", "high"]].to_numpy(dtype=float)))
    steps = np.array([5, 10, 20, 30, 40, 50, 60, 80, 100])
    return float(steps[min(int(np.searchsorted(steps, 100 * largest)), len(steps) - 1)])


def _observed(figure: go.Figure, part: pd.DataFrame, series: str, language: str) -> None:
    seen = look(series)
    observed = compact(part["observed"]) * 100
    figure.add_scatter(
        x=compact(part["predicted"]) * 100,
        y=observed,
        mode="lines+markers",
        name=escape(word(language, "series", series)),
        legendgroup=series,
        error_y={
            "type": "data",
            "thickness": 1.1,
            "width": 3,
            "array": compact(part["high"]) * 100 - observed,
            "arrayminus": observed - compact(part["low"]) * 100,
        },
        line={"color": seen.color, "width": 2.2, "dash": seen.dash},
        marker={"symbol": seen.symbol, "size": 9, "color": seen.color},
        customdata=part["n"].to_numpy(),
        hovertemplate=f"{seen.mark} {text(language, 'charts.calibration_curve.hover')}<extra></extra>",
    )


def _histogram(figure: go.Figure, predictions: pd.DataFrame | None, top: float, language: str) -> None:
    if predictions is None:
        return
    edges = np.linspace(0, top, _BINS + 1)
    for series, part in predictions.groupby("series", sort=False):
        seen = look(str(series))
        # what lies beyond the plot is counted in its last bar, so that the bars add up to all patients
        values = np.minimum(part["predicted"].to_numpy(dtype=float) * 100, top)
        heights = np.histogram(values, edges)[0]
        figure.add_scatter(
            x=compact(edges),
            y=np.append(heights, heights[-1]),
            yaxis="y2",
            mode="lines",
            legendgroup=str(series),
            showlegend=False,
            line={"color": seen.color, "width": 1.8, "shape": "hv", "dash": seen.dash},
            hovertemplate=f"{seen.mark} {text(language, 'charts.calibration_curve.hover_n')}<extra></extra>",
        )


def _axes(figure: go.Figure, top: float, language: str, *, with_histogram: bool) -> None:
    domain: dict[str, Any] = {"domain": [0.3, 1] if with_histogram else [0, 1]}
    figure.update_layout(
        xaxis=axis(
            text(language, "charts.calibration_curve.x"),
            range=[-0.01 * top, 1.02 * top],
            anchor="y2" if with_histogram else "y",
        ),
        yaxis=axis(text(language, "charts.calibration_curve.y"), range=[-0.01 * top, 1.02 * top], **domain),
        showlegend=True,
        legend={
            "x": 0.02,
            "y": 0.99,
            "xanchor": "left",
            "yanchor": "top",
            "bgcolor": "rgba(0,0,0,0)",
            "font": {"size": TEXT_SIZE - 1},
        },
    )
    if with_histogram:
        figure.update_layout(
            yaxis2=axis(
                text(language, "charts.calibration_curve.y_n"), domain=[0, 0.22], rangemode="tozero", nticks=3
            )
        )
