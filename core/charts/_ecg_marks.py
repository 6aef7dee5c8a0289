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
    from collections.abc import Iterable, Iterator

    import plotly.graph_objects as go

    from core.charts._ecg_lines import Note
    from core.charts._ecg_sheet import Panel, Sheet

SIGN_INK: Final = "#1d4f86"
WAVE_INK: Final = "#5b6470"
_NAME_S: Final = 0.45
"""Where a lead's name stands."""
_LETTER_S: Final = 0.14
"""Room that a Latin letter takes across, on paper as narrow as a page beside its menu leaves it."""
_LEVEL_MM: Final = 5.5
"""From one bracket to the one above it: the height of its word."""
_CLEAR_MM: Final = 1.5
"""Between the trace and a bracket."""


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
        lead: (
            _CLEAR_MM + _LEVEL_MM * len(stretches[lead]) if lead in stretches else 0.0,
            _CLEAR_MM + 2 * _LEVEL_MM if lead in waves else 0.0,
        )
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
    for kind, ink, place in (("sign", SIGN_INK, _stacked), ("wave", WAVE_INK, _in_a_row)):
        lines = _Lines(way=1 if kind == "sign" else -1)
        for lead in dict.fromkeys(lead for lead, *_, of in drawn if of == kind):
            panel = _panel_of(sheet, lead)
            marked = [
                _Bracket(start, end, "".join(labels), panel.span(start, end, rate_hz))
                for (at, start, end, of), labels in drawn.items()
                if (at, of) == (lead, kind)
            ]
            for bracket, height, word in place(marked):
                lines.add(bracket, sheet.baselines[panel.row], height, word)
        notes += lines.draw(figure, ink)
    return tuple(dict.fromkeys(label for labels in drawn.values() for label in labels)), notes


@dataclass(frozen=True)
class _Bracket:
    """What is drawn of a mark: from when to when, its word, and the lowest and highest value of its stretch."""

    start_s: float
    end_s: float
    label: str
    span_uv: tuple[float, float]

    @property
    def middle_s(self) -> float:
        """Where its word stands if nothing is in the way."""
        return (self.start_s + self.end_s) / 2

    @property
    def half_s(self) -> float:
        """Half the room that its word takes across."""
        return _LETTER_S * width(self.label) / 2

    def reach(self) -> tuple[float, float]:
        """From where to where across the bracket and its word stand."""
        half = max(self.half_s, (self.end_s - self.start_s) / 2)
        return self.middle_s - half, self.middle_s + half


def _stacked(brackets: list[_Bracket]) -> Iterator[tuple[_Bracket, float, tuple[float, float]]]:
    """Give each sign's bracket with its height, in µV about the baseline, and where its word stands.

    Each stands just above its stretch or, where another is in its way, on that one's word; the shortest first.
    """
    placed: list[tuple[tuple[float, float], float]] = []
    for one in sorted(brackets, key=lambda each: each.end_s - each.start_s):
        low, high = one.reach()
        below = [top for (left, right), top in placed if left < high and low < right]
        height = max([one.span_uv[1] + _CLEAR_MM * UV_PER_MM, *below])
        placed.append(((low, high), height + _LEVEL_MM * UV_PER_MM))
        yield one, height, (one.middle_s, height)


def _in_a_row(brackets: list[_Bracket]) -> Iterator[tuple[_Bracket, float, tuple[float, float]]]:
    """Give each wave's bracket with its height, in µV about the baseline, and where its word stands.

    Waves follow one another: their brackets stand in one line below the deepest. The first one's word makes room to
    the left and the last one's to the right; one between them for which there is none left stands a line lower.
    """
    height = min(one.span_uv[0] for one in brackets) - _CLEAR_MM * UV_PER_MM
    in_time = sorted(brackets, key=lambda each: each.start_s)
    lines: list[list[tuple[float, float]]] = [[] for _ in brackets]
    for one in sorted(brackets, key=lambda each: width(each.label)):
        middle = one.middle_s
        if one is in_time[0] and len(in_time) > 1:
            middle = min(middle, one.end_s - one.half_s)
        elif one is in_time[-1]:
            middle = max(middle, one.start_s + one.half_s)
        low, high = middle - one.half_s, middle + one.half_s
        line = next(
            i for i, taken in enumerate(lines) if all(right <= low or high <= left for left, right in taken)
        )
        lines[line].append((low, high))
        yield one, height, (middle, height - line * _LEVEL_MM * UV_PER_MM)


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

    def add(self, bracket: _Bracket, base: int, height: float, word: tuple[float, float]) -> None:
        """Add one bracket.

        Parameters
        ----------
        bracket
            From when to when, and its word.
        base
            The row's baseline, in microvolts of the sheet.
        height
            Where the bracket stands, in microvolts about the baseline.
        word
            Where its word stands, in seconds and in microvolts about the baseline.
        """
        start, end, y = bracket.start_s, bracket.end_s, base + height
        foot = y - self._way * 0.9 * UV_PER_MM
        self._x += [start, start, end, end, np.nan]
        self._y += [foot, y, y, foot, np.nan]
        self._words.append((word[0], base + word[1], bracket.label))

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
