"""How well classes are told apart: ROC and precision-recall curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import (
    TEXT_SIZE,
    Chart,
    Look,
    axis,
    canvas,
    compact,
    diagonal,
    legend_below,
    look,
    nothing_to_show,
    tint,
)
from core.charts.words import auroc, auroc_interval, escape, listed, percent, word
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    import plotly.graph_objects as go

Interval = tuple[float, float, float]
_MOST_POINTS = 1000


def roc_curves(
    curves: pd.DataFrame,
    aurocs: Mapping[str, Interval],
    *,
    language: str,
    comparison: pd.DataFrame | None = None,
    comparison_aurocs: Mapping[str, float] | None = None,
    comparison_series: str = "oracle",
    synthetic: bool = False,
) -> Chart:
    """Draw one ROC curve a class (one against the rest), with areas and intervals written beside them.

    Parameters
    ----------
    curves
        ``class``, ``fpr``, ``tpr``, ``threshold``; where a band is wanted also ``low``, ``high`` (of
        ``tpr``).
    aurocs
        Area under the curve of each class: value, low, high.
    comparison
        A second set, dotted: ``class``, ``fpr``, ``tpr``.
    comparison_aurocs
        Its areas, written in one line.
    comparison_series
        ``oracle`` or ``twin``: what the second set is called.
    """
    title = text(language, "charts.roc_curves.title")
    if curves.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=440, synthetic=synthetic)
    diagonal(figure)
    _first_set(figure, curves, language)
    if comparison is not None:
        _second_set(figure, comparison)
    lines = [
        f"{look(name, i).mark} {_class_word(language, name)}  {auroc_interval(*area)}"
        for i, (name, area) in enumerate(aurocs.items())
    ]
    if comparison_aurocs:
        areas = " / ".join(auroc(value) for value in comparison_aurocs.values())
        lines.append(f"┄ {escape(word(language, 'series', comparison_series))}  {areas}")
    corner_note(figure, [f"<b>{text(language, 'charts.auroc')}</b>", *lines])
    unit_square(figure, language, "roc_curves")
    return Chart(figure, title, text(language, "charts.roc_curves.alt", areas=_areas(language, aurocs)))


def precision_recall(
    curves: pd.DataFrame,
    prevalence: Mapping[str, float],
    *,
    language: str,
    average_precision: Mapping[str, Interval] | None = None,
    synthetic: bool = False,
) -> Chart:
    """Draw one precision-recall curve a class; its baseline is the prevalence, which a useless model reaches.

    Parameters
    ----------
    curves
        ``class``, ``recall``, ``precision``; where known also ``threshold``.
    prevalence
        Share of each class, 0 to 1.
    average_precision
        Area of each class: value, low, high.
    """
    title = text(language, "charts.precision_recall.title")
    if curves.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=430, synthetic=synthetic)
    areas = average_precision or {}
    said = []
    for name, part, seen in by_class(curves):
        base = prevalence.get(name, float("nan"))
        facts = {"name": word(language, "classes", name), "prevalence": percent(base)}
        key = "entry_area" if name in areas else "entry"
        area = auroc_interval(*areas[name]) if name in areas else ""
        said.append(text(language, f"charts.precision_recall.{key}", area=area, **facts))
        figure.add_scatter(
            x=compact(part["recall"]),
            y=compact(part["precision"]),
            name=escape(said[-1]),
            **_curve(seen),
            hovertemplate=f"{seen.mark} {text(language, 'charts.precision_recall.hover')}<extra></extra>",
        )
        figure.add_scatter(
            x=[0, 1],
            y=[base, base],
            mode="lines",
            showlegend=False,
            hoverinfo="skip",
            line={"color": seen.color, "dash": "dot", "width": 1.4},
        )
    unit_square(figure, language, "precision_recall")
    legend_below(figure, lines=len(said))
    return Chart(figure, title, text(language, "charts.precision_recall.alt", classes=listed(language, said)))


def by_class(frame: pd.DataFrame, *, thin: bool = True) -> Iterator[tuple[str, pd.DataFrame, Look]]:
    """Yield each class of a frame with its look; ``thin`` keeps at most 1,000 evenly spaced rows."""
    for i, (name, part) in enumerate(frame.groupby("class", sort=False)):
        # a screen has fewer columns than a large cohort has thresholds
        keep = np.unique(np.linspace(0, len(part) - 1, min(len(part), _MOST_POINTS)).astype(int))
        yield str(name), part.iloc[keep] if thin else part, look(str(name), i)


def _class_word(language: str, name: str) -> str:
    return escape(word(language, "classes", name))


def _curve(seen: Look) -> dict[str, Any]:
    return {
        "mode": "lines+markers",
        "line": {"color": seen.color, "width": 2.4},
        "marker": {"symbol": seen.symbol, "size": 9, "color": seen.color, "maxdisplayed": 7},
    }


def band(figure: go.Figure, part: pd.DataFrame, x: str, seen: Look) -> None:
    """Shade the interval of a curve, where ``low`` and ``high`` are given."""
    if not {"low", "high"} <= set(part.columns):
        return
    there = compact(part[x])
    figure.add_scatter(
        x=np.concatenate([there, there[::-1]]),
        y=np.concatenate([compact(part["low"]), compact(part["high"])[::-1]]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=tint(seen.color, 0.14),
        hoverinfo="skip",
    )


def _first_set(figure: go.Figure, curves: pd.DataFrame, language: str) -> None:
    template = text(language, "charts.roc_curves.hover") + "<extra></extra>"
    for name, part, seen in by_class(curves):
        band(figure, part, "fpr", seen)
        figure.add_scatter(
            x=compact(part["fpr"]),
            y=compact(part["tpr"]),
            name=_class_word(language, name),
            # the first threshold stands above every probability; 1 says the same
            customdata=np.minimum(compact(part["threshold"]), 1),
            **_curve(seen),
            hovertemplate=f"{seen.mark} {template}",
        )


def _second_set(figure: go.Figure, comparison: pd.DataFrame) -> None:
    for _, part, seen in by_class(comparison):
        figure.add_scatter(
            x=compact(part["fpr"]),
            y=compact(part["tpr"]),
            mode="lines",
            hoverinfo="skip",
            line={"color": seen.color, "width": 1.6, "dash": "dot"},
        )


def corner_note(figure: go.Figure, lines: list[str]) -> None:
    """Write lines (fit for plotly) where no good curve runs: bottom right."""
    figure.add_annotation(
        text="<br>".join(lines),
        x=0.985,
        y=0.02,
        xref="x domain",
        yref="y domain",
        xanchor="right",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": TEXT_SIZE - 1},
    )


def unit_square(figure: go.Figure, language: str, chart: str) -> None:
    """Give both axes 0 to 1 at the same scale, with the titles of one chart."""
    ticks = {"tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1], "tickformat": ".1f", "range": [-0.01, 1.01]}
    square = {"scaleanchor": "x", "constrain": "domain", "constraintoward": "top"}
    figure.update_layout(
        xaxis=axis(text(language, f"charts.{chart}.x"), **ticks, constrain="domain", constraintoward="left"),
        yaxis=axis(text(language, f"charts.{chart}.y"), **ticks, **square),
    )


def _areas(language: str, aurocs: Mapping[str, Interval]) -> str:
    return listed(
        language,
        [f"{word(language, 'classes', name)} {auroc_interval(*area)}" for name, area in aurocs.items()],
    )
