"""Fitted models on disk: saved whole, verified before anything is loaded, adopted atomically, with a way back.

An artifact is a folder ``<task>-<modality>`` with ``manifest.json`` (settings, versions, cohort digest, seed,
metrics, SHA-256 of every file) and files in formats that hold no code: UBJSON, NPZ without pickle, JSON, CSV.
``run.json`` (when, how long) stands outside the manifest, so that two runs with one seed give the same manifest byte
for byte.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core._artifact_places import PREVIOUS, stage, standing, swap
from core._manifest_kinds import wrong_entry
from core.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FORMAT = 1
MANIFEST = "manifest.json"
RUN = "run.json"
DEFAULT_FOLDER = Path(__file__).parent.parent / "artifacts"
_MOST_BYTES = 200 * 1024 * 1024
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Artifact:
    """A saved model whose files have been checked against its manifest.

    Attributes
    ----------
    folder
        Where it stands.
    manifest
        What ``manifest.json`` says.
    run
        What ``run.json`` says; empty if it is missing. Information only.
    digest
        SHA-256 of the manifest: the version of the model.
    """

    folder: Path
    manifest: dict[str, Any]
    run: dict[str, Any]
    digest: str

    @property
    def version(self) -> str:
        """First twelve digits of the digest, for people."""
        return self.digest[:12]

    def read(self, name: str) -> bytes:
        """Content of one file, checked again against the manifest.

        Raises
        ------
        ArtifactError
            The file is missing, too large or not the one that was saved.
        """
        wanted = self.manifest["files"].get(name)
        if wanted is None:
            raise ArtifactError("errors.artifact_file_missing", folder=self.folder.name, file=name)
        content = _read_bounded(self.folder / name, self.folder.name)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise ArtifactError("errors.artifact_altered", folder=self.folder.name, file=name)
        return content

    def read_json(self, name: str) -> Any:
        """Content of a JSON file."""
        return _parse(self.read(name), self.folder.name, name)

    def read_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Arrays of an NPZ file; object arrays (pickle) are refused."""
        try:
            with np.load(io.BytesIO(self.read(name)), allow_pickle=False) as stored:
                return {key: stored[key] for key in stored.files}
        except (ValueError, OSError, zipfile.BadZipFile, EOFError) as error:
            raise ArtifactError("errors.artifact_part", part=name, reason=str(error)[:80]) from error


def artifact_name(task: str, modality: str) -> str:
    """Folder name of a model."""
    return f"{task}-{modality}"


