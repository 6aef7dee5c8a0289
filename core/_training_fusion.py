"""Fitting the fusion on what the two single models said of patients whom they had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_fusion_features import patient_features
from core._training_oracle import fusion_oracle, fusion_oracle_metrics
from core._training_rivals import score_rivals
from core._training_subgroups import FILE as SUBGROUPS
from core._training_subgroups import subgroup_table
from core.artifacts import Artifact, artifact_name, load_artifact, to_json_bytes, to_npz_bytes
from core.cohort.folder import CLASSES
from core.errors import ArtifactError, TrainingError
from core.evaluation import (
    bootstrap_macro_test,
    calibration_frame,
    delong_test,
    evaluate,
    roc_frame,
)
from core.evaluation.intervals import to_number
from core.fusion import storage
from core.fusion.correction import ARRAYS
from core.fusion.late import MODALITIES, plain_sum
from core.fusion.model import FusionModel, fusion_model
from core.fusion.strategies import FittedFusion, TrainingEvidence, fit_fusion
from core.progress import Progress, silent, span
from core.results import load_results
from core.versions import versions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel
    from core.evaluation import Comparison
    from core.fusion.features import PatientFeatures
    from core.fusion.settings import FusionSettings

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class _Part:
    """Patients of one part that both models have: their table of predictions, class codes, and probabilities."""

    frame: pd.DataFrame
    codes: pd.Series
    p: dict[str, Floats]


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
    truth = test.codes.to_numpy(dtype=np.int64)
    p = model.apply(test.p, features)
    raw = plain_sum(np.array(model.fusion.shares)).apply(test.p)
    intercepts, parts = model.contributions(test.p, features)
    test.frame[[f"{name}_adds_{label}" for name in MODALITIES for label in classes[1:]]] = np.round(
        np.concatenate([parts[:, :, at] for at in range(len(MODALITIES))], axis=1), 8
    )
    _add_oracle(cohort, task, train, test)
    binary, rest, arrays = storage.to_parts(model)
    files = {
        **binary,
        storage.MODEL: to_json_bytes(rest),
        **({ARRAYS: to_npz_bytes(arrays)} if arrays else {}),
        "predictions.csv": _csv(_predictions(model, fitted, train, test, p, raw)),
        "roc.csv": _csv(_curves(roc_frame, truth, {"p": p, **test.p}, classes, seed=settings.seed)),
        "calibration.csv": _csv(_curves(calibration_frame, truth, {"p": p, **test.p}, classes)),
        SUBGROUPS: _csv(subgroup_table(cohort, test.codes.index, truth, p, classes)),
    }
    manifest = {
        **_facts(cohort, task, bases, train, test, settings),
        "n_persons": int(cohort.groups().loc[joined["patient_id"]].nunique()),
        **_metrics(model, truth, p, raw, test.p, settings.seed),
        "oracle_metrics": fusion_oracle_metrics(cohort, test.codes.index, task, truth, settings.seed),
        "strategies": [strategy.to_json() for strategy in fitted.strategies],
        "correction": None if model.correction is None else model.correction.kind,
        "weights": {
            label: {"intercept": float(b), **dict(zip(MODALITIES, row, strict=True))}
            for label, b, row in zip(classes[1:], intercepts, fitted.fusion.weights, strict=True)
        },
        "fallback": without,
        "scores": score_rivals(cohort, task, test.codes.index, truth, p),
    }
    return files, manifest


def _add_oracle(cohort: Cohort, task: str, *parts: _Part) -> None:
    """Put beside the predictions what an ideal reader of record and recording would say, where that is known."""
    for part in parts:
        known = fusion_oracle(cohort, part.codes.index, task)
        if known is not None:
            part.frame[[f"oracle_{label}" for label in CLASSES[task]]] = np.round(known, 6)


def _known(
    cohort: Cohort, bases: Bases, train: _Part, settings: FusionSettings, progress: Progress
) -> TrainingEvidence:
    """What is known of the training patients; features only where there are patients enough to learn from them."""
    codes = train.codes
    groups = cohort.groups().loc[codes.index]
    if len(codes) < settings.fewest_patients or codes.value_counts().min() < settings.fewest_events:
        return TrainingEvidence(train.p, codes, groups)
    network = train.frame["network"].to_numpy(dtype=np.int64)
    return TrainingEvidence(train.p, codes, groups, bases.features(cohort, codes.index, progress), network)


def _facts(
    cohort: Cohort, task: str, bases: Bases, train: _Part, test: _Part, settings: FusionSettings
) -> dict[str, Any]:
    """Of the manifest, what is known before fitting."""
    classes = CLASSES[task]
    counts = {
        "all": _counts(pd.concat([train.codes, test.codes]), classes),
        "train": _counts(train.codes, classes),
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
        "class_counts": {**counts, "resampled": counts["train"], "test": _counts(test.codes, classes)},
    }


def _curves(
    frame: Callable[..., pd.DataFrame],
    truth: Codes,
    series: dict[str, Floats],
    classes: tuple[str, ...],
    **more: Any,
) -> pd.DataFrame:
    found = [frame(truth, p, classes, **more).assign(series=key) for key, p in series.items()]
    return pd.concat(found, ignore_index=True)


def _metrics(
    model: FusionModel, truth: Codes, p: Floats, raw: Floats, bases: dict[str, Floats], seed: int
) -> dict[str, Any]:
    """Evaluate the fusion, the plain sum and the single models on the same test patients, and compare them."""
    classes = model.classes
    return {
        "metrics": evaluate(truth, p, model.decide(p), classes, seed).to_json(),
        "raw_metrics": evaluate(truth, raw, model.decide(raw), classes, seed).to_json(),
        "base_metrics": {
            name: evaluate(truth, bases[name], model.decide(bases[name]), classes, seed).to_json()
            for name in MODALITIES
        },
        "comparisons": _comparisons(truth, p, bases, classes, seed),
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


def _part(joined: pd.DataFrame, part: str, classes: tuple[str, ...]) -> _Part:
    frame = joined[joined["part"] == part].set_index("patient_id")
    codes = frame["truth"].map({name: code for code, name in enumerate(classes)}).astype("int64")
    p = {
        name: frame[[f"{name}_{label}" for label in classes]].to_numpy(dtype=np.float64)
        for name in MODALITIES
    }
    # what was stored is rounded
    return _Part(
        frame, codes, {name: values / values.sum(axis=1, keepdims=True) for name, values in p.items()}
    )


def _predictions(
    model: FusionModel, fitted: FittedFusion, train: _Part, test: _Part, p: Floats, raw: Floats
) -> pd.DataFrame:
    classes = list(model.classes)
    summed = plain_sum(np.array(fitted.fusion.shares)).apply(train.p)
    frames = []
    for part, fused, plain in ((test, p, raw), (train, fitted.out_of_fold, summed)):
        frame = part.frame.drop(columns="network").reset_index()
        frame.insert(3, "predicted", np.array(classes)[model.decide(fused)])
        frame[[f"p_{name}" for name in classes]] = np.round(fused, 8)
        frame[[f"raw_{name}" for name in classes]] = np.round(plain, 8)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _comparisons(
    truth: Codes, p: Floats, bases: dict[str, Floats], classes: tuple[str, ...], seed: int
) -> list[dict[str, Any]]:
    """Fusion less each single model on the same patients: class by class, and for three classes their mean."""
    rows = []
    for name, single in bases.items():
        for code, label in enumerate(classes):
            if len(classes) > 2 or code == 1:
                found = delong_test(truth == code, p[:, code], single[:, code])
                rows.append(_comparison(name, label, found))
        if len(classes) > 2:
            rows.append(_comparison(name, "macro", bootstrap_macro_test(truth, p, single, seed=seed)))
    return rows


def _comparison(against: str, label: str, found: Comparison) -> dict[str, Any]:
    difference = {key: to_number(getattr(found.difference, key)) for key in ("value", "low", "high")}
    return {"against": against, "class": label, "difference": difference, "p_value": to_number(found.p_value)}


def _counts(codes: pd.Series, classes: tuple[str, ...]) -> dict[str, int]:
    return {name: int((codes == code).sum()) for code, name in enumerate(classes)}


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
