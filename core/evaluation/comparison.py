"""Whether one model is better than another on the same patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.bootstrap import auroc_statistic, bootstrap, side_by_side
from core.evaluation.discrimination import auroc, macro_auroc, placements
from core.evaluation.intervals import Interval, normal_quantile, percentile_interval

if TYPE_CHECKING:
    from core.evaluation.arrays import Codes, Events, Floats


@dataclass(frozen=True)
class Comparison:
    """Difference of two models' AUROC on the same patients.

    Attributes
    ----------
    first, second
        The two AUROCs (or macro AUROCs).
    difference
        First minus second, with its interval.
    p_value
        Two-sided; nan where it does not exist.
    """

    first: float
    second: float
    difference: Interval
    p_value: float


def delong_test(event: Events, first: Floats, second: Floats, level: float = 0.95) -> Comparison:
    """Compare the AUROCs of two scores of the same patients by DeLong's paired test.

    Parameters
    ----------
    event
        (n,) whether the patient belongs to the class.
    first, second
        (n,) the two scores.
    level
        Confidence level of the difference.

    Returns
    -------
    Comparison
        Limits and p-value are nan with fewer than two events or non-events, where the variance does not
        exist.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837.
    """
    values = auroc(event, first), auroc(event, second)
    difference = values[0] - values[1]
    if min(event.sum(), (~event).sum()) < 2:
        return Comparison(*values, Interval(difference, math.nan, math.nan), math.nan)
    # the variance of a difference is that of the patients' differences: no covariance needs to be written out
    parts = [a - b for a, b in zip(placements(event, first), placements(event, second), strict=True)]
    error = math.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
    half = normal_quantile(level) * error
    limits = Interval(difference, max(-1.0, difference - half), min(1.0, difference + half))
    if error == 0:
        return Comparison(*values, limits, 1.0 if difference == 0 else 0.0)
    return Comparison(*values, limits, math.erfc(abs(difference) / error / math.sqrt(2)))


def bootstrap_macro_test(
    truth: Codes, first: Floats, second: Floats, n_bootstrap: int = 1000, seed: int = 0
) -> Comparison:
    """Compare the macro AUROCs of two models' probabilities for the same patients by a paired bootstrap.

    Parameters
    ----------
    truth
        (n,) class codes.
    first, second
        (n, k) probabilities.
    n_bootstrap, seed
        Resamples, drawn within classes, the same for both models.

    Returns
    -------
    Comparison
        The p-value is twice the smaller share of resamples on one side of no difference, never below
        1/(n_bootstrap + 1); all is nan where a class is absent.
    """
    values = macro_auroc(truth, first), macro_auroc(truth, second)
    difference = values[0] - values[1]
    if math.isnan(difference):
        return Comparison(*values, Interval(math.nan, math.nan, math.nan), math.nan)
    n_classes = first.shape[1]
    scores = [*first.T, *second.T]
    both = side_by_side([auroc_statistic(truth == i % n_classes, score) for i, score in enumerate(scores)])
    draws = bootstrap(truth, both, n_bootstrap, seed)
    differences = draws[:, :n_classes].mean(axis=1) - draws[:, n_classes:].mean(axis=1)
    tail = min(np.count_nonzero(differences <= 0), np.count_nonzero(differences >= 0))
    p_value = min(1.0, 2 * (tail + 1) / (n_bootstrap + 1))
    return Comparison(*values, percentile_interval(difference, differences), p_value)
