"""ROC and precision-recall curves, with the ROC curve's pointwise band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.bootstrap import bootstrap

if TYPE_CHECKING:
    from core.evaluation.arrays import Events, Floats


@dataclass(frozen=True)
class RocCurve:
    """Corners of a ROC curve, from nobody flagged to everybody.

    Attributes
    ----------
    fpr, tpr
        (points,) shares of non-events and of events with a score at or above the threshold.
    threshold
        (points,) the scores, first infinity (nobody flagged).
    """

    fpr: Floats
    tpr: Floats
    threshold: Floats


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """Points of a precision-recall curve, recall rising; to be drawn as steps, never as straight lines.

    Attributes
    ----------
    recall, precision, threshold
        (points,) one for each distinct score.
    """

    recall: Floats
    precision: Floats
    threshold: Floats


def roc_curve(event: Events, score: Floats) -> RocCurve:
    """ROC curve without the points that lie on a straight line between their neighbours.

    Parameters
    ----------
    event
        (n,) at least one event and one non-event.
    score
        (n,) higher for the class looked at.
    """
    found, flagged, threshold = _cumulated(event, score)
    true, false = np.append(0.0, found), np.append(0.0, flagged - found)
    turn = np.diff(true)[:-1] * np.diff(false)[1:] != np.diff(true)[1:] * np.diff(false)[:-1]
    corner = np.concatenate([[True], turn, [True]])
    thresholds = np.append(np.inf, threshold)
    return RocCurve((false / false[-1])[corner], (true / true[-1])[corner], thresholds[corner])


def precision_recall_curve(event: Events, score: Floats) -> PrecisionRecallCurve:
    """Precision-recall curve; at least one event is needed."""
    found, flagged, threshold = _cumulated(event, score)
    return PrecisionRecallCurve(found / found[-1], found / flagged, threshold)


def _cumulated(event: Events, score: Floats) -> tuple[Floats, Floats, Floats]:
    order = np.argsort(-score, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    found = np.cumsum(event[order], dtype=float)[last_of_ties]
    return found, last_of_ties + 1.0, score[order][last_of_ties]


def roc_band(
    event: Events, score: Floats, fpr: Floats, n_bootstrap: int = 1000, seed: int = 0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Pointwise bootstrap band of the ROC curve at given false positive rates.

    Returns
    -------
    tuple
        Lower and upper sensitivity at each rate: each point for itself, not the whole curve at once.

    References
    ----------
    Vertical averaging as in Fawcett T. Pattern Recognit Lett 2006;27:861; percentile band.
    """
    order = np.argsort(-score, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    is_event = event[order]

    def sensitivities(counts: Floats) -> Floats:
        drawn = counts[order]
        true = np.cumsum(drawn * is_event[:, None], axis=0)[last_of_ties]
        false = np.cumsum(drawn * ~is_event[:, None], axis=0)[last_of_ties]
        start = np.zeros((1, counts.shape[1]))
        true, false = np.vstack([start, true / true[-1]]), np.vstack([start, false / false[-1]])
        return np.stack([np.interp(fpr, x, y) for x, y in zip(false.T, true.T, strict=True)])

    draws = bootstrap(event.astype(np.int64), sensitivities, n_bootstrap, seed)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(low), np.asarray(high)


def thin(curve: RocCurve, points: int = 200) -> RocCurve:
    """Keep at most ``points`` corners, evenly spaced along the curve, with both ends."""
    if len(curve.fpr) <= points:
        return curve
    along = curve.fpr + curve.tpr  # the length of the staircase up to each corner
    kept = np.unique(np.searchsorted(along, np.linspace(0, along[-1], points)).clip(0, len(along) - 1))
    return RocCurve(curve.fpr[kept], curve.tpr[kept], curve.threshold[kept])
