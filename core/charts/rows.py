"""Charts that are lists: one row a label, read from the top, with headings between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.charts.style import SMALL_SIZE, TEXT_SIZE, add_all, axis
from core.charts.words import tick, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import plotly.graph_objects as go


@dataclass(frozen=True)
class Rows:
    """Where each row stands on the vertical axis, 0 at the top.

    Attributes
    ----------
    positions
        One for each label, in their order. Numbers and not names, so that two labels that read alike stay two
        rows and a label that looks like a date stays a label.
    headings
        Position and words (already fit for plotly) of each heading.
    total
        Rows with headings.
    """

    positions: np.ndarray[Any, np.dtype[np.float64]]
    headings: tuple[tuple[float, str], ...]
    total: float

    def height(self, pixels: int) -> int:
        """Return the height that all rows take at so many pixels each."""
        return max(120, round(self.total * pixels))


def plain_rows(number: int) -> Rows:
    """Return rows without headings."""
    return Rows(np.arange(number, dtype=float), (), number)


def grouped_rows(groups: Sequence[str]) -> Rows:
    """Return rows with a heading wherever the group changes; ``groups`` holds one word for each row."""
    positions: list[float] = []
    headings: list[tuple[float, str]] = []
    place = 0.0
    for i, group in enumerate(groups):
        if i == 0 or group != groups[i - 1]:
            headings.append((place, group))
            place += 1
        positions.append(place)
        place += 1
    return Rows(np.asarray(positions, dtype=float), tuple(headings), place)


def row_pixels(labels: Sequence[str], pixels: int, limit: int) -> int:
    """Return how high rows are drawn: as asked, or so that labels wider than ``limit`` have room for two lines."""
    return max(pixels, 31) if any(width(label) > limit for label in labels) else pixels


def draw_rows(
    figure: go.Figure, rows: Rows, labels: Sequence[str], *, limit: int = 20, lines: int = 1
) -> None:
    """Write labels beside the vertical axis and headings into the plot.

    Parameters
    ----------
    labels
        Plain text, one a row; put into ``lines`` of ``limit`` Latin letters and escaped here.
    """
    figure.update_layout(
        yaxis=axis(
            tickmode="array",
            tickvals=rows.positions,
            ticktext=[tick(label, limit, lines) for label in labels],
            range=[rows.total - 0.4, -0.6],
            showgrid=False,
            fixedrange=True,
        )
    )
    figure.update_yaxes(tickfont_size=SMALL_SIZE + 1)
    words_at = (
        {
            "text": f"<b>{words}</b>",
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": place,
            "yref": "y",
            "yanchor": "middle",
            "showarrow": False,
            "font": {"size": TEXT_SIZE},
        }
        for place, words in rows.headings
    )
    add_all(figure, "annotations", words_at)


def bar_labels(labels: Sequence[str], shares: Iterable[float]) -> dict[str, Any]:
    """Return the settings that write a number at the end of each bar of a chart from 0 to 100 %.

    Long bars carry it inside, in white, so that it is never cut off at the edge of a narrow screen.
    """
    return {
        "text": list(labels),
        "textposition": ["inside" if share > 0.6 else "outside" for share in shares],
        "insidetextanchor": "end",
        "insidetextfont": {"color": "#ffffff"},
        "textfont": {"size": SMALL_SIZE + 1},
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
    }
