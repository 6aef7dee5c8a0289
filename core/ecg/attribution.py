"""Which wave of which lead moved a network's log-odds of embolism, by taking it out of every beat and looking again.

A unit is one wave (P, QRS, ST or T) of one lead in all beats of the recording at once: signs of embolism are in every
beat, and taking a wave out of one beat changes little. Its value is the mean of two effects: of taking it out of the
recording as it is, and of putting it back where everything else has been taken out. For a scorer in which waves work
together by pairs at most, this mean is the Shapley value exactly, at two passes a unit; a unit's effect in the
recording alone would miss what several leads say at once (T inversion in V1 to V3).

What stands in a wave's place is an average heart's wave, so that the network is asked about something that could be
a recording. For the same reason Einthoven's law is kept: the six limb leads are views of one plane, and taking a wave
out of one of them takes out of the plane what this lead sees, the other five following. Their axes see the plane three
times over, so each limb lead counts a third, and the values of a wave add up to that of the plane. Each wave also has
a value for the limb leads, and for the chest leads, as one system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._attribution_occlusion import (
    UNITS,
    Occlusion,
    Scorer,
    all_but_unit_masks,
    both_ends,
    mask_of,
    occlusion,
    shares,
    unit_masks,
)
from core.ecg._attribution_rate import RESTING_BPM, rate_contribution
from core.ecg._attribution_spans import WAVES
from core.ecg._attribution_stretch import SYSTEMS, Stretch, strongest
from core.ecg.network_input import INPUT_RATE_HZ
from core.ecg.recording import LEADS
from core.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.ecg._attribution_fill import Fill
    from core.ecg.quality import Quality

    Floats = NDArray[np.float64]

__all__ = [
    "RESTING_BPM",
    "SYSTEMS",
    "WAVES",
    "Attribution",
    "Rate",
    "Scorer",
    "Span",
    "Stretch",
    "attribute",
]

MOST_WINDOWS = 4
"""Of a longer recording so many windows are asked about, evenly chosen."""


@dataclass(frozen=True)
class Span:
    """Where one wave of one beat lies: window, wave, and start and stop in seconds from the window's start."""

    window: int
    wave: str
    start_s: float
    stop_s: float


@dataclass(frozen=True)
class Rate:
    """What the heart rate adds in log-odds, held against ``RESTING_BPM``, and the rate itself."""

    value: float
    bpm: float


@dataclass(frozen=True)
class Attribution:
    """What moved the log-odds of one recording; positive supports embolism, negative argues against it.

    Attributes
    ----------
    values
        (12, 4) log-odds by lead and wave (``LEADS`` and ``WAVES``); of a limb lead a third of what it sees. A lead
        that was not recorded has 0: nothing of it can have moved anything; ``present`` tells it from a lead that says
        nothing.
    systems
        (2, 4), each wave of all limb leads, and of all chest leads, as one.
    log_odds
        Of the recording: mean over ``windows``.
    baseline
        With every wave taken out.
    rate
        None where it could not be told.
    support, against
        Strongest stretch either way; None where no value has that sign.
    spans
        Where the waves lie, for drawing.
    windows
        Which windows were asked about.
    present
        Leads that were recorded.
    """

    values: Floats
    systems: Floats
    log_odds: float
    baseline: float
    rate: Rate | None
    support: Stretch | None
    against: Stretch | None
    spans: tuple[Span, ...]
    windows: tuple[int, ...]
    present: tuple[str, ...]

    @property
    def together(self) -> float:
        """What the values leave over of the way from baseline to recording: waves that work only together."""
        return self.log_odds - self.baseline - float(self.values.sum())

    def trace(self, starts_s: Sequence[float] = (0.0,)) -> tuple[Floats, dict[str, Floats]]:
        """Lay the map out along the recording, to be drawn over it.

        Parameters
        ----------
        starts_s
            Where each window begins in the recording, in seconds; windows for which none is given are left out.

        Returns
        -------
        tuple
            (n + 1,) edges in seconds, and by lead (n,) log-odds of the wave in each stretch; NaN where no wave is.
            Only leads that were recorded.
        """
        edges, columns = [-np.inf], list[int | None]()
        placed = [
            (starts_s[span.window] + span.start_s, span) for span in self.spans if span.window < len(starts_s)
        ]
        for begin, span in sorted(placed, key=lambda each: each[0]):
            # rounded, so that waves that touch leave no gap of a rounding error between them
            start, stop = round(begin, 4), round(begin + span.stop_s - span.start_s, 4)
            if start < edges[-1]:  # windows that overlap show the same beats twice
                continue
            if start > edges[-1]:
                edges.append(start)
                columns.append(None)
            edges.append(stop)
            columns.append(WAVES.index(span.wave))
        known = np.array([-1 if column is None else column for column in columns[1:]], dtype=int)
        rows = np.where(known < 0, np.nan, self.values[:, known]) if known.size else np.empty((len(LEADS), 0))
        return np.array(edges[1:]), {lead: rows[LEADS.index(lead)] for lead in self.present}


