"""The fusion model: what record and ECG say in, one calibrated probability out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation import ConformalThresholds, fit_conformal, youden_point
from core.fusion.late import MODALITIES, LateFusion
from core.fusion.rows import corrected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from core.fusion.correction import Correction
    from core.fusion.features import PatientFeatures
    from core.fusion.strategies import FittedFusion

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class FusionModel:
    """A fitted fusion.

    Attributes
    ----------
    classes
        Class names in the order of the task.
    fusion
        How the evidence is added up.
    correction
        What record and ECG say together beyond that; None where nothing is.
    conformal
        Thresholds of the class-conditional prediction sets.
    weights
        (k,) what a class's probability is multiplied by before the largest decides.
    bases
        Modality to the digest of the artifact whose probabilities it was fitted on.
    """

    classes: tuple[str, ...]
    fusion: LateFusion
    correction: Correction | None
    conformal: ConformalThresholds
    weights: tuple[float, ...]
    bases: dict[str, str]

    def apply(self, probabilities: Mapping[str, Floats], features: PatientFeatures | None = None) -> Floats:
        """Fused probabilities (n, k).

        Parameters
        ----------
        probabilities
            Modality to calibrated probabilities (n, k).
        features
            Of the same patients; needed where the model has a correction.
        """
        summed = self.fusion.apply(probabilities)
        if self.correction is None:
            return summed
        return corrected(summed, self.correction.log_odds(self._needed(features)))

    def contributions(
        self, probabilities: Mapping[str, Floats], features: PatientFeatures | None = None
    ) -> tuple[Floats, Floats]:
        """What lies between the class shares of the training part and the fused log-odds.

        Returns
        -------
        intercepts : (k - 1,)
            The same for everyone.
        parts : (n, k - 1, 2)
            Of each modality in the order of ``MODALITIES``; of a correction each one's Shapley value is added.
        """
        parts, intercepts = self.fusion.contributions(probabilities), np.array(self.fusion.intercepts)
        if self.correction is None:
            return intercepts, parts
        base, more = self.correction.parts(self._needed(features))
        assert parts.shape[2] == more.shape[2] == len(MODALITIES)
        return intercepts + base, parts + more

    def _needed(self, features: PatientFeatures | None) -> PatientFeatures:
        if features is None:
            raise ValueError(
                "this fusion reads record and recording themselves, not their probabilities alone"
            )
        return features

    def decide(self, probabilities: Floats) -> Codes:
        """Class decided for: the largest weighted probability (see ``core.ehr.pipeline.EhrModel.decide``)."""
        return np.asarray(np.argmax(probabilities * np.array(self.weights), axis=1), dtype=np.int64)


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
    return FusionModel(classes, fitted.fusion, fitted.correction, fit_conformal(codes, p), weights, bases)
