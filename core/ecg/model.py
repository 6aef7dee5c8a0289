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
    from core.evaluation.arrays import Events

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class EcgForecast:
    """What the model says of n recordings.

    Attributes
    ----------
    calibrated, raw
        (n, k) probabilities, recalibrated and as the networks' mean gives them.
    each
        (n, networks, k) recalibrated probabilities of every network by itself: how far they differ is what chance in
        training leaves open.
    """

    calibrated: Floats
    raw: Floats
    each: Floats


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
        Thresholds of the class-conditional prediction sets; they are asked of the first network alone, see ``sets``.
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

    def forecast(self, recordings: list[Recording]) -> EcgForecast:
        """Forecast recordings; windows of one recording are averaged."""
        return self.forecast_windows([windows(recording) for recording in recordings])

    def forecast_windows(self, cut: list[Windows]) -> EcgForecast:
        """Forecast recordings that are cut into windows already."""
        k = len(self.classes)
        if not cut:
            return EcgForecast(np.empty((0, k)), np.empty((0, k)), np.empty((0, 1, k)))
        found = self.network.logits_of_each(np.concatenate(cut))
        flat = mean_by_recording(found.reshape(len(found), -1), [len(x) for x in cut])
        logits = flat.reshape(len(cut), -1, k)
        raw, alone = probabilities(logits.mean(axis=1)), probabilities(logits.reshape(-1, k))
        return EcgForecast(
            self.recalibration.apply(raw), raw, self.recalibration.apply(alone).reshape(logits.shape)
        )

    def sets(self, forecast: EcgForecast) -> Events:
        """Class-conditional prediction sets (n, k).

        The first network alone is asked, with thresholds from the fold that it has not learnt from: that is split
        conformal prediction and holds what it promises. No training recording is new to all networks, and their mean
        scatters less than any of them, so thresholds of single networks would make its sets too wide.
        """
        return self.conformal.sets(forecast.each[:, 0])

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
