"""How well scores rank patients: AUROC and average precision with their intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.evaluation.bootstrap import (
    auroc_statistic,
    average_precision_statistic,
    bootstrap,
    side_by_side,
)
from core.evaluation.intervals import Interval, normal_quantile, percentile_interval, wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.evaluation.arrays import Codes, Events, Floats

Method = Literal["delong_logit", "newcombe", "bootstrap", "mover", "undefined"]

FEW_EVENTS = 30
"""With fewer events or non-events than this the sample's own variance is too unsteady for an interval.

Simulated coverage of nominal 95 % intervals, binormal scores with AUROC .9 and 200 non-events: DeLong on the
logit .64, .82, .89, .91, .93 at 2, 5, 10, 15, 30 events; Newcombe .95, .96, .97, .96, .96, hardly wider from
10 on.
"""


@dataclass(frozen=True)
class Auroc:
    """AUROC of one class against the rest.

    Attributes
    ----------
    interval
        Value and limits; nan without events or without non-events.
    standard_error
        DeLong's; nan with a single event or a single non-event.
    n_events, n_non_events
        What the figure rests on.
    method
        How the limits were found.
    """

    interval: Interval
    standard_error: float
    n_events: int
    n_non_events: int
    method: Method


def placements(event: Events, score: Floats) -> tuple[Floats, Floats]:
    """Structural components of the AUROC.

    Returns
    -------
    tuple
        For each event the share of non-events with a lower score, for each non-event the share of events with
        a higher one; ties count half. The mean of either is the AUROC.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837, by ranks as in Sun X, Xu W. IEEE Signal
    Process Lett 2014;21:1389.
    """
    events, others = np.sort(score[event]), np.sort(score[~event])
    return _share_below(score[event], others), 1 - _share_below(score[~event], events)


def _share_below(score: Floats, reference: Floats) -> Floats:
    both = np.searchsorted(reference, score, "left") + np.searchsorted(reference, score, "right")
    return np.asarray(both / (2 * len(reference)))


def auroc(event: Events, score: Floats) -> float:
    """Area under the ROC curve: the chance that an event outranks a non-event, ties counted half.

    Returns
    -------
    float
        nan without events or without non-events.
    """
    if not 0 < event.sum() < len(event):
        return math.nan
    return float(placements(event, score)[0].mean())


def delong_variance(event: Events, score: Floats) -> float:
    """Variance of the AUROC (DeLong 1988); nan with fewer than two events or non-events."""
    if min(event.sum(), (~event).sum()) < 2:
        return math.nan
    of_events, of_others = placements(event, score)
    return float(of_events.var(ddof=1) / len(of_events) + of_others.var(ddof=1) / len(of_others))


def auroc_interval(event: Events, score: Floats, level: float = 0.95) -> Auroc:
    """AUROC with an interval that stays honest at 1.0 and with few events.

    With at least ``FEW_EVENTS`` events and non-events: DeLong's variance on the logit scale. Otherwise, and
    where that variance or the logit does not exist (AUROC 0 or 1): Newcombe's score interval, which needs the
    counts only and is wide where there is little to go by.

    References
    ----------
    Logit interval: Qin G, Hotilovac L. Stat Methods Med Res 2008;17:207.
    """
    value, variance = auroc(event, score), delong_variance(event, score)
    n_events = int(event.sum())
    n_others = len(event) - n_events
    method: Method
    if math.isnan(value):
        low, high, method = math.nan, math.nan, "undefined"
    elif min(n_events, n_others) < FEW_EVENTS or not (0 < value < 1 and variance > 0):
        (low, high), method = newcombe_limits(value, n_events, n_others, level), "newcombe"
    else:
        half = normal_quantile(level) * math.sqrt(variance) / (value * (1 - value))
        centre = math.log(value / (1 - value))
        low, high = 1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre))
        method = "delong_logit"
    return Auroc(Interval(value, low, high), math.sqrt(variance), n_events, n_others, method)


def newcombe_limits(value: float, n_events: int, n_others: int, level: float = 0.95) -> tuple[float, float]:
    """Limits of an AUROC from its value and the two counts alone, by inverting the score test.

    References
    ----------
    Method 5 of Newcombe RG. Stat Med 2006;25:559, built on the variance of Hanley JA, McNeil BJ. Radiology
    1982;143:29.
    """
    z = normal_quantile(level)
    pairs = (n_events + n_others) / 2 - 1

    def excess(theta: float) -> float:
        clustering = 1 + pairs * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return (theta - value) ** 2 - z * z * theta * (1 - theta) * clustering / (n_events * n_others)

    return _crossing(excess, value, 0.0), _crossing(excess, value, 1.0)


def _crossing(excess: Callable[[float], float], inside: float, outside: float) -> float:
    if inside == outside:
        return outside
    for _ in range(60):  # halving 60 times leaves nothing of a double
        middle = (inside + outside) / 2
        if excess(middle) <= 0:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def bootstrap_auroc(event: Events, score: Floats, n_bootstrap: int = 1000, seed: int = 0) -> Interval:
    """AUROC with the percentile interval of a bootstrap within events and non-events."""
    value = auroc(event, score)
    if math.isnan(value):
        return Interval(value, value, value)
    draws = bootstrap(event.astype(np.int64), auroc_statistic(event, score), n_bootstrap, seed)
    return percentile_interval(value, draws)


def average_precision(event: Events, score: Floats) -> float:
    """Area under the precision-recall curve as a sum of steps, without interpolation; nan without events.

    References
    ----------
    Davis J, Goadrich M. ICML 2006: linear interpolation between points would be too kind.
    """
    if not event.any():
        return math.nan
    return float(average_precision_statistic(event, score)(np.ones((len(event), 1)))[0])


def average_precision_interval(event: Events, score: Floats) -> Interval:
    """Average precision with the binomial interval on the number of events, in Wilson's form.

    Simulated coverage of nominal 95 % intervals at 40 to 560 events: .93 to .99, where the percentile
    bootstrap reached .82 to .93, because a resample repeats patients and so looks more precise than it is.

    References
    ----------
    Boyd K, Eng KH, Page CD. ECML PKDD 2013:451.
    """
    value, n_events = average_precision(event, score), int(event.sum())
    limits = wilson(value * n_events, n_events)
    return Interval(value, limits.low, limits.high)


def macro_auroc(truth: Codes, probabilities: Floats) -> float:
    """Mean of the AUROCs of each class against the rest; nan if a class is absent."""
    return float(np.mean([auroc(truth == code, column) for code, column in enumerate(probabilities.T)]))


def class_auroc_draws(truth: Codes, probabilities: Floats, n_bootstrap: int = 1000, seed: int = 0) -> Floats:
    """AUROC of each class against the rest over resamples that keep the class counts, (n_bootstrap, k)."""
    statistics = [auroc_statistic(truth == code, column) for code, column in enumerate(probabilities.T)]
    return bootstrap(truth, side_by_side(statistics), n_bootstrap, seed)


def macro_auroc_interval(
    truth: Codes, probabilities: Floats, n_bootstrap: int = 1000, seed: int = 0
) -> tuple[Interval, Method]:
    """Macro AUROC with its interval and the interval's method.

    The percentile bootstrap where every class allows DeLong's interval. Where one does not (few events, or an
    AUROC of 1) resampling cannot show patients that were never seen; then the limits of the classes are
    joined by MOVER, with the correlations of the bootstrap.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693.
    """
    value = macro_auroc(truth, probabilities)
    if math.isnan(value):
        return Interval(value, value, value), "undefined"
    classes = [auroc_interval(truth == code, column) for code, column in enumerate(probabilities.T)]
    draws = class_auroc_draws(truth, probabilities, n_bootstrap, seed)
    if all(one.method == "delong_logit" for one in classes):
        return percentile_interval(value, draws.mean(axis=1)), "bootstrap"
    correlation = _correlation(draws)
    below = np.array([one.interval.value - one.interval.low for one in classes])
    above = np.array([one.interval.high - one.interval.value for one in classes])
    low, high = (float(np.sqrt(side @ correlation @ side)) / len(side) for side in (below, above))
    return Interval(value, value - low, value + high), "mover"


def _correlation(draws: Floats) -> Floats:
    centred = draws - draws.mean(axis=0)
    covariance = centred.T @ centred
    spread = np.sqrt(np.diag(covariance))
    scale = np.outer(spread, spread)
    # a class that never moved tells nothing about correlation; 1 is the cautious answer
    correlation = np.divide(covariance, scale, out=np.ones_like(scale), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(np.clip(correlation, 0.0, 1.0))
