"""What a training run is asked to do: checked when it is made, and known by its key to be the same as another's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from core.cohort.classes import TASKS
from core.cohort.synthetic import presets
from core.ecg.network_settings import NetworkSettings
from core.ehr.tuning import Settings
from core.errors import TrainingError
from core.fusion.settings import FusionSettings
from core.modalities import MODALITIES, SINGLE

if TYPE_CHECKING:
    from collections.abc import Mapping

AnySettings = Settings | NetworkSettings | FusionSettings
Changes = dict[str, dict[str, int]]
"""Modality to the settings that differ from those of the shipped models."""

SOURCES: Final = ("synthetic", "upload", "folder")
FEWEST_PATIENTS, MOST_PATIENTS = 100, 50_000
MOST_SEED: Final = 2**32 - 1
CHOICES: Final[Mapping[str, Mapping[str, tuple[int, int]]]] = {
    "ehr": {"n_folds": (2, 10), "most_rounds": (10, 2000), "n_trees": (5, 300), "fold_trees": (3, 100)},
    "ecg": {"n_folds": (2, 5), "epochs": (1, 60), "least_steps": (1, 5000), "rivals": (0, 1)},
    "fusion": {"rounds": (1, 1000), "epochs": (1, 200)},
}
"""Settings that may be changed, with the least and the most of each."""
QUICK: Final[Changes] = {
    "ehr": {"n_folds": 3, "most_rounds": 100, "n_trees": 10, "fold_trees": 3},
    "ecg": {"n_folds": 2, "epochs": 3, "least_steps": 60, "rivals": 0},
    "fusion": {"rounds": 30, "epochs": 5},
}
"""A first look: minutes become seconds, and the figures are worse than they need to be."""
_CLASSES: Final[dict[str, type[AnySettings]]] = {
    "ehr": Settings,
    "ecg": NetworkSettings,
    "fusion": FusionSettings,
}


@dataclass(frozen=True)
class Request:
    """What to train, on whom, with how much work.

    Attributes
    ----------
    task, modality
        What to train.
    source
        ``synthetic`` (preset, patients and cohort_seed count), ``upload`` (its SHA-256) or ``folder`` (its path).
    seed
        Of the training.
    changes
        See ``Changes``; a fusion's two single models take theirs where they have to be trained for it.

    Raises
    ------
    TrainingError
        Something is not among what may be asked for.
    """

    task: str
    modality: str
    source: str = "synthetic"
    preset: str = ""
    patients: int = 0
    cohort_seed: int = 0
    upload: str = ""
    folder: str = ""
    seed: int = 0
    changes: Changes = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check at the border; inside, a request is trusted."""
        _one_of("task", self.task, TASKS)
        _one_of("modality", self.modality, MODALITIES)
        _one_of("source", self.source, SOURCES)
        _within("seed", self.seed, 0, MOST_SEED)
        if self.source == "synthetic":
            _one_of("preset", self.preset, presets())
            _within("patients", self.patients, FEWEST_PATIENTS, MOST_PATIENTS)
            _within("cohort_seed", self.cohort_seed, 0, MOST_SEED)
        if self.source == "folder" and not self.folder.strip():
            raise TrainingError("errors_training_run.no_folder")
        if self.source == "upload" and not self.upload:
            raise TrainingError("errors_training_run.no_upload")
        for modality, changed in self.changes.items():
            _one_of("modality", modality, MODALITIES)
            for name, value in changed.items():
                _one_of("setting", name, CHOICES[modality])
                _within(name, value, *CHOICES[modality][name])

    @property
    def key(self) -> str:
        """The same for everyone who asks for the same."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:32]

    @property
    def trained(self) -> tuple[str, ...]:
        """Modalities that the run leaves models of."""
        return (*SINGLE, "fusion") if self.modality == "fusion" else (self.modality,)

    def settings(self, modality: str) -> AnySettings:
        """Return the settings to train one modality with."""
        own: dict[str, Any] = dict(self.changes.get(modality, {}))
        if "rivals" in own:
            own["rivals"] = NetworkSettings().rivals if own["rivals"] else ()
        return replace(_CLASSES[modality](), seed=self.seed, **own)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Request:
        """Read back what ``to_json`` wrote."""
        return cls(**stored)


def defaults(modality: str) -> dict[str, int]:
    """Return what the changeable settings are unless changed: those that the shipped models were trained with."""
    settings = _CLASSES[modality]()
    values = {name: getattr(settings, name) for name in CHOICES[modality]}
    return {name: int(bool(value)) if name == "rivals" else int(value) for name, value in values.items()}


def _one_of(name: str, value: object, known: object) -> None:
    if value not in tuple(known):  # type: ignore[arg-type]
        names = ", ".join(map(str, known))  # type: ignore[call-overload]
        raise TrainingError("errors_training_run.choice", name=name, value=str(value)[:40], known=names)


def _within(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise TrainingError("errors_training_run.range", name=name, value=str(value)[:20], low=low, high=high)
