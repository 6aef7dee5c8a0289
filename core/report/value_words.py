"""A patient's values in words: label, number with its unit, yes or no, and where it lies beside the usual range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.cohort.columns import unit_words
from core.cohort.variables import variables
from core.text import has_text, text

if TYPE_CHECKING:
    from core.cohort.columns import Column


def label_of(name: str, language: str) -> str:
    """Return what a variable is called: of the catalogue, of the scores' own inputs, or its name as it stands."""
    if name in variables():
        return variables()[name].label(language)
    return text(language, f"scores.inputs.{name}") if has_text(f"scores.inputs.{name}") else name


def column_label(column: Column, language: str) -> str:
    """Return what a column is called, without its unit."""
    return column.label(language, unit=False) if column.zh or column.en else label_of(column.name, language)


def value_words(column: Column, value: float | str, language: str) -> str:
    """Return one value in the column's unit: ``118 /min``, ``yes``, ``female``."""
    known = variables().get(column.name) if column.known else None
    if isinstance(value, str):
        return known.level_label(value, language) if known else value
    if column.kind == "binary":
        if column.known or column.levels == ("no", "yes"):
            return text(language, "values.yes" if value >= 0.5 else "values.no")
        return column.levels[int(value >= 0.5)]
    number = f"{value:.{known.decimals}f}" if known else f"{value:g}"
    return f"{number} {unit_words(column.unit, language)}".strip()


def side_of(name: str, value: float | str | None, sex: object) -> str:
    """``low``, ``high``, ``inside``, or nothing where no usual range is known.

    Examples
    --------
    >>> side_of("haemoglobin", 98.0, "male"), side_of("haemoglobin", None, "male"), side_of("age", 70.0, None)
    ('low', '', '')
    """
    known = variables().get(name)
    limits = None if known is None else known.reference_for(str(sex))
    if limits is None or not isinstance(value, int | float):
        return ""
    return "low" if value < limits[0] else "high" if value > limits[1] else "inside"


def range_words(limits: tuple[float, float]) -> str:
    """Return a range that may be open on one side: ``≤ 45``, ``4–10``."""
    low, high = limits
    if not math.isfinite(low):
        return f"≤ {high:g}"
    return f"≥ {low:g}" if not math.isfinite(high) else f"{low:g}–{high:g}"
