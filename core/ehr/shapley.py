"""Why the health-record model says what it says: exact SHAP values on the log-odds, one variable one value.

The model explained is the final one, on rows at natural prevalence. Values of one-hot columns are added up, so that a
variable of several levels has one contribution. A SHAP value tells what the model uses, not what causes the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ArtifactError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.ehr.encoding import Encoder
    from core.ehr.pipeline import EhrModel

    Floats = NDArray[np.float64]

MOST_ROWS = 600


@dataclass(frozen=True)
class Explanation:
    """SHAP values of some patients.

    Attributes
    ----------
    values
        (n, k, n_features) contribution of each variable to each class's margin (log-odds scale).
    base
        (k,) margins before anything is known of the patient.
    data
        (n, n_features) completed values, categories as codes.
    observed
        (n, n_features) False where the value was imputed.
    patient_ids
        (n,) in the order of the rows.
    """

    values: Floats
    base: Floats
    data: Floats
    observed: NDArray[np.bool_]
    patient_ids: tuple[str, ...]

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays for storing, in single precision."""
        return {
            "values": self.values.astype(np.float32),
            "base": self.base,
            "data": self.data.astype(np.float32),
            "observed": self.observed,
            "patient_ids": np.array(self.patient_ids, dtype=np.str_),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> Explanation:
        """Read back what ``to_arrays`` gave.

        Raises
        ------
        ArtifactError
            An array is missing or the shapes do not belong together.
        """
        try:
            values, base = arrays["values"].astype(np.float64), arrays["base"].astype(np.float64)
            data, observed = arrays["data"].astype(np.float64), arrays["observed"].astype(bool)
            patient_ids = tuple(map(str, arrays["patient_ids"]))
        except (KeyError, ValueError) as error:
            raise ArtifactError(
                "errors.artifact_part", part="explanation.npz", reason=str(error)[:80]
            ) from error
        n, k, p = values.shape if values.ndim == 3 else (-1, -1, -1)
        if base.shape != (k,) or data.shape != (n, p) or observed.shape != (n, p) or len(patient_ids) != n:
            raise ArtifactError("errors.artifact_part", part="explanation.npz", reason="shapes differ")
        return cls(values, base, data, observed, patient_ids)


def explain(model: EhrModel, frame: pd.DataFrame) -> Explanation:
    """SHAP values of the main model's margins for the rows of a table."""
    encoded = model.encoder.encode(frame)
    completed = model.imputer.transform(encoded)
    values, base = model.main.trees.contributions(model.encoder.design(completed))
    return Explanation(
        values=by_variable(values, model.encoder),
        base=base,
        data=completed,
        observed=~np.isnan(encoded),
        patient_ids=tuple(map(str, frame.index)),
    )


def by_variable(values: Floats, encoder: Encoder) -> Floats:
    """Add up the contributions of the design columns that belong to one variable."""
    summed = np.zeros((*values.shape[:2], len(encoder.features)))
    for column, owner in enumerate(encoder.owners):
        summed[:, :, owner] += values[:, :, column]
    return summed


def additivity_error(model: EhrModel, explanation: Explanation) -> float:
    """Largest difference between a margin and its base plus contributions, over rows and classes."""
    margins = model.main.trees.margins(model.encoder.design(explanation.data))
    return float(np.abs(explanation.base + explanation.values.sum(axis=2) - margins).max())


def sample_rows(n: int, seed: int) -> NDArray[np.int64]:
    """At most ``MOST_ROWS`` rows, drawn without regard to class: natural prevalence stays."""
    if n <= MOST_ROWS:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MOST_ROWS, replace=False))
