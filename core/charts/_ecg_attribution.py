"""The model's attribution behind the leads: bands in two colours, and a sign at the strongest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from core.charts.style import LOWERS, RAISES, compact, key_of, sign, tint
from core.charts.words import signed
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from core.charts._ecg_lines import Note
    from core.charts._ecg_sheet import Sheet

_STRONGEST: Final = 8
_LEAST_SCALE: Final = 0.1
"""Log-odds that take the full colour at least: what moves the odds by less than a tenth stays pale."""
_BAND_UV: Final = 600
"""Half the height of a band."""


@dataclass(frozen=True)
class LeadTimeMap:
    """How much each stretch of each lead speaks for or against.

    Attributes
    ----------
    edges_s
        (n + 1,) where the stretches begin and end, in seconds of the recording.
    values
        Lead name to (n,) log-odds: positive supports, negative argues against; NaN is unknown.
    """

    edges_s: NDArray[np.floating]
    values: Mapping[str, NDArray[np.floating]]


def draw_attribution(
    figure: go.Figure, sheet: Sheet, found: LeadTimeMap, language: str
) -> tuple[str, list[Note]]:
    """Draw bands behind the leads, orange for, blue against, with + and − at the strongest.

    Returns
    -------
    key, notes
        What the colours mean, and the words to write on the paper.
    """
    edges = _edges(sheet, np.asarray(found.edges_s, dtype=np.float64))
    middles = (edges[1:] + edges[:-1]) / 2
    rows = np.full((len(sheet.baselines), middles.size), np.nan)
    for panel in sheet.panels:
        if panel.lead in found.values and not panel.missing:
            here = (middles > panel.start_s) & (middles < panel.end_s)
            rows[panel.row, here] = _at(found, panel.lead, middles[here])
    known = rows[np.isfinite(rows)]
    highest, lowest = max(0.0, *known, 0.0), min(0.0, *known, 0.0)
    largest = max(highest, -lowest, _LEAST_SCALE)
    if known.size:
        _bands(figure, sheet, edges, rows, largest)
    signs = ((RAISES, "+", "supports"), (LOWERS, "−", "against"))
    key = key_of(
        (sign(color, f"<b>■ {glyph}</b>"), text(language, f"ecg_paper.{word}", most=signed(most)))
        for (color, glyph, word), most in zip(signs, (highest, lowest), strict=True)
    )
    return key, _strongest(sheet, found, largest) if known.size else []


def _edges(sheet: Sheet, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Edges of stretches and of panels together, inside the sheet."""
    every = np.concatenate([edges, [panel.start_s for panel in sheet.panels], [sheet.end_s]])
    every = np.unique(np.round(every, 4))
    return every[(every >= sheet.start_s - 1e-3) & (every <= sheet.end_s + 1e-3)]


def _at(found: LeadTimeMap, lead: str, times: NDArray[np.float64]) -> NDArray[np.float64]:
    place = np.searchsorted(found.edges_s, times) - 1
    values = np.asarray(found.values[lead], dtype=np.float64)
    known = (place >= 0) & (place < values.size)
    return np.where(known, values[np.clip(place, 0, values.size - 1)], np.nan)


def _bands(
    figure: go.Figure, sheet: Sheet, edges: NDArray[np.float64], rows: NDArray[np.float64], largest: float
) -> None:
    """One heat map for all rows: the rows of nothing between them keep it to one picture."""
    order = np.argsort(sheet.baselines)
    heights = np.array([sheet.baselines[row] + way * _BAND_UV for row in order for way in (-1, 1)])
    heights = np.maximum.accumulate(heights)
    z = np.full((2 * len(order) - 1, rows.shape[1]), np.nan)
    z[::2] = rows[order]
    figure.add_heatmap(
        x=compact(edges),
        y=compact(heights),
        z=compact(z),
        zmin=-largest,
        zmax=largest,
        colorscale=[
            [0.0, tint(LOWERS, 0.75)],
            [0.5, "rgba(255, 250, 246, 0)"],
            [1.0, tint(RAISES, 0.75)],
        ],
        showscale=False,
        hoverongaps=False,
        hovertemplate="%{x:.2f} s · %{z:+.3f}<extra></extra>",
    )


def _strongest(sheet: Sheet, found: LeadTimeMap, largest: float) -> list[Note]:
    """Write + and − at the strongest stretches; of one that comes with every beat, at the first."""
    edges = np.asarray(found.edges_s, dtype=np.float64)
    middles = (edges[1:] + edges[:-1]) / 2
    spots: dict[tuple[int, str, float], tuple[float, float, int]] = {}
    for panel in sheet.panels:
        if panel.missing or panel.lead not in found.values:
            continue
        for middle, value in zip(middles, found.values[panel.lead], strict=True):
            if panel.start_s < middle < panel.end_s and abs(value) >= largest / 4:
                spot = (float(value), float(middle), sheet.baselines[panel.row])
                spots.setdefault((panel.row, panel.lead, round(float(value), 6)), spot)
    chosen = sorted(spots.values(), key=lambda spot: -abs(spot[0]))[:_STRONGEST]
    return [
        {
            "x": middle,
            "y": base + (_BAND_UV if value > 0 else -_BAND_UV),
            "yanchor": "bottom" if value > 0 else "top",
            "text": "<b>+</b>" if value > 0 else "<b>−</b>",
            "showarrow": False,
            "borderpad": 0,
            "bgcolor": "rgba(255, 250, 246, 0.8)",
            "font": {"size": 16, "color": RAISES if value > 0 else LOWERS},
        }
        for value, middle, base in chosen
    ]
