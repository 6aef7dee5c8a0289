"""An ECG model as files that hold no code, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.ecg.model import EcgModel
from core.ecg.network_input import WINDOW_SAMPLES
from core.ecg.recording import LEADS
from core.ecg.serving import ServedNetwork
from core.errors import ArtifactError
from core.evaluation import ConformalThresholds, Recalibration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ecg.network import ResidualNetwork

NETWORK, WEIGHTS, MODEL = "network.onnx", "network.safetensors", "model.json"


class Files(Protocol):
    """Where the files come from: they are verified there."""

    def read(self, name: str) -> bytes:
        """Content of a file."""

    def read_json(self, name: str) -> Any:
        """Content of a JSON file."""


def to_parts(model: EcgModel, networks: Sequence[ResidualNetwork]) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Split a model into binary files and the content of ``model.json``."""
    from safetensors.torch import save

    tensors = {
        f"{number}.{key}": value.contiguous()
        for number, network in enumerate(networks)
        for key, value in network.state_dict().items()
    }
    rest = {
        "classes": list(model.classes),
        "recalibration": model.recalibration.to_json(),
        "conformal": model.conformal.to_json(),
        "weights": list(model.weights),
        "thresholds": model.thresholds,
    }
    return {NETWORK: model.network.content, WEIGHTS: save(tensors)}, rest


def from_files(files: Files) -> EcgModel:
    """Load a model; torch is not needed.

    Raises
    ------
    ArtifactError
        A file is missing or altered, or its content is not that of an ECG model.
    """
    stored = files.read_json(MODEL)
    try:
        model = EcgModel(
            classes=tuple(map(str, stored["classes"])),
            network=ServedNetwork(files.read(NETWORK)),
            recalibration=Recalibration.from_json(stored["recalibration"]),
            conformal=ConformalThresholds.from_json(stored["conformal"]),
            weights=tuple(map(float, stored["weights"])),
            thresholds={str(name): float(value) for name, value in stored["thresholds"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ArtifactError("errors.artifact_part", part=MODEL, reason=str(error)[:80]) from error
    k = len(model.classes)
    sizes = {len(model.weights), len(model.conformal.thresholds), len(model.recalibration.scale)}
    if sizes != {k}:
        raise ArtifactError("errors.artifact_part", part=MODEL, reason="parts of different models")
    model.network.check(k)
    if not np.isfinite(model.score(np.zeros((1, len(LEADS), WINDOW_SAMPLES), np.float32))).all():
        raise ArtifactError("errors.artifact_part", part=NETWORK, reason="no finite answer")
    return model
