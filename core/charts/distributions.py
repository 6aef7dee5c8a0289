"""How one variable is distributed in each class: numbers as shapes and quartiles, categories as shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.rows import bar_labels, draw_rows, grouped_rows, plain_rows
from core.charts.style import (
    NEUTRAL,
    Chart,
    Look,
    axis,
    canvas,
    compact,
    filled,
    look,
    nothing_to_show,
    tint,
)
from core.charts.words import clip, count, escape, listed, percent, tick, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def distribution(
    values: pd.DataFrame,
    label: str,
    *,
    language: str,
    unit: str = "",
    reference: tuple[float | None, float | None] | None = None,
    synthetic: bool = False,
) -> Chart:
    """Draw one numeric variable by class: the shape of its distribution over a box of quartiles.

    No patient's value is sent to the browser, only quartiles and a smoothed curve; both end at the 1st and
    99th percentile, so that a single stray value does not squeeze the rest.

    Parameters
    ----------
    values
        ``class``, ``value``; missing values are left out and counted.
    label
        The variable, without its unit.
    reference
        Lower and upper end of the reference range, None where open.
    """
    title = clip(label, 40)
    frame = values.assign(value=values["value"].astype(float)).replace([np.inf, -np.inf], np.nan).dropna()
    if frame.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    names = list(dict.fromkeys(frame["class"]))
    rows = plain_rows(len(names))
    note = text(language, "charts.distribution.reference", range=_range_words(reference)) if reference else ""
    figure = canvas(title, language, height=90 + rows.height(84), synthetic=synthetic, note=note)
    draw_rows(figure, rows, [""] * len(names))
    said = _draw_classes(figure, frame, names, language)
    figure.update_layout(xaxis=axis(f"{clip(label, 40)} [{unit}]" if unit else clip(label, 40)))
    ends = [np.percentile(part, [1, 99]) for _, part in frame.groupby("class")["value"]]
    _reference_band(figure, float(np.min(ends)), float(np.max(ends)), reference)
    return Chart(
        figure, title, text(language, "charts.distribution.alt", label=label, classes=listed(language, said))
    )


def _draw_classes(figure: go.Figure, frame: pd.DataFrame, names: list[Any], language: str) -> list[str]:
    """Draw every class in its row and name it beside; returns its number and quartiles in words."""
    beside, said = [], []
    for place, name in enumerate(names):
        there = frame.loc[frame["class"] == name, "value"].to_numpy()
        words = word(language, "classes", str(name))
        beside.append(f"{look(str(name), place).mark} {tick(words)}<br>n = {count(len(there))}")
        quarters = _draw_shape(figure, there, place, look(str(name), place), language)
        facts = {
            "name": words,
            "n": count(len(there)),
            "q1": f"{quarters[0]:.4g}",
            "q3": f"{quarters[2]:.4g}",
        }
        said.append(text(language, "charts.distribution.alt_class", median=f"{quarters[1]:.4g}", **facts))
    figure.update_yaxes(ticktext=beside, range=[len(names) - 0.6, -0.95])
    return said


def _draw_shape(
    figure: go.Figure, values: np.ndarray[Any, np.dtype[np.float64]], place: int, seen: Look, language: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    ends = np.percentile(values, [1, 99])
    quarters: np.ndarray[Any, np.dtype[np.float64]] = np.percentile(values, [25, 50, 75])
    grid, height = _smooth(values, float(ends[0]), float(ends[1]))
    if len(grid):
        figure.add_scatter(
            x=compact(np.concatenate([grid, grid[::-1]])),
            y=compact(np.concatenate([place - 0.14 - 0.66 * height, np.full(len(grid), place - 0.14)])),
            mode="lines",
            fill="toself",
            fillcolor=tint(seen.color, 0.35),
            hoverinfo="skip",
            line={"color": seen.color, "width": 1.4},
        )
    q1, median, q3 = ([quarter] for quarter in quarters)
    figure.add_box(
        q1=q1,
        median=median,
        q3=q3,
        lowerfence=[ends[0]],
        upperfence=[ends[1]],
        y=[place + 0.06],
        orientation="h",
        width=0.2,
        fillcolor=tint(seen.color, 0.25),
        line={"color": seen.color, "width": 2},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=median,
        y=[place + 0.06],
        mode="markers",
        customdata=[quarters],
        marker={"symbol": seen.symbol, "size": 9, "color": seen.color},
        hovertemplate=text(language, "charts.distribution.hover") + "<extra></extra>",
    )
    return quarters


def _smooth(
    values: np.ndarray[Any, np.dtype[np.float64]], low: float, high: float
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Kernel density with Silverman's bandwidth, its peak scaled to 1; empty where there is no spread."""
    spread = float(np.std(values))
    if len(values) < 5 or high <= low or spread == 0:
        return np.zeros(0), np.zeros(0)
    quartiles = np.percentile(values, [25, 75])
    narrow = float(quartiles[1] - quartiles[0]) / 1.34 or spread
    bandwidth = 0.9 * min(spread, narrow) * len(values) ** -0.2
    grid = np.linspace(low, high, 120)
    edges = np.linspace(values.min(), values.max(), 513)
    heights, _ = np.histogram(values, edges)
    middles = (edges[1:] + edges[:-1]) / 2
    density = np.exp(-0.5 * ((grid[:, None] - middles) / max(bandwidth, edges[1] - edges[0])) ** 2) @ heights
    return grid, density / density.max()


