"""What is laid over an ECG: the model's attribution, brackets where signs were measured, the caliper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from core.charts._ecg_lines import PRINT
from core.charts._ecg_sheet import UV_PER_MM
from core.charts.style import FONT, LOWERS, RAISES, SMALL_SIZE, compact, key_of, sign, tint
from core.charts.words import escape, signed, width
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from core.charts._ecg_sheet import Panel, Sheet

_SIGN_INK: Final = "#1d4f86"
_WAVE_INK: Final = "#5b6470"
_STRONGEST: Final = 8
_BAND_UV: Final = 600
"""Half the height of an attribution band."""
_NAME_S: Final = 0.45
"""Where a lead's name stands."""
_LETTER_S: Final = 0.1
"""Room that a Latin letter takes across."""
_LEVEL_MM: Final = 5.5
"""From one bracket to the one above it: the height of its word."""


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


@dataclass(frozen=True)
class Mark:
    """A stretch of one lead in which something was measured.

    Attributes
    ----------
    lead, start_s, end_s
        Where, in seconds of the recording.
    label
        One or a few characters beside the bracket.
    kind
        ``"sign"`` above the line, ``"wave"`` below it.
    beat
        Number of the beat. Of several beats one is marked: the first that the lead shows whole.
    """

    lead: str
    start_s: float
    end_s: float
    label: str
    kind: Literal["sign", "wave"] = "sign"
    beat: int = 0


def draw_attribution(figure: go.Figure, sheet: Sheet, found: LeadTimeMap, language: str) -> str:
    """Draw bands behind the leads, orange for, blue against, with + and − at the strongest; returns the key."""
    edges = _edges(sheet, np.asarray(found.edges_s, dtype=np.float64))
    middles = (edges[1:] + edges[:-1]) / 2
    rows = np.full((len(sheet.baselines), middles.size), np.nan)
    for panel in sheet.panels:
        if panel.lead in found.values and not panel.missing:
            here = (middles > panel.start_s) & (middles < panel.end_s)
            rows[panel.row, here] = _at(found, panel.lead, middles[here])
    largest = float(np.nanmax(np.abs(rows))) if np.isfinite(rows).any() else 0.0
    if largest > 0:
        _bands(figure, sheet, edges, rows, largest)
        _strongest(figure, sheet, found, largest)
    signs = ((RAISES, "+", "supports"), (LOWERS, "−", "against"))
    return key_of(
        (sign(color, f"<b>■ {glyph}</b>"), text(language, f"ecg_paper.{word}", most=signed(way * largest)))
        for (color, glyph, word), way in zip(signs, (1, -1), strict=True)
    )


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


def _strongest(figure: go.Figure, sheet: Sheet, found: LeadTimeMap, largest: float) -> None:
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
    figure.add_scatter(
        x=compact([middle for _, middle, _ in chosen]),
        y=compact([base + (1 if value > 0 else -1) * (_BAND_UV + 120) for value, _, base in chosen]),
        text=["<b>+</b>" if value > 0 else "<b>−</b>" for value, _, _ in chosen],
        mode="text",
        textfont={"size": 18, "color": [RAISES if value > 0 else LOWERS for value, _, _ in chosen]},
        hoverinfo="skip",
    )


def draw_marks(figure: go.Figure, sheet: Sheet, marks: Iterable[Mark], rate_hz: float) -> tuple[str, ...]:
    """Draw a bracket at each mark that the sheet shows; returns the labels drawn."""
    drawn: dict[tuple[str, float, float, str], list[str]] = {}
    for mark, panel in _chosen(sheet, tuple(marks)):
        drawn.setdefault((panel.lead, mark.start_s, mark.end_s, mark.kind), []).append(mark.label)
    taken: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for kind, ink in (("sign", _SIGN_INK), ("wave", _WAVE_INK)):
        lines = _Lines(way=1 if kind == "sign" else -1)
        for (lead, start, end, of), labels in sorted(drawn.items(), key=lambda each: each[0][2] - each[0][1]):
            if of != kind:
                continue
            level = _free_level(taken.setdefault((lead, kind), []), start, end, "".join(labels))
            panel = _panel_of(sheet, lead)
            lines.bracket(panel, sheet.baselines[panel.row], (start, end), "".join(labels), level, rate_hz)
        lines.draw(figure, ink)
    return tuple(dict.fromkeys(label for labels in drawn.values() for label in labels))


