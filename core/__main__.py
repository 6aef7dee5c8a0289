"""The command line: ``python -m core``; the contract of its JSON stands in the README."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import _commands_measuring as measuring
from core._commands_mimic import mimic_iv, mimic_iv_parquet
from core.console import JsonFlag, SeedOption, progress_bar
from core.console import print_json as _print_json
from core.console import print_line as _print
from core.console import tell as _tell
from core.errors import InputError
from core.text import text

if TYPE_CHECKING:
    from core.progress import Progress

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Pulmonary embolism: models from records. Research and teaching only.",
)

ColumnsOption = Annotated[
    Path | None,
    typer.Option(help="How columns of the table are read; without it, columns.toml beside the table."),
]
ArtifactsOption = Annotated[Path | None, typer.Option("--artifacts", help="Folder of the saved models.")]


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="New folder for the cohort.")],
    patients: Annotated[int, typer.Option(help="Rows in all, controls included.")] = 2000,
    seed: SeedOption = 0,
    preset: Annotated[
        str, typer.Option(help="Outcome rates; see core/cohort/synthetic.toml.")
    ] = "mixed-registry",
    signal: Annotated[float, typer.Option(help="Factor on the outcome's predictors; 1: literature.")] = 1.0,
    ecg: Annotated[bool, typer.Option("--ecg/--no-ecg", help="Recordings, 80 MB for 1,000 patients.")] = True,
) -> None:
    """Write a synthetic cohort folder."""
    from core.cohort.synthetic import generate
    from core.demo import write_demo

    with progress_bar("demo") as progress:
        told = write_demo(generate(patients, seed, preset, signal), out, progress, ecg=ecg)
    _tell(told)


@app.command()
def train(
    cohort: Annotated[
        Path | None, typer.Option(help="Cohort folder; the built-in synthetic one without it.")
    ] = None,
    task: Annotated[
        str | None, typer.Option(help="diagnosis or outcome; all that the cohort allows without it.")
    ] = None,
    modality: Annotated[str | None, typer.Option(help="ecg, ehr or fusion.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the saved models.")] = None,
    seed: SeedOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """Train what is named, by default all that the cohort allows."""
    from core import libraries, training
    from core.artifacts import DEFAULT_FOLDER
    from core.cohort.folder import load_cohort
    from core.cohort.telling import notes_of

    libraries.check_training(modality)
    if task is not None:
        training.check_task(task)
    patients = load_cohort(cohort) if cohort else training.built_in_cohort()
    notes = [note.say("en") for note in notes_of(patients)]
    wanted = [(task or ("diagnosis" if modality == "ecg" else "outcome"), modality or "ehr")]
    if task is None or modality is None:
        allowed = training.trainable(patients, task)
        wanted = [(t, m) for t, m in allowed if modality in (None, m) and task in (None, t)] or wanted
    for _, one_modality in wanted:
        libraries.check_training(one_modality)
    results = []
    for one_task, one_modality in wanted:
        settings = replace(training.settings_of(one_modality), seed=seed)
        with progress_bar(f"{one_task}-{one_modality}") as progress:
            heard = _telling(notes, progress)
            artifact = training.train(
                patients, one_task, one_modality, out or DEFAULT_FOLDER, settings, heard
            )
        results.append(training.training_json(artifact))
    _show_results(results, as_json=as_json)


@app.command()
def evaluate(artifacts: ArtifactsOption = None, as_json: JsonFlag = False) -> None:
    """Show the results of every saved model."""
    from core.artifacts import load_artifact
    from core.training import training_json

    results = [training_json(load_artifact(folder)) for folder in _models(artifacts)]
    _show_results(results, as_json=as_json)


@app.command()
def predict(
    artifacts: ArtifactsOption = None,
    ehr: Annotated[Path | None, typer.Option(help="Table of patients.")] = None,
    ecg: Annotated[Path | None, typer.Option(help="Recording, or folder of recordings.")] = None,
    columns: ColumnsOption = None,
    task: Annotated[
        str | None, typer.Option(help="diagnosis or outcome; all saved models without it.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Predict new patients with the saved models."""
    from core.artifacts import DEFAULT_FOLDER
    from core.prediction_files import predict_files

    found = predict_files(artifacts or DEFAULT_FOLDER, ehr, ecg, task, _tell, columns)
    predictions = [one.to_json() for one in found]
    if as_json:
        _print_json(predictions)
    else:
        for one in predictions:
            risks = "  ".join(f"{name} {100 * p:.1f}" for name, p in one["probabilities"].items()) or "–"
            _print(
                f"{one['patient_id']}  {one['task']}  of 100: {risks}  set: {', '.join(one['prediction_set'])}"
            )


