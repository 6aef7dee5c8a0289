"""Putting probabilities right after training on resampled classes: prior correction, recalibration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import ArtifactError
from core.evaluation.calibration import CLIP

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.evaluation.arrays import Codes, Floats

ENOUGH_EVENTS = 100
"""From this many patients in the rarest class on, every class gets its own scale."""

SCALE_LIMITS = (0.01, 10.0)
"""A scale below 0 would turn the model's ranking round; one without limit is a separable sample."""

# Standard deviations of the normal priors, all weak: 20 events already outweigh them.
_PRIOR_SCALE = 1.0  # of the common scale around 1
_PRIOR_SHIFT = 1.0  # of each shift around prior correction
_PRIOR_OWN_SCALE = 0.25  # of each class's scale around the common one


@dataclass(frozen=True)
class Recalibration:
    """p ∝ exp(scale · log p + shift), class by class.

    Attributes
    ----------
    scale, shift
        (k,) one of each a class; the first shift is 0.

    Raises
    ------
    ArtifactError
        The figures do not make a recalibration (only a stored one that was altered can be wrong).

    Examples
    --------
    >>> same = Recalibration(scale=(1.0, 1.0), shift=(0.0, 0.0))
    >>> same.apply(np.array([[0.2, 0.8]])).round(6).tolist()
    [[0.2, 0.8]]
    """

    scale: tuple[float, ...]
    shift: tuple[float, ...]

    def __post_init__(self) -> None:
        problem = ""
        if len(self.scale) != len(self.shift) or len(self.scale) < 2:
            problem = f"{len(self.scale)} scale, {len(self.shift)} shift"
        elif not all(math.isfinite(value) for value in (*self.scale, *self.shift)):
            problem = f"scale {self.scale}, shift {self.shift}"
        elif min(self.scale) <= 0 or self.shift[0] != 0:
            problem = f"scale {min(self.scale)} <= 0, shift[0] {self.shift[0]} != 0"
        if problem:
            raise ArtifactError("errors_evaluation.recalibration", problem=problem)

    def apply(self, probabilities: Floats) -> Floats:
        """Recalibrate probabilities (n, k); rows sum to 1."""
        return _forecast(_log(probabilities), np.array(self.scale), np.array(self.shift))

    def to_json(self) -> dict[str, list[float]]:
        """Return what ``from_json`` reads."""
        return {"scale": list(self.scale), "shift": list(self.shift)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Recalibration:
        """Read back what ``to_json`` wrote.

        Raises
        ------
        ArtifactError
            Figures are missing, are no numbers, or do not make a recalibration.
        """
        try:
            scale, shift = (tuple(float(value) for value in stored[name]) for name in ("scale", "shift"))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError("errors_evaluation.recalibration", problem=repr(error)) from error
        return cls(scale, shift)


def prior_correction(probabilities: Floats, trained: Sequence[float], natural: Sequence[float]) -> Floats:
    """Probabilities (n, k) of a model trained at some class shares, moved to the natural ones.

    Examples
    --------
    A risk of one half learnt where every third patient had the event, if in truth 9 % have it:

    >>> float(prior_correction(np.array([[0.5, 0.5]]), (2 / 3, 1 / 3), (0.91, 0.09))[0, 1].round(3))
    0.165

    References
    ----------
    Saerens M, Latinne P, Decaestecker C. Neural Comput 2002;14:21.
    """
    weighted = probabilities * (np.asarray(natural) / np.asarray(trained))
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True))


def fit_recalibration(
    probabilities: Floats, truth: Codes, trained: Sequence[float] | None = None
) -> Recalibration:
    """Fit a recalibration by penalised maximum likelihood.

    Parameters
    ----------
    probabilities
        (n, k) out-of-fold probabilities of patients at natural prevalence, never resampled.
    truth
        (n,) their classes.
    trained
        (k,) class shares that the model was trained on after resampling; ``None`` if it was not resampled.
        They give the shifts to start from and to shrink towards.

    Returns
    -------
    Recalibration
        With fewer than ``ENOUGH_EVENTS`` patients in the rarest class one scale common to all classes, else
        one a class, held near the common one.

    References
    ----------
    Vector scaling after Guo C et al. ICML 2017; Dirichlet calibration with a diagonal matrix, Kull M et al.
    NeurIPS 2019.
    """
    log_p = _log(probabilities)
    counts = np.bincount(truth, minlength=log_p.shape[1])
    start = _prior_shift(counts, trained)
    common = np.zeros(log_p.shape[1], dtype=np.intp)  # every class uses scale 0
    scale, shift = _fit(log_p, truth, common, np.ones(1), start, _PRIOR_SCALE)
    if counts.min() >= ENOUGH_EVENTS:
        own = np.arange(len(counts))
        scale, shift = _fit(log_p, truth, own, np.repeat(scale, len(counts)), start, _PRIOR_OWN_SCALE)
    else:
        scale = scale[common]
    return Recalibration(tuple(map(float, scale)), tuple(map(float, shift)))


def _prior_shift(counts: Codes, trained: Sequence[float] | None) -> Floats:
    if trained is None:
        return np.zeros(len(counts))
    # half a patient more in each class: an empty one would ask for the logarithm of 0
    natural = (counts + 0.5) / (counts + 0.5).sum()
    shift = np.log(natural / np.clip(np.asarray(trained, dtype=float), CLIP, None))
    return np.asarray(shift - shift[0])


def _fit(
    log_p: Floats, truth: Codes, scale_of: Codes, scale: Floats, shift: Floats, prior_scale: float
) -> tuple[Floats, Floats]:
    """Scales and shifts with the largest posterior, starting from and shrunk towards those given."""
    from scipy.optimize import minimize

    n_scales = len(scale)
    hit = np.eye(log_p.shape[1])[truth]
    centre = np.concatenate([scale, shift[1:]])
    spread = np.repeat([prior_scale, _PRIOR_SHIFT], [n_scales, len(shift) - 1])

    def loss(theta: Floats) -> tuple[float, Floats]:
        risks = _forecast(log_p, theta[:n_scales][scale_of], np.append(0.0, theta[n_scales:]))
        miss = risks - hit
        pull = (theta - centre) / spread
        value = -np.log(np.maximum(risks[hit > 0], np.finfo(float).tiny)).sum() + pull @ pull / 2
        by_scale = np.bincount(scale_of, weights=(miss * log_p).sum(axis=0), minlength=n_scales)
        slope = np.concatenate([by_scale, miss.sum(axis=0)[1:]]) + pull / spread
        return float(value) / len(truth), slope / len(truth)

    limits = [SCALE_LIMITS] * n_scales + [(None, None)] * (len(shift) - 1)
    settings = {"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500}
    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=limits, options=settings).x
    return found[:n_scales], np.append(0.0, found[n_scales:])


def _log(probabilities: Floats) -> Floats:
    return np.asarray(np.log(np.clip(probabilities, CLIP, 1.0)))


def _forecast(log_p: Floats, scale: Floats, shift: Floats) -> Floats:
    score = log_p * scale + shift
    weights = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
