"""The lines on ECG paper: the leads thinned to what a screen can show, the calibration pulse, the leads' names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.charts._ecg_sheet import PULSE_ROOM_S, UV_PER_MM
from core.charts.style import FONT, SMALL_SIZE, TEXT_SIZE, compact
from core.charts.words import escape
from core.text import text

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from core.charts._ecg_sheet import Panel, Sheet

Note = dict[str, Any]
"""A word on the paper, as plotly takes annotations: gathered, since added one by one they take long."""

PAPER: Final = "#fffaf6"
FINE: Final = "#f8dcd4"
COARSE: Final = "#eba79b"
TRACE: Final = "#16161d"
PRINT: Final = "#2a2a33"
"""Words on the paper, which stays paper-coloured on a dark page."""

_MOST_POINTS: Final = 30_000
"""Of all leads together: about three for each pixel of a wide screen."""

_INT16: Final = 32_767
_NAME_S: Final = 0.36
"""Room that a lead's name takes across."""


def draw_leads(figure: go.Figure, sheet: Sheet, rate_hz: float) -> None:
    """Draw each lead as one line; a lead that is not there is named as missing in its place."""
    seconds = sum(panel.end_s - panel.start_s for panel in sheet.panels)
    for panel in sheet.panels:
        if panel.missing:
            continue
        most = int(_MOST_POINTS * (panel.end_s - panel.start_s) / seconds)
        values, step = thinned(panel.values, most)
        figure.add_scatter(
            x0=panel.first_s + (step - 1) / 2 / rate_hz,
            dx=step / rate_hz,
            y=_whole(values + sheet.baselines[panel.row]),
            mode="lines",
            line={"color": TRACE, "width": 1.3},
            hovertemplate=f"{escape(panel.lead)} · %{{x:.3f}} s<extra></extra>",
        )


def thinned(values: NDArray[np.float64], most: int) -> tuple[NDArray[np.float64], float]:
    """Keep the lowest and the highest value of each bucket, in the order in which they came: no peak is lost.

    Returns
    -------
    values, step
        At most about ``most`` values, and how many samples lie between two of them.

    Examples
    --------
    >>> thinned(np.array([0.0, 1.0, 9.0, 2.0, -5.0, 0.0, 0.0, 0.0]), 4)
    (array([ 0.,  9., -5.,  0.]), 2.0)
    """
    size = int(np.ceil(2 * values.size / max(2, most)))
    if size <= 2:
        return values, 1.0
    buckets: NDArray[np.float64] = np.pad(values, (0, -values.size % size), mode="edge").reshape(-1, size)
    lowest, highest = np.fmin.reduce(buckets, axis=1), np.fmax.reduce(buckets, axis=1)
    known = np.nan_to_num(buckets, nan=float(np.nanmedian(values)))
    falls = known.argmax(axis=1) < known.argmin(axis=1)
    pairs: NDArray[np.float64] = np.stack(
        [np.where(falls, highest, lowest), np.where(falls, lowest, highest)], axis=1
    )
    return pairs.ravel(), size / 2


def _whole(values: NDArray[np.float64]) -> NDArray[Any]:
    """Whole microvolts in two bytes each; where samples are missing, float32, in which they can be."""
    if not np.isfinite(values).all():
        return compact(values)
    return np.clip(np.rint(values), -_INT16, _INT16).astype(np.int16)


def draw_pulses(figure: go.Figure, sheet: Sheet, language: str) -> None:
    """Draw before each row the pulse of 1 mV and 200 ms, and short lines where one lead ends and the next begins."""
    begins = sheet.start_s - PULSE_ROOM_S + 0.04
    x: list[float] = []
    y: list[float] = []
    for base in sheet.baselines:
        x += [begins, begins + 0.08, begins + 0.08, begins + 0.28, begins + 0.28, begins + 0.36, np.nan]
        y += [base, base, base + 1000, base + 1000, base, base, np.nan]
    for panel in sheet.panels:
        if panel.start_s > sheet.start_s:
            base = sheet.baselines[panel.row]
            x += [panel.start_s, panel.start_s, np.nan]
            y += [base - 350, base + 350, np.nan]
    figure.add_scatter(
        x=compact(x),
        y=compact(y),
        mode="lines",
        line={"color": TRACE, "width": 1.3},
        hovertemplate=f"{escape(text(language, 'ecg_paper.pulse'))}<extra></extra>",
    )


def names_of(sheet: Sheet, rate_hz: float, language: str) -> list[Note]:
    """Each lead's name, above the beginning of its line."""
    notes = []
    for panel in sheet.panels:
        base = sheet.baselines[panel.row]
        if panel.missing:
            words = escape(text(language, "ecg_paper.missing", lead=panel.lead))
            notes.append(_word(panel.start_s + 0.08, base, words, "#6b5a57", "middle"))
            continue
        at, high = _room_for_name(panel, rate_hz)
        words = f"<b>{escape(panel.lead)}</b>"
        notes.append(_word(at, base + high, words, PRINT, "bottom"))
    return notes


def _room_for_name(panel: Panel, rate_hz: float) -> tuple[float, float]:
    """Where near the panel's beginning a name can stand lowest without covering a wave, and how high, in µV."""
    first = panel.start_s + 0.03
    places = [first + step for step in (0.0, 0.1, 0.2, 0.3, 0.4) if first + step + _NAME_S < panel.end_s]
    room = [(panel.span(at, at + _NAME_S, rate_hz)[1], at) for at in places or [first]]
    lowest = min(high for high, _ in room)
    # the first place that is nearly as low as the lowest
    high, at = next(each for each in room if each[0] <= lowest + UV_PER_MM)
    return at, max(1.5 * UV_PER_MM, high)


def _word(x: float, y: float, words: str, color: str, anchor: str) -> Note:
    return {
        "x": x,
        "y": y,
        "text": words,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": anchor,
        "borderpad": 1,
        "bgcolor": "rgba(255, 250, 246, 0.75)",
        "font": {"size": SMALL_SIZE if color != PRINT else TEXT_SIZE - 1, "color": color, "family": FONT},
    }
