"""The ECG model: from windows of a recording to a calibrated probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.network_input import windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.recording import Recording
    from core.ecg.serving import ServedNetwork
    from core.evaluation import ConformalThresholds, Recalibration

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class EcgModel:
    """A fitted ECG model.

    Attributes
    ----------
    classes
        Class names in the order of the task.
    network
        Windows in, logits out.
    recalibration
        Raw probabilities to calibrated ones.
    conformal
        Thresholds of the class-conditional prediction sets.
    weights
        (k,) what a class's probability is multiplied by before the largest decides.
    thresholds
        Diagnosis only: name (``youden``, ``sensitivity``) to probability of embolism, both chosen on out-of-fold
        predictions of the training part.
    """

    classes: tuple[str, ...]
    network: ServedNetwork
    recalibration: Recalibration
    conformal: ConformalThresholds
    weights: tuple[float, ...]
    thresholds: dict[str, float]

    def forecast(self, recordings: list[Recording]) -> tuple[Floats, Floats]:
        """Calibrated and raw probabilities, each (n, k); windows of one recording are averaged."""
        return self.forecast_windows([windows(recording) for recording in recordings])

    def forecast_windows(self, cut: list[Windows]) -> tuple[Floats, Floats]:
        """Calibrated and raw probabilities of recordings that are cut into windows already."""
        if not cut:
            return np.empty((0, len(self.classes))), np.empty((0, len(self.classes)))
        raw = probabilities(
            mean_by_recording(self.network.logits(np.concatenate(cut)), [len(x) for x in cut])
        )
        return self.recalibration.apply(raw), raw

    def embed_windows(self, cut: list[Windows]) -> Floats:
        """What each network pools of recordings before its last layer, (n, networks, e); windows are averaged."""
        found = self.network.embeddings(np.concatenate(cut))
        flat = mean_by_recording(found.reshape(len(found), -1), [len(x) for x in cut])
        return np.asarray(flat.reshape(len(cut), *found.shape[1:]))

    def score(self, x: Windows) -> Floats:
        """Log-odds (n,) of embolism, or of the last class against the rest, for each window (n, 12, 1000)."""
        logits = self.network.logits(x)
        rest = logits[:, :-1]
        largest = rest.max(axis=1)
        return np.asarray(logits[:, -1] - largest - np.log(np.exp(rest - largest[:, None]).sum(axis=1)))

    def decide(self, calibrated: Floats) -> Codes:
        """Class decided for: the largest weighted probability (see ``core.ehr.pipeline.EhrModel.decide``)."""
        return np.asarray(np.argmax(calibrated * np.array(self.weights), axis=1), dtype=np.int64)


def mean_by_recording(values: Floats, sizes: list[int]) -> Floats:
    """Mean of neighbouring rows, ``sizes`` rows a recording."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp)
    return np.asarray(np.add.reduceat(values, starts, axis=0) / np.array(sizes)[:, None])


def probabilities(logits: Floats) -> Floats:
    """Softmax of logits (n, k)."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
