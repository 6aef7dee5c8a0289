"""Fitting the fusion on what the two single models said of patients whom they had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_fusion_features import patient_features
from core._training_fusion_results import Part, add_oracle, counts_by_class, judged, predict_test, saved_files
from core.artifacts import Artifact, artifact_name, load_artifact
from core.cohort.folder import CLASSES
from core.errors import ArtifactError, TrainingError
from core.fusion.late import MODALITIES
from core.fusion.model import fusion_model
from core.fusion.strategies import TrainingEvidence, fit_fusion
from core.progress import Progress, silent, span
from core.results import load_results
from core.versions import versions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel
    from core.fusion.features import PatientFeatures
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Bases:
    """The two single models that a fusion stands on: their artifacts by modality, and the models themselves."""

    artifacts: dict[str, Artifact]
    ehr: EhrModel
    ecg: EcgModel

    def features(self, cohort: Cohort, patients: pd.Index, progress: Progress) -> PatientFeatures:
        """See ``core._training_fusion_features.patient_features``."""
        return patient_features(cohort, self.ehr, self.ecg, patients, progress)


def standing_base(root: Path, cohort: Cohort, task: str, modality: str, seed: int) -> Artifact | None:
    """Return the single model in the folder if it was fitted on this cohort with this seed, else None."""
    try:
        artifact = load_artifact(root / artifact_name(task, modality))
    except ArtifactError:
        return None
    same = artifact.manifest.get("cohort_digest") == cohort.digest() and artifact.manifest.get("seed") == seed
    return artifact if same else None


def fuse(
    cohort: Cohort,
    task: str,
    root: Path,
    bases: Bases,
    settings: FusionSettings,
    progress: Progress = silent,
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Fit, evaluate on the test part, describe.

    Raises
    ------
    TrainingError
        A class has no patient with both a record and a usable recording in one of the parts.
    """
    classes = CLASSES[task]
    joined, without = _joined(root, task)
    train, test = (_part(joined, part, classes) for part in ("out-of-fold", "test"))
    for code, label in enumerate(classes):
        if min((train.codes == code).sum(), (test.codes == code).sum()) < 1:
            raise TrainingError("errors.fusion_too_few", name=cohort.about.name, label=label, task=task)
    known = _known(cohort, bases, train, settings, span(progress, 0.0, 0.7))
    fitted = fit_fusion(known, settings, span(progress, 0.7, 0.9))
    digests = {modality: artifact.digest for modality, artifact in bases.artifacts.items()}
    model = fusion_model(classes, fitted, train.codes.to_numpy(), digests)
    features = None
    if model.correction is not None:
        features = bases.features(cohort, test.codes.index, span(progress, 0.9, 1.0))
    fused = predict_test(model, fitted, test, features)
    add_oracle(cohort, task, train, test)
    manifest = {
        **_facts(cohort, task, bases, train, test, settings),
        "n_persons": int(cohort.groups().loc[joined["patient_id"]].nunique()),
        **judged(cohort, task, fused, test, settings.seed),
        "fallback": without,
    }
    return saved_files(cohort, fused, train, test, settings.seed), manifest


def _known(
    cohort: Cohort, bases: Bases, train: Part, settings: FusionSettings, progress: Progress
) -> TrainingEvidence:
    """What is known of the training patients; features only where there are patients enough to learn from them."""
    codes = train.codes
    groups = cohort.groups().loc[codes.index]
    if len(codes) < settings.fewest_patients or codes.value_counts().min() < settings.fewest_events:
        return TrainingEvidence(train.p, codes, groups)
    network = train.frame["network"].to_numpy(dtype=np.int64)
    return TrainingEvidence(train.p, codes, groups, bases.features(cohort, codes.index, progress), network)


def _facts(
    cohort: Cohort, task: str, bases: Bases, train: Part, test: Part, settings: FusionSettings
) -> dict[str, Any]:
    """Of the manifest, what is known before fitting."""
    classes = CLASSES[task]
    counts = {
        "all": counts_by_class(pd.concat([train.codes, test.codes]), classes),
        "train": counts_by_class(train.codes, classes),
    }
    return {
        "task": task,
        "modality": "fusion",
        "classes": list(classes),
        "cohort": cohort.about.facts(),
        "cohort_digest": cohort.digest(),
        "seed": settings.seed,
        "settings": settings.to_json(),
        "versions": versions(),
        "bases": {modality: {"digest": artifact.digest} for modality, artifact in bases.artifacts.items()},
        "n_train": len(train.codes),
        "n_test": len(test.codes),
        "class_counts": {
            **counts,
            "resampled": counts["train"],
            "test": counts_by_class(test.codes, classes),
        },
    }


def _joined(root: Path, task: str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Predictions of both models side by side, and how many test patients only one of them has."""
    frames = {name: load_results(root, task, name).frame("predictions") for name in MODALITIES}
    kept = {}
    for name, frame in frames.items():
        own = {str(c): f"{name}_{str(c)[2:]}" for c in frame.columns if str(c).startswith("p_")}
        keys = ["patient_id", "part", "truth", *(["network"] if name == "ecg" else [])]
        kept[name] = frame[[*keys, *own]].rename(columns=own)
    joined = kept["ehr"].merge(kept["ecg"], on=["patient_id", "part", "truth"], validate="one_to_one")
    tests = {name: set(frame.loc[frame["part"] == "test", "patient_id"]) for name, frame in frames.items()}
    return joined, {
        "test_without_ecg": len(tests["ehr"] - tests["ecg"]),
        "test_without_ehr": len(tests["ecg"] - tests["ehr"]),
    }


def _part(joined: pd.DataFrame, part: str, classes: tuple[str, ...]) -> Part:
    frame = joined[joined["part"] == part].set_index("patient_id")
    codes = frame["truth"].map({name: code for code, name in enumerate(classes)}).astype("int64")
    p = {
        name: frame[[f"{name}_{label}" for label in classes]].to_numpy(dtype=np.float64)
        for name in MODALITIES
    }
    # what was stored is rounded
    return Part(
        frame, codes, {name: values / values.sum(axis=1, keepdims=True) for name, values in p.items()}
    )
