"""The one door: train a model for a task, a modality and a cohort, and load what was trained."""

from __future__ import annotations

import datetime
import platform
import time
from typing import TYPE_CHECKING, Any

from core._training_results import Parts, describe, oracle_probabilities
from core.artifacts import DEFAULT_FOLDER, Artifact, artifact_name, load_artifact, save_artifact
from core.cohort.folder import CLASSES, TASKS, Cohort, restrict, synthetic_cohort
from core.cohort.split import persons_by_class, split_by_person
from core.cohort.synthetic import DEFAULT_PRESET, generate
from core.ehr import storage
from core.ehr.pipeline import EhrModel, fit_ehr
from core.ehr.tuning import Settings
from core.errors import TrainingError
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BUILT_IN_PATIENTS",
    "FEWEST_PERSONS",
    "MODALITIES",
    "built_in_cohort",
    "load_ehr_model",
    "oracle_probabilities",
    "train",
    "trainable",
    "training_json",
]

MODALITIES = ("ehr",)
BUILT_IN_PATIENTS = 12_000
FEWEST_PERSONS = 5


def built_in_cohort(
    n_patients: int = BUILT_IN_PATIENTS, seed: int = 0, preset: str = DEFAULT_PRESET
) -> Cohort:
    """Generate the synthetic cohort that is used where no other is given."""
    return synthetic_cohort(generate(n_patients, seed, preset))


def trainable(cohort: Cohort) -> list[tuple[str, str]]:
    """Tasks and modalities that the cohort's contents allow.

    Raises
    ------
    TrainingError
        There are none.
    """
    found = [
        (task, "ehr") for task in TASKS if cohort.table is not None and cohort.labelled(task).nunique() >= 2
    ]
    if not found:
        raise TrainingError("errors.nothing_to_train", name=cohort.about.name)
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
        The modality is not available, or a class is absent or too small.
    CohortError
        The cohort has no table or no label for the task.
    ArtifactError
        The result cannot be saved.
    """
    if modality not in MODALITIES or task not in TASKS:
        raise TrainingError(
            "errors.modality_not_available", task=task, modality=modality, known=", ".join(MODALITIES)
        )
    settings = settings or Settings()
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
    """What ``train --json`` and ``evaluate --json`` say of one model."""
    manifest = artifact.manifest
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
    """Load a health-record model; every file is checked against the manifest first."""
    artifact = load_artifact(root / artifact_name(task, "ehr"))
    return artifact, storage.from_files(artifact)


def _split(cohort: Cohort, task: str, seed: int) -> Parts:
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
    return Parts(table, codes, groups, split_by_person(codes, groups, seed=seed))
