"""Table one of a cohort: every variable by class, with what is missing and how far the classes stand apart.

The standardised difference is Austin's (Stat Med 2009;28:3083): difference of means over the pooled standard
deviation; of shares likewise; of several levels by Yang and Dalton's (SAS Global Forum 2012;335) distance. Of three
classes the largest of the three pairs stands. Above 0.1 is commonly called imbalance.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.classes import CLASSES, TASKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

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
    # the builder of MIMIC-IV has no need of pandas, and loading it would take a tenth of its time
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for task in TASKS if cohort.table is not None else ():
        assert cohort.table is not None
        codes = cohort.labelled(task)
        codes = codes[codes.index.isin(cohort.table.frame.index)]
        frame = cohort.table.frame.loc[codes.index]
        values = {column.name: frame[column.name].tolist() for column in cohort.table.columns}
        rows += describe_classes(task, cohort.table.columns, values, codes.to_numpy())
    return pd.DataFrame(rows, columns=list(COLUMNS))


def describe_classes(
    task: str, columns: Iterable[Column], values: Mapping[str, Sequence[Any]], codes: NDArray[np.int64]
) -> list[dict[str, Any]]:
    """Rows of table one for one task, as ``table_one`` returns them; what has no meaning for a row is not in it.

    Parameters
    ----------
    values
        By column, one a patient; None or NaN where there is none.
    codes
        Class of each patient, in the order of ``CLASSES[task]``.
    """
    groups = {name: np.flatnonzero(codes == code) for code, name in enumerate(CLASSES[task])}
    groups = {name: places for name, places in groups.items() if len(places)}
    rows = []
    for column in columns:
        found = np.array(values[column.name], dtype=object if column.kind == "categorical" else np.float64)
        known = {name: _known(found[places], column.kind) for name, places in groups.items()}
        difference = standardised_difference(list(known.values()), column.kind)
        for name, places in groups.items():
            common = {
                "task": task,
                "variable": column.name,
                "unit": column.unit,
                "class": name,
                "patients": len(places),
                "missing": len(places) - len(known[name]),
                "difference": difference,
            }
            rows += [common | described for described in _describe(known[name], column)]
    return rows


def _known(values: NDArray[Any], kind: str) -> NDArray[Any]:
    if kind != "categorical":
        there = ~np.isnan(values)
    else:
        # a gap in pandas' texts is NaN, which differs from itself
        there = np.array([value is not None and value == value for value in values], dtype=bool)  # noqa: PLR0124
    return np.asarray(values[there])


def _describe(known: NDArray[Any], column: Column) -> list[dict[str, Any]]:
    if column.kind == "numeric":
        if not len(known):
            return [{"level": ""}]
        low, middle, high = (float(value) for value in np.quantile(known, [0.25, 0.5, 0.75]))
        spread = float(known.std(ddof=1)) if len(known) > 1 else np.nan
        numbers = {"mean": float(known.mean()), "sd": spread, "median": middle}
        return [{"level": "", **numbers, "lower_quartile": low, "upper_quartile": high}]
    levels: list[Any] = [1.0] if column.kind == "binary" else list(column.levels or sorted(set(known)))
    described = []
    for level in levels:
        count = float((known == level).sum())
        share = count / len(known) if len(known) else np.nan
        written = column.levels[1] if column.kind == "binary" and len(column.levels) > 1 else str(level)
        described.append({"level": written, "count": count, "share": share})
    return described


def standardised_difference(groups: Sequence[NDArray[Any]], kind: str) -> float:
    """Return the largest standardised difference between two of some groups; NaN where it is not defined.

    Parameters
    ----------
    groups
        Known values by group.
    kind
        ``numeric``, ``binary`` or ``categorical``.
    """
    known = [group for group in groups if len(group) > 1 or (kind != "numeric" and len(group))]
    found = [_between(one, other, kind) for one, other in itertools.combinations(known, 2)]
    finite = [value for value in found if np.isfinite(value)]
    return max(finite) if finite else np.nan


def _between(one: NDArray[Any], other: NDArray[Any], kind: str) -> float:
    if kind == "categorical":
        return _between_levels(one, other)
    p, q = float(one.mean()), float(other.mean())
    if kind == "binary":
        spread = (p * (1 - p) + q * (1 - q)) / 2
    else:
        spread = (float(one.var(ddof=1)) + float(other.var(ddof=1))) / 2
    if spread == 0:
        return 0.0 if p == q else np.nan
    return abs(p - q) / float(np.sqrt(spread))


def _between_levels(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Mahalanobis distance between the shares of all levels but one."""
    levels = sorted({*one, *other})
    if len(levels) < 2:
        return 0.0
    shares = np.array([[float((group == level).mean()) for level in levels[1:]] for group in (one, other)])
    covariance = np.mean([np.diag(p) - np.outer(p, p) for p in shares], axis=0)
    gap = shares[0] - shares[1]
    return float(np.sqrt(gap @ np.linalg.pinv(covariance) @ gap))