def _range_words(reference: tuple[float | None, float | None]) -> str:
    low, high = reference
    if low is None or high is None:
        return f"≤ {high:g}" if high is not None else f"≥ {low:g}" if low is not None else "–"
    return f"{low:g}–{high:g}"


def _reference_band(
    figure: go.Figure,
    low: float,
    high: float,
    reference: tuple[float | None, float | None] | None,
) -> None:
    room = 0.04 * (high - low) or max(abs(high), 1.0) * 0.1
    figure.update_xaxes(range=[low - room, high + room])
    if reference is None:
        return
    ends = [math.nan if end is None else end for end in reference]
    figure.add_shape(
        type="rect",
        yref="paper",
        y0=0,
        y1=1,
        layer="below",
        line={"width": 0},
        x0=low - room if math.isnan(ends[0]) else ends[0],
        x1=high + room if math.isnan(ends[1]) else ends[1],
        fillcolor=tint(NEUTRAL, 0.16),
    )


def level_shares(levels: pd.DataFrame, label: str, *, language: str, synthetic: bool = False) -> Chart:
    """Draw one categorical variable: of each class, the share with each level.

    Parameters
    ----------
    levels
        ``level`` (as shown), ``class``, ``count``.
    label
        The variable.
    """
    title = clip(label, 40)
    if levels.empty or levels["count"].sum() == 0:
        return nothing_to_show(title, language, synthetic=synthetic)
    totals = levels.groupby("class")["count"].transform("sum").clip(lower=1)
    frame = levels.assign(share=levels["count"] / totals)
    order = {name: i for i, name in enumerate(dict.fromkeys(frame["level"]))}
    frame = frame.sort_values("level", key=lambda names: names.map(order), kind="stable").reset_index(
        drop=True
    )
    rows = grouped_rows([tick(level, 40) for level in frame["level"]])
    figure = canvas(title, language, height=100 + rows.height(25), synthetic=synthetic)
    words = [word(language, "classes", str(name)) for name in frame["class"]]
    draw_rows(figure, rows, words)
    places = {name: i for i, name in enumerate(dict.fromkeys(frame["class"]))}
    looks = [look(str(name), places[name]) for name in frame["class"]]
    shown = [f"{percent(s)} ({count(n)})" for s, n in zip(frame["share"], frame["count"], strict=True)]
    figure.add_bar(
        x=frame["share"].to_numpy() * 100,
        y=rows.positions,
        orientation="h",
        width=0.7,
        marker=filled([seen.color for seen in looks]),
        **bar_labels(shown, frame["share"]),
        customdata=frame["count"].to_numpy(),
        hovertext=[f"{escape(w)} · {escape(level)}" for w, level in zip(words, frame["level"], strict=True)],
        hovertemplate="%{hovertext}: %{text}<extra></extra>",
    )
    figure.update_layout(
        xaxis=axis(text(language, "charts.level_shares.x"), range=[0, 101], tickvals=[0, 25, 50, 75, 100])
    )
    said = [f"{level} · {w} {s}" for level, w, s in zip(frame["level"], words, shown, strict=True)]
    return Chart(
        figure, title, text(language, "charts.level_shares.alt", label=label, shares=listed(language, said))
    )
