"""Windows with some waves of some leads taken out of every beat, and what the network says of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.ecg._attribution_fill import level_changes, wave_changes
from core.ecg._attribution_spans import WAVES, WindowSpans, find_spans, present
from core.ecg.recording import LEADS
from core.errors import RecordingError

if TYPE_CHECKING:
    from core.ecg._attribution_fill import Fill

Scorer = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""Windows (n, 12, samples) in mV to the log-odds of embolism (n,)."""

Masks = NDArray[np.bool_]

UNITS = (len(LEADS), len(WAVES))
"""A unit is one wave of one lead, in all beats at once."""

_MOST_AT_ONCE = 512
_N_LIMB = 6
_AT_RIGHT_ANGLES = {"I": "aVF", "II": "aVL", "III": "aVR", "aVR": "III", "aVL": "II", "aVF": "I"}


@dataclass(frozen=True)
class Occlusion:
    """Windows of one recording, ready to be shown with any choice of waves taken out.

    Attributes
    ----------
    x
        float32 (n, 12, samples) in mV, only windows in which beats were found.
    spans
        The beats of each window.
    level
        float32 (n, 12, samples); what brings ST to the level.
    waves
        float32 (2, 3, n, 12, samples): what takes P, QRS and T out, with ST as it is and with ST on the level.
    present
        bool (n, 12), leads that hold a signal.
    kept
        Places of these windows among those given.
    """

    x: NDArray[np.float32]
    spans: tuple[WindowSpans, ...]
    level: NDArray[np.float32]
    waves: NDArray[np.float32]
    present: Masks
    kept: tuple[int, ...]

    def leads(self) -> Masks:
        """Which leads hold a signal in some window, (12,)."""
        return np.asarray(self.present.any(axis=0))

    def units(self) -> Masks:
        """Which units there are: leads that hold a signal, waves that some beat has; (12, 4)."""
        waves = [any(wave in beat.spans for found in self.spans for beat in found.beats) for wave in WAVES]
        return np.asarray(self.leads()[:, None] & np.array(waves)[None, :])

    @functools.cached_property
    def planar(self) -> bool:
        """Whether all six limb leads are there, so that they can be kept views of one plane."""
        return bool(self.present[:, :_N_LIMB].all())

    def without(self, masks: Masks) -> NDArray[np.float32]:
        """Show the windows with the units of each mask taken out.

        Taking a wave out of one limb lead takes out of the frontal plane what that lead sees, and the other five
        follow, so that Einthoven's law holds; two limb leads see the whole plane. Where limb leads are missing each
        stands alone.

        Parameters
        ----------
        masks
            (m, 12, 4), True for what is taken out.

        Returns
        -------
        ndarray of float32, (m, n, 12, samples)
        """
        st, *others = np.moveaxis(_operators(masks, planar=self.planar), 1, 0)[list(_ST_FIRST)]
        parts = np.concatenate([st, *others, *(operator @ st for operator in others)], axis=2)
        n, leads, samples = self.x.shape
        # one product over leads and changes: this is most of what an attribution spends besides the network
        changed = parts.reshape(-1, parts.shape[2]) @ self._changes
        return self.x + changed.reshape(-1, leads, n, samples).transpose(0, 2, 1, 3)

    @functools.cached_property
    def _changes(self) -> NDArray[np.float32]:
        """All changes of all leads below one another, (84, n * samples): ST, the others, the others' share in ST's."""
        every = np.stack([self.level, *self.waves[0], *(self.waves[1] - self.waves[0])])
        return np.asarray(every.transpose(0, 2, 1, 3).reshape(every.shape[0] * len(LEADS), -1))

    def log_odds(self, score: Scorer, masks: Masks) -> NDArray[np.float64]:
        """Mean log-odds over the windows with each mask's units taken out, (m,)."""
        n, at_once = len(self.x), max(1, _MOST_AT_ONCE // len(self.x))
        parts = []
        for first in range(0, len(masks), at_once):
            shown = self.without(masks[first : first + at_once])
            scored = np.asarray(score(shown.reshape(-1, *self.x.shape[1:])), dtype=np.float64)
            parts.append(scored.reshape(-1, n).mean(axis=1))
        return np.concatenate(parts)


_OTHERS = tuple(wave for wave in WAVES if wave != "st")
_ST_FIRST = tuple(WAVES.index(wave) for wave in ("st", *_OTHERS))


def occlusion(x: NDArray[np.float32], fill: Fill = "average") -> Occlusion:
    """Find the beats of each window and prepare taking their waves out.

    Parameters
    ----------
    x
        (n, 12, samples) in mV at 100 Hz, as ``network_input.windows`` cuts them.
    fill
        What stands in a wave's place.

    Raises
    ------
    RecordingError
        No window shows a beat whose QRS can be told.
    """
    each = [find_spans(row) for row in x]
    kept = tuple(place for place, spans in enumerate(each) if spans.beats)
    if not kept:
        raise RecordingError("attribution.no_beats")
    found = [(x[place], each[place]) for place in kept]
    shown = x[list(kept)].astype(np.float32)
    there = np.stack([present(row) for row in shown])
    level = np.zeros(shown.shape, np.float32)
    waves = np.zeros((2, len(_OTHERS), *shown.shape), np.float32)
    for i, (row, spans) in enumerate(found):
        window = row.astype(np.float64)
        level[i] = change = level_changes(window, spans.beats) * there[i, :, None]
        for state, base in enumerate((window, window + change)):
            changes = wave_changes(base, spans.beats, fill)
            for place, wave in enumerate(_OTHERS):
                # nothing stands in for a lead that was not recorded
                waves[state, place, i] = changes[wave] * there[i, :, None]
    return Occlusion(shown, tuple(spans for _, spans in found), level, waves, there, kept)


def _operators(masks: Masks, *, planar: bool) -> NDArray[np.float32]:
    """How much of the leads' change each mask lets through, (m, 4, 12, 12) by mask and wave."""
    operators = masks.transpose(0, 2, 1)[..., None] * np.eye(len(LEADS), dtype=np.float32)
    if planar:
        limb = masks[:, :_N_LIMB].transpose(0, 2, 1)
        one = limb.sum(axis=2) == 1
        whole = np.where((limb.sum(axis=2) > 1)[..., None, None], np.eye(_N_LIMB, dtype=np.float32), 0.0)
        seen = projections()[np.argmax(limb, axis=2)]
        operators[..., :_N_LIMB, :_N_LIMB] = np.where(one[..., None, None], seen, whole)
    return np.asarray(operators, dtype=np.float32)


@functools.cache
def projections() -> NDArray[np.float32]:
    """For each limb lead the six leads of what that lead sees, as a matrix on the six leads, (6, 6, 6)."""
    # I and II from the frontal vector (x to the left, y down), and the six leads from I and II
    plane = np.array([[1.0, 0.0], [0.5, np.sqrt(3) / 2]])
    six = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0], [-0.5, -0.5], [1.0, -0.5], [-0.5, 1.0]])
    axes = six @ plane
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    found = np.zeros((_N_LIMB, _N_LIMB, _N_LIMB), dtype=np.float32)
    for place, axis in enumerate(axes):
        found[place, :, :2] = six @ plane @ np.outer(axis, axis) @ np.linalg.inv(plane)
    return found


