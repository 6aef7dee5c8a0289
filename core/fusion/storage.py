"""A fusion as files that hold no code, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from core.errors import ArtifactError
from core.evaluation import ConformalThresholds
from core.fusion.correction import ARRAYS, KINDS, Correction
from core.fusion.late import LateFusion
from core.fusion.model import FusionModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "model.json"


class Files(Protocol):
    """Where the files come from: they are verified there."""

    def read(self, name: str) -> bytes:
        """Content of a file."""

    def read_json(self, name: str) -> Any:
        """Content of a JSON file."""

    def read_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Arrays of an NPZ file."""


def to_parts(model: FusionModel) -> tuple[dict[str, bytes], dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Split a model into binary files, the content of ``model.json``, and the arrays of ``correction.npz``."""
    binary, arrays = ({}, {}) if model.correction is None else model.correction.to_files()
    rest = {
        "classes": list(model.classes),
        "fusion": model.fusion.to_json(),
        "correction": None if model.correction is None else model.correction.kind,
        "conformal": model.conformal.to_json(),
        "weights": list(model.weights),
        "bases": model.bases,
    }
    return binary, rest, arrays


def from_files(files: Files) -> FusionModel:
    """Load a fusion.

    Raises
    ------
    ArtifactError
        A file is missing or altered, or its content is not that of a fusion.
    """
    stored = files.read_json(MODEL)
    try:
        classes = tuple(map(str, stored["classes"]))
        model = FusionModel(
            classes,
            LateFusion.from_json(stored["fusion"]),
            _correction(files, stored["correction"], len(classes)),
            ConformalThresholds.from_json(stored["conformal"]),
            tuple(map(float, stored["weights"])),
            {str(name): str(digest) for name, digest in stored["bases"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError("errors.artifact_part", part=MODEL, reason=str(error)[:80]) from error
    k = len(model.classes)
    if {len(model.weights), len(model.conformal.thresholds), len(model.fusion.shares)} != {k}:
        raise ArtifactError("errors.artifact_part", part=MODEL, reason="parts of different models")
    return model


def _correction(files: Files, kind: Any, n_classes: int) -> Correction | None:
    if kind is None:
        return None
    if kind not in KINDS:
        raise ArtifactError("errors.artifact_part", part=MODEL, reason=f"correction {str(kind)[:20]}")
    return Correction.from_files(kind, n_classes, files.read, files.read_arrays(ARRAYS))