def save_artifact(
    root: Path, name: str, files: dict[str, bytes], manifest: dict[str, Any], run: dict[str, Any]
) -> Artifact:
    """Write a model beside the one in use, then put it in its place; the one before stays as the way back.

    Parameters
    ----------
    root
        Folder of all artifacts; made if it is not there.
    name
        See ``artifact_name``.
    files
        File name to content.
    manifest
        Everything but ``format`` and ``files``, which are added here.
    run
        When and how long.

    Raises
    ------
    ArtifactError
        The folder cannot be written; what stood there before still stands.
    """
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
    full = {"format": FORMAT, **manifest, "files": digests}
    contents = {**files, MANIFEST: to_json_bytes(full), RUN: to_json_bytes(run)}
    try:
        staging = stage(root, name, contents)
        try:
            swap(staging, root / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise ArtifactError("errors.artifact_not_writable", folder=root, reason=error.strerror) from error
    return load_artifact(root / name)


def load_artifact(folder: Path) -> Artifact:
    """Open a saved model: its manifest is read, its files are checked when they are read.

    Raises
    ------
    ArtifactError
        There is no such model, its manifest is unreadable, of another format, or an entry of it of another kind.
    """
    folder = standing(folder)
    if not (folder / MANIFEST).is_file():
        raise ArtifactError("errors.artifact_missing", folder=folder)
    content = _read_bounded(folder / MANIFEST, folder.name)
    manifest = _parse(content, folder.name, MANIFEST, _parsed_before)
    known = isinstance(manifest, dict) and isinstance(manifest.get("files"), dict)
    if not known or any(not _plain_name(name) for name in manifest["files"]):
        raise ArtifactError("errors.artifact_part", part=MANIFEST, reason="not a manifest")
    if manifest.get("format") != FORMAT:
        raise ArtifactError(
            "errors.artifact_format", folder=folder.name, found=manifest.get("format"), known=FORMAT
        )
    wrong = wrong_entry(manifest)
    if wrong is not None:
        raise ArtifactError("errors.artifact_part", part=MANIFEST, reason=f"{wrong}: of another kind")
    run: Any = {}
    if (folder / RUN).is_file():
        run = _parse(_read_bounded(folder / RUN, folder.name), folder.name, RUN, _parsed_before)
    return Artifact(
        folder, manifest, run if isinstance(run, dict) else {}, hashlib.sha256(content).hexdigest()
    )


def list_artifacts(root: Path) -> list[Path]:
    """Folders of the models under ``root``, in the order of their names."""
    if not root.is_dir():
        return []
    names = {path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")}
    names |= {
        path.name[1 : -len(PREVIOUS) - 1]
        for path in root.iterdir()
        if path.name.startswith(".") and path.name.endswith(f".{PREVIOUS}")
    }
    return [root / name for name in sorted(names) if (standing(root / name) / MANIFEST).is_file()]


def verify_artifact(artifact: Artifact) -> list[str]:
    """Check every file against the manifest; returns the files that stand in the folder beyond it.

    Raises
    ------
    ArtifactError
        A file is missing or altered.
    """
    for name in artifact.manifest["files"]:
        artifact.read(name)
    known = {*artifact.manifest["files"], MANIFEST, RUN}
    return sorted(path.name for path in artifact.folder.iterdir() if path.name not in known)


def verify_all(root: Path) -> list[dict[str, Any]]:
    """Check every saved model under ``root``, also folders whose manifest is gone; an entry each as ``verify --json``.

    Raises
    ------
    ArtifactError
        There is none.
    """
    folders = set(list_artifacts(root))
    if root.is_dir():
        folders |= {path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    if not folders:
        raise ArtifactError("errors.artifact_missing", folder=root)
    return [_verified(folder) for folder in sorted(folders)]


def _verified(folder: Path) -> dict[str, Any]:
    entry = {"artifact": folder.name, "ok": True, "files": None, "unknown_files": [], "problem": None}
    try:
        artifact = load_artifact(folder)
        unknown = verify_artifact(artifact)
    except ArtifactError as error:
        return entry | {"ok": False, "problem": str(error)}
    return entry | {"files": len(artifact.manifest["files"]), "unknown_files": unknown}


def to_json_bytes(value: Any) -> bytes:
    """JSON for people and machines: no NaN, UTF-8, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def to_npz_bytes(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """Compressed NPZ, the same bytes for the same arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{key: arrays[key] for key in sorted(arrays)})  # type: ignore[arg-type]
    return buffer.getvalue()


def _read_bounded(path: Path, folder: str) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device would be read for ever
            raise ArtifactError("errors.artifact_file_missing", folder=folder, file=path.name)
        if path.stat().st_size > _MOST_BYTES:
            raise ArtifactError("errors.artifact_part", part=path.name, reason="too large")
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError("errors.artifact_file_missing", folder=folder, file=path.name) from error


def _parse(content: bytes, folder: str, name: str, parsed: Callable[[bytes], Any] | None = None) -> Any:
    try:
        return (parsed or _parsed)(content)
    except (ValueError, RecursionError) as error:
        raise ArtifactError("errors.artifact_altered", folder=folder, file=name) from error


def _parsed(content: bytes) -> Any:
    return json.loads(content, parse_constant=_refuse_constant)


# a page asks for every model's manifest whenever it is drawn; nobody changes one that was read
_parsed_before = functools.lru_cache(maxsize=32)(_parsed)


def _refuse_constant(name: str) -> None:
    """Refuse NaN and infinity, which JSON does not know and nothing here writes."""
    raise ValueError(name)


def _plain_name(name: object) -> bool:
    """Whether a manifest's file name is one of ours: nothing that leads out of the folder or that a disk refuses."""
    return isinstance(name, str) and _PLAIN_NAME.fullmatch(name) is not None
