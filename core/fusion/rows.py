"""Training patients of one network as a corrector is grown on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.fusion.features import PatientFeatures

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_CLIP = 1e-9


@dataclass(frozen=True)
class Rows:
    """Features, classes and the log-probabilities from which the correction starts.

    Attributes
    ----------
    record, embedding, measured
        (n, d), (n, e) of one network, (n, m).
    codes
        (n,) classes.
    start
        (n, k) log of the summed evidence's probabilities.
    """

    record: Floats
    embedding: Floats
    measured: Floats
    codes: Codes
    start: Floats

    @classmethod
    def of(
        cls, features: PatientFeatures, network: int, codes: Codes, summed: Floats, which: NDArray[Any]
    ) -> Rows:
        """Some patients, with one network's embedding."""
        return cls(
            features.record[which],
            features.embedding[which, network],
            features.measured[which],
            codes[which],
            np.log(np.clip(summed[which], _CLIP, 1.0)),
        )

    def loss(self) -> float:
        """Mean log loss without a correction."""
        return float(-self.start[np.arange(len(self.codes)), self.codes].mean())


def corrected(summed: Floats, log_odds: Floats) -> Floats:
    """Probabilities (n, k) after adding a correction (n, k - 1) to the log-odds."""
    scores = np.log(np.clip(summed, _CLIP, 1.0))
    scores[:, 1:] += log_odds
    scores -= scores.max(axis=1, keepdims=True)
    weights = np.exp(scores)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def log_losses(p: Floats, codes: Codes) -> Floats:
    """Log loss of each patient, (n,)."""
    return np.asarray(-np.log(np.clip(p[np.arange(len(codes)), codes], _CLIP, 1.0)))
