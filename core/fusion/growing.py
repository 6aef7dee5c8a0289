"""Growing the correctors of one kind: steps are chosen out of fold, then each is grown on all it may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.fusion.correction import Correction
from core.fusion.embedding import grow_embedding
from core.fusion.rows import Rows, corrected

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.fusion.correction import Corrector
    from core.fusion.features import PatientFeatures
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Grow = Callable[[Rows, Rows | None, FusionSettings], tuple[Floats, Callable[[int], Corrector]]]


@dataclass(frozen=True)
class TrainingPatients:
    """Training patients who have both a record and a usable recording.

    Attributes
    ----------
    features
        Their features; only the embedding by ``network`` is used of each.
    network
        (n,) the ECG network that has not seen the patient.
    codes
        (n,) classes.
    summed
        (n, k) probabilities of the summed evidence, out of fold.
    folds
        (n,) fold of the comparison; one person never stands in two.
    """

    features: PatientFeatures
    network: Codes
    codes: Codes
    summed: Floats
    folds: Codes

    def of(self, network: int, which: NDArray[np.bool_]) -> Rows:
        """Some of the patients whom a network has not seen."""
        return Rows.of(self.features, network, self.codes, self.summed, (self.network == network) & which)


@dataclass(frozen=True)
class GrownKind:
    """One kind of correction, grown.

    Attributes
    ----------
    steps
        Rounds or epochs with the least loss out of fold; 0 if no correction helps.
    out_of_fold
        (n, k) probabilities of each training patient by a corrector that has not seen the patient.
    """

    steps: int
    out_of_fold: Floats


def cross_grow(kind: str, patients: TrainingPatients, settings: FusionSettings) -> GrownKind:
    """Grow in every fold of every network's patients, choose the number of steps, and forecast out of fold."""
    grow, grown = _grow(kind), []
    for network in np.unique(patients.network):
        for fold in np.unique(patients.folds):
            held = patients.folds == fold
            train, watched = patients.of(network, ~held), patients.of(network, held)
            # a class that is not there to be learnt: these patients keep the sum
            if len(watched.codes) and len(np.unique(train.codes)) == train.start.shape[1]:
                grown.append(((patients.network == network) & held, watched, *grow(train, watched, settings)))
    steps = _best_step(
        [losses for _, _, losses, _ in grown], [len(watched.codes) for _, watched, _, _ in grown]
    )
    out_of_fold = patients.summed.copy()
    if not steps:
        return GrownKind(0, out_of_fold)
    for rows, watched, losses, at in grown:
        added = at(min(steps, len(losses) - 1)).log_odds(watched.record, watched.embedding, watched.measured)
        out_of_fold[rows] = corrected(patients.summed[rows], added)
    return GrownKind(steps, out_of_fold)


def grow_all(kind: str, steps: int, patients: TrainingPatients, settings: FusionSettings) -> Correction:
    """Grow each network's corrector on all patients whom the network has not seen."""
    everyone = np.ones(len(patients.codes), dtype=bool)
    correctors = [
        _grow(kind)(patients.of(network, everyone), None, settings)[1](steps)
        for network in range(patients.features.embedding.shape[1])
    ]
    return Correction(kind, tuple(correctors), patients.features.typical())


def _grow(kind: str) -> Grow:
    if kind == "embedding":
        return grow_embedding
    from core.fusion.joint_training import grow_joint

    return grow_joint


def _best_step(losses: list[Floats], sizes: list[int]) -> int:
    """Steps with the least loss over all folds; one that stopped early keeps its last loss."""
    if not losses:
        return 0
    longest = max(map(len, losses))
    padded = [np.concatenate([one, np.full(longest - len(one), one[-1])]) for one in losses]
    return int(np.argmin(np.average(padded, axis=0, weights=sizes)))
