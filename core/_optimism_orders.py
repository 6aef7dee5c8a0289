"""One repetition: the same patients, split once, taken through the same steps in four orders.

Only the order differs. Everything is done twice, with the true outcomes and with shuffled ones. Resampling needs
complete rows, so where it comes before the split on its own, the rows are filled by the leak-free order's imputer,
which has not seen the natural test part.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cohort.split import split_by_person
from core.errors import TrainingError
from core.threads import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort.columns import Table
    from core.ehr.encoding import Encoder

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

LEAK_FREE = "leak_free"
ORDERS = (LEAK_FREE, "impute_first", "resample_first", "both_first")
LABELS = ("observed", "shuffled")
PARTS = ("apparent", "true")
MACRO = "macro"
SHARES = ("accuracy", "balanced_accuracy")
_IMPUTED_FIRST = ("impute_first", "both_first")
_RESAMPLED_FIRST = ("resample_first", "both_first")


@dataclass(frozen=True)
class Plan:
    """What one measurement does: the same fixed and cheap settings for every order, nothing tuned.

    Attributes
    ----------
    splits
        Repetitions; the seed of each is one more than that of the one before.
    seed
        Of the first repetition.
    test_share
        Of the rows, in every split.
    strength
        Of resampling; 1 makes the classes equal.
    depth, rounds, learning_rate
        Of the boosted trees.
    trees, iterations
        Of MissForest.
    """

    splits: int = 20
    seed: int = 0
    test_share: float = 0.2
    strength: float = 1.0
    depth: int = 3
    rounds: int = 200
    learning_rate: float = 0.05
    trees: int = 20
    iterations: int = 3

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Patients:
    """Rows with an outcome: the table, (n,) class codes and persons, all with the same index."""

    table: Table
    codes: pd.Series
    groups: pd.Series

    def part(self, rows: Flags) -> Patients:
        """Return the chosen rows."""
        table = replace(self.table, frame=self.table.frame[rows])
        return Patients(table, self.codes[rows], self.groups[rows])


@dataclass(frozen=True)
class Repetition:
    """What one repetition found.

    Attributes
    ----------
    rows
        One for each kind of labels, order and part: ``labels``, ``order``, ``seed``, ``part``, ``n`` and the figures.
    truth, forecast
        (n_test,) classes and (n_test, k) probabilities of the leak-free order's own test part.
    """

    rows: list[dict[str, Any]]
    truth: Codes
    forecast: Floats


@dataclass(frozen=True)
class _Completed:
    """Both cohorts without gaps, by one encoder and one imputer: (n, n_features) and the trees' view of the other."""

    encoder: Encoder
    matrix: Floats
    untouched: Floats


def repeat(
    patients: Patients, untouched: Patients, classes: tuple[str, ...], plan: Plan, seed: int
) -> Repetition:
    """Split with one seed and take the patients through every order.

    Parameters
    ----------
    patients
        Those that the orders may use.
    untouched
        Those that none of them sees: every fitted model's true performance is measured on them.
    classes
        Class names in the order of the task; all of them occur in both.
    plan
        Settings of every step.
    seed
        Of this repetition.

    Raises
    ------
    TrainingError
        A test part lacks a class.
    """
    test = split_by_person(patients.codes, patients.groups, plan.test_share, seed)
    filled = {
        True: _complete(patients, untouched, np.ones_like(test), plan, seed),
        False: _complete(patients, untouched, ~test, plan, seed),
    }
    rows: list[dict[str, Any]] = []
    leak_free: list[tuple[Codes, Floats]] = []
    for labels in LABELS:
        y, truth = _codes(patients, test, untouched, seed, shuffled=labels == "shuffled")
        for order in ORDERS:
            one = filled[order in _IMPUTED_FIRST]
            own, forecast, true = _fit(one, y, test, plan, seed, first=order in _RESAMPLED_FIRST)
            if order == LEAK_FREE:
                leak_free.append((own, forecast))
            for part, codes, values in (("apparent", own, forecast), ("true", truth, true)):
                facts = {"labels": labels, "order": order, "seed": seed, "part": part, "n": len(codes)}
                rows.append(facts | _figures(codes, values, classes))
    return Repetition(rows, *leak_free[0])


def _complete(patients: Patients, untouched: Patients, seen: Flags, plan: Plan, seed: int) -> _Completed:
    """Fit encoder and imputer on the rows ``seen`` and fill everything with them."""
    from core.ehr.encoding import fit_encoder
    from core.ehr.missforest import MissForest

    encoder = fit_encoder(patients.part(seen).table)
    matrix = encoder.encode(patients.table.frame)
    imputer = MissForest(plan.trees, plan.iterations, seed=seed, threads=threads())
    completed = np.empty_like(matrix)
    completed[seen] = imputer.fit_transform(matrix[seen], encoder.n_levels)
    if not seen.all():
        completed[~seen] = imputer.transform(matrix[~seen])
    others = imputer.transform(encoder.encode(untouched.table.frame))
    return _Completed(encoder, completed, encoder.design(others))


def _codes(
    patients: Patients, test: Flags, untouched: Patients, seed: int, *, shuffled: bool
) -> tuple[Codes, Codes]:
    """Classes of both cohorts; shuffled, they tell nothing, and each part keeps its class counts."""
    y = patients.codes.to_numpy(dtype=np.int64, copy=True)
    truth = untouched.codes.to_numpy(dtype=np.int64)
    if not shuffled:
        return y, truth
    rng = np.random.default_rng([seed, 1])
    for part in (test, ~test):
        y[part] = rng.permutation(y[part])
    return y, rng.permutation(truth)


def _fit(
    completed: _Completed, y: Codes, test: Flags, plan: Plan, seed: int, *, first: bool
) -> tuple[Codes, Floats, Floats]:
    """Classes and probabilities of the order's own test part, and probabilities of the untouched patients."""
    from core.ehr.boosting import Growth, grow
    from core.ehr.resampling import resample

    levels, design = completed.encoder.n_levels, completed.encoder.design
    n_classes = int(y.max()) + 1
    if first:
        rows, codes = resample(completed.matrix, y, levels, plan.strength, seed)
        # a row that was made up belongs to nobody: it is dealt as if it were a patient of its own
        own = pd.Series(codes)
        test = split_by_person(own, pd.Series(own.index), plan.test_share, seed)
        train, train_codes, held, held_codes = rows[~test], codes[~test], rows[test], codes[test]
    else:
        train, train_codes = resample(completed.matrix[~test], y[~test], levels, plan.strength, seed)
        held, held_codes = completed.matrix[test], y[test]
    if len(np.unique(held_codes)) < n_classes:
        raise TrainingError("errors_optimism.class_gone", n=len(held_codes))
    trees = grow(
        design(train), train_codes, n_classes, Growth(plan.depth, plan.learning_rate, plan.rounds, seed)
    )
    return held_codes, trees.probabilities(design(held)), trees.probabilities(completed.untouched)


def _figures(truth: Codes, probabilities: Floats, classes: tuple[str, ...]) -> dict[str, float]:
    """AUROC of each class and their mean, accuracy of the most probable class, plain and balanced."""
    from core.evaluation import auroc

    areas = [auroc(truth == code, column) for code, column in enumerate(probabilities.T)]
    right = probabilities.argmax(axis=1) == truth
    recalls = [right[truth == code].mean() for code in range(len(areas))]
    figures = {
        MACRO: np.mean(areas),
        **dict(zip(classes, areas, strict=True)),
        "accuracy": right.mean(),
        "balanced_accuracy": np.mean(recalls),
    }
    return {name: round(float(value), 6) for name, value in figures.items()}
