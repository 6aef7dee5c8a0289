"""How much more patients would help: models of growing synthetic cohorts against the best possible.

Every model is fitted on all thrombolysed patients of its cohort and judged on one large cohort of another seed that no
model has seen. The best possible, the oracle, are the probabilities that the generator itself used there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core._learning_curve_file import (
    DEFAULT_FILE,
    MACRO,
    SERIES,
    LearningCurve,
    load_learning_curve,
    save_learning_curve,
)
from core.cohort.folder import CLASSES, restrict
from core.cohort.synthetic import DEFAULT_PRESET
from core.errors import InputError, TrainingError
from core.progress import Progress, silent, span
from core.training import built_in_cohort, oracle_probabilities
from core.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from core.ehr.pipeline import Fitted
    from core.ehr.tuning import Settings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = [
    "DEFAULT_FILE",
    "LearningCurve",
    "lines",
    "load_learning_curve",
    "measure",
    "parse_sizes",
    "save_learning_curve",
]

TASK = "outcome"
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 48_000)
TEST_PATIENTS = 40_000
FEWEST_PATIENTS = 300
_TEST_SEED = (
    1_000_000  # added to the seed, so that no training cohort of a neighbouring seed is the test cohort
)


@dataclass(frozen=True)
class _Test:
    """The common test cohort: its thrombolysed patients, their classes, and the generator's probabilities."""

    frame: pd.DataFrame
    truth: Codes
    oracle: Floats
    n_bootstrap: int
    seed: int


