"""The strongest stretch of an attribution: one wave in neighbouring leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._attribution_occlusion import Occlusion, Scorer, mask_of
from core.ecg._attribution_spans import WAVES
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_N_LIMB = 6
SYSTEMS = {"limb": LEADS[:_N_LIMB], "chest": LEADS[_N_LIMB:]}
"""Leads that see the same thing from several sides."""

_WITH_THE_LARGEST = 0.5
"""Chest leads belong to a stretch while their value is at least this share of the largest lead's."""

_ONE_DIRECTION = 0.8
"""One limb lead is named alone where what it sees makes up this share of what the whole plane does."""

_AXES_SEE = 3.0
"""How often six axes at even angles see a vector of their plane: a limb lead's value is this part of what it sees."""


@dataclass(frozen=True)
class Stretch:
    """One wave in neighbouring chest leads, in one limb lead or in all of them.

    Attributes
    ----------
    wave, leads
        What it is.
    value
        Sum of the leads' values in log-odds; of one limb lead all that it sees.
    share
        Share of all absolute values of the map.
    effect
        Log-odds less those with this very stretch taken out of the recording, measured in one pass of its own.
    """

    wave: str
    leads: tuple[str, ...]
    value: float
    share: float
    effect: float


def strongest(
    score: Scorer, shown: Occlusion, values: Floats, whole: float
) -> tuple[Stretch | None, Stretch | None]:
    """Strongest stretch for and against.

    Each wave has one candidate among the limb leads and one among the chest leads. All are taken out once more as a
    whole, and the lesser of value and effect decides: where the two contradict each other neither can be trusted.
    """
    found = [(way, *each) for way in (1.0, -1.0) for each in _candidates(values, way, planar=shown.planar)]
    if not found:
        return None, None
    total = float(np.abs(values).sum())
    left = shown.log_odds(score, np.stack([mask_of(leads, wave) for _, wave, leads, _ in found]))
    stretches = [
        (way, Stretch(wave, leads, value, abs(value) / total, whole - float(rest)))
        for (way, wave, leads, value), rest in zip(found, left, strict=True)
    ]
    return _best(stretches, 1.0), _best(stretches, -1.0)


def _best(stretches: list[tuple[float, Stretch]], way: float) -> Stretch | None:
    own = [stretch for its_way, stretch in stretches if its_way == way]
    return max(own, key=lambda stretch: min(way * stretch.value, way * stretch.effect), default=None)


def _candidates(values: Floats, sign: float, *, planar: bool) -> list[tuple[str, tuple[str, ...], float]]:
    """Wave, leads and value of stretches of one sign."""
    found = []
    for column, wave in enumerate(WAVES):
        limb, chest = sign * values[:_N_LIMB, column], sign * values[_N_LIMB:, column]
        for leads, size in (_of_limb_leads(limb, planar=planar), _of_chest_leads(chest)):
            if size > 0:
                found.append((wave, leads, sign * size))
    return found


def _of_limb_leads(own: Floats, *, planar: bool) -> tuple[tuple[str, ...], float]:
    top = int(np.argmax(own))
    seen = float(own[top]) * (_AXES_SEE if planar else 1.0)
    whole = float(own.sum())
    if planar and seen < _ONE_DIRECTION * whole:
        return SYSTEMS["limb"], whole
    return (LEADS[top],), seen


def _of_chest_leads(own: Floats) -> tuple[tuple[str, ...], float]:
    top = int(np.argmax(own))
    if own[top] <= 0:
        return (), 0.0
    strong = _run_around(own >= _WITH_THE_LARGEST * own[top], top)
    return tuple(np.array(SYSTEMS["chest"])[strong].tolist()), float(own[strong].sum())


def _run_around(flags: NDArray[np.bool_], place: int) -> NDArray[np.bool_]:
    """The unbroken run of flags that a place belongs to."""
    run = np.zeros_like(flags)
    breaks = np.flatnonzero(~flags)
    low = breaks[breaks < place].max(initial=-1) + 1
    high = breaks[breaks > place].min(initial=flags.size)
    run[low:high] = True
    return run