def attribute(
    score: Scorer, x: NDArray[np.float32], *, quality: Quality | None = None, fill: Fill = "average"
) -> Attribution:
    """Find what moved the log-odds of one recording.

    Parameters
    ----------
    score
        The network.
    x
        (n, 12, samples) in mV at 100 Hz, as ``network_input.windows`` cuts them.
    quality
        Verdict on the recording, where it is at hand.
    fill
        What stands in a wave's place: ``average`` or ``line``.

    Raises
    ------
    RecordingError
        The recording is unusable, or no window shows a beat whose QRS can be told.

    Examples
    --------
    >>> import numpy as np
    >>> from core.ecg.network_input import windows
    >>> from core.ecg.simulator import simulate
    >>> x = windows(simulate(0, 1, stratum="control", severity=0.0).recording)
    >>> found = attribute(lambda rows: np.zeros(len(rows)), x)
    >>> found.values.shape, float(np.abs(found.values).sum())
    ((12, 4), 0.0)
    """
    if quality is not None and not quality.usable:
        raise RecordingError("attribution.unusable")
    chosen = _evenly(len(x))
    shown = occlusion(x[list(chosen)], fill)
    groups = np.stack([mask_of(leads, wave) for leads in SYSTEMS.values() for wave in WAVES])
    removing, leaving = unit_masks(), all_but_unit_masks(planar=shown.planar)
    scored = shown.log_odds(score, np.concatenate([both_ends(), removing, leaving, groups, ~groups]))
    whole, baseline = float(scored[0]), float(scored[1])
    values = _both(whole, baseline, scored[2 : -2 * len(groups)]).reshape(UNITS) * shares(planar=shown.planar)
    systems = _both(whole, baseline, scored[-2 * len(groups) :]).reshape(len(SYSTEMS), len(WAVES))
    # a wave that is in no beat, or a lead that was not recorded, leaves rounding alone
    values[~shown.units()] = 0.0
    support, against = strongest(score, shown, values, whole)
    rate = rate_contribution(score, shown)
    return Attribution(
        values=values,
        systems=systems,
        log_odds=whole,
        baseline=baseline,
        rate=None if rate is None else Rate(*rate),
        support=support,
        against=against,
        spans=_spans(shown, chosen),
        windows=tuple(chosen[place] for place in shown.kept),
        present=tuple(lead for lead, there in zip(LEADS, shown.leads(), strict=True) if there),
    )


def _both(whole: float, baseline: float, scored: Floats) -> Floats:
    """Mean of what taking out and what putting back change; first those taken out, then those left alone."""
    removed, alone = np.split(scored, 2)
    return np.asarray(((whole - removed) + (alone - baseline)) / 2)


def _evenly(n_windows: int) -> tuple[int, ...]:
    chosen = np.linspace(0, n_windows - 1, min(n_windows, MOST_WINDOWS)).round().astype(int)
    return tuple(int(place) for place in chosen)


def _spans(shown: Occlusion, chosen: tuple[int, ...]) -> tuple[Span, ...]:
    last = shown.x.shape[2] - 1
    return tuple(
        Span(chosen[place], wave, max(start, 0) / INPUT_RATE_HZ, min(stop, last) / INPUT_RATE_HZ)
        for place, found in zip(shown.kept, shown.spans, strict=True)
        for beat in found.beats
        for wave, (start, stop) in beat.spans.items()
    )
