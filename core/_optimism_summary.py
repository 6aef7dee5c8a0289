"""From single splits to means, spreads and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core._optimism_orders import LABELS, LEAK_FREE, ORDERS, PARTS
from core.evaluation import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUANTITIES = (*PARTS, "optimism", "beyond")
Key = tuple[str, str, str, str]
"""Labels, order, metric, quantity."""


@dataclass(frozen=True)
class Spread:
    """One figure over all splits: its mean with the interval, and between what it lay.

    Attributes
    ----------
    mean
        See ``mean_over_splits``.
    smallest, largest, deviation
        Of the single splits; the deviation is the standard one.
    """

    mean: Interval
    smallest: float
    largest: float
    deviation: float


def mean_over_splits(values: Floats, test_to_train: float, level: float = 0.95) -> Interval:
    """Mean over repeated splits with the interval of the corrected resampled t-test.

    Repeated splits share their patients, so that the plain t interval, which takes them for new samples, is far too
    narrow. The correction adds the ratio of test to training rows to the 1/J of the J splits.

    Parameters
    ----------
    values
        (J,) one for each split, two at least.
    test_to_train
        Test rows for each training row; 0 gives the plain t interval.
    level
        Confidence level.

    References
    ----------
    Nadeau C, Bengio Y. Mach Learn 2003;52:239, section 4.

    Examples
    --------
    >>> mean_over_splits(np.array([0.1, 0.2, 0.3]), 0.0).rounded(4)
    Interval(value=0.2, low=-0.0484, high=0.4484)
    """
    from scipy import stats

    n = len(values)
    error = np.sqrt((1 / n + test_to_train) * values.var(ddof=1))
    half = float(stats.t.ppf(0.5 + level / 2, n - 1) * error)
    mean = float(values.mean())
    return Interval(mean, mean - half, mean + half)


def summarise(rows: pd.DataFrame, metrics: Sequence[str], test_to_train: float) -> dict[Key, Spread]:
    """Mean, interval and spread of everything measured.

    Parameters
    ----------
    rows
        As ``Optimism.rows``.
    metrics
        Columns of ``rows`` to look at.
    test_to_train
        Test rows for each training row.

    Returns
    -------
    dict
        By labels, order, metric and quantity: what the order's own test part says (apparent), what the same model does
        on untouched patients (true), apparent minus true (optimism), and optimism minus that of the leak-free order
        in the same split (beyond).
    """
    found: dict[Key, Spread] = {}
    for labels in LABELS:
        for metric in metrics:
            gaps = {order: _gap(rows, labels, order, metric) for order in ORDERS}
            for order in ORDERS:
                values = {part: _values(rows, labels, order, part, metric) for part in PARTS}
                values |= {"optimism": gaps[order], "beyond": gaps[order] - gaps[LEAK_FREE]}
                for quantity in QUANTITIES:
                    found[labels, order, metric, quantity] = _spread(values[quantity], test_to_train)
    return found


def _gap(rows: pd.DataFrame, labels: str, order: str, metric: str) -> Floats:
    apparent, true = (_values(rows, labels, order, part, metric) for part in PARTS)
    return apparent - true


def _values(rows: pd.DataFrame, labels: str, order: str, part: str, metric: str) -> Floats:
    """(J,) by seed, so that orders are paired split by split."""
    chosen = (rows["labels"] == labels) & (rows["order"] == order) & (rows["part"] == part)
    return np.asarray(rows[chosen].sort_values("seed")[metric].to_numpy(dtype=np.float64))


def _spread(values: Floats, test_to_train: float) -> Spread:
    return Spread(
        mean_over_splits(values, test_to_train),
        float(values.min()),
        float(values.max()),
        float(values.std(ddof=1)),
    )
