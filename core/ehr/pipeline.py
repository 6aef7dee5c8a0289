"""The health-record model: everything between a table and a calibrated probability, fitted on training rows only.

Encode → MissForest → hybrid resampling → boosted trees → recalibration. Beside it stands its twin, the same without
resampling, so that what resampling does is seen, not believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ehr.boosting import Growth, Trees, grow
from core.ehr.encoding import Encoder, fit_encoder
from core.ehr.familiarity import Familiarity, Standing, fit_familiarity, judge
from core.ehr.missforest import MissForest
from core.ehr.resampling import resample
from core.ehr.tuning import Choice, Settings, cross_fit
from core.evaluation import ConformalThresholds, Recalibration, fit_conformal, fit_recalibration, youden_point
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.cohort.columns import Table

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Forecaster:
    """Trees with their recalibration: raw probabilities in, calibrated ones out."""

    trees: Trees
    recalibration: Recalibration

    def forecast(self, design: Floats) -> tuple[Floats, Floats]:
        """Calibrated and raw probabilities, each (n, k)."""
        raw = self.trees.probabilities(design)
        return self.recalibration.apply(raw), raw


@dataclass(frozen=True)
class EhrModel:
    """A fitted health-record model.

    Attributes
    ----------
    classes
        Class names in the order of the task.
    encoder, imputer
        From a table to completed numbers.
    main, twin
        The report's pipeline, and the same without resampling.
    conformal
        Thresholds of the class-conditional prediction sets.
    weights
        (k,) what a class's probability is multiplied by before the largest decides; see ``decide``.
    choice
        What cross-validation tried and chose.
    familiarity
        What tells whether a patient resembles the training patients; None where a saved model does not hold it.
    """

    classes: tuple[str, ...]
    encoder: Encoder
    imputer: MissForest
    main: Forecaster
    twin: Forecaster
    conformal: ConformalThresholds
    weights: tuple[float, ...]
    choice: Choice
    familiarity: Familiarity | None = None

    def complete(self, frame: pd.DataFrame) -> Floats:
        """Encode and impute rows: (n, n_features), each row as it would be alone."""
        return self.imputer.transform(self.encoder.encode(frame))

    def standings(self, encoded: Floats) -> list[Standing]:
        """Say of encoded rows how much they resemble the training patients."""
        return judge(self.familiarity, self.encoder, encoded)

    def decide(self, probabilities: Floats) -> Codes:
        """Class decided for: the largest weighted probability.

        For two classes the weights stand for Youden's threshold on out-of-fold training predictions; for more they are
        one over the class share in training, so that a class is named when its risk is raised most above its base
        rate. Without weights a class of 9 % would hardly ever be named.
        """
        return np.asarray(np.argmax(probabilities * np.array(self.weights), axis=1), dtype=np.int64)


@dataclass(frozen=True)
class Fitted:
    """A model with what only its fitting knows.

    Attributes
    ----------
    model
        The fitted model.
    out_of_fold
        Name (``p``, ``raw``, ``twin_p``, ``twin_raw``) to the probabilities (n, k) of each training row by trees that
        have not seen it, at natural prevalence. ``p`` uses the recalibration fitted on these same rows.
    resampled
        (k,) rows of each class after resampling.
    """

    model: EhrModel
    out_of_fold: dict[str, Floats]
    resampled: Codes


def fit_ehr(
    table: Table,
    codes: pd.Series,
    groups: pd.Series,
    classes: tuple[str, ...],
    settings: Settings,
    progress: Progress = silent,
) -> Fitted:
    """Fit on training rows; the test part is not known here.

    Parameters
    ----------
    table
        Training rows.
    codes
        Their classes; every class occurs.
    groups
        Their persons: one person never stands on both sides of a fold.
    classes
        Class names.
    settings
        How much work, and what cross-validation may choose from.
    progress
        Called with a stage and the share done.
    """
    y = codes.to_numpy(dtype=np.int64)
    encoder = fit_encoder(table)
    matrix = encoder.encode(table.frame)
    crossed = cross_fit(encoder, matrix, codes, groups, settings, span(progress, 0.0, 0.55))
    progress("impute", 0.55)
    imputer = _imputer(settings, len(y))
    completed = imputer.fit_transform(matrix, encoder.n_levels)
    progress("fit", 0.9)
    choice = crossed.choice
    rows, targets_ = resample(completed, y, encoder.n_levels, choice.strength, settings.seed)
    resampled = np.bincount(targets_, minlength=len(classes))
    shares = resampled / resampled.sum()
    main = _forecaster(
        encoder.design(rows), targets_, crossed.main, y, shares, choice.rounds, choice, settings
    )
    twin = _forecaster(
        encoder.design(completed), y, crossed.twin, y, None, choice.twin_rounds, choice, settings
    )
    probabilities = main.recalibration.apply(crossed.main)
    model = EhrModel(
        classes=classes,
        encoder=encoder,
        imputer=imputer,
        main=main,
        twin=twin,
        conformal=fit_conformal(y, probabilities),
        weights=_weights(y, probabilities),
        choice=choice,
        familiarity=fit_familiarity(encoder, matrix, completed, groups),
    )
    progress("fit", 1.0)
    out_of_fold = {
        "p": probabilities,
        "raw": crossed.main,
        "twin_p": twin.recalibration.apply(crossed.twin),
        "twin_raw": crossed.twin,
    }
    return Fitted(model, out_of_fold, resampled)


def _imputer(settings: Settings, n_rows: int) -> MissForest:
    return MissForest(
        n_trees=settings.n_trees,
        max_iterations=settings.max_iterations,
        max_rows=settings.rows_a_tree(n_rows),
        seed=settings.seed,
        threads=threads(),
    )


def _forecaster(
    design: Floats,
    codes: Codes,
    out_of_fold: Floats,
    y: Codes,
    shares: Floats | None,
    rounds: int,
    choice: Choice,
    settings: Settings,
) -> Forecaster:
    growth = Growth(choice.depth, settings.learning_rate, rounds, settings.seed)
    trees = grow(design, codes, out_of_fold.shape[1], growth)
    trained: Any = None if shares is None else tuple(shares)
    return Forecaster(trees, fit_recalibration(out_of_fold, y, trained))


def _weights(y: Codes, probabilities: Floats) -> tuple[float, ...]:
    n_classes = probabilities.shape[1]
    if n_classes == 2:
        # a little below, so that a patient exactly on the threshold is above it
        threshold = youden_point(y == 1, probabilities[:, 1]).threshold * (1 - 1e-9)
        cut = float(np.clip(threshold, 1e-6, 1 - 1e-6))
        return (cut, 1 - cut)
    return tuple(float(len(y) / count) for count in np.bincount(y, minlength=n_classes))
