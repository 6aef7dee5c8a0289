"""Commands that measure: the learning curve, what the order of the steps costs, the performance figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003 - typer looks annotations up while running
from typing import Annotated

import typer

from core.console import JsonFlag, SeedOption, print_json, print_line, progress_bar, tell


def learning_curve(
    sizes: Annotated[str, typer.Option(help="Patients in the training cohorts, separated by commas.")] = "",
    test_patients: Annotated[int, typer.Option(help="Patients in the common test cohort.")] = 40_000,
    out: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
    seed: SeedOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """Measure how the outcome model gains by more synthetic patients, against the best possible."""
    from core import libraries

    libraries.check_training("ehr")
    from core import learning_curve as curve
    from core.ehr.tuning import Settings

    with progress_bar("learning-curve") as progress:
        document = curve.measure(
            replace(Settings(), seed=seed),
            curve.parse_sizes(sizes),
            test_patients,
            progress=progress,
            told=tell,
        )
    curve.save_learning_curve(document, out or curve.DEFAULT_FILE)
    if as_json:
        print_json(document)
    else:
        for line in curve.lines(document["rows"]):
            print_line(line)


def optimism(
    cohort: Annotated[Path | None, typer.Option(help="Cohort folder; a synthetic one without it.")] = None,
    splits: Annotated[int, typer.Option(help="Repetitions.")] = 20,
    out: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
    seed: SeedOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """Measure what imputing or resampling before the split costs, beside the leak-free order."""
    from core import libraries

    libraries.check_training("ehr")
    from core import optimism as orders
    from core.cohort.folder import load_cohort

    patients, fresh = (load_cohort(cohort), None) if cohort else orders.built_in(seed=seed)
    with progress_bar("optimism") as progress:
        document = orders.measure(patients, fresh, orders.Plan(splits, seed), progress, tell)
    orders.save_optimism(document, out or orders.DEFAULT_FILE)
    if as_json:
        print_json(document)
    else:
        for line in orders.lines(orders.read_document(document)):
            print_line(line)


def benchmark(
    only: Annotated[
        str | None, typer.Option(help="One group of figures; see core/benchmark/__init__.py.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Also what takes many minutes.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Measure the performance figures, as ratios against their baselines, in one run."""
    from core.benchmark import benchmark as measure

    with progress_bar("benchmark") as progress:
        figures = measure(only, full=full, progress=progress)
    if as_json:
        print_json([one.to_json() for one in figures])
    else:
        for one in figures:
            print_line(one.line())
