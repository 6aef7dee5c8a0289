"""The one door: train a model for a task, a modality and a cohort, and load what was trained."""

from __future__ import annotations

import datetime
import platform
import time
from typing import TYPE_CHECKING, Any

from core._training_results import Parts, describe, oracle_probabilities
from core.artifacts import DEFAULT_FOLDER, MANIFEST, Artifact, artifact_name, load_artifact, save_artifact
from core.cohort.folder import CLASSES, TASKS, Cohort, restrict, synthetic_cohort
from core.cohort.split import persons_by_class, split_by_person
from core.cohort.synthetic import DEFAULT_PRESET, generate
from core.ehr import storage
from core.ehr.pipeline import EhrModel, fit_ehr
from core.ehr.tuning import Settings
from core.errors import ArtifactError, InputError, TrainingError
from core.evaluation import Evaluation
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from core.cohort.columns import Table

__all__ = [
    "BUILT_IN_PATIENTS",
    "FEWEST_PERSONS",
    "LARGEST_SEED",
    "MODALITIES",
    "built_in_cohort",
    "check_task",
    "load_ehr_model",
    "oracle_probabilities",
    "train",
    "trainable",
    "training_json",
]

MODALITIES = ("ehr",)
BUILT_IN_PATIENTS = 12_000
FEWEST_PERSONS = 5
LARGEST_SEED = 2**32 - 1


def built_in_cohort(
    n_patients: int = BUILT_IN_PATIENTS, seed: int = 0, preset: str = DEFAULT_PRESET
) -> Cohort:
    """Generate the synthetic cohort that is used where no other is given."""
    return synthetic_cohort(generate(n_patients, seed, preset))


def trainable(cohort: Cohort) -> list[tuple[str, str]]:
    """Tasks and modalities that the cohort's contents allow.

    Raises
    ------
    InputError
        There are none: says why not, for the task that most patients have a label for.
    """
    if cohort.table is None or cohort.labels[["pe", "outcome"]].isna().all(axis=None):
        raise TrainingError("errors.nothing_to_train", name=cohort.about.name)
    found: list[tuple[str, str]] = []
    refused: dict[str, InputError] = {}
    for task in TASKS:
        try:
            _labelled_rows(cohort, task)
        except InputError as error:
            refused[task] = error
        else:
            found.append((task, "ehr"))
    if not found:
        raise refused[max(TASKS, key=lambda task: len(cohort.labelled(task)))]
    return found


def train(
    cohort: Cohort,
    task: str = "outcome",
    modality: str = "ehr",
    root: Path = DEFAULT_FOLDER,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Artifact:
    """Split, fit on the training part, evaluate once on the test part, save.

    Parameters
    ----------
    cohort
        Its rows with a label for the task are used.
    task, modality
        What to train.
    root
        Folder of the artifacts; the model of the same name in it is replaced when the new one is complete.
    settings
        What fitting may spend; its seed also draws the split.
    progress
        Told stage and share done.

    Raises
    ------
    TrainingError
        The task is unknown, the modality not available, the seed out of range, or a class absent or too small.
    CohortError
        The cohort has no table or no label for the task.
    ArtifactError
        The result cannot be saved.
    """
    check_task(task)
    if modality not in MODALITIES:
        raise TrainingError(
            "errors.modality_not_available", task=task, modality=modality, known=", ".join(MODALITIES)
        )
    settings = settings or Settings()
    if not 0 <= settings.seed <= LARGEST_SEED:
        raise TrainingError("errors.seed_range", seed=settings.seed, most=LARGEST_SEED)
    started = time.perf_counter()
    progress("split", 0.0)
    parts = _split(cohort, task, settings.seed)
    train_rows = ~parts.test
    fitted = fit_ehr(
        parts.train_table(),
        parts.codes[train_rows],
        parts.groups[train_rows],
        CLASSES[task],
        settings,
        span(progress, 0.01, 0.93),
    )
    progress("evaluate", 0.93)
    files, manifest = describe(cohort, task, modality, parts, fitted, settings)
    progress("save", 0.99)
    run = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "threads": threads(),
        "platform": platform.system(),
        "python": platform.python_version(),
    }
    artifact = save_artifact(root, artifact_name(task, modality), files, manifest, run)
    progress("save", 1.0)
    return artifact


def training_json(artifact: Artifact) -> dict[str, Any]:
    """What ``train --json`` and ``evaluate --json`` say of one model.

    Raises
    ------
    ArtifactError
        Its manifest lacks the results.
    """
    manifest = artifact.manifest
    try:
        Evaluation.from_json(manifest["metrics"])
        known = isinstance(manifest["cohort"]["synthetic"], bool)
    except (KeyError, TypeError, ValueError, OverflowError):
        known = False
    if not known:
        raise ArtifactError("errors.artifact_part", part=MANIFEST, reason="no results")
    kept = (
        "task",
        "modality",
        "cohort",
        "cohort_digest",
        "seed",
        "n_train",
        "n_test",
        "class_counts",
        "metrics",
    )
    extra = ("twin_metrics", "oracle_metrics", "choice", "imputation")
    return {
        **{key: manifest.get(key) for key in (*kept, *extra)},
        "artifact": str(artifact.folder),
        "version": artifact.version,
        "seconds": artifact.run.get("seconds"),
        "date": artifact.run.get("date"),
    }


def load_ehr_model(root: Path, task: str) -> tuple[Artifact, EhrModel]:
    """Load a health-record model; every file is checked against the manifest first.

    Raises
    ------
    TrainingError
        There is no such task.
    ArtifactError
        The model is missing, altered, or one of another task under this one's name.
    """
    check_task(task)
    artifact = load_artifact(root / artifact_name(task, "ehr"))
    model = storage.from_files(artifact)
    if artifact.manifest.get("task") != task or model.classes != CLASSES[task]:
        raise ArtifactError("errors.artifact_part", part=artifact.folder.name, reason="of another task")
    return artifact, model


def check_task(task: str) -> None:
    """Raise a ``TrainingError`` unless the task is known."""
    if task not in TASKS:
        raise TrainingError("errors.task_unknown", task=task[:40], known=", ".join(TASKS))


def _split(cohort: Cohort, task: str, seed: int) -> Parts:
    table, codes, groups = _labelled_rows(cohort, task)
    return Parts(table, codes, groups, split_by_person(codes, groups, seed=seed))


def _labelled_rows(cohort: Cohort, task: str) -> tuple[Table, pd.Series, pd.Series]:
    """Rows, codes and persons for a task, every class with persons enough."""
    table, codes, groups = restrict(cohort, task)
    persons = persons_by_class(codes, groups)
    for code, label in enumerate(CLASSES[task]):
        if code not in persons.index:
            raise TrainingError("errors.class_absent", name=cohort.about.name, label=label, task=task)
        if persons[code] < FEWEST_PERSONS:
            raise TrainingError(
                "errors.class_too_few",
                name=cohort.about.name,
                label=label,
                n=int(persons[code]),
                needed=FEWEST_PERSONS,
                task=task,
            )
    return table, codes, groups
