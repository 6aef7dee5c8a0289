"""Patterns of missing values: a row a block of columns, a column a pattern, a square where values are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.rows import draw_rows, plain_rows, row_pixels
from core.charts.style import LOWERS, NEUTRAL, SMALL_SIZE, Chart, axis, canvas, nothing_to_show
from core.charts.words import count, escape, listed, percent
from core.text import text

if TYPE_CHECKING:
    import pandas as pd

_LIMIT = 26


def missing_pattern_grid(
    patterns: pd.DataFrame, shares: pd.DataFrame, *, language: str, synthetic: bool = False
) -> Chart:
    """Draw the most frequent patterns of missing values.

    Parameters
    ----------
    patterns
        A row a cell: ``label`` (of the block), ``pattern`` (from 1, the most frequent first), ``missing`` (bool).
    shares
        A row a pattern: ``pattern``, ``share`` (of all rows, 0 to 1), ``n`` (rows).
    """
    title = text(language, "cohort_charts.patterns.title")
    if patterns.empty:
        return nothing_to_show(title, language, synthetic=synthetic)
    labels = list(dict.fromkeys(patterns["label"]))
    rows = plain_rows(len(labels))
    note = text(language, "cohort_charts.patterns.key")
    figure = canvas(
        title,
        language,
        height=130 + rows.height(row_pixels(labels, 26, _LIMIT)),
        synthetic=synthetic,
        note=note,
    )
    draw_rows(figure, rows, labels, limit=_LIMIT, lines=2)
    places = patterns["label"].map({label: i for i, label in enumerate(labels)}).to_numpy(dtype=float)
    gone = patterns["missing"].to_numpy(dtype=bool)
    for chosen, symbol, color, size in ((gone, "square", LOWERS, 16), (~gone, "circle-open", NEUTRAL, 6)):
        figure.add_scatter(
            x=patterns["pattern"].to_numpy(dtype=float)[chosen],
            y=places[chosen],
            mode="markers",
            marker={"symbol": symbol, "size": size, "color": color},
            hovertext=[escape(label) for label in patterns["label"].to_numpy()[chosen]],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_layout(
        xaxis=axis(
            text(language, "cohort_charts.patterns.x"),
            tickmode="array",
            tickvals=shares["pattern"],
            ticktext=[str(number) for number in shares["pattern"]],
            range=[0.4, len(shares) + 0.6],
            side="bottom",
            showgrid=False,
            fixedrange=True,
        )
    )
    figure.update_xaxes(tickfont_size=SMALL_SIZE)
    return Chart(figure, title, _alt(patterns, shares, language))


def _alt(patterns: pd.DataFrame, shares: pd.DataFrame, language: str) -> str:
    said = []
    first = shares.head(3)
    for number, share, patients in zip(first["pattern"], first["share"], first["n"], strict=True):
        there = patterns[(patterns["pattern"] == number) & patterns["missing"]]
        missing = listed(language, list(there["label"].head(4))) or text(
            language, "cohort_charts.patterns.none"
        )
        said.append(
            text(
                language,
                "cohort_charts.patterns.alt_one",
                share=percent(share),
                n=count(patients),
                missing=missing,
            )
        )
    return text(language, "cohort_charts.patterns.alt", n=len(shares), patterns=listed(language, said))
