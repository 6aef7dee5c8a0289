"""Brackets on the trace where something was measured, and the caliper between two times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from core.charts._ecg_lines import PRINT
from core.charts._ecg_sheet import UV_PER_MM
from core.charts.style import FONT, SMALL_SIZE, compact
from core.charts.words import escape, width
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import plotly.graph_objects as go

    from core.charts._ecg_lines import Note
    from core.charts._ecg_sheet import Panel, Sheet

SIGN_INK: Final = "#1d4f86"
WAVE_INK: Final = "#5b6470"
_NAME_S: Final = 0.45
"""Where a lead's name stands."""
_LETTER_S: Final = 0.1
"""Room that a Latin letter takes across."""
_LEVEL_MM: Final = 5.5
"""From one bracket to the one above it: the height of its word."""


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


def room_for(marks: tuple[Mark, ...]) -> dict[str, tuple[float, float]]:
    """Room in millimetres above and below each lead's waves for its brackets and their words."""
    stretches: dict[str, set[tuple[int, int]]] = {}
    waves = {mark.lead for mark in marks if mark.kind == "wave"}
    for mark in marks:
        if mark.kind == "sign" and mark.beat == marks[0].beat:
            stretches.setdefault(mark.lead, set()).add((round(1000 * mark.start_s), round(1000 * mark.end_s)))
    return {
        lead: (_LEVEL_MM * len(stretches.get(lead, ())), 2 * _LEVEL_MM if lead in waves else 0.0)
        for lead in {*stretches, *waves}
    }


def draw_marks(
    figure: go.Figure, sheet: Sheet, marks: Iterable[Mark], rate_hz: float
) -> tuple[tuple[str, ...], list[Note]]:
    """Draw a bracket at each mark that the sheet shows.

    Returns
    -------
    labels, notes
        The labels drawn, and the words to write on the paper.
    """
    notes: list[Note] = []
    drawn: dict[tuple[str, float, float, str], list[str]] = {}
    for mark, panel in _chosen(sheet, tuple(marks)):
        drawn.setdefault((panel.lead, mark.start_s, mark.end_s, mark.kind), []).append(mark.label)
    taken: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for kind, ink in (("sign", SIGN_INK), ("wave", WAVE_INK)):
        lines = _Lines(way=1 if kind == "sign" else -1)
        for (lead, start, end, of), labels in sorted(drawn.items(), key=lambda each: each[0][2] - each[0][1]):
            if of != kind:
                continue
            level = _free_level(taken.setdefault((lead, kind), []), start, end, "".join(labels))
            panel = _panel_of(sheet, lead)
            lines.bracket(panel, sheet.baselines[panel.row], (start, end), "".join(labels), level, rate_hz)
        notes += lines.draw(figure, ink)
    return tuple(dict.fromkeys(label for labels in drawn.values() for label in labels)), notes


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
        """Add one bracket on its level above (or below) the waves of its stretch.

        Parameters
        ----------
        panel
            Where the lead stands on the sheet.
        base
            The row's baseline, in microvolts of the sheet.
        span_s
            Start and end, in seconds.
        label
            The word beside it.
        level
            0 for the bracket next to the trace.
        rate_hz
            Samples a second.
        """
        start, end = span_s
        low, high = panel.span(start, end, rate_hz)
        edge = high if self._way > 0 else low
        y = base + edge + self._way * UV_PER_MM * (1.5 + _LEVEL_MM * level)
        foot = y - self._way * 0.9 * UV_PER_MM
        self._x += [start, start, end, end, np.nan]
        self._y += [foot, y, y, foot, np.nan]
        self._words.append(((start + end) / 2, y, label))

    def draw(self, figure: go.Figure, ink: str) -> list[Note]:
        """Draw all brackets as one trace in one ink; returns their words, to write on the paper."""
        if not self._x:
            return []
        figure.add_scatter(
            x=compact(self._x),
            y=compact(self._y),
            mode="lines",
            line={"color": ink, "width": 2},
            hoverinfo="skip",
        )
        return [
            {
                "x": x,
                "y": y,
                "text": f"<b>{escape(label)}</b>",
                "showarrow": False,
                "yanchor": "bottom" if self._way > 0 else "top",
                "borderpad": 0,
                "font": {"size": SMALL_SIZE, "color": ink, "family": FONT},
            }
            for x, y, label in self._words
        ]


def draw_caliper(
    figure: go.Figure, sheet: Sheet, caliper: tuple[float, float], language: str
) -> tuple[str, Note]:
    """Draw two upright lines; returns interval and rate in words, and as a note between the lines."""
    start, end = sorted(caliper)
    words = caliper_words(end - start, language)
    line: dict[str, Any] = {"color": SIGN_INK, "width": 1.6, "dash": "dash"}
    for at in (start, end):
        figure.add_shape(type="line", x0=at, x1=at, y0=sheet.bottom, y1=sheet.top, line=line)
    note = {
        "x": (start + end) / 2,
        "y": sheet.top,
        "yanchor": "top",
        "text": f"<b>{escape(words)}</b>",
        "showarrow": False,
        "bgcolor": "rgba(255, 250, 246, 0.85)",
        "font": {"size": SMALL_SIZE, "color": PRINT, "family": FONT},
    }
    return words, note


def caliper_words(seconds: float, language: str) -> str:
    """Return an interval in ms, and the rate that it would be between two beats."""
    ms = round(1000 * seconds)
    if ms < 1:
        return text(language, "ecg_paper.interval", ms=ms)
    return text(language, "ecg_paper.interval_rate", ms=ms, rate=round(60_000 / ms))
