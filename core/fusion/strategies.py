"""Ways to join record and ECG, compared by cross-validation inside the training part; the best is kept."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.split import deal
from core.evaluation import macro_auroc
from core.fusion.late import MODALITIES, LateFusion, fit_late, plain_sum

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_FOLDS = 5
_CLIP = 1e-9


@dataclass(frozen=True)
class Strategy:
    """One way, judged out of fold.

    Attributes
    ----------
    name
        ``late`` (fitted weights), ``sum`` (full weights), or one modality alone.
    log_loss, macro_auroc
        Out of fold on training patients.
    chosen
        Whether it is the fusion that is kept; one modality alone never is, it stands for comparison.
    """

    name: str
    log_loss: float
    macro_auroc: float
    chosen: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self)


@dataclass(frozen=True)
class FittedFusion:
    """The chosen way fitted on all training patients, its out-of-fold probabilities (n, k), and what was compared."""

    fusion: LateFusion
    out_of_fold: Floats
    strategies: tuple[Strategy, ...]


def fit_fusion(
    probabilities: dict[str, Floats], codes: pd.Series, groups: pd.Series, seed: int
) -> FittedFusion:
    """Compare the ways and fit the best.

    Parameters
    ----------
    probabilities
        Modality to calibrated out-of-fold probabilities (n, k): no patient's came from a model that has seen the
        patient.
    codes, groups
        Class and person of each patient, every class among them.
    """
    y = codes.to_numpy(dtype=np.int64)
    folds = deal(codes, groups, _FOLDS, seed)
    late, summed = np.empty_like(probabilities["ehr"]), np.empty_like(probabilities["ehr"])
    for fold in range(_FOLDS):
        held = folds == fold
        if not held.any():
            continue
        train = {name: p[~held] for name, p in probabilities.items()}
        test = {name: p[held] for name, p in probabilities.items()}
        fitted = fit_late(train, y[~held])
        late[held] = fitted.apply(test)
        summed[held] = plain_sum(np.array(fitted.shares)).apply(test)
    ways = {"late": late, "sum": summed}
    best = min(ways, key=lambda name: _log_loss(ways[name], y))
    judged = tuple(
        Strategy(name, _log_loss(p, y), float(macro_auroc(y, p)), name == best)
        for name, p in (*ways.items(), *((name, probabilities[name]) for name in MODALITIES))
    )
    whole = fit_late(probabilities, y)
    return FittedFusion(whole if best == "late" else plain_sum(np.array(whole.shares)), ways[best], judged)


def _log_loss(p: Floats, y: Codes) -> float:
    return float(-np.log(np.clip(p[np.arange(len(y)), y], _CLIP, 1.0)).mean())
