"""Whether predicted risks mean what they say: Brier score, calibration intercept, slope, error, curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.intervals import UNDEFINED, Interval, normal_quantile, wilson
from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation.arrays import Codes, Events, Floats
else:
    pd = LateModule("pandas")


CLIP = 1e-6
"""Probabilities closer than this to 0 or 1 are moved here before a logarithm is taken."""

_MOST_STEPS = 100
_STEEPEST = 100.0  # a slope beyond this has run away: the classes are separable


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients of a logistic regression and their covariance; nan where it has no finite solution."""

    coefficients: Floats
    covariance: Floats

    def interval(self, index: int, level: float = 0.95) -> Interval:
        """One coefficient with its Wald interval."""
        value = float(self.coefficients[index])
        half = normal_quantile(level) * math.sqrt(float(self.covariance[index, index]))
        return Interval(value, value - half, value + half)


def brier(event: Events, probability: Floats) -> float:
    """Mean squared distance between probability and what happened, for one class.

    References
    ----------
    Brier GW. Mon Weather Rev 1950;78:1.
    """
    return float(np.mean((probability - event) ** 2))


def multiclass_brier(truth: Codes, probabilities: Floats) -> float:
    """Brier's original score: squared distances summed over the classes, so between 0 and 2."""
    return sum(brier(truth == code, column) for code, column in enumerate(probabilities.T))


def brier_skill(truth: Codes, probabilities: Floats) -> float:
    """Share of the Brier score of prevalence-only forecasts that the model does away with.

    Returns
    -------
    float
        1 perfect, 0 as good as giving every patient the class shares of these very patients, below 0 worse;
        nan if only one class occurs.
    """
    shares = np.bincount(truth, minlength=probabilities.shape[1]) / len(truth)
    reference = float(1 - np.sum(shares**2))
    return 1 - multiclass_brier(truth, probabilities) / reference if reference > 0 else math.nan


def logit(probability: Floats) -> Floats:
    """Log-odds, with probabilities clipped to ``CLIP``."""
    clipped = np.clip(probability, CLIP, 1 - CLIP)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def calibration_intercept(event: Events, probability: Floats) -> Interval:
    """Calibration in the large: the shift on the log-odds that makes mean risk equal the share of events.

    Returns
    -------
    Interval
        0 is right, below 0 risks are too high; nan if all patients or none are events.

    References
    ----------
    Cox DR. Biometrika 1958;45:562; Van Calster B et al. BMC Med 2019;17:230.
    """
    return _logistic(np.ones((len(event), 1)), event, logit(probability)).interval(0)


def calibration_slope(event: Events, probability: Floats) -> Interval:
    """Slope of the outcome on the log-odds of the risk.

    Returns
    -------
    Interval
        1 is right, below 1 risks are too extreme; nan if all patients or none are events, if all risks are
        equal, or if some risk separates events from the rest.

    References
    ----------
    Cox DR. Biometrika 1958;45:562; Van Calster B et al. BMC Med 2019;17:230.
    """
    log_odds = logit(probability)
    if np.ptp(log_odds) < 1e-9:
        return UNDEFINED
    return _logistic(np.column_stack([np.ones(len(event)), log_odds]), event).interval(1)


def _logistic(design: Floats, event: Events, offset: Floats | float = 0.0) -> LogisticFit:
    """Logistic regression by Newton's method, steps halved until the likelihood rises."""
    n_columns = design.shape[1]
    unsolved = LogisticFit(np.full(n_columns, np.nan), np.full((n_columns, n_columns), np.nan))
    if not 0 < event.sum() < len(event):
        return unsolved
    beta: Floats = np.zeros(n_columns)
    step: Floats = np.zeros(n_columns)
    likelihood = -math.inf
    for _ in range(_MOST_STEPS):
        candidate = beta + step
        linear = design @ candidate + offset
        new = -float(np.logaddexp(0.0, np.where(event, -linear, linear)).sum())
        if new < likelihood - 1e-10 * abs(likelihood):
            step = step / 2
            continue
        beta, likelihood = candidate, new
        risk = 0.5 * (1 + np.tanh(linear / 2))
        information = (design * (risk * (1 - risk))[:, None]).T @ design
        run_away = np.abs(beta[1:]).max(initial=0.0) > _STEEPEST
        if run_away or information.diagonal().min() == 0 or np.linalg.cond(information) > 1e12:
            return unsolved
        step = np.asarray(np.linalg.solve(information, design.T @ (event - risk)), dtype=np.float64)
        if np.abs(step).max() < 1e-9:
            return LogisticFit(beta, np.asarray(np.linalg.inv(information), dtype=np.float64))
    return unsolved


def observed_to_expected(event: Events, probability: Floats) -> Interval:
    """Events observed over events predicted, Wilson's limits of the former over the latter; 1 is right."""
    observed, expected = wilson(int(event.sum()), len(event)), float(probability.mean())
    if expected == 0:
        return UNDEFINED
    return Interval(observed.value / expected, observed.low / expected, observed.high / expected)


def calibration_curve(event: Events, probability: Floats, bins: int = 10) -> pd.DataFrame:
    """Observed share of events against mean predicted risk, in bins of equal count.

    Parameters
    ----------
    event, probability
        (n,) patients.
    bins
        Number of bins; equal risks are never torn apart, so there can be fewer.

    Returns
    -------
    pandas.DataFrame
        One row a bin: ``predicted`` (mean risk), ``observed``, ``low``, ``high`` (Wilson), ``n``, ``events``.
    """
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    _, place = np.unique(np.searchsorted(edges, probability, side="left"), return_inverse=True)
    n = np.bincount(place)
    events = np.bincount(place, weights=event).astype(int)
    observed = [wilson(int(k), int(size)) for k, size in zip(events, n, strict=True)]
    return pd.DataFrame(
        {
            "predicted": np.bincount(place, weights=probability) / n,
            "observed": [one.value for one in observed],
            "low": [one.low for one in observed],
            "high": [one.high for one in observed],
            "n": n,
            "events": events,
        }
    )


def expected_calibration_error(event: Events, probability: Floats, bins: int = 10) -> float:
    """Mean distance between predicted risk and observed share over bins of equal count, weighted by patients.

    Grows with fewer patients even if the risks are right; to be read beside the curve.

    References
    ----------
    Naeini MP, Cooper GF, Hauskrecht M. AAAI 2015:2901, with bins of equal count.
    """
    curve = calibration_curve(event, probability, bins)
    return float(np.average(np.abs(curve["observed"] - curve["predicted"]), weights=curve["n"]))
