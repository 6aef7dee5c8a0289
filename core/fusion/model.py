"""The fusion model: probabilities of record and ECG in, one calibrated probability out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ArtifactError
from core.evaluation import ConformalThresholds, fit_conformal, youden_point
from core.fusion.late import LateFusion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from core.fusion.strategies import FittedFusion

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

MODEL = "model.json"


@dataclass(frozen=True)
class FusionModel:
    """A fitted fusion.

    Attributes
    ----------
    classes
        Class names in the order of the task.
    fusion
        How the evidence is added up.
    conformal
        Thresholds of the class-conditional prediction sets.
    weights
        (k,) what a class's probability is multiplied by before the largest decides.
    bases
        Modality to the digest of the artifact whose probabilities it was fitted on.
    """

    classes: tuple[str, ...]
    fusion: LateFusion
    conformal: ConformalThresholds
    weights: tuple[float, ...]
    bases: dict[str, str]

    def decide(self, probabilities: Floats) -> Codes:
        """Class decided for: the largest weighted probability (see ``core.ehr.pipeline.EhrModel.decide``)."""
        return np.asarray(np.argmax(probabilities * np.array(self.weights), axis=1), dtype=np.int64)

    def to_json(self) -> dict[str, Any]:
        """Content of ``model.json``."""
        return {
            "classes": list(self.classes),
            "fusion": self.fusion.to_json(),
            "conformal": self.conformal.to_json(),
            "weights": list(self.weights),
            "bases": self.bases,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FusionModel:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        ArtifactError
            It is not that.
        """
        try:
            model = cls(
                tuple(map(str, stored["classes"])),
                LateFusion.from_json(stored["fusion"]),
                ConformalThresholds.from_json(stored["conformal"]),
                tuple(map(float, stored["weights"])),
                {str(name): str(digest) for name, digest in stored["bases"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError("errors.artifact_part", part=MODEL, reason=str(error)[:80]) from error
        k = len(model.classes)
        if {len(model.weights), len(model.conformal.thresholds), len(model.fusion.shares)} != {k}:
            raise ArtifactError("errors.artifact_part", part=MODEL, reason="parts of different models")
        return model


def fusion_model(
    classes: tuple[str, ...], fitted: FittedFusion, codes: Codes, bases: dict[str, str]
) -> FusionModel:
    """Choose prediction sets and the deciding weights on out-of-fold probabilities."""
    p = fitted.out_of_fold
    if len(classes) == 2:
        threshold = youden_point(codes == 1, p[:, 1]).threshold * (1 - 1e-9)
        weights: tuple[float, ...] = (threshold, 1 - threshold)
    else:
        counts = np.bincount(codes, minlength=len(classes))
        weights = tuple(float(weight) for weight in len(codes) / (len(classes) * counts))
    return FusionModel(classes, fitted.fusion, fit_conformal(codes, p), weights, bases)
