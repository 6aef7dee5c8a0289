"""A health-record model as files that hold no code, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.ehr.boosting import Trees
from core.ehr.encoding import Encoder
from core.ehr.familiarity import Familiarity
from core.ehr.missforest import MissForest
from core.ehr.pipeline import EhrModel, Forecaster
from core.ehr.tuning import Choice
from core.errors import ArtifactError
from core.evaluation import ConformalThresholds, Recalibration

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Files(Protocol):
    """Where the files come from: they are verified there."""

    def read(self, name: str) -> bytes:
        """Content of a file."""

    def read_json(self, name: str) -> Any:
        """Content of a JSON file."""

    def read_arrays(self, name: str) -> dict[str, NDArray[np.generic]]:
        """Arrays of an NPZ file."""


def to_parts(model: EhrModel) -> tuple[dict[str, bytes], dict[str, Any], dict[str, NDArray[np.generic]]]:
    """Split a model into binary files, the content of ``model.json``, and the arrays of ``imputer.npz``."""
    trees = {"trees.ubj": model.main.trees.to_bytes(), "twin.ubj": model.twin.trees.to_bytes()}
    rest = {
        "classes": list(model.classes),
        "encoder": model.encoder.to_json(),
        "recalibration": model.main.recalibration.to_json(),
        "twin_recalibration": model.twin.recalibration.to_json(),
        "conformal": model.conformal.to_json(),
        "weights": list(model.weights),
        "choice": model.choice.to_json(),
        "familiarity": None if model.familiarity is None else model.familiarity.to_json(),
    }
    return trees, rest, model.imputer.to_arrays()


def from_files(files: Files) -> EhrModel:
    """Load a model.

    Raises
    ------
    ArtifactError
        A file is missing or altered, or its content is not that of a health-record model.
    """
    stored = files.read_json("model.json")
    try:
        classes = tuple(map(str, stored["classes"]))
        model = EhrModel(
            classes=classes,
            encoder=Encoder.from_json(stored["encoder"]),
            imputer=MissForest.from_arrays(files.read_arrays("imputer.npz")),
            main=_forecaster(files, "trees.ubj", len(classes), stored["recalibration"]),
            twin=_forecaster(files, "twin.ubj", len(classes), stored["twin_recalibration"]),
            conformal=ConformalThresholds.from_json(stored["conformal"]),
            weights=tuple(map(float, stored["weights"])),
            choice=Choice.from_json(stored["choice"]),
            familiarity=_familiarity(stored.get("familiarity")),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ArtifactError("errors.artifact_part", part="model.json", reason=str(error)[:80]) from error
    _check_shapes(model)
    return model


def _forecaster(files: Files, name: str, n_classes: int, recalibration: dict[str, Any]) -> Forecaster:
    return Forecaster(Trees.from_bytes(files.read(name), n_classes), Recalibration.from_json(recalibration))


def _familiarity(stored: dict[str, Any] | None) -> Familiarity | None:
    """Models of before it was kept have none: whom they know is then unknown, and said to be."""
    return None if stored is None else Familiarity.from_json(stored)


def _check_shapes(model: EhrModel) -> None:
    """Parts that do not belong together must fail here, in words, not later inside a library."""
    k, n_design = len(model.classes), len(model.encoder.owners)
    sizes = {len(model.weights), len(model.conformal.thresholds)}
    sizes |= {len(one.recalibration.scale) for one in (model.main, model.twin)}
    widths = {one.trees.booster.num_features() for one in (model.main, model.twin)}
    if model.familiarity is not None:
        widths.add(len(model.familiarity.cloud.center))
    if sizes != {k} or widths != {n_design} or not _serves(model):
        raise ArtifactError("errors.artifact_part", part="model.json", reason="parts of different models")


def _serves(model: EhrModel) -> bool:
    """Whether a patient of whom nothing is known passes through the whole model."""
    from xgboost.core import XGBoostError

    nothing = np.full((1, len(model.encoder.features)), np.nan)
    try:
        design = model.encoder.design(model.imputer.transform(nothing))
        forecasts = [one.forecast(design)[0] for one in (model.main, model.twin)]
    except (ValueError, IndexError, XGBoostError):
        return False
    return all(forecast.shape == (1, len(model.classes)) for forecast in forecasts)
