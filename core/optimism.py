"""What the order of the steps costs: imputing or resampling before the split, beside the leak-free order.

Every order goes through the same patients, seed by seed, with the same cheap settings. What it would report on its own
test part (apparent) is held against the same model on patients that no order has touched (true). With the outcomes
shuffled nothing can be learnt: what an order reports there is its leak alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core._optimism_file import (
    DEFAULT_FILE,
    Optimism,
    load_optimism,
    read_document,
    save_optimism,
)
from core._optimism_orders import LABELS, LEAK_FREE, MACRO, ORDERS, PARTS, SHARES, Patients, Plan, repeat
from core._optimism_summary import Spread, mean_over_splits, summarise
from core.cohort.folder import CLASSES, Cohort, restrict
from core.cohort.split import persons_by_class, split_by_person
from core.errors import TrainingError
from core.progress import Progress, silent, span
from core.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from core._optimism_orders import Repetition
    from core.evaluation import Interval

__all__ = [
    "DEFAULT_FILE",
    "LABELS",
    "LEAK_FREE",
    "MACRO",
    "ORDERS",
    "PARTS",
    "SHARES",
    "Optimism",
    "Plan",
    "Spread",
    "built_in",
    "lines",
    "load_optimism",
    "mean_over_splits",
    "measure",
    "read_document",
    "save_optimism",
    "summarise",
]

TASK = "outcome"
PATIENTS = 3_000
FRESH_PATIENTS = 40_000
FEWEST_PERSONS = 10
FEWEST_SPLITS = 2
_FRESH_SEED = 2_000_000  # added to the seed: neither a training cohort nor the learning curve's test cohort
_LARGEST_SEED = 2**32


def built_in(patients: int = PATIENTS, fresh: int = FRESH_PATIENTS, seed: int = 0) -> tuple[Cohort, Cohort]:
    """Draw two synthetic cohorts of one population: the patients, and those that stay untouched."""
    from core.training import built_in_cohort

    return built_in_cohort(patients, seed), built_in_cohort(fresh, seed + _FRESH_SEED)


def measure(
    cohort: Cohort,
    fresh: Cohort | None = None,
    plan: Plan | None = None,
    progress: Progress = silent,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Take the same patients through every order, split after split.

    Parameters
    ----------
    cohort
        Its patients with an outcome are used.
    fresh
        Another cohort of the same population, which no order sees; best large. Without one, as with any real cohort,
        a fifth of the patients is set aside once, before everything else, and takes its place.
    plan
        Number of splits, seed and settings.
    progress
        Told stage and share done.
    told
        Given a line for each split as soon as it is done.

    Returns
    -------
    dict
        What ``save_optimism`` writes.

    Raises
    ------
    CohortError
        A cohort has no table or no outcome.
    TrainingError
        A class has too few persons, or there are fewer than two splits.
    """
    plan = plan or Plan()
    if plan.splits < FEWEST_SPLITS:
        raise TrainingError("errors_optimism.splits", n=plan.splits, needed=FEWEST_SPLITS)
    patients, untouched = _patients(cohort), _patients(fresh) if fresh is not None else None
    if untouched is None:
        aside = split_by_person(
            patients.codes, patients.groups, seed=(plan.seed + _FRESH_SEED) % _LARGEST_SEED
        )
        patients, untouched = patients.part(~aside), patients.part(aside)
    done: list[Repetition] = []
    for number in range(plan.splits):
        part = span(progress, number / plan.splits, (number + 1) / plan.splits)
        part("measure", 0.0)
        seed = (plan.seed + number) % _LARGEST_SEED
        done.append(repeat(patients, untouched, CLASSES[TASK], plan, seed))
        told(_told(done[-1]))
    progress("measure", 1.0)
    return {
        "about": _about(cohort, fresh, patients, untouched, plan),
        "plan": plan.to_json(),
        "single": _single(done[0], plan),
        "rows": [row for one in done for row in one.rows],
    }


def lines(found: Optimism) -> list[str]:
    """The macro AUROCs for a terminal, a line for each kind of labels and order."""
    return [
        f"{labels:<8} {order:<14} reports {_mean(found, labels, order, 'apparent').value:.3f}  "
        f"true {_mean(found, labels, order, 'true').value:.3f}  "
        f"optimism {gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
        for labels in LABELS
        for order in ORDERS
        for gap in [_mean(found, labels, order, "optimism")]
    ]


def _mean(found: Optimism, labels: str, order: str, quantity: str) -> Interval:
    return found.summary[labels, order, MACRO, quantity].mean


def _patients(cohort: Cohort) -> Patients:
    table, codes, groups = restrict(cohort, TASK)
    persons = persons_by_class(codes, groups)
    for code, label in enumerate(CLASSES[TASK]):
        if (n := int(persons.get(code, 0))) < FEWEST_PERSONS:
            raise TrainingError(
                "errors.class_too_few",
                name=cohort.about.name,
                label=label,
                n=n,
                needed=FEWEST_PERSONS,
                task=TASK,
            )
    return Patients(table, codes, groups)


def _single(first: Repetition, plan: Plan) -> dict[str, Any]:
    """AUROCs of the leak-free order in the first split, with intervals over its test patients."""
    from core.evaluation import auroc_interval, macro_auroc_interval

    found = {MACRO: macro_auroc_interval(first.truth, first.forecast, seed=plan.seed)[0]}
    for code, name in enumerate(CLASSES[TASK]):
        found[name] = auroc_interval(first.truth == code, first.forecast[:, code]).interval
    return {name: one.rounded(6).to_json() for name, one in found.items()}


def _told(done: Repetition) -> str:
    found = {(row["order"], row["part"]): row[MACRO] for row in done.rows if row["labels"] == "observed"}
    pairs = (f"{name} {found[name, 'apparent']:.3f}/{found[name, 'true']:.3f}" for name in ORDERS)
    return f"split {done.rows[0]['seed']}: reported/true  " + "  ".join(pairs)


def _about(
    cohort: Cohort, fresh: Cohort | None, patients: Patients, untouched: Patients, plan: Plan
) -> dict[str, Any]:
    counts = np.bincount(patients.codes, minlength=len(CLASSES[TASK]))
    return {
        "synthetic": cohort.about.synthetic,
        "cohort": cohort.about.name,
        "cohort_digest": cohort.digest(),
        "task": TASK,
        "modality": "ehr",
        "classes": list(CLASSES[TASK]),
        "n_rows": len(patients.codes),
        "class_counts": dict(zip(CLASSES[TASK], map(int, counts), strict=True)),
        "untouched": "set_aside" if fresh is None else "fresh",
        "n_untouched": len(untouched.codes),
        "seed": plan.seed,
        "interval": "95 %, corrected resampled t over the splits (Nadeau and Bengio 2003); spread: all splits",
        "versions": versions(),
    }
