"""One size of the learning curve: training cohorts drawn and fitted, judged beside the oracle on the test cohort."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core._learning_curve_file import MACRO, SERIES
from core.cohort.folder import CLASSES, restrict
from core.errors import TrainingError
from core.progress import Progress, span

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from core.cohort.columns import Table
    from core.ehr.pipeline import Fitted
    from core.ehr.tuning import Settings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

TASK = "outcome"
FEWEST_PATIENTS = 300
TEST_SEED = 1_000_000  # added to the seed, so that no training cohort is the test cohort
MOST_COHORTS = 5
_PATIENTS_A_SIZE = 20_000
_COHORT_STEP = 10_000  # between the seeds of the training cohorts of one size


@dataclass(frozen=True)
class TestCohort:
    """The common test cohort: its thrombolysed patients, their classes, and the generator's probabilities."""

    frame: pd.DataFrame
    truth: Codes
    oracle: Floats
    n_bootstrap: int
    seed: int


def draw_test_cohort(n_patients: int, n_bootstrap: int, seed: int) -> TestCohort:
    """Draw the cohort that every model is judged on."""
    table, truth, known = _labelled(n_patients, seed + TEST_SEED)
    return TestCohort(table.frame, truth.to_numpy(dtype=np.int64), known, n_bootstrap, seed)


def _labelled(n_patients: int, seed: int) -> tuple[Table, pd.Series, Floats]:
    """Table, classes and oracle of the patients with an outcome."""
    # whoever only reads a stored curve needs nothing of training
    from core.training import built_in_cohort, oracle_probabilities

    cohort = built_in_cohort(n_patients, seed)
    table, codes, _ = restrict(cohort, TASK)
    if codes.nunique() < len(CLASSES[TASK]) or cohort.oracle is None:
        raise TrainingError("errors_learning_curve.too_few", n=n_patients, needed=FEWEST_PATIENTS)
    return table, codes, oracle_probabilities(cohort.oracle.reindex(codes.index), TASK)


def cohorts_of(n_patients: int) -> int:
    """Training cohorts at a size: small ones differ much by chance, so that one alone would tell little."""
    return max(1, min(MOST_COHORTS, _PATIENTS_A_SIZE // n_patients))


def measure_size(n: int, test: TestCohort, settings: Settings, progress: Progress) -> dict[str, Any]:
    """Rows and fits of one size."""
    fits, areas, draws, n_train = [], [], [], 0
    for number in range(repeats := cohorts_of(n)):
        part = span(progress, number / repeats, (number + 1) / repeats)
        own = replace(settings, seed=settings.seed + _COHORT_STEP * number)
        fitted, n_train = _fit(n, own, part)
        fits.append({"n_patients": n, "n_train": n_train, "seed": own.seed, **_fit_summary(fitted)})
        part("evaluate", 0.9)
        whole, drawn = _areas(fitted, test)
        areas.append(whole)
        draws.append(drawn)
    size = {"n_patients": n, "n_train": n_train, "cohorts": repeats}
    return {"fits": fits, "rows": [size | row for row in _rows(np.array(areas), np.array(draws))]}


def _fit(n: int, settings: Settings, progress: Progress) -> tuple[Fitted, int]:
    from core.ehr.pipeline import fit_ehr

    table, codes, _ = _labelled(n, settings.seed)
    persons = codes.index.to_series()
    return fit_ehr(table, codes, persons, CLASSES[TASK], settings, span(progress, 0.0, 0.9)), len(codes)


def _fit_summary(fitted: Fitted) -> dict[str, Any]:
    choice = fitted.model.choice
    kept = ("depth", "strength", "rounds", "twin_rounds")
    return {name: getattr(choice, name) for name in kept} | {
        "resampled": dict(zip(CLASSES[TASK], map(int, fitted.resampled), strict=True))
    }


def _areas(fitted: Fitted, test: TestCohort) -> tuple[Floats, Floats]:
    """AUROC of each class by main model, twin and oracle, (3, k), and over the same resamples, (b, 3, k)."""
    from core.evaluation.bootstrap import auroc_statistic, bootstrap, side_by_side

    model = fitted.model
    design = model.encoder.design(model.complete(test.frame))
    forecasts = [getattr(model, series).forecast(design)[0] for series in SERIES]
    scores = [column for part in (*forecasts, test.oracle) for column in part.T]
    k = len(CLASSES[TASK])
    joined = side_by_side([auroc_statistic(test.truth == i % k, score) for i, score in enumerate(scores)])
    whole = joined(np.ones((len(test.truth), 1)))
    draws = bootstrap(test.truth, joined, test.n_bootstrap, test.seed)
    return whole.reshape(-1, k), draws.reshape(len(draws), -1, k)


def _rows(areas: Floats, draws: Floats) -> list[dict[str, Any]]:
    """Means over the training cohorts (c, 3, k); limits from the resamples (c, b, 3, k) of all cohorts together."""
    rows = []
    for number, series in enumerate(SERIES):
        for name, pick in _picks():
            whole, drawn = pick(areas), pick(draws)
            auroc = _interval("auroc", whole[:, number].mean(), drawn[..., number])
            share = (drawn[..., number] - 0.5) / (drawn[..., -1] - 0.5)
            fraction = (whole[:, number].mean() - 0.5) / (whole[0, -1] - 0.5)
            rows.append({"series": series, "class": name, **auroc, **_interval("fraction", fraction, share)})
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


def oracle_rows(test: TestCohort) -> list[dict[str, Any]]:
    """AUROC of the generator's own probabilities."""
    from core.evaluation.discrimination import auroc, class_auroc_draws

    whole = np.array([auroc(test.truth == code, column) for code, column in enumerate(test.oracle.T)])
    draws = class_auroc_draws(test.truth, test.oracle, test.n_bootstrap, test.seed)
    return [{"class": name, **_interval("auroc", pick(whole), pick(draws))} for name, pick in _picks()]
