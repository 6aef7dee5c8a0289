"""Ways to value the waves of a recording, to be held against one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._attribution_occlusion import (
    UNITS,
    Occlusion,
    Scorer,
    all_but_unit_masks,
    both_ends,
    shares,
    unit_masks,
)
from core.ecg._attribution_spans import WAVES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Method = Callable[[Scorer, Occlusion], "Floats"]
"""A way to value the 48 units of a recording: (12, 4) in log-odds."""

CHOSEN, CHOSEN_FILL = "both", "average"
"""What ``attribution.attribute`` does."""

_PERMUTATIONS = 4
_TILE_SAMPLES = 20


def nested(order: NDArray[np.int64], units: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Masks that take out nothing, the first unit, the first two, and so on, (n + 1, 12, 4)."""
    taken = np.logical_or.accumulate(units[order], axis=0)
    return np.concatenate([both_ends()[:1], taken])


def removed(score: Scorer, shown: Occlusion) -> Floats:
    """What taking each unit out of the recording changes: 49 passes."""
    scored = shown.log_odds(score, np.concatenate([both_ends()[:1], unit_masks()]))
    values: Floats = (scored[0] - scored[1:]).reshape(UNITS) * shares(planar=shown.planar)
    return values


def alone(score: Scorer, shown: Occlusion) -> Floats:
    """What putting each unit back into the baseline changes: 49 passes."""
    masks = np.concatenate([both_ends()[1:], all_but_unit_masks(planar=shown.planar)])
    scored = shown.log_odds(score, masks)
    values: Floats = (scored[1:] - scored[0]).reshape(UNITS) * shares(planar=shown.planar)
    return values


def both(score: Scorer, shown: Occlusion) -> Floats:
    """Mean of ``removed`` and ``alone``: 98 passes."""
    return (removed(score, shown) + alone(score, shown)) / 2


def sampled(score: Scorer, shown: Occlusion) -> Floats:
    """Shapley values by sampling orders, each forwards and backwards: some 400 passes."""
    rng = np.random.default_rng(0)
    n = UNITS[0] * UNITS[1]
    values = np.zeros(n)
    for _ in range(_PERMUTATIONS):
        forwards = rng.permutation(n)
        for order in (forwards, forwards[::-1]):
            scored = shown.log_odds(score, nested(order, unit_masks()))
            values[order] += scored[:-1] - scored[1:]
    return values.reshape(UNITS) / (2 * _PERMUTATIONS)


def tiles(score: Scorer, shown: Occlusion) -> Floats:
    """Stretches of 0.2 s of one lead, each replaced by a straight line, shared out among the waves they hold.

    The usual occlusion of images carried over to a trace, which knows nothing of beats: 601 passes.
    """
    n, leads, samples = shown.x.shape
    starts = range(0, samples, _TILE_SAMPLES)
    whole = np.asarray(score(shown.x))
    dense = np.zeros((n, leads, samples))
    for lead in range(leads):
        rows = np.repeat(shown.x[None], len(starts), axis=0)
        for row, start in zip(rows, starts, strict=True):
            part = row[:, lead, start : start + _TILE_SAMPLES]
            part[:] = np.linspace(part[:, 0], part[:, -1], part.shape[1], axis=1)
        scored = np.asarray(score(rows.reshape(-1, leads, samples))).reshape(len(starts), n)
        dense[:, lead] = np.repeat((whole - scored).T / (n * _TILE_SAMPLES), _TILE_SAMPLES, axis=1)[
            :, :samples
        ]
    values = np.zeros(UNITS)
    for row, spans in zip(dense, shown.spans, strict=True):
        for beat in spans.beats:
            for wave, (start, stop) in beat.spans.items():
                values[:, WAVES.index(wave)] += row[:, start : stop + 1].sum(axis=1)
    return values


METHODS: dict[str, Method] = {
    "removed": removed,
    "alone": alone,
    "both": both,
    "sampled": sampled,
    "tiles": tiles,
}
