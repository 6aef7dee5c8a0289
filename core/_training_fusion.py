"""Fitting the fusion on what the two single models said of patients whom they had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.artifacts import Artifact, artifact_name, load_artifact, to_json_bytes
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
from core.fusion.late import MODALITIES, plain_sum
from core.fusion.model import MODEL, FusionModel, fusion_model
from core.fusion.strategies import FittedFusion, fit_fusion
from core.results import load_results
from core.versions import versions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.evaluation import Comparison

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class _Part:
    """Patients of one part that both models have: their table of predictions, class codes, and probabilities."""

    frame: pd.DataFrame
    codes: pd.Series
    p: dict[str, Floats]


def standing_base(root: Path, cohort: Cohort, task: str, modality: str, seed: int) -> Artifact | None:
    """Return the single model in the folder if it was fitted on this cohort with this seed, else None."""
    try:
        artifact = load_artifact(root / artifact_name(task, modality))
    except ArtifactError:
        return None
    same = artifact.manifest.get("cohort_digest") == cohort.digest() and artifact.manifest.get("seed") == seed
    return artifact if same else None


def fuse(
    cohort: Cohort, task: str, root: Path, bases: dict[str, Artifact], seed: int
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
    groups = cohort.groups().loc[train.codes.index]
    fitted = fit_fusion(train.p, train.codes, groups, seed)
    digests = {modality: artifact.digest for modality, artifact in bases.items()}
    model = fusion_model(classes, fitted, train.codes.to_numpy(), digests)
    truth = test.codes.to_numpy(dtype=np.int64)
    p = fitted.fusion.apply(test.p)
    raw = plain_sum(np.array(fitted.fusion.shares)).apply(test.p)
    series = {"p": p, **test.p}
    roc = [roc_frame(truth, values, classes, seed=seed).assign(series=key) for key, values in series.items()]
    calibration = [
        calibration_frame(truth, values, classes).assign(series=key) for key, values in series.items()
    ]
    files = {
        MODEL: to_json_bytes(model.to_json()),
        "predictions.csv": _csv(_predictions(model, fitted, train, test, p, raw)),
        "roc.csv": _csv(pd.concat(roc, ignore_index=True)),
        "calibration.csv": _csv(pd.concat(calibration, ignore_index=True)),
    }
    counts = {
        "all": _counts(pd.concat([train.codes, test.codes]), classes),
        "train": _counts(train.codes, classes),
    }
    manifest = {
        "task": task,
        "modality": "fusion",
        "classes": list(classes),
        "cohort": vars(cohort.about),
        "cohort_digest": cohort.digest(),
        "seed": seed,
        "versions": versions(),
        "bases": {modality: {"digest": digest} for modality, digest in digests.items()},
        "n_train": len(train.codes),
        "n_test": len(test.codes),
        "n_persons": int(cohort.groups().loc[joined["patient_id"]].nunique()),
        "class_counts": {**counts, "resampled": counts["train"], "test": _counts(test.codes, classes)},
        **_metrics(model, truth, p, raw, test.p, seed),
        "strategies": [strategy.to_json() for strategy in fitted.strategies],
        "weights": {
            label: {"intercept": b, **dict(zip(MODALITIES, row, strict=True))}
            for label, b, row in zip(
                classes[1:], fitted.fusion.intercepts, fitted.fusion.weights, strict=True
            )
        },
        "fallback": without,
    }
    return files, manifest


def _metrics(
    model: FusionModel, truth: Codes, p: Floats, raw: Floats, bases: dict[str, Floats], seed: int
) -> dict[str, Any]:
    """Evaluate the fusion, the plain sum and the single models on the same test patients, and compare them."""
    classes = model.classes
    return {
        "metrics": evaluate(truth, p, model.decide(p), classes, seed).to_json(),
        "raw_metrics": evaluate(truth, raw, model.decide(raw), classes, seed).to_json(),
        "oracle_metrics": None,
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
        kept[name] = frame[["patient_id", "part", "truth", *own]].rename(columns=own)
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
        frame = part.frame.reset_index()
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
