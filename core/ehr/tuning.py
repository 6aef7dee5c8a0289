"""Cross-validation inside the training part: it chooses the few settings and gives out-of-fold predictions.

In every fold the imputer is fitted and the rows are resampled on that fold's training rows alone; the rows held out
keep their natural prevalence.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.split import deal
from core.ehr.boosting import Growth, Trees, grow_watched
from core.ehr.missforest import MissForest
from core.ehr.resampling import resample
from core.progress import Progress, silent, tell
from core.threads import threads

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.ehr.encoding import Encoder

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_LARGE = 5_000


@dataclass(frozen=True)
class Settings:
    """What fitting may spend, and what cross-validation may choose from.

    Attributes
    ----------
    seed
        Of everything random.
    n_folds
        Folds of the cross-validation; fewer where the rarest class or the number of rows calls for it.
    depths
        Depths of the trees to choose from.
    strengths
        Strengths of resampling to choose from (see ``core.ehr.resampling.targets``), none of them 0.
    learning_rate, most_rounds, patience
        Of the boosting; the number of rounds is chosen.
    n_trees, max_iterations
        Of the MissForest that stays.
    fold_trees, fold_iterations, fold_rows
        Of the cheaper MissForest inside the folds.
    large, large_rows
        Above ``large`` training rows each tree of the MissForest that stays draws at most ``large_rows`` of them
        (measured at 15,000 rows: two thirds of the time, half a per cent more error).
    """

    seed: int = 0
    n_folds: int = 5
    depths: tuple[int, ...] = (1, 2, 3)
    strengths: tuple[float, ...] = (0.1, 0.3, 1.0)
    learning_rate: float = 0.05
    most_rounds: int = 600
    patience: int = 60
    n_trees: int = 100
    max_iterations: int = 10
    fold_trees: int = 20
    fold_iterations: int = 3
    fold_rows: int = 4_000
    large: int = 8_000
    large_rows: int = 5_000

    def rows_a_tree(self, n_rows: int) -> int | None:
        """Rows that a tree of the MissForest that stays may draw; None for all."""
        return self.large_rows if n_rows > self.large else None

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Trial:
    """One setting tried: its log loss (prior-corrected, natural prevalence) and macro AUROC out of fold."""

    depth: int
    strength: float
    rounds: int
    log_loss: float
    macro_auroc: float


@dataclass(frozen=True)
class Choice:
    """What cross-validation chose, and all that it tried.

    Attributes
    ----------
    depth, strength, rounds
        Of the main model.
    twin_rounds
        Of the model without resampling, same depth.
    trials
        Strength 0 is the twin.
    """

    depth: int
    strength: float
    rounds: int
    twin_rounds: int
    trials: tuple[Trial, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for the manifest."""
        return asdict(self) | {"trials": [asdict(trial) for trial in self.trials]}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Choice:
        """Read back what ``to_json`` wrote."""
        return cls(**{**stored, "trials": tuple(Trial(**trial) for trial in stored["trials"])})


@dataclass(frozen=True)
class CrossFit:
    """Choice and the raw out-of-fold probabilities (n, k) of the main model and its twin."""

    choice: Choice
    main: Floats
    twin: Floats


@dataclass(frozen=True)
class _Fold:
    held_out: Codes
    codes: Codes
    completed: Floats
    watched: tuple[Floats, Codes]


@dataclass(frozen=True)
class _Tried:
    trial: Trial
    probabilities: Floats


def cross_fit(
    encoder: Encoder,
    matrix: Floats,
    codes: pd.Series,
    groups: pd.Series,
    settings: Settings,
    progress: Progress = silent,
) -> CrossFit:
    """Choose depth (without resampling), then strength; return out-of-fold probabilities of both models."""
    y = codes.to_numpy(dtype=np.int64)
    n_folds = number_of_folds(y, groups, settings)
    fold_of = deal(codes, groups, n_folds, settings.seed)
    folds = []
    for number in range(n_folds):
        progress("cross_validate", 0.5 * number / n_folds)
        folds.append(_prepare(encoder, matrix, y, fold_of == number, settings))
    n_steps = len(settings.depths) + len(settings.strengths)
    tried: list[_Tried] = []
    for depth in settings.depths:
        progress("cross_validate", 0.5 + 0.5 * len(tried) / n_steps)
        tried.append(_try(encoder, folds, y, depth, 0.0, settings))
    twin = min(tried, key=lambda one: one.trial.log_loss)
    for strength in settings.strengths:
        progress("cross_validate", 0.5 + 0.5 * len(tried) / n_steps)
        tried.append(_try(encoder, folds, y, twin.trial.depth, strength, settings))
    main = min(tried[len(settings.depths) :], key=lambda one: one.trial.log_loss)
    choice = Choice(
        depth=twin.trial.depth,
        strength=main.trial.strength,
        rounds=main.trial.rounds,
        twin_rounds=twin.trial.rounds,
        trials=tuple(one.trial for one in tried),
    )
    return CrossFit(choice, main.probabilities, twin.probabilities)


