"""Tidy frames of an explanation for charts and sentences: labels in words, values with their units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort.columns import unit_words
from core.cohort.variables import variables
from core.ehr.encoding import OTHER
from core.text import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr.encoding import Encoder, Feature
    from core.ehr.shapley import Explanation

    Floats = NDArray[np.float64]


def value_text(feature: Feature, value: float, language: str, *, unit: bool = True) -> str:
    """One value in words: number with unit, yes or no, or the level's label."""
    if np.isnan(value):
        return text(language, "values.missing")
    known = variables().get(feature.column.name) if feature.column.known else None
    if feature.column.kind == "numeric":
        decimals = known.decimals if known else 2
        number = (
            f"{value:.{decimals}f}" if known else f"{value:g}" if value == round(value, 2) else f"{value:.2f}"
        )
        return f"{number} {unit_words(feature.column.unit, language)}".strip() if unit else number
    if feature.column.kind == "binary" and feature.column.known:
        return text(language, "values.yes" if value >= 0.5 else "values.no")
    level = feature.levels[int(value)] if int(value) < len(feature.levels) else f"{value:g}"
    if level == OTHER:
        return text(language, "values.other")
    return known.level_label(level, language) if known else level


def importance_frame(
    explanation: Explanation, encoder: Encoder, classes: tuple[str, ...], language: str
) -> pd.DataFrame:
    """Mean absolute SHAP value: columns ``feature``, ``label``, ``class``, ``mean_abs``."""
    mean_abs = np.abs(explanation.values).mean(axis=0)
    rows = [
        (feature.column.name, feature.column.label(language, unit=False), name, mean_abs[k, j])
        for j, feature in enumerate(encoder.features)
        for k, name in enumerate(classes)
    ]
    return pd.DataFrame(rows, columns=["feature", "label", "class", "mean_abs"])


def swarm_frame(
    explanation: Explanation, encoder: Encoder, code: int, language: str, top: int = 20
) -> pd.DataFrame:
    """One point a patient and variable, of the ``top`` variables for one class.

    Returns
    -------
    DataFrame
        ``feature``, ``label``, ``shap``, ``value`` (rank among the patients, 0 to 1; NaN where the levels have no
        order), ``observed``, ``text``.
    """
    values = explanation.values[:, code]
    order = np.argsort(-np.abs(values).mean(axis=0), kind="stable")[:top]
    parts = []
    for j in order:
        feature = encoder.features[j]
        column = explanation.data[:, j]
        # a value has one text, so a column of 600 patients needs no more texts than it has different values
        texts = {value: value_text(feature, value, language) for value in np.unique(column)}
        parts.append(
            pd.DataFrame(
                {
                    "feature": feature.column.name,
                    "label": feature.column.label(language),
                    "shap": values[:, j],
                    "value": _scaled(column, feature),
                    "observed": explanation.observed[:, j],
                    "text": [texts[value] for value in column],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def contribution_frame(
    explanation: Explanation, encoder: Encoder, row: int, code: int, language: str
) -> pd.DataFrame:
    """Contributions of one patient's variables to one class: ``feature``, ``label``, ``value``, ``contribution``."""
    rows = []
    for j, feature in enumerate(encoder.features):
        words = value_text(feature, explanation.data[row, j], language)
        if not explanation.observed[row, j]:
            words = text(language, "values.imputed", value=words)
        contribution = explanation.values[row, code, j]
        rows.append((feature.column.name, feature.column.label(language, unit=False), words, contribution))
    return pd.DataFrame(rows, columns=["feature", "label", "value", "contribution"])


def _scaled(column: Floats, feature: Feature) -> Floats:
    if feature.n_levels > 2 or (feature.column.kind == "categorical" and not feature.column.known):
        return np.full(len(column), np.nan)
    ranks = pd.Series(column).rank(method="average").to_numpy(dtype=np.float64)
    low, high = ranks.min(), ranks.max()
    return np.asarray((ranks - low) / (high - low) if high > low else np.full(len(column), 0.5))