@app.command()
def impute(
    ehr: Annotated[Path, typer.Option(help="Table of patients.")],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    columns: ColumnsOption = None,
    seed: SeedOption = 0,
    as_json: JsonFlag = False,
) -> None:
    """Fill the missing cells of a table by MissForest."""
    from core import libraries

    libraries.check_imputing()
    from core.ehr.imputing import impute_file

    with progress_bar("impute") as progress:
        progress("impute", 0.0)
        summary = impute_file(ehr, out, _tell, seed, columns)
        progress("impute", 1.0)
    if as_json:
        _print_json(summary)
    else:
        errors = (
            f"{name} {'–' if summary[key] is None else summary[key]}"
            for name, key in (("NRMSE", "nrmse"), ("PFC", "pfc"))
        )
        _print(f"{out}: {summary['n_imputed']} cells filled; {', '.join(errors)}")


@app.command()
def ecg(
    file: Annotated[Path, typer.Argument(help="Recording, in any of the formats of the README.")],
    unit: Annotated[
        str | None, typer.Option(help="Unit of the samples, where the file says none or a wrong one.")
    ] = None,
    rate_hz: Annotated[float | None, typer.Option(help="Samples a second, likewise.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read one recording: quality, intervals, signs, ECG scores."""
    from core.console import recording_lines
    from core.ecg.doubts import doubt_words, find_doubts
    from core.ecg.interpretation import read_ecg
    from core.ecg.reading import read_stated
    from core.recordings import read_one

    recording = read_one(_existing(file), file.name, unit=unit, rate_hz=rate_hz)
    for one in recording.assumptions:
        _tell(text("en", one.key, **one.values))
    reading = read_ecg(recording)
    for doubt in find_doubts(reading.measurements, read_stated(file, file.name)):
        _tell(doubt_words("en", doubt))
    found = reading.to_json()
    if as_json:
        _print_json(found)
        return
    for line in recording_lines(found):
        _print(line)


@app.command()
def scores(
    ehr: Annotated[Path, typer.Option(help="Table of patients.")],
    columns: ColumnsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Read published scores and guideline classes of every patient."""
    from core._commands_scores import score_lines, scores_of_file

    found = scores_of_file(ehr, _tell, columns)
    if as_json:
        _print_json(found)
        return
    for line in (line for patient in found for line in score_lines(patient)):
        _print(line)


@app.command()
def verify(artifacts: ArtifactsOption = None, as_json: JsonFlag = False) -> None:
    """Check every saved model against its manifest."""
    from core.artifacts import DEFAULT_FOLDER, verify_all

    results = verify_all(artifacts or DEFAULT_FOLDER)
    if as_json:
        _print_json(results)
    else:
        for one in results:
            _print(f"{one['artifact']}: {'intact' if one['ok'] else one['problem']}")
    if not all(one["ok"] for one in results):
        _tell("At least one saved model is not what was saved; train it again or restore it.")
        raise typer.Exit(2)


def _telling(notes: list[str], progress: Progress) -> Progress:
    """Tell the notes once the patients are split: what cannot be trained on ends in its own sentence alone."""

    def heard(stage: str, share: float) -> None:
        while stage != "split" and notes:
            _tell(notes.pop(0))
        progress(stage, share)

    return heard


def _models(artifacts: Path | None) -> list[Path]:
    from core.artifacts import DEFAULT_FOLDER, list_artifacts
    from core.errors import ArtifactError

    root = artifacts or DEFAULT_FOLDER
    found = list_artifacts(root)
    if not found:
        raise ArtifactError("errors.artifact_missing", folder=root)
    return found


def _existing(path: Path) -> Path:
    if path.is_dir():
        raise InputError("errors.file_is_folder", file=path)
    if not path.is_file():
        raise InputError("errors.file_missing", file=path)
    return path


def _show_results(results: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        _print_json(results)
        return
    from core.console import result_lines

    for one in results:
        for line in result_lines(one):
            _print(line)


for _command in (measuring.learning_curve, measuring.optimism, measuring.benchmark):
    app.command()(_command)
app.command("mimic-iv")(mimic_iv)
app.command("mimic-iv-parquet")(mimic_iv_parquet)


def main() -> None:
    """Run a command; what is wrong with the input ends in one line and exit code 2."""
    from core.console import run

    sys.exit(run(app))


if __name__ == "__main__":
    main()