def number_of_folds(y: Codes, groups: pd.Series, settings: Settings) -> int:
    """Folds: no more than the persons of the rarest class, and three where rows are many and time is short."""
    persons = min(groups[y == code].nunique() for code in np.unique(y))
    wanted = min(settings.n_folds, 3) if len(y) > _LARGE else settings.n_folds
    return int(max(2, min(wanted, persons)))


def _prepare(
    encoder: Encoder, matrix: Floats, y: Codes, held_out: NDArray[np.bool_], settings: Settings
) -> _Fold:
    imputer = MissForest(
        n_trees=settings.fold_trees,
        max_iterations=settings.fold_iterations,
        max_rows=settings.fold_rows,
        seed=settings.seed,
        threads=threads(),
    )
    train = _observed(matrix[~held_out], encoder)
    completed = imputer.fit_transform(train, encoder.n_levels)
    watched = encoder.design(imputer.transform(matrix[held_out]))
    return _Fold(np.flatnonzero(held_out), y[~held_out], completed, (watched, y[held_out]))


def _observed(matrix: Floats, encoder: Encoder) -> Floats:
    """A column that this fold never observed gets the typical value in one row, so that it can be imputed."""
    matrix = matrix.copy()
    for j in np.flatnonzero(np.isnan(matrix).all(axis=0)):
        matrix[0, j] = encoder.features[j].typical
    return matrix


def _try(
    encoder: Encoder, folds: list[_Fold], y: Codes, depth: int, strength: float, settings: Settings
) -> _Tried:
    """Fit one setting in every fold; the number of rounds is the one with the least loss over all folds together."""
    n_classes = int(y.max()) + 1
    natural: Floats = np.bincount(y, minlength=n_classes).astype(np.float64) / len(y)

    def fit(fold: _Fold) -> tuple[Trees, Floats, Floats]:
        rows, codes = resample(fold.completed, fold.codes, encoder.n_levels, strength, settings.seed)
        counts = np.bincount(codes, minlength=n_classes) + 0.5
        trained = np.asarray(counts / counts.sum(), dtype=np.float64)
        growth = Growth(depth, settings.learning_rate, settings.most_rounds, settings.seed, settings.patience)
        design = encoder.design(rows)
        trees, losses = grow_watched(design, codes, fold.watched, (trained, natural), growth)
        return trees, losses, trained

    # a fold a thread: the folds need nothing of each other, and each fits its trees on one thread
    with ThreadPoolExecutor(threads()) as pool:
        fitted = list(pool.map(fit, folds))
    rounds, loss = _best_rounds([losses for _, losses, _ in fitted], [len(fold.held_out) for fold in folds])
    probabilities = np.empty((len(y), n_classes))
    corrected = np.empty_like(probabilities)
    for fold, (trees, losses, trained) in zip(folds, fitted, strict=True):
        raw = trees.probabilities(fold.watched[0], min(rounds, len(losses)))
        probabilities[fold.held_out] = raw
        corrected[fold.held_out] = raw * natural / trained
    corrected /= corrected.sum(axis=1, keepdims=True)
    trial = Trial(depth, strength, rounds, loss, _macro_auroc(y, corrected))
    tell("trial", **asdict(trial))
    return _Tried(trial, probabilities)


def _best_rounds(losses: list[Floats], sizes: list[int]) -> tuple[int, float]:
    """Rounds with the least loss, weighted by fold size; a fold that stopped early keeps its last loss."""
    longest = max(map(len, losses))
    padded = [np.concatenate([one, np.full(longest - len(one), one[-1])]) for one in losses]
    mean = np.average(padded, axis=0, weights=sizes)
    best = int(np.argmin(mean))
    return best + 1, float(mean[best])


def _macro_auroc(y: Codes, probabilities: Floats) -> float:
    from core.evaluation import macro_auroc

    return float(macro_auroc(y, probabilities))
