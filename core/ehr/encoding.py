"""From a table with its columns to numbers, as fitted on training rows: levels, ranges, one-hot design."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.columns import Column, Table
from core.errors import ArtifactError, TrainingError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

OTHER = "(other)"
_FEWEST_OBSERVED = 10
_FEWEST_OF_LEVEL = 5
_MOST_LEVELS = 12
_LARGEST = 1e30  # the trees compute in single precision


@dataclass(frozen=True)
class Feature:
    """One predictor of a fitted model.

    Attributes
    ----------
    column
        What the table calls it.
    levels
        Categorical: the training levels in the order of their codes, ``OTHER`` last if rare ones were joined.
    low, high
        Numeric: smallest and largest value seen in training.
    missing
        Share of training rows without it.
    typical
        Median, or code of the most frequent level, of the observed training values.
    """

    column: Column
    levels: tuple[str, ...]
    low: float
    high: float
    missing: float
    typical: float

    @property
    def n_levels(self) -> int:
        """Levels as MissForest counts them: 0 for a number, 2 for yes/no."""
        return {"numeric": 0, "binary": 2}.get(self.column.kind, len(self.levels))

    @property
    def width(self) -> int:
        """Columns of the design matrix: one a level where there are more than two."""
        return self.n_levels if self.n_levels > 2 else 1

    def encode(self, values: pd.Series) -> Floats:
        """Codes or numbers; NaN where missing, or where a level is unknown and none were joined."""
        if self.column.kind != "categorical":
            numbers = np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
            return np.clip(numbers, -_LARGEST, _LARGEST)
        codes = {level: float(code) for code, level in enumerate(self.levels)}
        other = codes.get(OTHER, np.nan)
        # one patient at a time is what pages ask for: looking words up costs less than a mapping of pandas'
        words = values.to_numpy(dtype=object, na_value=np.nan)
        found = [codes.get(word, other) if isinstance(word, str) else np.nan for word in words]
        return np.array(found, dtype=np.float64)


@dataclass(frozen=True)
class Encoder:
    """Which columns a model uses and how they become numbers; learnt from training rows only.

    Attributes
    ----------
    features
        The predictors in the order of the matrix.
    dropped
        (column, reason) of what training rows could not teach: ``empty``, ``few``, ``constant``.
    """

    features: tuple[Feature, ...]
    dropped: tuple[tuple[str, str], ...]

    @property
    def n_levels(self) -> NDArray[np.int64]:
        """Levels of each feature, 0 for numbers."""
        return np.array([feature.n_levels for feature in self.features], dtype=np.int64)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns that a new table is read with."""
        return tuple(feature.column for feature in self.features)

    @property
    def owners(self) -> NDArray[np.int64]:
        """Feature index of each column of the design matrix."""
        return np.repeat(np.arange(len(self.features)), [feature.width for feature in self.features])

    def encode(self, frame: pd.DataFrame) -> Floats:
        """Matrix (n_rows, n_features) with NaN where missing; absent columns are missing throughout."""
        matrix = np.full((len(frame), len(self.features)), np.nan)
        for j, feature in enumerate(self.features):
            if feature.column.name in frame:
                matrix[:, j] = feature.encode(frame[feature.column.name])
        return matrix

    def design(self, matrix: Floats) -> Floats:
        """One-hot the categories of a completed matrix: what the trees see."""
        parts = []
        for j, feature in enumerate(self.features):
            column = matrix[:, j : j + 1]
            parts.append(column == np.arange(feature.width) if feature.width > 1 else column)
        return np.hstack(parts).astype(np.float64)

    def outside(self, frame: pd.DataFrame) -> list[list[str]]:
        """Names, row by row, of numeric features beyond anything seen in training."""
        return self.beyond(self.encode(frame))

    def beyond(self, matrix: Floats) -> list[list[str]]:
        """Names, row by row, of numeric features of an encoded matrix beyond anything seen in training."""
        low = np.array([feature.low for feature in self.features])
        high = np.array([feature.high for feature in self.features])
        beyond = (matrix < low) | (matrix > high)
        return [[self.features[j].column.name for j in np.flatnonzero(row)] for row in beyond]

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        rows = [
            vars(feature) | {"column": vars(feature.column), "typical": feature.typical}
            for feature in self.features
        ]
        return {"features": rows, "dropped": [list(pair) for pair in self.dropped]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Encoder:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        ArtifactError
            A field is missing or of another kind.
        """
        try:
            features = tuple(
                Feature(
                    column=Column(**{**row["column"], "levels": tuple(row["column"]["levels"])}),
                    levels=tuple(map(str, row["levels"])),
                    **{key: float(row[key]) for key in ("low", "high", "missing", "typical")},
                )
                for row in stored["features"]
            )
            return cls(features, tuple((str(name), str(reason)) for name, reason in stored["dropped"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ArtifactError(
                "errors.artifact_part", part="encoder.json", reason=str(error)[:80]
            ) from error


def fit_encoder(table: Table) -> Encoder:
    """Learn levels and ranges from training rows.

    Raises
    ------
    TrainingError
        No column has enough observed and differing values to learn from.
    """
    features, dropped = [], []
    for column in table.columns:
        values = table.frame[column.name]
        reason = _useless(values, len(table.frame))
        if reason:
            dropped.append((column.name, reason))
        else:
            features.append(_fit_feature(column, values))
    if not features:
        raise TrainingError("errors.no_predictor", n=len(table.columns))
    return Encoder(tuple(features), tuple(dropped))


def _useless(values: pd.Series, n_rows: int) -> str:
    observed = values.dropna()
    if observed.empty:
        return "empty"
    if len(observed) < min(_FEWEST_OBSERVED, n_rows / 2):
        return "few"
    return "constant" if observed.nunique() < 2 else ""


def _fit_feature(column: Column, values: pd.Series) -> Feature:
    observed = values.dropna()
    missing = float(values.isna().mean())
    if column.kind == "numeric":
        low, high = float(observed.min()), float(observed.max())
        return Feature(column, (), low, high, missing, float(observed.median()))
    if column.kind == "binary":
        return Feature(column, column.levels, 0.0, 1.0, missing, float(observed.mean() > 0.5))
    counts = observed.value_counts()
    counts = counts.loc[sorted(counts.index, key=lambda level: (-counts[level], level))]
    kept = counts.index[(counts >= min(_FEWEST_OF_LEVEL, counts.iloc[1])).to_numpy()][:_MOST_LEVELS]
    levels = (*map(str, kept), OTHER) if len(kept) < len(counts) else tuple(map(str, kept))
    return Feature(column, levels, 0.0, float(len(levels) - 1), missing, 0.0)