def _free_level(taken: list[tuple[float, float, int]], start: float, end: float, label: str) -> int:
    """Lowest level on which a bracket and its word touch no other; what was found is taken from now on."""
    middle, half = (start + end) / 2, max(end - start, _LETTER_S * width(label)) / 2
    low, high = middle - half, middle + half
    used = {level for left, right, level in taken if left < high and low < right}
    level = next(each for each in range(len(used) + 1) if each not in used)
    taken.append((low, high, level))
    return level


def _panel_of(sheet: Sheet, lead: str) -> Panel:
    """The lead's last place: lead II is marked on its rhythm strip."""
    return next(panel for panel in reversed(sheet.panels) if panel.lead == lead)


def _chosen(sheet: Sheet, marks: tuple[Mark, ...]) -> list[tuple[Mark, Panel]]:
    """Of each lead the marks of one beat: of those shown with most marks the first, if possible not under the name."""
    chosen: list[tuple[Mark, Panel]] = []
    shown = {panel.lead for panel in sheet.panels if not panel.missing}
    for lead in dict.fromkeys(mark.lead for mark in marks if mark.lead in shown):
        panel = _panel_of(sheet, lead)
        beats: dict[int, list[Mark]] = {}
        for mark in marks:
            if mark.lead == lead and panel.start_s <= mark.start_s <= mark.end_s <= panel.end_s:
                beats.setdefault(mark.beat, []).append(mark)
        if beats:
            best = min(beats, key=lambda beat: _place_of(beats[beat], panel))
            chosen += [(mark, panel) for mark in beats[best]]
    return chosen


def _place_of(marks: list[Mark], panel: Panel) -> tuple[int, bool, float]:
    starts = min(mark.start_s for mark in marks)
    return -len(marks), starts < panel.start_s + _NAME_S, starts


class _Lines:
    """Brackets of one kind: one trace, and a word at each."""

    def __init__(self, way: int) -> None:
        self._way = way
        self._x: list[float] = []
        self._y: list[float] = []
        self._words: list[tuple[float, float, str]] = []

    def bracket(
        self,
        panel: Panel,
        base: int,
        span_s: tuple[float, float],
        label: str,
        level: int,
        rate_hz: float,
    ) -> None:
        start, end = span_s
        low, high = panel.span(start, end, rate_hz)
        edge = high if self._way > 0 else low
        y = base + edge + self._way * UV_PER_MM * (1.5 + _LEVEL_MM * level)
        foot = y - self._way * 0.9 * UV_PER_MM
        self._x += [start, start, end, end, np.nan]
        self._y += [foot, y, y, foot, np.nan]
        self._words.append(((start + end) / 2, y, label))

    def draw(self, figure: go.Figure, ink: str) -> None:
        if not self._x:
            return
        figure.add_scatter(
            x=compact(self._x),
            y=compact(self._y),
            mode="lines",
            line={"color": ink, "width": 2},
            hoverinfo="skip",
        )
        for x, y, label in self._words:
            figure.add_annotation(
                x=x,
                y=y,
                text=f"<b>{escape(label)}</b>",
                showarrow=False,
                yanchor="bottom" if self._way > 0 else "top",
                borderpad=0,
                font={"size": SMALL_SIZE, "color": ink, "family": FONT},
            )


def draw_caliper(figure: go.Figure, sheet: Sheet, caliper: tuple[float, float], language: str) -> str:
    """Draw two upright lines with interval and rate between them; returns the words."""
    start, end = sorted(caliper)
    words = caliper_words(end - start, language)
    line: dict[str, Any] = {"color": _SIGN_INK, "width": 1.6, "dash": "dash"}
    for at in (start, end):
        figure.add_shape(type="line", x0=at, x1=at, y0=sheet.bottom, y1=sheet.top, line=line)
    figure.add_annotation(
        x=(start + end) / 2,
        y=sheet.top,
        yanchor="top",
        text=f"<b>{escape(words)}</b>",
        showarrow=False,
        bgcolor="rgba(255, 250, 246, 0.85)",
        font={"size": SMALL_SIZE, "color": PRINT, "family": FONT},
    )
    return words


def caliper_words(seconds: float, language: str) -> str:
    """Return an interval in ms, and the rate that it would be between two beats."""
    ms = round(1000 * seconds)
    if ms < 1:
        return text(language, "ecg_paper.interval", ms=ms)
    return text(language, "ecg_paper.interval_rate", ms=ms, rate=round(60_000 / ms))
