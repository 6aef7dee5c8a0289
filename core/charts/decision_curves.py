"""Whether acting on a model is worth it: the decision curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import NEUTRAL, TEXT_SIZE, Chart, axis, canvas, compact, look, nothing_to_show
from core.charts.words import escape, listed, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

# the axis reaches so far, as shares of the largest net benefit
_LEAST, _MOST = -0.25, 1.1
# lines that end higher than this share of it pass where a legend at the top right would stand
_HIGH = 0.3


def net_benefit(curve: pd.DataFrame, class_name: str, *, language: str, synthetic: bool = False) -> Chart:
    """Draw net benefit over the threshold of one class, a line a model, with acting on everybody and on nobody.

    Parameters
    ----------
    curve
        ``series``, ``threshold`` (0 to 1), ``model`` and ``treat_all``: see ``core.evaluation.decision_frame``.
    class_name
        The class whose risk is acted on.

    References
    ----------
    Vickers AJ, Elkin EB. Med Decis Making 2006;26:565.
    """
    name = word(language, "classes", class_name)
    title = text(language, "charts_decisions.net_benefit.title", name=name)
    if curve.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    figure = canvas(title, language, height=400, synthetic=synthetic)
    first = curve[curve["series"] == curve["series"].iloc[0]]
    _everybody_and_nobody(figure, first, language)
    said = []
    for series, part in curve.groupby("series", sort=False):
        _model(figure, str(series), part, language)
        said.append(_where_better(str(series), part, language))
    top = float(np.nanmax([curve["model"].max(), first["treat_all"].max(), 0.01])) * 100
    figure.update_layout(
        xaxis=axis(text(language, "charts_decisions.net_benefit.x")),
        yaxis=axis(text(language, "charts_decisions.net_benefit.y"), range=[_LEAST * top, _MOST * top]),
        hovermode="x unified",
        showlegend=True,
        legend=_free_corner(curve, top) | {"bgcolor": "rgba(0,0,0,0)"},
        legend_font={"size": TEXT_SIZE - 1},
    )
    alt = text(language, "charts_decisions.net_benefit.alt", name=name, series=listed(language, said))
    return Chart(figure, title, alt)


def _free_corner(curve: pd.DataFrame, top: float) -> dict[str, Any]:
    """Return where the legend hides no line: top right, or above zero on the left where the lines stay high."""
    at_the_end = 100 * float(curve.loc[curve["threshold"] == curve["threshold"].max(), "model"].max())
    if at_the_end < _HIGH * top:
        return {"x": 0.98, "y": 0.98, "xanchor": "right", "yanchor": "top"}
    zero = -_LEAST / (_MOST - _LEAST)
    return {"x": 0.02, "y": zero + 0.02, "xanchor": "left", "yanchor": "bottom"}


def _everybody_and_nobody(figure: go.Figure, curve: pd.DataFrame, language: str) -> None:
    """Draw what needs no model: acting on all patients, and on none."""
    for name, values, dash in (
        ("everybody", curve["treat_all"], "dash"),
        ("nobody", curve["treat_all"] * 0, "dot"),
    ):
        label = escape(text(language, f"charts_decisions.net_benefit.{name}"))
        figure.add_scatter(
            x=compact(curve["threshold"]) * 100,
            y=compact(values) * 100,
            mode="lines",
            name=label,
            line={"color": NEUTRAL, "width": 1.4, "dash": dash},
            hovertemplate=f"{label} %{{y:.2f}}<extra></extra>",
        )


def _model(figure: go.Figure, series: str, curve: pd.DataFrame, language: str) -> None:
    seen = look(series)
    shown = escape(word(language, "series", series))
    figure.add_scatter(
        x=compact(curve["threshold"]) * 100,
        y=compact(curve["model"]) * 100,
        mode="lines",
        name=shown,
        line={"color": seen.color, "width": 2.2, "dash": seen.dash},
        hovertemplate=f"{seen.mark} {shown} %{{y:.2f}}<extra></extra>",
    )


def _where_better(series: str, curve: pd.DataFrame, language: str) -> str:
    """Say between which thresholds a model is better than acting on everybody and on nobody."""
    facts = {"series": word(language, "series", series)}
    better = curve["threshold"][curve["model"] > np.maximum(curve["treat_all"], 0) + 1e-9] * 100
    if not len(better):
        return text(language, "charts_decisions.net_benefit.alt_never", **facts)
    limits = {"low": f"{better.min():.0f}", "high": f"{better.max():.0f}"}
    return text(language, "charts_decisions.net_benefit.alt_series", **facts, **limits)
