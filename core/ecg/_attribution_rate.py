"""The same beats at another rate: what the network makes of the heart rate alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.network_input import INPUT_RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._attribution_occlusion import Occlusion, Scorer
    from core.ecg._attribution_spans import BeatSpans, WindowSpans

    Floats = NDArray[np.float64]

RESTING_BPM = 75.0
"""The rate that a recording's own is held against: amid the 60 to 100 that count as normal."""

_FEWEST_CYCLES = 2
_BEGINNINGS = 6


def rate_contribution(score: Scorer, shown: Occlusion) -> tuple[float, float] | None:
    """Log-odds that the heart's rate adds, and that rate.

    Every beat keeps its waves; only the pauses between beats are stretched or shortened. Both versions are laid out
    anew in the same way, at the recording's own mean rate and at ``RESTING_BPM``, so that the laying out itself
    cancels.

    Returns
    -------
    tuple of float or None
        Log-odds at the own rate less those at ``RESTING_BPM``, and the own rate a minute; means over the windows. None
        where no window shows two whole cycles of the dominant kind.
    """
    pairs, rates = [], []
    for window, spans in zip(shown.x, shown.spans, strict=True):
        cycles = [beat for beat in spans.beats if beat.cycle is not None]
        if spans.rr is None or len(cycles) < _FEWEST_CYCLES:
            continue
        resting = 60.0 * INPUT_RATE_HZ / RESTING_BPM
        both = [at_interval(window, spans, round(rr), _BEGINNINGS) for rr in (spans.rr, resting)]
        pairs += [row for pair in zip(*both, strict=True) for row in pair]
        rates.append(60.0 * INPUT_RATE_HZ / spans.rr)
    if not pairs:
        return None
    scored = np.asarray(score(np.stack(pairs)), dtype=np.float64).reshape(-1, 2)
    return float((scored[:, 0] - scored[:, 1]).mean()), float(np.mean(rates))


def at_interval(
    window: NDArray[np.float32], spans: WindowSpans, rr: int, beginnings: int = 1
) -> NDArray[np.float32]:
    """Lay the dominant beats of a window out at one interval, over and over until the window is full.

    Parameters
    ----------
    window
        (12, n) in mV.
    spans
        Its beats, at least one with a whole cycle.
    rr
        Samples from beat to beat; a beat whose waves take longer keeps their length.
    beginnings
        How many versions: a network sees a beat a little differently wherever it lies.

    Returns
    -------
    ndarray of float32, (beginnings, 12, n)
        Each begins later in the first cycle, at even steps.
    """
    pieces = [_cycle(window.astype(np.float64), beat, rr) for beat in spans.beats if beat.cycle is not None]
    once = np.hstack(pieces)
    length = window.shape[1]
    row = np.tile(once, (1, -(-(length + rr) // once.shape[1])))
    skipped = [round(share * rr) for share in np.arange(beginnings) / beginnings]
    return np.stack([row[:, begin : begin + length] for begin in skipped]).astype(np.float32)


def _cycle(window: Floats, beat: BeatSpans, rr: int) -> Floats:
    """One cycle of ``rr`` samples: the waves as they are, the pauses on both sides scaled."""
    assert beat.cycle is not None
    first, last = beat.cycle
    waves = beat.stop - beat.start + 1
    pause = max(rr - waves, 2)
    own = max((last - first) - (beat.stop - beat.start), 1)
    before = round(pause * (beat.start - first) / own)
    place = np.concatenate(
        [
            np.linspace(first, beat.start, before, endpoint=False),
            np.arange(beat.start, beat.stop + 1),
            np.linspace(last, beat.stop, pause - before, endpoint=False)[::-1],
        ]
    )
    low = np.minimum(place.astype(int), window.shape[1] - 2)
    share = place - low
    piece = window[:, low] * (1 - share) + window[:, low + 1] * share
    # both ends on the ground, so that any cycle can follow any other
    slope = np.linspace(0.0, 1.0, piece.shape[1])
    ground: Floats = piece - (piece[:, :1] * (1 - slope) + piece[:, -1:] * slope)
    return ground