def unit_masks() -> Masks:
    """One mask a unit, (48, 12, 4), lead by lead."""
    n = UNITS[0] * UNITS[1]
    return np.eye(n, dtype=bool).reshape(n, *UNITS)


def all_but_unit_masks(*, planar: bool) -> Masks:
    """Everything taken out but one unit, (48, 12, 4).

    Of a wave in the frontal plane what a limb lead sees is left by taking out what the lead at right angles sees:
    aVF for I, aVL for II, aVR for III, and the other way round.
    """
    masks = ~unit_masks()
    if planar:
        by_unit = masks.reshape(*UNITS, *UNITS)
        for lead, other in _AT_RIGHT_ANGLES.items():
            for wave in range(UNITS[1]):
                by_unit[LEADS.index(lead), wave, :_N_LIMB, wave] = False
                by_unit[LEADS.index(lead), wave, LEADS.index(other), wave] = True
    return masks


def shares(*, planar: bool) -> NDArray[np.float64]:
    """By what each lead's effects are multiplied so that those of one wave add up, (12, 1).

    Six axes at even angles see every vector of the plane three times over.
    """
    found = np.ones((len(LEADS), 1))
    if planar:
        found[:_N_LIMB] = 1 / 3
    return found


def both_ends() -> Masks:
    """Nothing taken out, everything taken out, (2, 12, 4)."""
    return np.stack([np.zeros(UNITS, dtype=bool), np.ones(UNITS, dtype=bool)])


def mask_of(leads: tuple[str, ...], wave: str) -> Masks:
    """One wave of some leads, (12, 4)."""
    mask = np.zeros(UNITS, dtype=bool)
    mask[[LEADS.index(lead) for lead in leads], WAVES.index(wave)] = True
    return mask
