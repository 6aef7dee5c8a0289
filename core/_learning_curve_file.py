"""The learning curve on disk: written whole or not at all, checked when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from core._documents import finite, load_document, one_of, save_document
from core.artifacts import DEFAULT_FOLDER
from core.cohort.folder import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

MACRO = "macro"
SERIES = ("main", "twin")
DEFAULT_FILE = DEFAULT_FOLDER / "learning-curve-outcome-ehr.json"
_AREAS = ("auroc", "low", "high")
_FRACTIONS = ("fraction", "fraction_low", "fraction_high")


@dataclass(frozen=True)
class LearningCurve:
    """What was measured.

    Attributes
    ----------
    rows
        ``n_patients`` (in the cohort), ``n_train`` (those with an outcome), ``cohorts`` (drawn at this size; the
        areas are their mean), ``series`` (main / twin), ``class`` (or macro), ``auroc``, ``low``, ``high``,
        ``fraction`` (of oracle minus 0.5), ``fraction_low``, ``fraction_high``.
    oracle
        ``class``, ``auroc``, ``low``, ``high`` of the generator's own probabilities.
    fits
        ``n_patients``, ``n_train`` and what cross-validation chose.
    about
        Preset, seeds, test cohort, settings, versions, ``synthetic``.
    """

    rows: pd.DataFrame
    oracle: pd.DataFrame
    fits: pd.DataFrame
    about: dict[str, Any]

    def chart_frame(self, series: str = "main", *, macro: bool = False) -> pd.DataFrame:
        """One series for ``core.charts.learning_curve``: ``n``, ``class``, ``auroc``, ``low``, ``high``, ``oracle``.

        Parameters
        ----------
        series
            ``"main"`` or ``"twin"``.
        macro
            The macro mean instead of the classes.
        """
        rows = self.rows[(self.rows["series"] == series) & ((self.rows["class"] == MACRO) == macro)]
        best = self.oracle.set_index("class")["auroc"]
        frame = rows.rename(columns={"n_patients": "n"})[["n", "class", *_AREAS]]
        return frame.assign(oracle=rows["class"].map(best)).reset_index(drop=True)


def save_learning_curve(document: dict[str, Any], path: Path = DEFAULT_FILE) -> None:
    """Write what ``measure`` returned.

    Raises
    ------
    InputError
        The file cannot be written; what stood there before still stands.
    """
    save_document(document, path)


def load_learning_curve(path: Path = DEFAULT_FILE) -> LearningCurve:
    """Read a learning curve.

    Raises
    ------
    ArtifactError
        There is none, or it is not what ``save_learning_curve`` writes.
    """
    return load_document(path, _checked, "errors_learning_curve")


def _checked(document: dict[str, Any]) -> LearningCurve:
    about = dict(document["about"])
    classes = CLASSES[about["task"]]
    if about["synthetic"] is not True:
        raise ValueError("not marked synthetic")
    rows = [_row(row, classes) for row in document["rows"]]
    oracle = [{"class": one_of(row["class"], (*classes, MACRO)), **_areas(row)} for row in document["oracle"]]
    if {row["class"] for row in oracle} != {*classes, MACRO} or len(oracle) != len(classes) + 1:
        raise ValueError("oracle: one row a class")
    keys = {(row["n_patients"], row["series"], row["class"]) for row in rows}
    sizes = {row["n_patients"] for row in rows}
    if not rows or len(keys) != len(rows) or len(rows) != len(sizes) * len(SERIES) * (len(classes) + 1):
        raise ValueError("rows: one a size, series and class")
    return LearningCurve(pd.DataFrame(rows), pd.DataFrame(oracle), pd.DataFrame(document["fits"]), about)


def _row(row: dict[str, Any], classes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "n_patients": _count(row["n_patients"]),
        "n_train": _count(row["n_train"]),
        "cohorts": _count(row["cohorts"]),
        "series": one_of(row["series"], SERIES),
        "class": one_of(row["class"], (*classes, MACRO)),
        **_areas(row),
        **{name: finite(row[name]) for name in _FRACTIONS},
    }


def _areas(row: dict[str, Any]) -> dict[str, float]:
    areas = {name: finite(row[name]) for name in _AREAS}
    if not (0 <= areas["low"] <= areas["high"] <= 1 and 0 <= areas["auroc"] <= 1):
        raise ValueError("an AUROC or its interval outside 0 to 1")
    return areas


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{value!r} is no number of patients")
    return value
