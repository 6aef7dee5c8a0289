"""The one door: train a model for a task, a modality and a cohort, and load what was trained."""

from __future__ import annotations

import datetime
import platform
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core import launched
from core._training_loading import check_task, load_ecg_model, load_ehr_model, load_fusion_model
from core._training_parts import check_parts, labelled_rows, split_patients, trainable
from core._training_results import Parts, describe, oracle_probabilities
from core.artifacts import DEFAULT_FOLDER, MANIFEST, Artifact, artifact_name, load_artifact, save_artifact
from core.cohort.folder import CLASSES, Cohort, restrict, synthetic_cohort
from core.cohort.synthetic import DEFAULT_PRESET, generate
from core.ecg.network_settings import NetworkSettings
from core.ehr.pipeline import fit_ehr
from core.ehr.tuning import Settings
from core.errors import ArtifactError, TrainingError
from core.evaluation import Evaluation
from core.fusion.settings import FusionSettings
from core.modalities import MODALITIES, SINGLE
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    from pathlib import Path

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

AnySettings = Settings | NetworkSettings | FusionSettings
_SETTINGS: dict[str, type[AnySettings]] = {"ehr": Settings, "ecg": NetworkSettings, "fusion": FusionSettings}
BUILT_IN_PATIENTS = 12_000
LARGEST_SEED = 2**32 - 1


def built_in_cohort(
    n_patients: int = BUILT_IN_PATIENTS, seed: int = 0, preset: str = DEFAULT_PRESET
) -> Cohort:
    """Generate the synthetic cohort that is used where no other is given."""
    return synthetic_cohort(generate(n_patients, seed, preset))


def settings_of(modality: str) -> AnySettings:
    """Return the settings that fitting a modality starts from."""
    return _SETTINGS.get(modality, Settings)()


def train(
    cohort: Cohort,
    task: str = "outcome",
    modality: str = "ehr",
    root: Path = DEFAULT_FOLDER,
    settings: AnySettings | None = None,
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
        What fitting may spend: `Settings` for the health record, `NetworkSettings` for the ECG, `FusionSettings` for
        the fusion; of another modality's only the seed counts. The seed also draws the split, which is the same for
        every modality.
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
    if not isinstance(settings, _SETTINGS[modality]):
        settings = replace(settings_of(modality), seed=settings.seed)
    if isinstance(settings, FusionSettings):
        files, manifest = _train_fusion(cohort, task, root, settings, progress)
    elif isinstance(settings, NetworkSettings):
        files, manifest = _train_ecg(cohort, task, settings, progress)
    else:
        files, manifest = _train_ehr(cohort, task, settings, progress)
    progress("save", 0.99)
    if launched.rank() == 0:
        save_artifact(root, artifact_name(task, modality), files, manifest, _about_run(started))
    launched.wait()
    artifact = load_artifact(root / artifact_name(task, modality))
    progress("save", 1.0)
    return artifact


def _about_run(started: float) -> dict[str, Any]:
    """Where and how long it was trained: what may differ though the model is the same."""
    return {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "threads": threads(),
        "platform": platform.system(),
        "python": platform.python_version(),
    }


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
    cohort: Cohort, task: str, root: Path, settings: FusionSettings, progress: Progress
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Join the two single models of the folder; one that is missing or of another cohort is trained first."""
    from core._training_fusion import Bases, fuse, standing_base

    labelled_rows(cohort, task, "fusion")
    for place, modality in enumerate(SINGLE):
        part = span(progress, 0.4 * place, 0.4 * (place + 1))
        if standing_base(root, cohort, task, modality, settings.seed) is None:
            train(cohort, task, modality, root, replace(settings_of(modality), seed=settings.seed), part)
    (ehr_artifact, ehr), (ecg_artifact, ecg) = load_ehr_model(root, task), load_ecg_model(root, task)
    bases = Bases({"ehr": ehr_artifact, "ecg": ecg_artifact}, ehr, ecg)
    return fuse(cohort, task, root, bases, settings, span(progress, 0.8, 0.99))


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
    extra = (
        "twin_metrics",
        "oracle_metrics",
        "choice",
        "imputation",
        "rivals",
        "thresholds",
        "scores",
        "comparisons",
    )
    return {
        **{key: manifest.get(key) for key in (*kept, *extra)},
        "artifact": str(artifact.folder),
        "version": artifact.version,
        "seconds": artifact.run.get("seconds"),
        "date": artifact.run.get("date"),
    }
