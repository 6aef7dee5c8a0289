"""What pages load, and keep: results and models, keyed by the digest of the artifact they come from."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.artifacts import DEFAULT_FOLDER, artifact_name, list_artifacts, load_artifact
from core.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel
    from core.results import Results


def artifacts_folder() -> Path:
    """Folder of the saved models; ``PE_ARTIFACTS`` names another one."""
    return Path(os.environ.get("PE_ARTIFACTS", DEFAULT_FOLDER))


def available(modality: str) -> list[str]:
    """Tasks for which a model of this modality is saved, the outcome first."""
    names = {folder.name for folder in list_artifacts(artifacts_folder())}
    return [task for task in ("outcome", "diagnosis") if artifact_name(task, modality) in names]


def results(task: str, modality: str) -> Results:
    """Stored results of one saved model; read again only when the artifact has changed.

    Raises
    ------
    ArtifactError
        It is not there or cannot be used.
    """
    root = artifacts_folder()
    return _results(str(root), task, modality, load_artifact(root / artifact_name(task, modality)).digest)


def all_results() -> tuple[list[Results], list[ArtifactError]]:
    """Stored results of every saved model that can be opened, and what is wrong with the others."""
    opened, problems = [], []
    for folder in list_artifacts(artifacts_folder()):
        task, _, modality = folder.name.partition("-")
        try:
            opened.append(results(task, modality))
        except ArtifactError as error:
            problems.append(error)
    return opened, problems


def state_of(found: Results) -> Hashable:
    """Return what changes whenever one of a model's files does."""
    folder = found.artifact.folder
    files = sorted(path for path in folder.iterdir() if path.is_file())
    stamps = tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return str(folder), found.artifact.digest, stamps


def ehr_model(task: str) -> EhrModel:
    """Load the model itself, for new predictions; takes the model libraries in.

    Raises
    ------
    ArtifactError
        It is not there or cannot be used.
    """
    root = artifacts_folder()
    return _ehr_model(str(root), task, load_artifact(root / artifact_name(task, "ehr")).digest)


def ecg_model(task: str) -> EcgModel:
    """Load the ECG model itself, for new recordings.

    Raises
    ------
    ArtifactError
        It is not there or cannot be used.
    """
    root = artifacts_folder()
    return _ecg_model(str(root), task, load_artifact(root / artifact_name(task, "ecg")).digest)


@st.cache_resource(show_spinner=False, max_entries=2)
def stored_predictions(_found: Results, digest: str) -> pd.DataFrame:  # noqa: ARG001 - the digest is the key
    """Return the stored predictions of a saved model, read once; to be looked at, not changed.

    Raises
    ------
    ArtifactError
        They are missing or altered.
    """
    return _found.frame("predictions")


@st.cache_resource(show_spinner=False, max_entries=12)
def _results(root: str, task: str, modality: str, digest: str) -> Results:  # noqa: ARG001 - the digest is the key
    from core.results import load_results

    return load_results(Path(root), task, modality)


@st.cache_resource(show_spinner=False, max_entries=4)
def _ehr_model(root: str, task: str, digest: str) -> EhrModel:  # noqa: ARG001 - the digest is the key
    from core.training import load_ehr_model

    return load_ehr_model(Path(root), task)[1]


@st.cache_resource(show_spinner=False, max_entries=2)
def _ecg_model(root: str, task: str, digest: str) -> EcgModel:  # noqa: ARG001 - the digest is the key
    from core.training import load_ecg_model

    return load_ecg_model(Path(root), task)[1]
