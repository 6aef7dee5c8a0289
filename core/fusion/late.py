"""Late fusion: the evidence of two calibrated models added up, each with its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

MODALITIES = ("ehr", "ecg")
_CLIP = 1e-6
# standard deviations of the normal priors around "two independent pieces of evidence"
_PRIOR_WEIGHT = 0.5
_PRIOR_INTERCEPT = 1.0


@dataclass(frozen=True)
class LateFusion:
    """Log-odds of each class against the first: prior + intercept + the sum of weight times evidence.

    A modality's evidence for a class is how far its calibrated log-odds lie above those of the training part's class
    shares. Two models that tell of independent things would have the weights 1 and 1 and the intercept 0 (Bayes'
    theorem); what both have seen lowers the weights.

    Attributes
    ----------
    shares
        (k,) class shares of the training part.
    intercepts
        (k - 1,) for the classes after the first.
    weights
        (k - 1, 2) one of each modality in the order of ``MODALITIES``.
    """

    shares: tuple[float, ...]
    intercepts: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]

    def contributions(self, probabilities: Mapping[str, Floats]) -> Floats:
        """What each modality adds to the log-odds of each class against the first, (n, k - 1, 2).

        Parameters
        ----------
        probabilities
            Modality to calibrated probabilities (n, k); of both the same patients.
        """
        evidence = np.stack([_evidence(probabilities[name], self.shares) for name in MODALITIES], axis=2)
        return np.asarray(evidence * np.array(self.weights))

    def apply(self, probabilities: Mapping[str, Floats]) -> Floats:
        """Fused probabilities (n, k)."""
        scores = self._prior() + np.array(self.intercepts) + self.contributions(probabilities).sum(axis=2)
        return _softmax(np.column_stack([np.zeros(len(scores)), scores]))

    def _prior(self) -> Floats:
        shares = np.array(self.shares)
        return np.asarray(np.log(shares[1:] / shares[0]))

    def to_json(self) -> dict[str, Any]:
        """Return what ``from_json`` reads."""
        return {
            "shares": list(self.shares),
            "intercepts": list(self.intercepts),
            "weights": [list(row) for row in self.weights],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> LateFusion:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        ArtifactError
            Figures are missing, are no numbers, or do not fit together.
        """
        try:
            found = cls(
                tuple(map(float, stored["shares"])),
                tuple(map(float, stored["intercepts"])),
                tuple(tuple(map(float, row)) for row in stored["weights"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError("errors.artifact_part", part="model.json", reason=str(error)[:80]) from error
        k = len(found.shares)
        whole = np.array([*found.shares, *found.intercepts, *np.ravel(found.weights)], dtype=float)
        shapes = len(found.intercepts) == k - 1 and np.shape(found.weights) == (k - 1, len(MODALITIES))
        if k < 2 or not shapes or not np.isfinite(whole).all() or min(found.shares) <= 0:
            raise ArtifactError("errors.artifact_part", part="model.json", reason="fusion")
        return found


def plain_sum(shares: Floats) -> LateFusion:
    """Both modalities at full weight: right if they told of independent things."""
    k = len(shares)
    return LateFusion(tuple(map(float, shares)), (0.0,) * (k - 1), ((1.0,) * len(MODALITIES),) * (k - 1))


def fit_late(probabilities: Mapping[str, Floats], codes: Codes) -> LateFusion:
    """Fit intercepts and weights by penalised maximum likelihood.

    Parameters
    ----------
    probabilities
        Modality to calibrated out-of-fold probabilities (n, k) of training patients.
    codes
        (n,) their classes; every class occurs.

    Returns
    -------
    LateFusion
        Weights shrunk towards 1 and 1; no weight below 0, since a calibrated model's evidence is not to be turned
        round.

    References
    ----------
    Stacking: Wolpert DH. Neural Networks 1992;5:241; Ting KM, Witten IH. J Artif Intell Res 1999;10:271.
    """
    from scipy.optimize import minimize

    k = probabilities[MODALITIES[0]].shape[1]
    shares = np.bincount(codes, minlength=k) / len(codes)
    start = plain_sum(shares)
    evidence = np.stack([_evidence(probabilities[name], start.shares) for name in MODALITIES], axis=2)
    prior, hit = start._prior(), np.eye(k)[codes]
    centre = np.concatenate([np.zeros(k - 1), np.ones(2 * (k - 1))])
    spread = np.repeat([_PRIOR_INTERCEPT, _PRIOR_WEIGHT], [k - 1, 2 * (k - 1)])

    def loss(theta: Floats) -> tuple[float, Floats]:
        """Negative log likelihood with the pull of the prior, and its gradient; ``theta`` intercepts, then weights."""
        weights = theta[k - 1 :].reshape(k - 1, 2)
        scores = prior + theta[: k - 1] + (evidence * weights).sum(axis=2)
        p = _softmax(np.column_stack([np.zeros(len(scores)), scores]))
        miss = (p - hit)[:, 1:]
        pull = (theta - centre) / spread
        value = -np.log(np.clip(p[hit > 0], _CLIP, 1)).sum() + pull @ pull / 2
        slope = np.concatenate([miss.sum(axis=0), (miss[:, :, None] * evidence).sum(axis=0).ravel()])
        return float(value), slope + pull / spread

    bounds = [(None, None)] * (k - 1) + [(0.0, None)] * (2 * (k - 1))
    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds).x
    rows = found[k - 1 :].reshape(k - 1, 2)
    return LateFusion(
        start.shares, tuple(map(float, found[: k - 1])), tuple(tuple(map(float, row)) for row in rows)
    )


def _evidence(probabilities: Floats, shares: tuple[float, ...]) -> Floats:
    """Log-odds of each class against the first, above those of the shares, (n, k - 1)."""
    log_p = np.log(np.clip(probabilities, _CLIP, 1.0))
    prior = np.log(np.array(shares))
    return np.asarray((log_p[:, 1:] - log_p[:, :1]) - (prior[1:] - prior[0]))


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
