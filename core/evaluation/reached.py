"""How much of what can be known a model has learned: its AUROC above chance as a share of the best possible."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.evaluation.discrimination import placements
from core.evaluation.intervals import UNDEFINED, Interval, normal_quantile

if TYPE_CHECKING:
    from core.evaluation.arrays import Events, Floats


def share_reached(event: Events, score: Floats, oracle: Floats, level: float = 0.95) -> Interval:
    """(AUROC - 0.5) of a score over (AUROC - 0.5) of the true probabilities on the same patients.

    Parameters
    ----------
    event, score
        (n,) patients.
    oracle
        (n,) the probabilities that their classes were drawn from.
    level
        Confidence level; the limits come from the paired placements of DeLong, carried through the quotient
        (delta method).

    Returns
    -------
    Interval
        nan with fewer than two events or non-events, or where the oracle ranks no better than chance.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837.
    """
    if min(event.sum(), (~event).sum()) < 2:
        return UNDEFINED
    own, best = placements(event, score), placements(event, oracle)
    above = float(best[0].mean()) - 0.5
    if above <= 0:
        return UNDEFINED
    share = (float(own[0].mean()) - 0.5) / above
    # the quotient moves with each patient's placement by this much
    moved = [(a - share * b) / above for a, b in zip(own, best, strict=True)]
    half = normal_quantile(level) * math.sqrt(sum(part.var(ddof=1) / len(part) for part in moved))
    return Interval(share, share - half, share + half)
