"""Opening what was trained: every file is checked against the manifest, and the model against the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.artifacts import Artifact, artifact_name, load_artifact
from core.cohort.folder import CLASSES, TASKS
from core.ecg import storage as ecg_storage
from core.ehr import storage as ehr_storage
from core.errors import ArtifactError, TrainingError
from core.fusion import storage as fusion_storage
from core.modalities import SINGLE

if TYPE_CHECKING:
    from pathlib import Path

    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel
    from core.fusion.model import FusionModel


def load_ehr_model(root: Path, task: str) -> tuple[Artifact, EhrModel]:
    """Load a health-record model; every file is checked against the manifest first.

    Raises
    ------
    TrainingError
        There is no such task.
    ArtifactError
        The model is missing, altered, or one of another task under this one's name.
    """
    artifact = _opened(root, task, "ehr")
    model = ehr_storage.from_files(artifact)
    _require_classes(artifact, model.classes, task)
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
    artifact = _opened(root, task, "ecg")
    model = ecg_storage.from_files(artifact)
    _require_classes(artifact, model.classes, task)
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
    artifact = _opened(root, task, "fusion")
    model = fusion_storage.from_files(artifact)
    _require_classes(artifact, model.classes, task)
    for modality in SINGLE:
        if load_artifact(root / artifact_name(task, modality)).digest != model.bases.get(modality):
            raise ArtifactError(
                "errors.fusion_base", folder=artifact.folder.name, base=artifact_name(task, modality)
            )
    return artifact, model


def _opened(root: Path, task: str, modality: str) -> Artifact:
    check_task(task)
    artifact = load_artifact(root / artifact_name(task, modality))
    if artifact.manifest.get("task") != task:
        raise _of_another(artifact)
    return artifact


def _require_classes(artifact: Artifact, classes: tuple[str, ...], task: str) -> None:
    if classes != CLASSES[task]:
        raise _of_another(artifact)


def _of_another(artifact: Artifact) -> ArtifactError:
    return ArtifactError("errors.artifact_part", part=artifact.folder.name, reason="of another task")


def check_task(task: str) -> None:
    """Raise a ``TrainingError`` unless the task is known."""
    if task not in TASKS:
        raise TrainingError("errors.task_unknown", task=task[:40], known=", ".join(TASKS))
