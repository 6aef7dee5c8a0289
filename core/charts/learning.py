"""How much more patients would help: the learning curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.charts.discrimination import by_class
from core.charts.style import Chart, axis, canvas, key_of, look, nothing_to_show
from core.charts.words import auroc, auroc_interval, escape, listed, word
from core.text import text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from core.charts.style import Look


def learning_curve(curve: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw the area under the curve against the number of patients, with the best possible as a dotted line.

    Parameters
    ----------
    curve
        ``n`` (patients), ``class``, ``auroc``, ``low``, ``high``; where known also ``oracle`` (the area
        that the true probabilities reach).
    """
    title = text(language, "charts.learning_curve.title")
    if curve.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    names = [str(name) for name in dict.fromkeys(curve["class"])]
    signs = [(look(name, i).mark, word(language, "classes", name)) for i, name in enumerate(names)]
    if "oracle" in curve:
        signs.append(("┄", word(language, "series", "oracle")))
    figure = canvas(title, language, height=420, synthetic=synthetic, key=key_of(signs))
    said = []
    for name, part, seen in by_class(curve.sort_values(["n"], kind="stable"), thin=False):
        _learning_lines(figure, part, seen, escape(word(language, "classes", name)), language)
        last = part.iloc[-1]
        facts = {"name": word(language, "classes", name), "n": f"{int(last['n']):,}"}
        area = auroc_interval(last["auroc"], last["low"], last["high"])
        best = auroc(float(last["oracle"])) if "oracle" in part else "–"
        said.append(text(language, "charts.learning_curve.alt_class", area=area, oracle=best, **facts))
    sizes = sorted({int(n) for n in curve["n"]})
    figure.update_layout(
        xaxis=axis(
            text(language, "charts.learning_curve.x"),
            type="log",
            tickvals=sizes,
            ticktext=[f"{n:,}" for n in sizes],
            range=[np.log10(sizes[0]) - 0.12, np.log10(sizes[-1]) + 0.12],
        ),
        yaxis=axis(text(language, "charts.learning_curve.y"), tickformat=".2f"),
    )
    return Chart(figure, title, text(language, "charts.learning_curve.alt", classes=listed(language, said)))


def _learning_lines(figure: go.Figure, part: pd.DataFrame, seen: Look, name: str, language: str) -> None:
    up = (part["high"] - part["auroc"]).to_numpy()
    down = (part["auroc"] - part["low"]).to_numpy()
    figure.add_scatter(
        x=part["n"].to_numpy(),
        y=part["auroc"].to_numpy(),
        name=name,
        mode="lines+markers",
        error_y={"type": "data", "array": up, "arrayminus": down, "thickness": 1.2, "width": 4},
        line={"color": seen.color, "width": 2.2},
        marker={"symbol": seen.symbol, "size": 9, "color": seen.color},
        customdata=part[["low", "high"]].to_numpy(),
        hovertemplate=f"{seen.mark} {text(language, 'charts.learning_curve.hover')}<extra></extra>",
    )
    if "oracle" in part:
        figure.add_scatter(
            x=part["n"].to_numpy(),
            y=part["oracle"].to_numpy(),
            mode="lines",
            showlegend=False,
            line={"color": seen.color, "width": 1.4, "dash": "dot"},
            hovertemplate=f"{escape(word(language, 'series', 'oracle'))} %{{y:.2f}}<extra></extra>",
        )
