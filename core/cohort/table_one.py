"""Table one of a cohort: every variable by class, with what is missing and how far the classes stand apart.

The standardised difference is Austin's (Stat Med 2009;28:3083): difference of means over the pooled standard
deviation; of shares likewise; of several levels by Yang and Dalton's (SAS Global Forum 2012;335) distance. Of three
classes the largest of the three pairs stands. Above 0.1 is commonly called imbalance.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cohort.folder import CLASSES, TASKS

if TYPE_CHECKING:
    from core.cohort.columns import Column
    from core.cohort.folder import Cohort

COLUMNS = (
    *("task", "variable", "level", "unit", "class", "patients", "missing", "count", "share"),
    *("mean", "sd", "median", "lower_quartile", "upper_quartile", "difference"),
)


def table_one(cohort: Cohort) -> pd.DataFrame:
    """Table one of every task that the cohort has labels for.

    Returns
    -------
    DataFrame
        One row a task, variable, level (empty for numbers) and class: ``patients`` in the class, ``missing`` values,
        ``count`` and ``share`` (of the known) of a level or of yes, ``mean`` to ``upper_quartile`` of numbers, and the
        largest standardised ``difference`` between two classes, the same in every row of a variable; NaN where it is
        not defined.
    """
    parts = [_of_task(cohort, task) for task in TASKS] if cohort.table is not None else []
    rows = [row for part in parts for row in part]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_task(cohort: Cohort, task: str) -> list[dict[str, Any]]:
    assert cohort.table is not None
    frame = cohort.table.frame
    codes = cohort.labelled(task)
    codes = codes[codes.index.isin(frame.index)]
    names = [name for code, name in enumerate(CLASSES[task]) if (codes == code).any()]
    groups = {name: frame.loc[codes.index[codes == CLASSES[task].index(name)]] for name in names}
    rows = []
    for column in cohort.table.columns:
        values = {name: group[column.name] for name, group in groups.items()}
        difference = standardised_difference(list(values.values()), column.kind)
        for name, series in values.items():
            for described in _describe(series, column):
                common = {
                    "task": task,
                    "variable": column.name,
                    "unit": column.unit,
                    "class": name,
                    "patients": len(series),
                    "missing": int(series.isna().sum()),
                    "difference": difference,
                }
                rows.append(common | described)
    return rows


def _describe(series: pd.Series, column: Column) -> list[dict[str, Any]]:
    known = series.dropna()
    if column.kind == "numeric":
        if known.empty:
            return [{"level": ""}]
        low, middle, high = (float(value) for value in known.quantile([0.25, 0.5, 0.75]))
        spread = float(known.std()) if len(known) > 1 else np.nan
        numbers = {"mean": float(known.mean()), "sd": spread, "median": middle}
        return [{"level": "", **numbers, "lower_quartile": low, "upper_quartile": high}]
    levels: list[Any] = [1.0] if column.kind == "binary" else list(column.levels or sorted(known.unique()))
    described = []
    for level in levels:
        count = int((known == level).sum())
        share = count / len(known) if len(known) else np.nan
        written = column.levels[1] if column.kind == "binary" and len(column.levels) > 1 else str(level)
        described.append({"level": written, "count": count, "share": share})
    return described


def standardised_difference(groups: list[pd.Series], kind: str) -> float:
    """Return the largest standardised difference between two of some groups; NaN where it is not defined.

    Parameters
    ----------
    groups
        Values by group, with gaps.
    kind
        ``numeric``, ``binary`` or ``categorical``.
    """
    known = [group.dropna() for group in groups]
    known = [group for group in known if len(group) > 1 or (kind != "numeric" and len(group))]
    found = [_between(one, other, kind) for one, other in itertools.combinations(known, 2)]
    finite = [value for value in found if np.isfinite(value)]
    return max(finite) if finite else np.nan


def _between(one: pd.Series, other: pd.Series, kind: str) -> float:
    if kind == "categorical":
        return _between_levels(one, other)
    if kind == "binary":
        p, q = float(one.mean()), float(other.mean())
        spread = (p * (1 - p) + q * (1 - q)) / 2
    else:
        p, q = float(one.mean()), float(other.mean())
        spread = (float(one.var()) + float(other.var())) / 2
    if spread == 0:
        return 0.0 if p == q else np.nan
    return abs(p - q) / float(np.sqrt(spread))


def _between_levels(one: pd.Series, other: pd.Series) -> float:
    """Mahalanobis distance between the shares of all levels but one."""
    levels = sorted({*one.unique(), *other.unique()})
    if len(levels) < 2:
        return 0.0
    shares = np.array([[float((group == level).mean()) for level in levels[1:]] for group in (one, other)])
    covariance = np.mean([np.diag(p) - np.outer(p, p) for p in shares], axis=0)
    gap = shares[0] - shares[1]
    return float(np.sqrt(gap @ np.linalg.pinv(covariance) @ gap))