def measure(
    settings: Settings,
    sizes: Sequence[int] = SIZES,
    test_patients: int = TEST_PATIENTS,
    n_bootstrap: int = 1000,
    progress: Progress = silent,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Fit a model at every size and hold it against the oracle on the common test cohort.

    Parameters
    ----------
    settings
        Of the fits; its seed draws the training cohorts, another derived from it the test cohort.
    sizes
        Patients in the training cohorts, of whom 41.3 % are thrombolysed and have an outcome.
    test_patients
        Patients in the test cohort, likewise.
    n_bootstrap
        Resamples of the test patients for the intervals of macro AUROCs and fractions.
    progress
        Told stage and share done.
    told
        Given each size's results as soon as they are there, a line for each series.

    Returns
    -------
    dict
        What ``save_learning_curve`` writes.

    Raises
    ------
    TrainingError
        A cohort is too small.
    """
    sizes = sorted(set(sizes))
    if not sizes or min(*sizes, test_patients) < FEWEST_PATIENTS:
        raise TrainingError(
            "errors_learning_curve.too_few", n=min([*sizes, test_patients]), needed=FEWEST_PATIENTS
        )
    progress("generate", 0.0)
    test = _test_cohort(test_patients, n_bootstrap, settings.seed)
    done, points = 0.0, []
    for n in sizes:
        share = n / sum(sizes)
        points.append(_measure_size(n, test, settings, span(progress, done, done + share)))
        done += share
        for line in lines(points[-1]["rows"]):
            told(line)
    return {
        "about": _about(test_patients, test, settings, n_bootstrap),
        "oracle": _oracle_rows(test),
        "fits": [point["fit"] for point in points],
        "rows": [row for point in points for row in point["rows"]],
    }


def parse_sizes(written: str) -> tuple[int, ...]:
    """Read numbers of patients from a command line; nothing written means ``SIZES``.

    Raises
    ------
    InputError
        Something else than whole numbers stands there.

    Examples
    --------
    >>> parse_sizes("1000, 2000")
    (1000, 2000)
    """
    try:
        return tuple(int(one) for one in written.split(",")) if written.strip() else SIZES
    except ValueError as error:
        raise InputError("errors_learning_curve.sizes", found=written[:40]) from error


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The macro rows for a terminal, one line each."""
    return [
        f"{row['n_patients']:>6} patients, {row['n_train']:>6} rows  {row['series']:<4}  "
        f"AUROC {row['auroc']:.3f} ({row['low']:.3f} to {row['high']:.3f})  "
        f"{row['fraction']:.0%} of the best possible ({row['fraction_low']:.0%} to {row['fraction_high']:.0%})"
        for row in rows
        if row["class"] == MACRO
    ]


def _test_cohort(n_patients: int, n_bootstrap: int, seed: int) -> _Test:
    table, truth, known = _labelled(n_patients, seed + _TEST_SEED)
    return _Test(table.frame, truth.to_numpy(dtype=np.int64), known, n_bootstrap, seed)


def _labelled(n_patients: int, seed: int) -> Any:
    """Table, classes and oracle of the patients with an outcome."""
    cohort = built_in_cohort(n_patients, seed)
    table, codes, _ = restrict(cohort, TASK)
    if codes.nunique() < len(CLASSES[TASK]) or cohort.oracle is None:
        raise TrainingError("errors_learning_curve.too_few", n=n_patients, needed=FEWEST_PATIENTS)
    return table, codes, oracle_probabilities(cohort.oracle.reindex(codes.index), TASK)


def _measure_size(n: int, test: _Test, settings: Settings, progress: Progress) -> dict[str, Any]:
    from core.ehr.pipeline import fit_ehr

    table, codes, _ = _labelled(n, settings.seed)
    fitted = fit_ehr(table, codes, codes.index.to_series(), CLASSES[TASK], settings, span(progress, 0.0, 0.9))
    progress("evaluate", 0.9)
    size = {"n_patients": n, "n_train": len(codes)}
    return {"fit": size | _fit_summary(fitted), "rows": [size | row for row in _compare(fitted, test)]}


def _fit_summary(fitted: Fitted) -> dict[str, Any]:
    choice = fitted.model.choice
    kept = ("depth", "strength", "rounds", "twin_rounds")
    return {name: getattr(choice, name) for name in kept} | {
        "resampled": dict(zip(CLASSES[TASK], map(int, fitted.resampled), strict=True))
    }


def _compare(fitted: Fitted, test: _Test) -> list[dict[str, Any]]:
    """AUROCs of both models and their share of what the oracle has beyond chance, from the same resamples."""
    from core.evaluation.bootstrap import auroc_statistic, bootstrap, side_by_side

    model = fitted.model
    design = model.encoder.design(model.complete(test.frame))
    forecasts = [getattr(model, series).forecast(design)[0] for series in SERIES]
    scores = [column for part in (*forecasts, test.oracle) for column in part.T]
    k = len(CLASSES[TASK])
    joined = side_by_side([auroc_statistic(test.truth == i % k, score) for i, score in enumerate(scores)])
    draws = bootstrap(test.truth, joined, test.n_bootstrap, test.seed).reshape(test.n_bootstrap, -1, k)
    whole = joined(np.ones((len(test.truth), 1))).reshape(-1, k)
    rows = []
    for number, series in enumerate(SERIES):
        for name, pick in _picks():
            area = pick(whole[number]), pick(draws[:, number])
            best = pick(whole[-1]), pick(draws[:, -1])
            fraction = [(a - 0.5) / (b - 0.5) for a, b in zip(area, best, strict=True)]
            rows.append(
                {
                    "series": series,
                    "class": name,
                    **_interval("auroc", *area),
                    **_interval("fraction", *fraction),
                }
            )
    return rows


def _picks() -> list[tuple[str, Callable[[Floats], Floats]]]:
    """Each class and the macro mean, with how it is taken from an array whose last axis is the class."""
    classes = [(name, lambda areas, code=code: areas[..., code]) for code, name in enumerate(CLASSES[TASK])]
    return [*classes, (MACRO, lambda areas: areas.mean(axis=-1))]


def _interval(name: str, value: Any, draws: Floats) -> dict[str, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    prefix = "" if name == "auroc" else f"{name}_"
    return {
        name: round(float(value), 6),
        f"{prefix}low": round(float(low), 6),
        f"{prefix}high": round(float(high), 6),
    }


def _oracle_rows(test: _Test) -> list[dict[str, Any]]:
    from core.evaluation.discrimination import auroc, class_auroc_draws

    whole = np.array([auroc(test.truth == code, column) for code, column in enumerate(test.oracle.T)])
    draws = class_auroc_draws(test.truth, test.oracle, test.n_bootstrap, test.seed)
    return [{"class": name, **_interval("auroc", pick(whole), pick(draws))} for name, pick in _picks()]


def _about(test_patients: int, test: _Test, settings: Settings, n_bootstrap: int) -> dict[str, Any]:
    return {
        "synthetic": True,
        "preset": DEFAULT_PRESET,
        "task": TASK,
        "modality": "ehr",
        "classes": list(CLASSES[TASK]),
        "seed": settings.seed,
        "test_seed": settings.seed + _TEST_SEED,
        "test_patients": test_patients,
        "n_test": len(test.truth),
        "n_bootstrap": n_bootstrap,
        "interval": "95 %, percentiles of a stratified bootstrap of the test patients; one training cohort a size",
        "settings": settings.to_json(),
        "versions": versions(),
    }
