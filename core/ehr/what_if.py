"""What the model would say if one value were another: of a patient as changed by hand, and over a whole range.

All other values stay as they are; missing ones are imputed anew beside the changed one, as they would be for a patient
who came with it. It is the model's answer that changes: nothing here says what changing the patient would do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort.variables import variables
from core.ehr.encoding import OTHER
from core.ehr.explanation_frames import value_text
from core.ehr.shapley import Explanation, by_variable
from core.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr.encoding import Feature
    from core.ehr.familiarity import Standing
    from core.ehr.pipeline import EhrModel

    Floats = NDArray[np.float64]
    Value = float | str | None

_DECADES = 30


@dataclass(frozen=True)
class State:
    """All that the model says of one patient.

    Attributes
    ----------
    encoded
        (1, n_features) what is known, nan where it is not.
    probabilities
        (k,) calibrated.
    prediction_set
        Class names that cannot be left out.
    decided
        The class decided for.
    explanation
        Of this one row.
    standing
        How much the patient resembles those of the training.
    """

    encoded: Floats
    probabilities: Floats
    prediction_set: tuple[str, ...]
    decided: str
    explanation: Explanation
    standing: Standing

    @property
    def withheld(self) -> bool:
        """Whether the patient is too unlike the training patients: the numbers are then not to be shown."""
        return self.standing.level == "outside"


@dataclass(frozen=True)
class Change:
    """Two states of one patient beside each other."""

    before: State
    after: State

    @property
    def shap(self) -> Floats:
        """(k, n_features) change of each variable's contribution; over the variables it adds up to the margins'."""
        difference = self.after.explanation.values - self.before.explanation.values
        return np.asarray(difference[0], dtype=np.float64)

    def probability_frame(self, model: EhrModel) -> pd.DataFrame:
        """Return ``class``, ``before``, ``after`` and ``change``, a row a class."""
        before, after = self.before.probabilities, self.after.probabilities
        return pd.DataFrame(
            {"class": model.classes, "before": before, "after": after, "change": after - before}
        )

    def shap_frame(self, model: EhrModel, code: int, language: str) -> pd.DataFrame:
        """Contributions to one class that have changed, the largest change first.

        Returns
        -------
        DataFrame
            ``feature``, ``label``, ``value_before`` and ``value_after`` in words, ``observed_before`` and
            ``observed_after`` (False where imputed), ``before``, ``after`` and ``change`` on the log-odds.
        """
        change = self.shap[code]
        order = [int(j) for j in np.argsort(-np.abs(change), kind="stable") if change[j] != 0]
        return pd.DataFrame(
            [self._row(model.encoder.features[j], j, code, language) for j in order],
            columns=[
                *("feature", "label", "value_before", "value_after", "observed_before", "observed_after"),
                *("before", "after", "change"),
            ],
        )

    def _row(self, feature: Feature, j: int, code: int, language: str) -> tuple[object, ...]:
        sides = (self.before.explanation, self.after.explanation)
        words = [value_text(feature, float(one.data[0, j]), language) for one in sides]
        seen = [bool(one.observed[0, j]) for one in sides]
        shares = [float(one.values[0, code, j]) for one in sides]
        label = feature.column.label(language, unit=False)
        return (feature.column.name, label, *words, *seen, *shares, shares[1] - shares[0])


def state_of(model: EhrModel, row: pd.DataFrame) -> State:
    """Everything about one patient at once: one imputation for probabilities and explanation.

    Parameters
    ----------
    row
        One row with the catalogue's columns; columns that are not there are not known.
    """
    return _states(model, model.encoder.encode(row), str(row.index[0]))[0]


def what_if(
    model: EhrModel, row: pd.DataFrame, variable: str, value: Value, before: State | None = None
) -> Change:
    """Change one value and see what the model then says.

    Parameters
    ----------
    model, row
        The model and one patient.
    variable
        One of the model's inputs.
    value
        A number in the catalogue's unit, 0 or 1, or a level; None for not known.
    before
        What ``state_of`` said of the row, if it is at hand: saves half the work.

    Raises
    ------
    InputError
        The model does not use the variable, or the value is not one that it can have.
    """
    encoded = model.encoder.encode(row) if before is None else before.encoded
    return _changed(model, encoded, edited(model, encoded, variable, value), str(row.index[0]), before)


def changed(model: EhrModel, before: pd.DataFrame, after: pd.DataFrame) -> Change:
    """Compare two rows, however many values differ."""
    return _changed(
        model, model.encoder.encode(before), model.encoder.encode(after), str(after.index[0]), None
    )


def sweep(model: EhrModel, row: pd.DataFrame, variable: str, n: int = 15) -> pd.DataFrame:
    """Probabilities over the values that one variable can have.

    Parameters
    ----------
    n
        How many values of a number are tried, spread over ``allowed``; fewer where they could not be told apart.

    Returns
    -------
    DataFrame
        ``value`` (code of a level), ``level`` (its name; empty for a number) and ``p_<class>`` for every class, nan
        where such a patient would be too unlike those of the training.

    Raises
    ------
    InputError
        The model does not use the variable.
    """
    j = _place(model, variable)
    feature = model.encoder.features[j]
    codes, levels = _tried(feature, n)
    matrix = np.repeat(model.encoder.encode(row), len(codes), axis=0)
    matrix[:, j] = codes
    design = model.encoder.design(model.imputer.transform(matrix))
    probabilities = model.main.forecast(design)[0]
    probabilities[[one.level == "outside" for one in model.standings(matrix)]] = np.nan
    columns = {f"p_{name}": probabilities[:, k] for k, name in enumerate(model.classes)}
    return pd.DataFrame({"value": codes, "level": levels, **columns})


def allowed(feature: Feature) -> tuple[float, float]:
    """Values that a number may be given: what is plausible, cut to what the model has seen in training."""
    known = variables().get(feature.column.name) if feature.column.known else None
    low, high = known.plausible if known and known.plausible else (-np.inf, np.inf)
    return max(low, feature.low), min(high, feature.high)


def edited(model: EhrModel, encoded: Floats, variable: str, value: Value) -> Floats:
    """Return an encoded row with one value replaced.

    Raises
    ------
    InputError
        The model does not use the variable, or the value is not one that it can have.
    """
    j = _place(model, variable)
    after = encoded.copy()
    after[0, j] = _code(model.encoder.features[j], value)
    return after


def _place(model: EhrModel, variable: str) -> int:
    for j, feature in enumerate(model.encoder.features):
        if feature.column.name == variable:
            return j
    raise InputError("errors_what_if.not_used", variable=variable[:60])


def _code(feature: Feature, value: Value) -> float:
    column = feature.column
    if value is None or value != value:  # noqa: PLR0124 - nan is the one number that is not itself
        return np.nan
    if column.kind == "numeric":
        known = variables().get(column.name) if column.known else None
        low, high = known.plausible if known and known.plausible else (-np.inf, np.inf)
        number = float(value)
        if not (low <= number <= high and np.isfinite(number)):
            raise InputError(
                "errors_what_if.range", variable=column.name, value=value, low=f"{low:g}", high=f"{high:g}"
            )
        return number
    levels = column.levels if column.kind == "binary" else feature.levels
    if column.kind == "binary" and value in (0, 1):
        return float(value)
    if value not in levels:
        known_levels = ", ".join(level for level in levels if level != OTHER)
        raise InputError(
            "errors_what_if.level", variable=column.name, value=str(value)[:60], known=known_levels
        )
    return float(levels.index(str(value)))


def _tried(feature: Feature, n: int) -> tuple[Floats, list[str]]:
    """Codes to try, and the names of levels."""
    if feature.column.kind == "numeric":
        low, high = allowed(feature)
        known = variables().get(feature.column.name) if feature.column.known else None
        # what spans decades (lactate, NT-proBNP) is tried in equal ratios: else hardly a value were a usual one
        spread = np.geomspace if 0 < low < high / _DECADES else np.linspace
        values = spread(low, high, max(2, n))
        if known:
            # between two values that can be written no third is tried; the ends stay what they are
            values = np.unique([low, *np.round(values[1:-1], known.decimals), high])
        return values, [""] * len(values)
    levels = feature.column.levels if feature.column.kind == "binary" else feature.levels
    kept = [(float(code), level) for code, level in enumerate(levels) if level != OTHER]
    return np.array([code for code, _ in kept]), [level for _, level in kept]


def _changed(model: EhrModel, before: Floats, after: Floats, patient_id: str, known: State | None) -> Change:
    if known is not None:
        return Change(known, _states(model, after, patient_id)[0])
    return Change(*_states(model, np.vstack([before, after]), patient_id))


def _states(model: EhrModel, encoded: Floats, patient_id: str) -> list[State]:
    completed = model.imputer.transform(encoded)
    design = model.encoder.design(completed)
    probabilities = model.main.forecast(design)[0]
    values, base = model.main.trees.contributions(design)
    sets, decided = model.conformal.sets(probabilities), model.decide(probabilities)
    summed, standings = by_variable(values, model.encoder), model.standings(encoded)
    return [
        State(
            encoded=encoded[[i]],
            probabilities=probabilities[i],
            prediction_set=tuple(name for name, kept in zip(model.classes, sets[i], strict=True) if kept),
            decided=model.classes[decided[i]],
            explanation=Explanation(
                summed[[i]], base, completed[[i]], ~np.isnan(encoded[[i]]), (patient_id,)
            ),
            standing=standings[i],
        )
        for i in range(len(encoded))
    ]
