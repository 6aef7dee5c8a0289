"""What a threshold decides: the fourfold table of those flagged at or above it, every measure with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.classification import Counts, Measures, measures
from core.evaluation.intervals import UNDEFINED, Interval, wilson

if TYPE_CHECKING:
    from core.evaluation.arrays import Codes, Events, Floats


@dataclass(frozen=True)
class Decision:
    """A threshold and everything that follows from it on one set of patients.

    Attributes
    ----------
    threshold
        Patients at or above it are flagged.
    counts
        The fourfold table.
    accuracy, prevalence
        Shares of right decisions and of events, with Wilson's intervals.
    f1
        With limits, see ``f1_interval``.
    measures
        Sensitivity to likelihood ratios.
    """

    threshold: float
    counts: Counts
    accuracy: Interval
    prevalence: Interval
    f1: Interval
    measures: Measures

    @property
    def confusion(self) -> Codes:
        """Counts (2, 2): rows the truth, columns the decision, each without the event first."""
        counts = self.counts
        return np.array([[counts.tn, counts.fp], [counts.fn, counts.tp]], dtype=np.int64)

    def figures(self) -> dict[str, Interval]:
        """Every measure with its interval, by name, in the order in which tables show them."""
        found = self.measures
        return {
            "accuracy": self.accuracy,
            "sensitivity": found.sensitivity,
            "specificity": found.specificity,
            "ppv": found.ppv,
            "npv": found.npv,
            "f1": self.f1,
            "lr_positive": found.lr_positive,
            "lr_negative": found.lr_negative,
        }


def decide_at(event: Events, score: Floats, threshold: float) -> Decision:
    """Flag patients at or above a threshold and count what that does.

    Parameters
    ----------
    event, score
        (n,) patients; higher scores for the event.
    threshold
        On the scale of the scores.
    """
    flagged = score >= threshold
    tp, fp = int((flagged & event).sum()), int((flagged & ~event).sum())
    counts = Counts(tp, fp, int(event.sum()) - tp, int((~event).sum()) - fp)
    return Decision(
        threshold=float(threshold),
        counts=counts,
        accuracy=wilson(counts.tp + counts.tn, len(event)),
        prevalence=wilson(counts.tp + counts.fn, len(event)),
        f1=f1_interval(counts),
        measures=measures(counts),
    )


def f1_interval(counts: Counts) -> Interval:
    """F1 with limits: Wilson's for the share of true positives among all but the true negatives, turned into F1.

    F1 is 2s / (1 + s) of that share s (the F* of Hand and colleagues), which is a plain binomial proportion
    once the number of true negatives is taken as given.

    References
    ----------
    Hand DJ, Christen P, Kirielle N. Mach Learn 2021;110:451.
    """
    total = counts.tp + counts.fp + counts.fn
    if total == 0:
        return UNDEFINED
    share = wilson(counts.tp, total)
    return Interval(*(2 * one / (1 + one) for one in (share.value, share.low, share.high)))
