"""What is saved with a fitted fusion: predictions, evaluation on the test part, what each modality adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_oracle import fusion_oracle, fusion_oracle_metrics
from core._training_rivals import score_rivals
from core._training_subgroups import FILE as SUBGROUPS
from core._training_subgroups import subgroup_table
from core.artifacts import to_json_bytes, to_npz_bytes
from core.cohort.folder import CLASSES
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.evaluation import Comparison
    from core.fusion.features import PatientFeatures
    from core.fusion.model import FusionModel
    from core.fusion.strategies import FittedFusion

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """Patients of one part that both models have: their table of predictions, class codes, and probabilities."""

    frame: pd.DataFrame
    codes: pd.Series
    p: dict[str, Floats]


@dataclass(frozen=True)
class Fused:
    """A fitted fusion and what it says of the test part: fused and plainly summed probabilities (n, k)."""

    model: FusionModel
    fitted: FittedFusion
    truth: Codes
    p: Floats
    raw: Floats
    intercepts: Floats


def predict_test(
    model: FusionModel, fitted: FittedFusion, test: Part, features: PatientFeatures | None
) -> Fused:
    """Predict the test part; what each modality adds is put beside its patients."""
    intercepts, parts = model.contributions(test.p, features)
    names = [f"{name}_adds_{label}" for name in MODALITIES for label in model.classes[1:]]
    columns = np.concatenate([parts[:, :, at] for at in range(len(MODALITIES))], axis=1)
    test.frame[names] = np.round(columns, 8)
    return Fused(
        model,
        fitted,
        test.codes.to_numpy(dtype=np.int64),
        model.apply(test.p, features),
        plain_sum(np.array(model.fusion.shares)).apply(test.p),
        intercepts,
    )


def saved_files(cohort: Cohort, fused: Fused, train: Part, test: Part, seed: int) -> dict[str, bytes]:
    """What is saved beside the manifest."""
    classes = fused.model.classes
    binary, rest, arrays = storage.to_parts(fused.model)
    series = {"p": fused.p, **test.p}
    return {
        **binary,
        storage.MODEL: to_json_bytes(rest),
        **({ARRAYS: to_npz_bytes(arrays)} if arrays else {}),
        "predictions.csv": _csv(_predictions(fused, train, test)),
        "roc.csv": _csv(_curves(roc_frame, fused.truth, series, classes, seed=seed)),
        "calibration.csv": _csv(_curves(calibration_frame, fused.truth, series, classes)),
        SUBGROUPS: _csv(subgroup_table(cohort, test.codes.index, fused.truth, fused.p, classes)),
    }


def judged(cohort: Cohort, task: str, fused: Fused, test: Part, seed: int) -> dict[str, Any]:
    """Of the manifest, what fitting and the test part tell."""
    correction, patients = fused.model.correction, test.codes.index
    rows = zip(fused.model.classes[1:], fused.intercepts, fused.fitted.fusion.weights, strict=True)
    return {
        **_metrics(fused.model, fused.truth, fused.p, fused.raw, test.p, seed),
        "oracle_metrics": fusion_oracle_metrics(cohort, patients, task, fused.truth, seed),
        "strategies": [strategy.to_json() for strategy in fused.fitted.strategies],
        "correction": None if correction is None else correction.kind,
        "weights": {
            label: {"intercept": float(b), **dict(zip(MODALITIES, row, strict=True))}
            for label, b, row in rows
        },
        "scores": score_rivals(cohort, task, patients, fused.truth, fused.p),
    }


def add_oracle(cohort: Cohort, task: str, *parts: Part) -> None:
    """Put beside the predictions what an ideal reader of record and recording would say, where that is known."""
    for part in parts:
        known = fusion_oracle(cohort, part.codes.index, task)
        if known is not None:
            part.frame[[f"oracle_{label}" for label in CLASSES[task]]] = np.round(known, 6)


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


def _predictions(fused: Fused, train: Part, test: Part) -> pd.DataFrame:
    classes = list(fused.model.classes)
    summed = plain_sum(np.array(fused.model.fusion.shares)).apply(train.p)
    frames = []
    for part, p, plain in ((test, fused.p, fused.raw), (train, fused.fitted.out_of_fold, summed)):
        frame = part.frame.drop(columns="network").reset_index()
        frame.insert(3, "predicted", np.array(classes)[fused.model.decide(p)])
        frame[[f"p_{name}" for name in classes]] = np.round(p, 8)
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


def counts_by_class(codes: pd.Series, classes: tuple[str, ...]) -> dict[str, int]:
    return {name: int((codes == code).sum()) for code, name in enumerate(classes)}


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
