"""A trained model takes the place of the one in use, and the way back: all that belongs together, or nothing.

A fusion stands on the two single models that it was fitted on, and says so in its manifest: it is adopted together with
them, and goes back together with them.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from core._artifact_places import previous_of, stage, swap_all, sweep
from core.artifacts import (
    MANIFEST,
    RUN,
    Artifact,
    artifact_name,
    load_artifact,
    to_json_bytes,
    verify_artifact,
)
from core.errors import ArtifactError
from core.modalities import SINGLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def adopt(models: Sequence[Artifact], root: Path) -> None:
    """Check models and put them in the places of those in use, which stay as the way back.

    Parameters
    ----------
    models
        From wherever they stand; each goes by its task and modality.
    root
        Folder of the models in use.

    Raises
    ------
    ArtifactError
        A file is missing or altered, or the folder cannot be written: what stood there still stands.
    """
    contents = {_name(model): _contents(model) for model in models}
    staged: dict[str, Path] = {}
    try:
        if root.is_dir():
            sweep(root)
        for name, files in contents.items():
            staged[name] = stage(root, name, files)
        swap_all(root, staged)
    except OSError as error:
        raise ArtifactError("errors.artifact_not_writable", folder=root, reason=error.strerror) from error
    finally:
        for folder in staged.values():
            shutil.rmtree(folder, ignore_errors=True)


def in_use(root: Path, name: str) -> Artifact | None:
    """Return the model in use; None where there is none that can be opened."""
    return _opened(root / name)


def previous(root: Path, name: str) -> Artifact | None:
    """Return the model before the one in use; None where there is none that can be opened."""
    place = root / name
    return _opened(previous_of(place)) if place.exists() else None


def way_back(root: Path, name: str) -> list[Artifact]:
    """Models that ``adopt`` puts back so that the one before serves again, with those that belong to it.

    Returns
    -------
    list of Artifact
        Empty where there is no model before.
    """
    before = previous(root, name)
    if before is None:
        return []
    task, modality = name.split("-")
    if modality != "fusion":
        fusion = previous(root, artifact_name(task, "fusion"))
        now = fusion_resting_on(root, name)
        if now is not None and fusion is not None and _base(fusion, modality) == before.digest:
            return way_back(root, artifact_name(task, "fusion"))
        return [before]
    bases = []
    for single in SINGLE:
        wanted, own = _base(before, single), artifact_name(task, single)
        now, older = in_use(root, own), previous(root, own)
        if older is not None and older.digest == wanted and (now is None or now.digest != wanted):
            bases.append(older)
    return [*bases, before]


def fusion_resting_on(root: Path, name: str) -> Artifact | None:
    """Return the fusion in use that was fitted on the single model in use, and cannot serve without it."""
    task, modality = name.split("-")
    model, fusion = in_use(root, name), in_use(root, artifact_name(task, "fusion"))
    if modality == "fusion" or model is None or fusion is None:
        return None
    return fusion if _base(fusion, modality) == model.digest else None


def _base(fusion: Artifact, modality: str) -> str | None:
    bases = fusion.manifest.get("bases")
    one = bases.get(modality) if isinstance(bases, dict) else None
    return str(one.get("digest")) if isinstance(one, dict) else None


def _name(model: Artifact) -> str:
    return artifact_name(str(model.manifest.get("task")), str(model.manifest.get("modality")))


def _contents(model: Artifact) -> dict[str, bytes]:
    """All files as they are, the manifest to the byte: it is the version."""
    verify_artifact(model)
    try:
        manifest = (model.folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ArtifactError(
            "errors.artifact_file_missing", folder=model.folder.name, file=MANIFEST
        ) from error
    if hashlib.sha256(manifest).hexdigest() != model.digest:
        raise ArtifactError("errors.artifact_altered", folder=model.folder.name, file=MANIFEST)
    files = {name: model.read(name) for name in model.manifest["files"]}
    return {**files, MANIFEST: manifest, RUN: to_json_bytes(model.run)}


def _opened(folder: Path) -> Artifact | None:
    try:
        return load_artifact(folder)
    except ArtifactError:
        return None
