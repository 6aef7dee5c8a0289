"""Where everything stands on a sheet of ECG paper: which lead in which row, from when to when, and how high.

The sheet has one pair of axes, seconds across and microvolts up: one row's waves may reach into the next row's room
as they do on paper, and whole microvolts keep the figure small.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Layout = Literal["3x4", "12x1"]

MM_PER_S: Final = 25.0
MM_PER_MV: Final = 10.0
UV_PER_MM: Final = 1000.0 / MM_PER_MV
LARGE_SQUARE_UV: Final = 500
"""5 mm up."""

WINDOW_S: Final = 10.0
"""What one sheet shows of a recording."""

SHORTEST_3X4_S: Final = 6.0
"""Below this a quarter of the window may hold no whole beat."""

PULSE_ROOM_S: Final = 0.44
"""Room for the calibration pulse before the first wave."""

_GRID_3X4: Final = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
    ("II",),
)
# millimetres from one row's baseline to the next
_PITCH: Final = {"3x4": (25, 50), "12x1": (15, 45)}
_MARGIN_MM: Final = (10, 10)
_CLEAR_MM: Final = 3


@dataclass(frozen=True)
class Panel:
    """One lead in one place.

    Attributes
    ----------
    lead, row
        Name, and number of the row from the top.
    start_s, end_s
        Stretch of the recording.
    values
        (n,) in µV about the lead's median over the window; empty where the lead was not recorded.
    first_s
        Time of the first value.
    """

    lead: str
    row: int
    start_s: float
    end_s: float
    values: NDArray[np.float64]
    first_s: float

    @property
    def missing(self) -> bool:
        """Whether there is nothing to draw."""
        return not np.isfinite(self.values).any()

    def span(self, start_s: float, end_s: float, rate_hz: float) -> tuple[float, float]:
        """Lowest and highest value between two times, 0 where there is none."""
        low, high = (round((at - self.first_s) * rate_hz) for at in (start_s, end_s))
        part = self.values[max(0, low) : max(0, high) + 1]
        part = part[np.isfinite(part)]
        return (float(part.min()), float(part.max())) if part.size else (0.0, 0.0)


@dataclass(frozen=True)
class Sheet:
    """A laid-out sheet.

    Attributes
    ----------
    panels
        From left to right, row by row.
    baselines
        Height of each row's zero in µV on the sheet, on a line of the grid, the middle of the sheet about 0.
    start_s, end_s
        Stretch of the recording on the sheet.
    bottom, top
        Ends of the sheet in µV.
    """

    panels: tuple[Panel, ...]
    baselines: tuple[int, ...]
    start_s: float
    end_s: float
    bottom: int
    top: int

    @property
    def height_mm(self) -> float:
        """Height of the paper."""
        return (self.top - self.bottom) / UV_PER_MM

    @property
    def missing(self) -> tuple[str, ...]:
        """Leads that were not recorded."""
        return tuple(dict.fromkeys(panel.lead for panel in self.panels if panel.missing))


def fitting_layout(duration_s: float, wanted: Layout) -> Layout:
    """Layout that a recording is long enough for.

    Examples
    --------
    >>> fitting_layout(10.0, "3x4"), fitting_layout(2.5, "3x4")
    ('3x4', '12x1')
    """
    return wanted if duration_s >= SHORTEST_3X4_S else "12x1"


def lay_out(
    leads: Mapping[str, NDArray[np.floating]],
    rate_hz: float,
    layout: Layout,
    start_s: float,
    room_mm: Mapping[str, tuple[float, float]] | None = None,
) -> Sheet:
    """Lay a window of a recording out.

    Parameters
    ----------
    leads
        Lead name to (n_samples,) in mV; all of one length.
    start_s
        Where the window begins.
    room_mm
        Lead name to the room above and below its waves for what is laid over them, in its last place.
    """
    duration = max(row.size for row in leads.values()) / rate_hz
    start = min(max(0.0, start_s), max(0.0, duration - WINDOW_S))
    end = min(duration, start + WINDOW_S)
    grid = _GRID_3X4 if fitting_layout(end - start, layout) == "3x4" else tuple((lead,) for lead in leads)
    panels = tuple(
        _panel(leads, rate_hz, lead, number, (start, end), (place, len(row)))
        for number, row in enumerate(grid)
        for place, lead in enumerate(row)
    )
    kind = "3x4" if grid is _GRID_3X4 else "12x1"
    return _stacked(panels, len(grid), _PITCH[kind], (start, end), room_mm or {})


def _panel(
    leads: Mapping[str, NDArray[np.floating]],
    rate_hz: float,
    lead: str,
    row: int,
    window: tuple[float, float],
    place: tuple[int, int],
) -> Panel:
    start, end = window
    width = (end - start) / place[1]
    begins, ends = start + place[0] * width, start + (place[0] + 1) * width
    whole = np.asarray(leads.get(lead, np.empty(0)), dtype=np.float64)
    seen = whole[round(start * rate_hz) : round(end * rate_hz)]
    first = int(np.ceil(begins * rate_hz - 1e-6))
    # one sample of the next panel: the line ends where the next one begins
    values = 1000.0 * whole[first : int(np.floor(ends * rate_hz + 1e-6)) + 1]
    middle = 1000.0 * float(np.median(seen[np.isfinite(seen)])) if np.isfinite(seen).any() else 0.0
    return Panel(lead, row, begins, ends, values - middle, first / rate_hz)


def _stacked(
    panels: tuple[Panel, ...],
    rows: int,
    pitch: tuple[int, int],
    window: tuple[float, float],
    room_mm: Mapping[str, tuple[float, float]],
) -> Sheet:
    """Rows as close as their waves allow, between the layout's least and widest distance."""
    depth, rise = np.zeros(rows), np.zeros(rows)
    last = {panel.lead: panel for panel in panels}
    for panel in panels:
        there = panel.values[np.isfinite(panel.values)] / UV_PER_MM
        if there.size:
            above, below = room_mm.get(panel.lead, (0, 0)) if last[panel.lead] is panel else (0, 0)
            depth[panel.row] = max(depth[panel.row], below - float(there.min()))
            rise[panel.row] = max(rise[panel.row], above + float(there.max()))
    steps = [
        _on_grid(np.clip(depth[above] + rise[below] + _CLEAR_MM, *pitch))
        for above, below in itertools.pairwise(range(rows))
    ]
    head = _on_grid(np.clip(rise[0] + _CLEAR_MM, _MARGIN_MM[0], pitch[1]))
    foot = _on_grid(np.clip(depth[-1] + _CLEAR_MM, _MARGIN_MM[1], pitch[1]))
    places = np.concatenate([[0], -np.cumsum(steps)]) if steps else np.zeros(1)
    middle = LARGE_SQUARE_UV * round(float(places[-1]) * UV_PER_MM / 2 / LARGE_SQUARE_UV)
    baselines = tuple(int(place * UV_PER_MM) - middle for place in places)
    return Sheet(
        panels,
        baselines,
        *window,
        bottom=baselines[-1] - int(foot * UV_PER_MM),
        top=baselines[0] + int(head * UV_PER_MM),
    )


def _on_grid(millimetres: float) -> int:
    return 5 * int(np.ceil(millimetres / 5))
