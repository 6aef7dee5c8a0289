"""The SHAP beeswarm: every patient a point, one row a variable, coloured by the variable's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.charts.importance import shown_labels
from core.charts.rows import draw_rows, plain_rows
from core.charts.style import (
    LOW_TO_HIGH,
    NEUTRAL,
    Chart,
    axis,
    canvas,
    compact,
    nothing_to_show,
    sign,
)
from core.charts.words import count, escape, listed, word
from core.text import text

if TYPE_CHECKING:
    import plotly.graph_objects as go

# more points a row cannot be told apart on a screen, and a browser takes seconds to draw them
MOST_POINTS = 400
_BINS = 90
_HALF_ROW = 0.42


def beeswarm(
    points: pd.DataFrame, class_name: str, *, language: str, top: int = 20, synthetic: bool = False
) -> Chart:
    """Draw the SHAP values of the variables that matter most for one class.

    Points stack where they are many, as bees do. Values that were imputed, not measured, are hollow and grey.
    At most ``MOST_POINTS`` patients a row are drawn, evenly over the row's SHAP values with both ends kept,
    and the line under the title says so; the order of the rows is that of all patients.

    Parameters
    ----------
    points
        One row a patient and variable: ``feature`` (unique name), ``label`` (what is shown; the name where
        the column is absent), ``shap`` (log-odds), ``value`` (0 low to 1 high; missing where it has no
        order), ``observed`` (False where imputed), ``text`` (the value with its unit).
    class_name
        The class explained.
    top
        How many variables.
    """
    name = word(language, "classes", class_name)
    title = text(language, "charts.beeswarm.title", name=name)
    if points.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    strength = points["shap"].abs().groupby(points["feature"], sort=False).mean()
    names = strength.sort_values(ascending=False, kind="stable").index[:top]
    labels = shown_labels(points, names)
    note = _thinned_words(points, language)
    rows = plain_rows(len(names))
    key = _colour_key(language, imputed=not points["observed"].all())
    figure = canvas(title, language, height=130 + rows.height(34), synthetic=synthetic, note=note, key=key)
    draw_rows(figure, rows, labels, lines=2)
    drawn = _placed(points, names, labels)
    _draw_points(figure, drawn, language)
    figure.add_shape(
        type="line",
        x0=0,
        x1=0,
        yref="paper",
        y0=0,
        y1=1,
        layer="below",
        line={"color": NEUTRAL, "width": 1},
    )
    figure.update_layout(xaxis=axis(text(language, "charts.beeswarm.x")))
    alt = text(
        language,
        "charts.beeswarm.alt",
        n=len(names),
        name=name,
        first=_directions(points, names, labels, language),
    )
    return Chart(figure, title, alt)


def _thinned_words(points: pd.DataFrame, language: str) -> str:
    """Say how many patients of how many are drawn; nothing where they are all drawn."""
    most = int(points["feature"].value_counts().max())
    if most <= MOST_POINTS:
        return ""
    return text(language, "charts.beeswarm.thinned", drawn=count(MOST_POINTS), all=count(most))


def _placed(points: pd.DataFrame, names: pd.Index, labels: list[str]) -> pd.DataFrame:
    """Thin each row and give every point its place on the vertical axis (column ``y``) and its hover text."""
    chosen = points[points["feature"].isin(names)]
    low, high = float(chosen["shap"].min()), float(chosen["shap"].max())
    parts = []
    for place, (name, label) in enumerate(zip(names, labels, strict=True)):
        row = _thinned(chosen[chosen["feature"] == name])
        offsets = swarm_offsets(row["shap"].to_numpy(dtype=float), low, high)
        before = escape(label) + ": "
        hover = [before + escape(words) for words in row["text"]]
        parts.append(row.assign(y=place + offsets, hover=hover))
    return pd.concat(parts, ignore_index=True)


def _thinned(row: pd.DataFrame) -> pd.DataFrame:
    if len(row) <= MOST_POINTS:
        return row
    keep = np.linspace(0, len(row) - 1, MOST_POINTS).round().astype(int)
    return row.sort_values("shap", kind="stable").iloc[keep]


def swarm_offsets(
    values: np.ndarray[Any, np.dtype[np.float64]], low: float, high: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how far each point lies from the middle of its row, so that points of like value stack.

    Parameters
    ----------
    values
        Places along the row.
    low, high
        The range that all rows share; it is cut into bins, and a bin's points stack to both sides in turn.

    Returns
    -------
    numpy.ndarray
        Offsets within 0.42 of the middle, in the order of ``values``.

    Examples
    --------
    >>> sorted(swarm_offsets(np.array([0.0, 0.0, 0.0, 1.0]), 0.0, 1.0).round(2).tolist())
    [-0.07, 0.0, 0.0, 0.07]
    """
    if len(values) == 0:
        return np.zeros(0)
    scale = (_BINS - 1) / (high - low) if high > low else 0.0
    bins = np.round((values - low) * scale).astype(int)
    # shuffled within a bin (always alike), or each bin's points would line up into an arrow
    shuffled = np.random.default_rng(0).permutation(len(values))
    order = shuffled[np.argsort(bins[shuffled], kind="stable")]
    starts = np.searchsorted(bins[order], bins[order], side="left")
    rank = np.empty(len(values), dtype=int)
    rank[order] = np.arange(len(values)) - starts
    layer = np.where(rank % 2 == 1, 1, -1) * ((rank + 1) // 2)
    step = min(0.07, _HALF_ROW / max(1, int(np.abs(layer).max())))
    offsets: np.ndarray[Any, np.dtype[np.float64]] = layer * step
    return offsets


def _draw_points(figure: go.Figure, drawn: pd.DataFrame, language: str) -> None:
    observed = drawn["observed"].to_numpy(dtype=bool)
    seen, filled = drawn[observed], drawn[~observed]
    common = {"mode": "markers", "hovertemplate": text(language, "charts.beeswarm.hover") + "<extra></extra>"}
    if len(seen):
        figure.add_scatter(
            x=compact(seen["shap"]),
            y=compact(seen["y"]),
            hovertext=seen["hover"].to_list(),
            marker={
                # a value without order (a category) takes the grey middle: neither low nor high
                "color": compact(seen["value"].fillna(0.5)),
                "colorscale": LOW_TO_HIGH,
                "cmin": 0,
                "cmax": 1,
                "size": 5.5,
                "opacity": 0.9,
            },
            **common,
        )
    if len(filled):
        figure.add_scatter(
            x=compact(filled["shap"]),
            y=compact(filled["y"]),
            hovertext=filled["hover"].to_list(),
            marker={
                "symbol": "circle-open",
                "color": NEUTRAL,
                "size": 5,
                "opacity": 0.75,
                "line": {"width": 1},
            },
            **common,
        )


def _colour_key(language: str, *, imputed: bool) -> str:
    low, middle, high = (sign(color, "●") for _, color in LOW_TO_HIGH)
    words = f"{text(language, 'charts.beeswarm.value')} {text(language, 'charts.low')}"
    line = f"{escape(words)} {low}{middle}{high} {escape(text(language, 'charts.high'))}"
    return f"{line}   {sign(NEUTRAL, '○')} {escape(text(language, 'charts.imputed'))}" if imputed else line


def _directions(points: pd.DataFrame, names: pd.Index, labels: list[str], language: str) -> str:
    """Say for the first three variables whether high values raise or lower the risk."""
    said = []
    for name, label in list(zip(names, labels, strict=True))[:3]:
        row = points[(points["feature"] == name) & points["value"].notna()]
        value, shap = row["value"].to_numpy(dtype=float), row["shap"].to_numpy(dtype=float)
        varies = len(row) > 1 and value.std() > 0 and shap.std() > 0
        slope = float(np.corrcoef(value, shap)[0, 1]) if varies else 0.0
        key = "mixed" if abs(slope) < 0.2 else "raises" if slope > 0 else "lowers"
        said.append(text(language, f"charts.beeswarm.high_{key}", label=label))
    return listed(language, said)
