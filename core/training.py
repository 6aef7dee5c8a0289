"""The one door: train a model for a task, a modality and a cohort, and load what was trained."""

from __future__ import annotations

import datetime
import platform
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_parts import MODALITIES, SINGLE, check_parts, labelled_rows, split_patients, trainable
from core._training_results import Parts, describe, oracle_probabilities
from core.artifacts import DEFAULT_FOLDER, MANIFEST, Artifact, artifact_name, load_artifact, save_artifact
from core.cohort.folder import CLASSES, TASKS, Cohort, restrict, synthetic_cohort
from core.cohort.synthetic import DEFAULT_PRESET, generate
from core.ecg import storage as ecg_storage
from core.ecg.network_settings import NetworkSettings
from core.ehr import storage
from core.ehr.pipeline import EhrModel, fit_ehr
from core.ehr.tuning import Settings
from core.errors import ArtifactError, TrainingError
from core.evaluation import Evaluation
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    from pathlib import Path

    from core.ecg.model import EcgModel
    from core.fusion.model import FusionModel

__all__ = [
    "BUILT_IN_PATIENTS",
    "LARGEST_SEED",
    "MODALITIES",
    "built_in_cohort",
    "check_task",
    "load_ecg_model",
    "load_ehr_model",
    "load_fusion_model",
    "oracle_probabilities",
    "settings_of",
    "split_patients",
    "train",
    "trainable",
    "training_json",
]

BUILT_IN_PATIENTS = 12_000
LARGEST_SEED = 2**32 - 1


def built_in_cohort(
    n_patients: int = BUILT_IN_PATIENTS, seed: int = 0, preset: str = DEFAULT_PRESET
) -> Cohort:
    """Generate the synthetic cohort that is used where no other is given."""
    return synthetic_cohort(generate(n_patients, seed, preset))


def settings_of(modality: str) -> Settings | NetworkSettings:
    """Return the settings that fitting a modality starts from."""
    return NetworkSettings() if modality == "ecg" else Settings()


def train(
    cohort: Cohort,
    task: str = "outcome",
    modality: str = "ehr",
    root: Path = DEFAULT_FOLDER,
    settings: Settings | NetworkSettings | None = None,
    progress: Progress = silent,
) -> Artifact:
    """Split, fit on the training part, evaluate once on the test part, save.

    Parameters
    ----------
    cohort
        Its patients with a label for the task are used.
    task, modality
        What to train.
    root
        Folder of the artifacts; the model of the same name in it is replaced when the new one is complete.
    settings
        What fitting may spend: `Settings` for the health record, `NetworkSettings` for the ECG; of the fusion only
        the seed counts. The seed also draws the split, which is the same for every modality.
    progress
        Told stage and share done.

    Raises
    ------
    TrainingError
        The task is unknown, the modality not available, the seed out of range, a class absent or too small, or no
        recording usable.
    CohortError
        The cohort has no table or recordings, or no label for the task.
    ArtifactError
        The result cannot be saved.
    """
    check_task(task)
    if modality not in MODALITIES:
        raise TrainingError(
            "errors.modality_not_available", task=task, modality=modality, known=", ".join(MODALITIES)
        )
    if settings is None:
        settings = settings_of(modality)
    if not 0 <= settings.seed <= LARGEST_SEED:
        raise TrainingError("errors.seed_range", seed=settings.seed, most=LARGEST_SEED)
    started = time.perf_counter()
    progress("split", 0.0)
    if modality == "fusion":
        files, manifest = _train_fusion(cohort, task, root, settings.seed, progress)
    elif isinstance(settings, NetworkSettings):
        files, manifest = _train_ecg(cohort, task, settings, progress)
    else:
        files, manifest = _train_ehr(cohort, task, settings, progress)
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


def _train_ehr(
    cohort: Cohort, task: str, settings: Settings, progress: Progress
) -> tuple[dict[str, bytes], dict[str, Any]]:
    codes, groups = labelled_rows(cohort, task, "ehr")
    test = split_patients(cohort, task, settings.seed).loc[codes.index].to_numpy()
    check_parts(cohort, task, codes, test)
    parts = Parts(restrict(cohort, task)[0], codes, groups, test)
    fitted = fit_ehr(
        parts.train_table(),
        codes[~test],
        groups[~test],
        CLASSES[task],
        settings,
        span(progress, 0.01, 0.93),
    )
    progress("evaluate", 0.93)
    return describe(cohort, task, "ehr", parts, fitted, settings)


