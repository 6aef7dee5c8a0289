"""What follows from decisions: the confusion matrix, its measures, thresholds, and other prevalences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.intervals import Interval, normal_quantile, ratio, wilson

if TYPE_CHECKING:
    from core.evaluation.arrays import Codes, Events, Floats


@dataclass(frozen=True)
class Counts:
    """The fourfold table of one class against the rest: true and false positives and negatives."""

    tp: int
    fp: int
    fn: int
    tn: int


@dataclass(frozen=True)
class Measures:
    """Measures of one fourfold table; nan where a denominator is empty.

    Attributes
    ----------
    sensitivity, specificity, ppv, npv
        Proportions with Wilson's intervals.
    f1
        Harmonic mean of PPV and sensitivity.
    lr_positive, lr_negative
        Likelihood ratios; infinite where specificity (sensitivity) leaves nothing to divide by.
    """

    sensitivity: Interval
    specificity: Interval
    ppv: Interval
    npv: Interval
    f1: float
    lr_positive: Interval
    lr_negative: Interval


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold (flagged at or above it) and what it yields."""

    threshold: float
    sensitivity: Interval
    specificity: Interval


@dataclass(frozen=True)
class PredictiveValues:
    """Chance of the condition after a positive test, and of its absence after a negative one."""

    ppv: float
    npv: float


def confusion_matrix(truth: Codes, predicted: Codes, n_classes: int) -> Codes:
    """Return counts (k, k): rows the truth, columns the prediction."""
    cells = np.bincount(truth * n_classes + predicted, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).astype(np.int64)


def class_counts(confusion: Codes, code: int) -> Counts:
    """Fourfold table of one class against the rest."""
    tp = int(confusion[code, code])
    fn = int(confusion[code].sum()) - tp
    fp = int(confusion[:, code].sum()) - tp
    return Counts(tp, fp, fn, int(confusion.sum()) - tp - fn - fp)


def measures(counts: Counts) -> Measures:
    """Measures of a fourfold table."""
    sensitivity = wilson(counts.tp, counts.tp + counts.fn)
    specificity = wilson(counts.tn, counts.tn + counts.fp)
    ppv = wilson(counts.tp, counts.tp + counts.fp)
    return Measures(
        sensitivity=sensitivity,
        specificity=specificity,
        ppv=ppv,
        npv=wilson(counts.tn, counts.tn + counts.fn),
        f1=ratio(2 * counts.tp, 2 * counts.tp + counts.fp + counts.fn),
        lr_positive=_likelihood_ratio(counts.tp, counts.fn, counts.fp, counts.tn),
        lr_negative=_likelihood_ratio(counts.fn, counts.tp, counts.tn, counts.fp),
    )


def _likelihood_ratio(a: float, b: float, c: float, d: float, level: float = 0.95) -> Interval:
    """(a/(a+b)) / (c/(c+d)), log method of Simel DL, Samsa GP, Matchar DB. J Clin Epidemiol 1991;44:763."""
    if a + b == 0 or c + d == 0:
        return Interval(math.nan, math.nan, math.nan)
    value = ratio(a / (a + b), c / (c + d))
    if 0 in (a, c):  # a half in every cell, as usual: else the logarithm has no variance
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    error = math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    centre, half = math.log(a / (a + b) / (c / (c + d))), normal_quantile(level) * error
    return Interval(value, min(math.exp(centre - half), value), max(math.exp(centre + half), value))


def accuracy(confusion: Codes) -> Interval:
    """Share of right decisions, with Wilson's interval."""
    return wilson(int(np.trace(confusion)), int(confusion.sum()))


def balanced_accuracy(confusion: Codes) -> float:
    """Mean sensitivity of the classes that occur."""
    totals = confusion.sum(axis=1)
    present = totals > 0
    return float(np.mean(np.diag(confusion)[present] / totals[present])) if present.any() else math.nan


def operating_point(event: Events, score: Floats, threshold: float) -> OperatingPoint:
    """Sensitivity and specificity when patients at or above a threshold are flagged."""
    flagged = score >= threshold
    sensitivity = wilson(int((flagged & event).sum()), int(event.sum()))
    specificity = wilson(int((~flagged & ~event).sum()), int((~event).sum()))
    return OperatingPoint(threshold, sensitivity, specificity)


def youden_point(event: Events, score: Floats) -> OperatingPoint:
    """Threshold with the largest sensitivity + specificity - 1; of several the highest.

    To be chosen on other patients than those it is judged on.

    References
    ----------
    Youden WJ. Cancer 1950;3:32.
    """
    thresholds, sensitivity, specificity = _rates(event, score)
    best = np.argmax(sensitivity + specificity)
    return operating_point(event, score, float(thresholds[best]))


def sensitivity_point(event: Events, score: Floats, wanted: float) -> OperatingPoint:
    """Highest threshold that still finds at least the wanted share of events."""
    thresholds, sensitivity, _ = _rates(event, score)
    # a share such as 0.9 is no exact double: nine of ten must still count as 0.9
    return operating_point(event, score, float(thresholds[np.argmax(sensitivity >= wanted - 1e-12)]))


def _rates(event: Events, score: Floats) -> tuple[Floats, Floats, Floats]:
    thresholds = np.unique(score)[::-1]
    of_events, of_others = np.sort(score[event]), np.sort(score[~event])
    sensitivity = 1 - np.searchsorted(of_events, thresholds, "left") / max(1, len(of_events))
    specificity = np.searchsorted(of_others, thresholds, "left") / max(1, len(of_others))
    return thresholds, sensitivity, specificity


def predictive_values(sensitivity: float, specificity: float, prevalence: float) -> PredictiveValues:
    """PPV and NPV that a test would have where the condition is more or less common (Bayes).

    Holds as far as sensitivity and specificity travel: a milder mix of patients lowers sensitivity.

    Examples
    --------
    >>> values = predictive_values(0.419, 0.854, 0.10)
    >>> round(values.ppv, 3), round(values.npv, 3)
    (0.242, 0.93)
    """
    true_positive, false_positive = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    true_negative, false_negative = specificity * (1 - prevalence), (1 - sensitivity) * prevalence
    return PredictiveValues(
        ratio(true_positive, true_positive + false_positive),
        ratio(true_negative, true_negative + false_negative),
    )


def implied_prevalence(accuracy: float, sensitivity: float, specificity: float) -> float:
    """Prevalence at which an accuracy follows from sensitivity and specificity; nan if any would do."""
    if sensitivity == specificity:
        return math.nan
    return (specificity - accuracy) / (specificity - sensitivity)
