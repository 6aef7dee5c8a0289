"""Ways to join record and ECG, compared by cross-validation inside the training part; the best is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.split import deal
from core.evaluation import macro_auroc
from core.fusion.growing import TrainingPatients, cross_grow, grow_all
from core.fusion.late import MODALITIES, LateFusion, fit_late, plain_sum
from core.fusion.rows import log_losses
from core.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.fusion.correction import Correction
    from core.fusion.features import PatientFeatures
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

WAYS = ("sum", "late", "embedding", "joint")
"""From the plainest to the most elaborate."""
_FOLDS = 5


@dataclass(frozen=True)
class Strategy:
    """One way, judged out of fold.

    Attributes
    ----------
    name
        ``sum`` (full weights), ``late`` (fitted weights), ``embedding`` (boosted trees on record, compressed embedding
        and measurements), ``joint`` (a network over record and embedding), or one modality alone.
    log_loss, macro_auroc
        Out of fold on training patients.
    difference, difference_se
        Mean log loss less that of the way with the least, and its standard error over the patients.
    steps
        Rounds or epochs of a correction; 0 if none helped, None for a way without one.
    chosen
        Whether it is the fusion that is kept; one modality alone never is, it stands for comparison.
    """

    name: str
    log_loss: float
    macro_auroc: float
    difference: float
    difference_se: float
    steps: int | None = None
    chosen: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self)


@dataclass(frozen=True)
class TrainingEvidence:
    """What is known of the training patients who have both.

    Attributes
    ----------
    probabilities
        Modality to calibrated out-of-fold probabilities (n, k): no patient's came from a model that has seen the
        patient.
    codes, groups
        Class and person of each patient, every class among them.
    features, network
        Of each patient, and the ECG network that has not seen the patient; None where only late fusion is tried.
    """

    probabilities: dict[str, Floats]
    codes: pd.Series
    groups: pd.Series
    features: PatientFeatures | None = None
    network: Codes | None = None


@dataclass(frozen=True)
class FittedFusion:
    """The chosen way fitted on all training patients.

    Attributes
    ----------
    fusion
        How the evidence is added up.
    correction
        What is added to it; None for ``sum`` and ``late``.
    out_of_fold
        (n, k) probabilities of the training patients by the chosen way.
    strategies
        All that was compared.
    """

    fusion: LateFusion
    correction: Correction | None
    out_of_fold: Floats
    strategies: tuple[Strategy, ...]


def fit_fusion(
    known: TrainingEvidence, settings: FusionSettings, progress: Progress = silent
) -> FittedFusion:
    """Compare the ways and fit the one to keep.

    Kept is the plainest whose log loss is not worse than the least by more than one standard error of the paired
    difference (Breiman L et al. Classification and Regression Trees, 1984, the one-standard-error rule).
    """
    y = known.codes.to_numpy(dtype=np.int64)
    folds = deal(known.codes, known.groups, _FOLDS, settings.seed)
    whole = fit_late(known.probabilities, y)
    summed = plain_sum(np.array(whole.shares))
    ways = {"sum": summed.apply(known.probabilities), "late": _cross_late(known.probabilities, y, folds)}
    steps: dict[str, int] = {}
    patients = None
    if known.features is not None and known.network is not None:
        patients = TrainingPatients(known.features, known.network, y, ways["sum"], folds)
        for place, kind in enumerate(("embedding", "joint")):
            progress("fuse", place / 3)
            grown = cross_grow(kind, patients, settings)
            ways[kind], steps[kind] = grown.out_of_fold, grown.steps
    kept = _plainest(ways, y)
    progress("fuse", 2 / 3)
    correction = None
    if patients is not None and steps.get(kept):
        correction = grow_all(kept, steps[kept], patients, settings)
    singles = {name: known.probabilities[name] for name in MODALITIES}
    return FittedFusion(
        whole if kept == "late" else summed,
        correction,
        ways[kept],
        _judged({**ways, **singles}, y, steps, kept),
    )


def _cross_late(probabilities: dict[str, Floats], y: Codes, folds: Codes) -> Floats:
    late = np.empty_like(probabilities[MODALITIES[0]])
    for fold in np.unique(folds):
        held = folds == fold
        fitted = fit_late({name: p[~held] for name, p in probabilities.items()}, y[~held])
        late[held] = fitted.apply({name: p[held] for name, p in probabilities.items()})
    return late


def _plainest(ways: dict[str, Floats], y: Codes) -> str:
    least = _least(ways, y)
    for name in WAYS:
        if name in ways:
            mean, error = _difference(ways[name], ways[least], y)
            if mean <= error:
                return name
    return least


def _least(ways: dict[str, Floats], y: Codes) -> str:
    return min(
        (name for name in ways if name in WAYS), key=lambda name: float(log_losses(ways[name], y).mean())
    )


def _difference(p: Floats, best: Floats, y: Codes) -> tuple[float, float]:
    more = log_losses(p, y) - log_losses(best, y)
    return float(more.mean()), float(more.std(ddof=1) / np.sqrt(len(more)))


def _judged(ways: dict[str, Floats], y: Codes, steps: dict[str, int], kept: str) -> tuple[Strategy, ...]:
    least = ways[_least(ways, y)]
    return tuple(
        Strategy(
            name,
            float(log_losses(p, y).mean()),
            float(macro_auroc(y, p)),
            *_difference(p, least, y),
            steps.get(name),
            name == kept,
        )
        for name, p in ways.items()
    )
