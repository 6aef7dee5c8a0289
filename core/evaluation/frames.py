"""Tidy frames for charts: one row a point, the class in a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.evaluation import curves
from core.evaluation.calibration import calibration_curve
from core.evaluation.classification import Counts, measures
from core.evaluation.decision_curve import THRESHOLDS, decision_curve
from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation.arrays import Codes, Events, Floats
else:
    pd = LateModule("pandas")


def roc_frame(
    truth: Codes,
    probabilities: Floats,
    classes: tuple[str, ...],
    points: int = 200,
    n_bootstrap: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """ROC curve of each class against the rest, with its pointwise 95 % band.

    Parameters
    ----------
    truth, probabilities, classes
        (n,) class codes, (n, k) probabilities, k names.
    points
        Most points a class.
    n_bootstrap, seed
        Of the band.

    Returns
    -------
    pandas.DataFrame
        ``class``, ``fpr``, ``tpr``, ``low``, ``high``, ``threshold`` (the first is infinity: nobody flagged).
        A class without events, or without non-events, has no rows.
    """
    columns = ["class", "fpr", "tpr", "low", "high", "threshold"]
    parts = []
    for name, event, score in _present(truth, probabilities, classes):
        curve = curves.thin(curves.roc_curve(event, score), points)
        low, high = curves.roc_band(event, score, curve.fpr, n_bootstrap, seed)
        values = (name, curve.fpr, curve.tpr, low, high, curve.threshold)
        parts.append(pd.DataFrame(dict(zip(columns, values, strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def precision_recall_frame(
    truth: Codes, probabilities: Floats, classes: tuple[str, ...], points: int = 200
) -> pd.DataFrame:
    """Precision-recall curve of each class, to be drawn as steps.

    Returns
    -------
    pandas.DataFrame
        ``class``, ``recall``, ``precision``, ``threshold``, ``prevalence`` (the chance level).
    """
    parts = []
    for name, event, score in _present(truth, probabilities, classes):
        curve = curves.precision_recall_curve(event, score)
        last = len(curve.recall) - 1
        kept = np.unique(np.linspace(0, last, min(points, last + 1)).round().astype(int))
        part = {"class": name, "recall": curve.recall[kept], "precision": curve.precision[kept]}
        part |= {"threshold": curve.threshold[kept], "prevalence": event.mean()}
        parts.append(pd.DataFrame(part))
    columns = ["class", "recall", "precision", "threshold", "prevalence"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def calibration_frame(
    truth: Codes, probabilities: Floats, classes: tuple[str, ...], bins: int = 10
) -> pd.DataFrame:
    """Calibration curve of every class, absent ones too.

    Returns
    -------
    pandas.DataFrame
        ``class``, ``predicted``, ``observed``, ``low``, ``high``, ``n``, ``events``; one row a bin.
    """
    parts = [calibration_curve(truth == code, column, bins) for code, column in enumerate(probabilities.T)]
    return _joined(parts, classes)


def decision_frame(
    truth: Codes, probabilities: Floats, classes: tuple[str, ...], thresholds: Floats = THRESHOLDS
) -> pd.DataFrame:
    """Decision curve of every class: ``class`` and the columns of ``decision_curve``."""
    parts = [decision_curve(truth == code, column, thresholds) for code, column in enumerate(probabilities.T)]
    return _joined(parts, classes)


def threshold_table(event: Events, probability: Floats, thresholds: Floats = THRESHOLDS) -> pd.DataFrame:
    """Tabulate what flagging patients at or above each threshold would mean.

    Returns
    -------
    pandas.DataFrame
        ``threshold``, ``flagged`` (share of patients), then ``sensitivity``, ``specificity``, ``ppv``,
        ``npv``, each with ``_low`` and ``_high``, and ``false_alarms_per_event``: the exchange rate the
        threshold implies.
    """
    rows = []
    for threshold in thresholds:
        flagged = probability >= threshold
        tp, fp = int((flagged & event).sum()), int((flagged & ~event).sum())
        found = measures(Counts(tp, fp, int(event.sum()) - tp, int((~event).sum()) - fp))
        row = {"threshold": float(threshold), "flagged": float(flagged.mean())}
        for name in ("sensitivity", "specificity", "ppv", "npv"):
            one = getattr(found, name)
            row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
        rows.append(row | {"false_alarms_per_event": float((1 - threshold) / threshold)})
    return pd.DataFrame(rows)


def _present(
    truth: Codes, probabilities: Floats, classes: tuple[str, ...]
) -> list[tuple[str, Events, Floats]]:
    every = [(name, truth == code, probabilities[:, code]) for code, name in enumerate(classes)]
    return [(name, event, score) for name, event, score in every if 0 < event.sum() < len(event)]


def _joined(parts: list[pd.DataFrame], classes: tuple[str, ...]) -> pd.DataFrame:
    named = [part.assign(**{"class": name}) for name, part in zip(classes, parts, strict=True)]
    joined = pd.concat(named, ignore_index=True)
    return joined[["class", *joined.columns.drop("class")]]
