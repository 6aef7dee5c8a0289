"""A value with its interval, and the interval of a proportion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.evaluation.arrays import Floats


@dataclass(frozen=True)
class Interval:
    """A statistic with its confidence interval; ``nan`` where undefined.

    Attributes
    ----------
    value
        The estimate.
    low, high
        Limits of the interval, 95 % unless the function that made it says otherwise.

    Examples
    --------
    >>> wilson(81, 263).rounded(4)
    Interval(value=0.308, low=0.2553, high=0.3662)
    """

    value: float
    low: float
    high: float

    def rounded(self, digits: int) -> Interval:
        """Return the three figures rounded."""
        return Interval(round(self.value, digits), round(self.low, digits), round(self.high, digits))

    def to_json(self) -> dict[str, float | None]:
        """Return the three figures under their names, ``None`` where undefined or infinite."""
        return {"value": to_number(self.value), "low": to_number(self.low), "high": to_number(self.high)}

    @classmethod
    def from_json(cls, figures: Mapping[str, float | None]) -> Interval:
        """Read back what ``to_json`` wrote."""
        return cls(*(from_number(figures[name]) for name in ("value", "low", "high")))


UNDEFINED = Interval(math.nan, math.nan, math.nan)


def to_number(value: float) -> float | None:
    """Return a number that JSON can hold: ``None`` for nan and infinity."""
    return float(value) if math.isfinite(value) else None


def from_number(value: float | None) -> float:
    """Read a number back from JSON: nan for ``None``."""
    return math.nan if value is None else float(value)


def normal_quantile(level: float) -> float:
    """Return z of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def ratio(numerator: float, denominator: float) -> float:
    """Divide; nan for 0/0, infinity for a positive number over 0."""
    if denominator == 0:
        return math.inf if numerator > 0 else math.nan
    return float(numerator / denominator)


def wilson(successes: float, total: float, level: float = 0.95) -> Interval:
    """Interval of a proportion by Wilson's score method.

    Parameters
    ----------
    successes, total
        Counts; with ``total`` 0 the proportion is undefined.
    level
        Confidence level.

    References
    ----------
    Wilson EB. J Am Stat Assoc 1927;22:209; method 3 of Newcombe RG. Stat Med 1998;17:857.
    """
    if total == 0:
        return UNDEFINED
    z = normal_quantile(level)
    proportion = successes / total
    centre = (proportion + z * z / (2 * total)) / (1 + z * z / total)
    spread = math.sqrt(proportion * (1 - proportion) / total + (z / total) ** 2 / 4)
    half = z * spread / (1 + z * z / total)
    # at 0 and at all the limit is the proportion itself; rounding must not put it beside
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == total else min(1.0, centre + half)
    return Interval(float(proportion), low, high)


def percentile_interval(value: float, draws: Floats, level: float = 0.95) -> Interval:
    """Interval between the percentiles of bootstrap draws, around the value of the whole sample.

    References
    ----------
    Efron B, Tibshirani RJ. An Introduction to the Bootstrap, 1993, chapter 13.
    """
    if not (draws.size and np.isfinite(draws).all()):
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))