def _train_ecg(
    cohort: Cohort, task: str, settings: NetworkSettings, progress: Progress
) -> tuple[dict[str, bytes], dict[str, Any]]:
    from core._training_ecg import read_recordings
    from core._training_ecg_results import describe_ecg
    from core.ecg.fitting import TrainingRecordings, fit_ecg

    codes, groups = labelled_rows(cohort, task, "ecg")
    read = read_recordings(cohort, codes.index, span(progress, 0.01, 0.3))
    usable = codes.index.isin(list(read.cut))
    rows = pd.DataFrame({"code": codes, "group": groups})[usable]
    rows["test"] = split_patients(cohort, task, settings.seed).loc[rows.index]
    check_parts(cohort, task, rows["code"], rows["test"].to_numpy())
    train_rows = rows[~rows["test"]]
    recordings = TrainingRecordings(
        [read.cut[patient] for patient in train_rows.index],
        train_rows["code"],
        train_rows["group"],
        np.array([read.measured[patient] for patient in train_rows.index]) if read.measured else None,
    )
    fitted = fit_ecg(recordings, CLASSES[task], settings, span(progress, 0.3, 0.95))
    progress("evaluate", 0.95)
    return describe_ecg(cohort, task, rows, read, fitted, settings)


def _train_fusion(
    cohort: Cohort, task: str, root: Path, seed: int, progress: Progress
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Join the two single models of the folder; one that is missing or of another cohort is trained first."""
    from core._training_fusion import fuse, standing_base

    labelled_rows(cohort, task, "fusion")
    bases = {}
    for place, modality in enumerate(SINGLE):
        part = span(progress, 0.45 * place, 0.45 * (place + 1))
        bases[modality] = standing_base(root, cohort, task, modality, seed) or train(
            cohort, task, modality, root, replace(settings_of(modality), seed=seed), part
        )
    progress("fuse", 0.9)
    return fuse(cohort, task, root, bases, seed)


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
    extra = ("twin_metrics", "oracle_metrics", "choice", "imputation", "rivals", "thresholds", "scores")
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
    _require_task(artifact, model.classes, task)
    return artifact, model


def load_ecg_model(root: Path, task: str) -> tuple[Artifact, EcgModel]:
    """Load an ECG model without torch; every file is checked against the manifest first.

    Raises
    ------
    TrainingError
        There is no such task.
    ArtifactError
        The model is missing, altered, or one of another task under this one's name.
    """
    check_task(task)
    artifact = load_artifact(root / artifact_name(task, "ecg"))
    model = ecg_storage.from_files(artifact)
    _require_task(artifact, model.classes, task)
    return artifact, model


def load_fusion_model(root: Path, task: str) -> tuple[Artifact, FusionModel]:
    """Load a fusion, and see that the single models beside it are those that it was fitted on.

    Raises
    ------
    TrainingError
        There is no such task.
    ArtifactError
        The model is missing or altered, or a single model has been trained again since.
    """
    from core.fusion.model import MODEL, FusionModel

    check_task(task)
    artifact = load_artifact(root / artifact_name(task, "fusion"))
    model = FusionModel.from_json(artifact.read_json(MODEL))
    _require_task(artifact, model.classes, task)
    for modality in SINGLE:
        if load_artifact(root / artifact_name(task, modality)).digest != model.bases.get(modality):
            raise ArtifactError(
                "errors.fusion_base", folder=artifact.folder.name, base=artifact_name(task, modality)
            )
    return artifact, model


def _require_task(artifact: Artifact, classes: tuple[str, ...], task: str) -> None:
    if artifact.manifest.get("task") != task or classes != CLASSES[task]:
        raise ArtifactError("errors.artifact_part", part=artifact.folder.name, reason="of another task")


def check_task(task: str) -> None:
    """Raise a ``TrainingError`` unless the task is known."""
    if task not in TASKS:
        raise TrainingError("errors.task_unknown", task=task[:40], known=", ".join(TASKS))
