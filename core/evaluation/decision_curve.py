"""Whether a model is worth using: net benefit over the thresholds at which one would act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation.arrays import Events, Floats
else:
    pd = LateModule("pandas")


THRESHOLDS: Floats = np.arange(1, 41) / 100
"""1 to 40 %: the range in which acting on the risk of death or bleeding is argued about."""


def net_benefit(event: Events, probability: Floats, threshold: float) -> float:
    """Count true positives a patient, less false positives weighed by the odds of the threshold.

    Parameters
    ----------
    event, probability
        (n,) patients.
    threshold
        Risk, below 1, at or above which one would act.

    References
    ----------
    Vickers AJ, Elkin EB. Med Decis Making 2006;26:565.
    """
    flagged = probability >= threshold
    true, false = np.mean(flagged & event), np.mean(flagged & ~event)
    return float(true - false * threshold / (1 - threshold))


def decision_curve(event: Events, probability: Floats, thresholds: Floats = THRESHOLDS) -> pd.DataFrame:
    """Net benefit of acting on the model, on everybody, on nobody.

    Returns
    -------
    pandas.DataFrame
        One row a threshold: ``threshold``, ``model``, ``treat_all``, ``treat_none``, and ``avoided_per_100``:
        needless actions spared in 100 patients against acting on everybody, at no event missed.
    """
    share = float(event.mean())
    odds = thresholds / (1 - thresholds)
    model = np.array([net_benefit(event, probability, float(threshold)) for threshold in thresholds])
    everybody = share - (1 - share) * odds
    return pd.DataFrame(
        {
            "threshold": thresholds,
            "model": model,
            "treat_all": everybody,
            "treat_none": 0.0,
            "avoided_per_100": 100 * (model - everybody) / odds,
        }
    )
