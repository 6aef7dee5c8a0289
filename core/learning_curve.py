"""How much more patients would help: models of growing synthetic cohorts against the best possible.

Every model is fitted on all thrombolysed patients of its cohort and judged on one large cohort of another seed that no
model has seen. The best possible, the oracle, are the probabilities that the generator itself used there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core._learning_curve_file import (
    DEFAULT_FILE,
    MACRO,
    LearningCurve,
    load_learning_curve,
    save_learning_curve,
)
from core._learning_curve_size import (
    FEWEST_PATIENTS,
    TASK,
    TEST_SEED,
    TestCohort,
    cohorts_of,
    draw_test_cohort,
    measure_size,
    oracle_rows,
)
from core.cohort.folder import CLASSES
from core.cohort.synthetic import DEFAULT_PRESET
from core.errors import InputError, TrainingError
from core.progress import Progress, silent, span
from core.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.ehr.tuning import Settings

__all__ = [
    "DEFAULT_FILE",
    "LearningCurve",
    "cohorts_of",
    "lines",
    "load_learning_curve",
    "measure",
    "parse_sizes",
    "save_learning_curve",
]

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 48_000)
TEST_PATIENTS = 40_000


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
    test = draw_test_cohort(test_patients, n_bootstrap, settings.seed)
    done, points = 0.0, []
    for n in sizes:
        share = n * cohorts_of(n) / sum(one * cohorts_of(one) for one in sizes)
        points.append(measure_size(n, test, settings, span(progress, done, done + share)))
        done += share
        for line in lines(points[-1]["rows"]):
            told(line)
    return {
        "about": _about(test_patients, test, settings, n_bootstrap),
        "oracle": oracle_rows(test),
        "fits": [fit for point in points for fit in point["fits"]],
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


def _about(test_patients: int, test: TestCohort, settings: Settings, n_bootstrap: int) -> dict[str, Any]:
    return {
        "synthetic": True,
        "preset": DEFAULT_PRESET,
        "task": TASK,
        "modality": "ehr",
        "classes": list(CLASSES[TASK]),
        "seed": settings.seed,
        "test_seed": settings.seed + TEST_SEED,
        "test_patients": test_patients,
        "n_test": len(test.truth),
        "n_bootstrap": n_bootstrap,
        "interval": "95 %, bootstrap of the test patients within classes, over all training cohorts of a size",
        "settings": settings.to_json(),
        "versions": versions(),
    }
