"""The saved models that the patient page asks, loaded once for all visitors; their libraries come in with the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.artifacts import artifact_name, load_artifact
from core.errors import InputError
from core.report import ModelUsed
from pages.parts.loaders import artifacts_folder, available, results

if TYPE_CHECKING:
    from core.fusion.model import FusionModel
    from core.results import Results

TASKS = ("diagnosis", "outcome")


def saved(modality: str) -> dict[str, Results]:
    """Task to the stored results of every model of a modality that can be opened."""
    found = {}
    for task in TASKS:
        if task not in available(modality):
            continue
        try:
            found[task] = results(task, modality)
        except InputError:
            continue
    return found


def problems() -> list[InputError]:
    """What is wrong with saved models that cannot be opened: each is said once on the page."""
    found = []
    for modality in ("ehr", "ecg", "fusion"):
        for task in available(modality):
            try:
                results(task, modality)
            except InputError as error:
                found.append(error)
    return found


def stamp(found: Results) -> ModelUsed:
    """Return what the report says of a model."""
    manifest, counts = found.artifact.manifest, found.artifact.manifest["class_counts"]["train"]
    total = sum(counts.values())
    return ModelUsed(
        task=found.task,
        modality=str(manifest["modality"]),
        version=found.artifact.version,
        digest=found.artifact.digest,
        date=str(found.artifact.run.get("date", "–")),
        cohort=str(manifest["cohort"]["name"]),
        synthetic=found.synthetic,
        shares={name: counts[name] / total for name in found.classes},
    )


def digests() -> tuple[str, ...]:
    """Digests of all saved models: what was worked out holds only as long as they stay."""
    root = artifacts_folder()
    return tuple(
        load_artifact(root / artifact_name(task, modality)).digest
        for modality in ("ehr", "ecg", "fusion")
        for task in available(modality)
    )


def fusion_model(task: str) -> FusionModel | None:
    """Load a fusion; None where a single model beside it has been trained again since."""
    root = artifacts_folder()
    try:
        return _fusion(str(root), task, load_artifact(root / artifact_name(task, "fusion")).digest)
    except InputError:
        return None


@st.cache_resource(show_spinner=False, max_entries=4)
def _fusion(root: str, task: str, digest: str) -> FusionModel:  # noqa: ARG001 - the digest is the key
    from core.training import load_fusion_model

    return load_fusion_model(Path(root), task)[1]
