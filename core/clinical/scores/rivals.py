"""Published scores beside the models: their points for many patients, and what was published for a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.clinical.scores._assessing import assess
from core.clinical.scores._definitions import Band, Rate, Rule, scores

if TYPE_CHECKING:
    from core.clinical.scores._results import Result


def rivals(predicts: str) -> tuple[str, ...]:
    """Names of the scores with points that predict ``"pe"``, ``"death"`` or ``"bleeding"``, in the files' order."""
    return tuple(name for name, one in scores().items() if one.predicts == predicts and one.items)


def score_points(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Points of one score for every patient.

    Parameters
    ----------
    frame
        As for ``assess``: columns by the catalogue's names and units, index ``patient_id``.
    name
        Of a score with points.

    Returns
    -------
    DataFrame
        Index of the frame; ``points`` (nan while missing inputs could change them), ``low`` and ``high``, all nan
        where the score is not for the patient, and ``middle`` of the range: a rank for every patient the score is
        for. An AUROC of ``points`` speaks of the completely known alone, who are not like the rest; one of
        ``middle`` speaks of all, with less said of those with gaps. Say which, with the number of patients.
    """
    found = assess(frame, name)
    outside = ~found.applies.may
    low, high = (np.where(outside, np.nan, end) for end in (found.low, found.high))
    points = np.where(low == high, low, np.nan)
    return pd.DataFrame(
        {"points": points, "low": low, "high": high, "middle": (low + high) / 2}, index=frame.index
    )


def rates_of(result: Result) -> tuple[Rate, ...]:
    """Published frequencies for one patient's class and points; none while they are open."""
    score = scores()[result.name]
    mark = score.modifier.name if score.modifier is not None else ""
    classes: list[Band | Rule] = [*score.bands, *score.rules]
    rates = [
        rate for one in classes if result.class_name in (one.name, one.name + mark) for rate in one.rates
    ]
    for key, bands in (score.other_bands or {}).items():
        rates += [rate for band in bands if band.name == result.other_classes.get(key) for rate in band.rates]
    if result.points is not None:
        rates += [one.rate for one in score.rates_by_points if one.least <= result.points <= one.most]
    return tuple(rates)
