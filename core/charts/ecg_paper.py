"""An ECG as a recorder prints it: 25 mm/s, 10 mm/mV, on millimetre paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from core.charts._ecg_attribution import LeadTimeMap, draw_attribution
from core.charts._ecg_lines import COARSE, FINE, PAPER, draw_leads, draw_pulses, names_of
from core.charts._ecg_marks import Mark, caliper_words, draw_caliper, draw_marks, room_for
from core.charts._ecg_sheet import (
    LARGE_SQUARE_UV,
    MM_PER_MV,
    MM_PER_S,
    PULSE_ROOM_S,
    UV_PER_MM,
    WINDOW_S,
    Layout,
    Sheet,
    fitting_layout,
    lay_out,
)
from core.charts.style import Chart, axis, canvas, nothing_to_show
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from core.charts._ecg_lines import Note

__all__ = [
    "WINDOW_S",
    "Layout",
    "LeadTimeMap",
    "Mark",
    "caliper_words",
    "ecg_paper",
    "fitting_layout",
]

_PX_PER_MM: Final = 3.25
_AXIS_PX: Final = 44


def ecg_paper(  # noqa: PLR0913 - a print-out has this many sides, all but two by name
    leads: Mapping[str, NDArray[np.floating]],
    rate_hz: float,
    *,
    language: str,
    layout: Layout = "3x4",
    start_s: float = 0.0,
    marks: Iterable[Mark] = (),
    attribution: LeadTimeMap | None = None,
    caliper: tuple[float, float] | None = None,
    note: str = "",
    synthetic: bool = False,
) -> Chart:
    """Draw ten seconds of a recording on ECG paper.

    Parameters
    ----------
    leads
        Lead name to (n_samples,) in mV, in the order of the rows of ``12x1``; NaN is what was not recorded, and
        a lead that is NaN throughout is named as missing in its place.
    rate_hz
        Samples a second.
    layout
        ``3x4`` with lead II as rhythm strip, the four columns one after the other in time, or ``12x1``. A recording
        shorter than six seconds is drawn as ``12x1``.
    start_s
        Where the ten seconds begin.
    marks
        Stretches in which something was measured, on any number of beats.
    attribution
        What the model found where.
    caliper
        Two times in seconds.
    note
        More plain text under the title, after the scale.

    Returns
    -------
    Chart
        One pair of axes: seconds across, whole microvolts up, each row about its own baseline, millimetres square.
    """
    title = text(language, "ecg_paper.title")
    there = {name: row for name, row in leads.items() if row.size}
    if not there or not any(np.isfinite(row).any() for row in there.values()):
        return nothing_to_show(title, language, synthetic=synthetic)
    marks = tuple(marks)
    sheet = lay_out(leads, rate_hz, layout, start_s, room_for(marks))
    scale = text(language, "ecg_paper.scale", speed=f"{MM_PER_S:g}", gain=f"{MM_PER_MV:g}")
    under = " · ".join(words for words in (scale, note) if words)
    keyed = attribution is not None
    figure = _blank(title, sheet, under, keyed=keyed, language=language, synthetic=synthetic)
    notes: list[Note] = []
    if attribution is not None:
        key, notes = draw_attribution(figure, sheet, attribution, language)
        _add_to_subtitle(figure, key)
    draw_pulses(figure, sheet, language)
    draw_leads(figure, sheet, rate_hz)
    labels, words = draw_marks(figure, sheet, marks, rate_hz)
    notes += [*words, *names_of(sheet, rate_hz, language)]
    measured = ""
    if caliper:
        measured, note_between = draw_caliper(figure, sheet, caliper, language)
        notes.append(note_between)
    figure.update_layout(annotations=notes)
    return Chart(figure, title, _alt(sheet, scale, labels, measured, language))


def _blank(title: str, sheet: Sheet, under: str, *, keyed: bool, language: str, synthetic: bool) -> go.Figure:
    """Return the sheet without a trace on it; ``keyed`` leaves a line for a key, known once the map is drawn."""
    height = round(sheet.height_mm * _PX_PER_MM) + _AXIS_PX
    figure = canvas(title, language, height=height, synthetic=synthetic, note=under, key=" " if keyed else "")
    figure.update_layout(height=height + figure.layout.margin.t)
    _paper(figure, sheet, language)
    return figure


def _paper(figure: go.Figure, sheet: Sheet, language: str) -> None:
    """Lay the millimetre grid: both axes in one scale, the lines of the grid at the squares of the paper."""
    grid = {"gridcolor": COARSE, "gridwidth": 1, "constrain": "range", "nticks": None}
    fine = {"showgrid": True, "gridcolor": FINE, "gridwidth": 1, "ticks": ""}
    figure.update_layout(
        plot_bgcolor=PAPER,
        xaxis=axis(
            text(language, "ecg_paper.x"),
            **grid,
            range=[sheet.start_s - PULSE_ROOM_S, sheet.end_s + 0.04],
            tick0=0,
            dtick=0.2,
            ticklabelstep=5,
            minor={**fine, "tick0": 0, "dtick": 0.04},
            constraintoward="left",
            tickformat=".3~f",
            hoverformat=".3f",
        ),
        yaxis=axis(
            text(language, "ecg_paper.y"),
            **grid,
            range=[sheet.bottom, sheet.top],
            tick0=0,
            dtick=LARGE_SQUARE_UV,
            minor={**fine, "tick0": 0, "dtick": UV_PER_MM},
            showticklabels=False,
            scaleanchor="x",
            # one second is 25 mm and one microvolt a hundredth of a millimetre
            scaleratio=1 / UV_PER_MM / MM_PER_S,
            constraintoward="top",
        ),
    )


def _add_to_subtitle(figure: go.Figure, key: str) -> None:
    subtitle = figure.layout.title.subtitle
    subtitle.text = subtitle.text.removesuffix(" ") + key


def _alt(sheet: Sheet, scale: str, marked: tuple[str, ...], measured: str, language: str) -> str:
    facts = {"start": f"{sheet.start_s:g}", "end": f"{sheet.end_s:g}"}
    n = len({panel.lead for panel in sheet.panels}) - len(sheet.missing)
    said = [text(language, "ecg_paper.alt", n=n, scale=scale, **facts)]
    if sheet.missing:
        said.append(text(language, "ecg_paper.alt_missing", leads=" ".join(sheet.missing)))
    if marked:
        said.append(text(language, "ecg_paper.alt_marks", marks=" ".join(marked)))
    if measured:
        said.append(text(language, "ecg_paper.alt_caliper", interval=measured))
    return " ".join(said)
