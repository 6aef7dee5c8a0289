"""Prediction sets that hold the true class with a promised frequency, promised for each class by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.evaluation.intervals import Interval, from_number, to_number, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.evaluation.arrays import Codes, Events, Floats

_ROUNDING = 1e-9


@dataclass(frozen=True)
class ConformalThresholds:
    """Which probability is too low for a class to stay in the set.

    Attributes
    ----------
    alpha
        Share of patients of each class whose class may be missed: 0.1 promises 90 %.
    thresholds
        Largest 1 - probability with which each class stays in; infinity keeps it in always.
    n
        Calibration patients of each class.
    """

    alpha: float
    thresholds: tuple[float, ...]
    n: tuple[int, ...]

    def sets(self, probabilities: Floats) -> Events:
        """Prediction sets (n, k) of patients with probabilities (n, k); a set can be empty."""
        return np.asarray(1 - probabilities <= np.array(self.thresholds) + _ROUNDING)

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads; infinity is ``None``."""
        return {
            "alpha": self.alpha,
            "thresholds": [to_number(threshold) for threshold in self.thresholds],
            "n": list(self.n),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ConformalThresholds:
        """Read back what ``to_json`` wrote."""
        thresholds = (from_number(threshold) for threshold in stored["thresholds"])
        return cls(
            float(stored["alpha"]),
            tuple(math.inf if math.isnan(threshold) else threshold for threshold in thresholds),
            tuple(int(n) for n in stored["n"]),
        )


def fit_conformal(truth: Codes, probabilities: Floats, alpha: float = 0.1) -> ConformalThresholds:
    """Class-conditional (Mondrian) split conformal thresholds.

    Parameters
    ----------
    truth
        (n,) classes of patients whom the model has not seen, at natural prevalence.
    probabilities
        (n, k) theirs, as they will be shown (calibrated).
    alpha
        Share of each class that may be missed.

    Returns
    -------
    ConformalThresholds
        A class with fewer than about 1/alpha - 1 calibration patients stays in every set: nothing can be
        promised about leaving it out.

    References
    ----------
    Vovk V. Conditional validity of inductive conformal predictors. Mach Learn 2013;92:349.
    """
    thresholds, sizes = [], []
    for code, column in enumerate(probabilities.T):
        scores = np.sort(1 - column[truth == code])
        rank = math.ceil((len(scores) + 1) * (1 - alpha) - _ROUNDING)
        thresholds.append(float(scores[rank - 1]) if 0 < rank <= len(scores) else math.inf)
        sizes.append(len(scores))
    return ConformalThresholds(alpha, tuple(thresholds), tuple(sizes))


def coverage(truth: Codes, sets: Events) -> tuple[Interval, ...]:
    """Share of each class's patients whose set holds their class, with Wilson's interval.

    Parameters
    ----------
    truth
        (n,) class codes.
    sets
        (n, k) prediction sets.
    """
    return tuple(
        wilson(int(sets[truth == code, code].sum()), int((truth == code).sum()))
        for code in range(sets.shape[1])
    )


def set_sizes(sets: Events) -> Sequence[int]:
    """How many patients have a set of 0, 1 … k classes."""
    return [int(count) for count in np.bincount(sets.sum(axis=1), minlength=sets.shape[1] + 1)]
