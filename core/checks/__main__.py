"""Method checks from the command line: ``python -m core.checks outcome-ehr [--expensive] [--json]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated

import typer

from core.console import progress_bar, run

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def checks(
    artifact: Annotated[str, typer.Argument(help="Name of a saved model, such as outcome-ehr.")],
    artifacts: Annotated[Path | None, typer.Option("--artifacts", help="Folder of the saved models.")] = None,
    cohort: Annotated[
        Path | None, typer.Option(help="Cohort folder; a generated cohort is made again without it.")
    ] = None,
    expensive: Annotated[bool, typer.Option("--expensive", help="Train anew as well: minutes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Check a saved model by every rule of the method checks."""
    from core.artifacts import DEFAULT_FOLDER
    from core.checks import cohort_again, run_checks
    from core.cohort.folder import load_cohort
    from core.results import load_results

    task, _, modality = artifact.partition("-")
    found = load_results(artifacts or DEFAULT_FOLDER, task, modality)
    known = cohort_again(found.artifact.manifest) if cohort is None else load_cohort(cohort)
    with progress_bar("checks") as progress:
        done = run_checks(found, known, run_expensive=expensive, progress=progress)
    if as_json:
        typer.echo(json.dumps([one.to_json() for one in done], ensure_ascii=False, indent=1))
        return
    for one in done:
        typer.echo(f"{one.number:>2} {one.level:<9} {one.title('en')} {one.say('en')}")


if __name__ == "__main__":
    sys.exit(run(app))
