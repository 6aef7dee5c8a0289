"""One patient's risks, as numbers of patients in a hundred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.charts.style import (
    NEUTRAL,
    TEXT_SIZE,
    Chart,
    add_all,
    axis,
    canvas,
    filled,
    look,
    nothing_to_show,
    tint,
)
from core.charts.words import escape, listed, of_100, risk, word
from core.text import text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from core.charts.style import Look


def probability_bars(risks: pd.DataFrame, *, language: str, synthetic: bool = False) -> Chart:
    """Draw one patient's probability of each class beside how common the class is.

    Parameters
    ----------
    risks
        ``class``, ``probability``, ``low``, ``high`` (missing where no interval is known), ``base_rate``
        (share of the class in the cohort; missing where unknown), all from 0 to 1.
    """
    title = text(language, "charts.probability_bars.title")
    if risks.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    number = len(risks)
    figure = canvas(title, language, height=110 + 66 * number, synthetic=synthetic)
    looks = [look(str(name), i) for i, name in enumerate(risks["class"])]
    said = [_in_words(row, language) for _, row in risks.iterrows()]
    _draw_bars(figure, risks, looks, said, language)
    words_at = (
        {
            "text": f"{seen.mark} {escape(words)}",
            "x": 0,
            "y": place - 0.2,
            "showarrow": False,
            "xanchor": "left",
            "yanchor": "bottom",
            "xshift": -4,
            "font": {"size": TEXT_SIZE},
        }
        for place, (seen, words) in enumerate(zip(looks, said, strict=True))
    )
    add_all(figure, "annotations", words_at)
    figure.update_layout(
        xaxis=axis(
            text(language, "charts.probability_bars.x"), range=[0, 101], tickvals=[0, 25, 50, 75, 100]
        ),
        yaxis={"range": [number - 0.55, -0.75], "visible": False, "fixedrange": True},
    )
    alt = text(language, "charts.probability_bars.alt", classes=listed(language, said))
    return Chart(figure, title, alt)


def _draw_bars(
    figure: go.Figure, risks: pd.DataFrame, looks: list[Look], said: list[str], language: str
) -> None:
    places = np.arange(len(risks))
    chance = risks["probability"].to_numpy(dtype=float)
    figure.add_bar(
        x=chance * 100,
        y=places,
        orientation="h",
        width=0.34,
        # pale inside a full outline, so that the interval reads on the bar as well as beyond it
        marker={
            **filled([tint(seen.color, 0.45) for seen in looks], [seen.pattern for seen in looks]),
            "line": {"width": 1.5, "color": [seen.color for seen in looks]},
        },
        error_x={
            "type": "data",
            "color": NEUTRAL,
            "thickness": 2,
            "width": 5,
            "array": 100 * (risks["high"].to_numpy(dtype=float) - chance),
            "arrayminus": 100 * (chance - risks["low"].to_numpy(dtype=float)),
        },
        hovertext=[escape(words) for words in said],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=100 * risks["base_rate"].to_numpy(dtype=float),
        y=places + 0.25,
        mode="markers",
        marker={"symbol": "triangle-up", "size": 11, "color": NEUTRAL},
        hovertemplate=text(language, "charts.probability_bars.hover_base") + "<extra></extra>",
    )


def _in_words(row: pd.Series, language: str) -> str:
    """``Bleeding: 9 of 100 (5–14), typical 7``."""
    words = word(language, "classes", str(row["class"])) + text(language, "charts.colon")
    words += risk(language, float(row["probability"]))
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        words += f" ({of_100(float(row['low']))}–{of_100(float(row['high']))})"
    if pd.notna(row["base_rate"]):
        words += text(language, "charts.probability_bars.typical", x=of_100(float(row["base_rate"])))
    return words
