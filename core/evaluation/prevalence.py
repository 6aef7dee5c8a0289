"""What a result means where the condition is more or less common: probabilities before and after a test."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.intervals import UNDEFINED, Interval
from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation.arrays import Floats
    from core.evaluation.classification import Measures
else:
    pd = LateModule("pandas")


PREVALENCES: Floats = np.arange(1, 81) / 100
"""1 to 80 %: from a screening clinic to patients sent to an embolism team."""


def post_test(ratio: Interval, prevalence: float) -> Interval:
    """Probability of the condition after a result, from its likelihood ratio.

    The limits are those of the ratio: the prevalence is taken as known. For sensitivity and specificity from
    the same study this is the logit interval of Mercaldo and colleagues.

    Parameters
    ----------
    ratio
        Likelihood ratio of the result, with its interval.
    prevalence
        Probability before the test, above 0 and below 1.

    References
    ----------
    Mercaldo ND, Lau KF, Zhou XH. Stat Med 2007;26:2170.

    Examples
    --------
    >>> round(post_test(Interval(2.87, 2.2, 3.7), 0.10).value, 3)
    0.242
    """
    if math.isnan(ratio.value):
        return UNDEFINED
    return Interval(*(_after(one, prevalence) for one in (ratio.value, ratio.low, ratio.high)))


def _after(ratio: float, prevalence: float) -> float:
    # the odds upside down, so that an infinite ratio gives 1 and not a quotient of infinities
    return 0.0 if ratio == 0 else 1 / (1 + (1 - prevalence) / (prevalence * ratio))


def predictive_values_at(found: Measures, prevalence: float) -> tuple[Interval, Interval]:
    """PPV and NPV with their intervals where the condition has another prevalence.

    Holds as far as sensitivity and specificity travel: a milder mix of patients lowers sensitivity.
    """
    missed = post_test(found.lr_negative, prevalence)
    return post_test(found.lr_positive, prevalence), Interval(
        1 - missed.value, 1 - missed.high, 1 - missed.low
    )


def prevalence_frame(found: Measures, prevalences: Floats = PREVALENCES) -> pd.DataFrame:
    """Tabulate what both results mean over prevalences.

    Returns
    -------
    pandas.DataFrame
        ``prevalence``, then the probability of the condition after a positive result (``ppv``) and after a
        negative one (``missed``, which is 1 - NPV), each with ``_low`` and ``_high``.
    """
    rows = []
    for prevalence in prevalences:
        row = {"prevalence": float(prevalence)}
        for name, ratio in (("ppv", found.lr_positive), ("missed", found.lr_negative)):
            one = post_test(ratio, float(prevalence))
            row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
        rows.append(row)
    return pd.DataFrame(rows)
