"""What is saved with a fitted model: its evaluation on the test part, its explanation, the facts of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_rivals import score_rivals
from core._training_subgroups import FILE as SUBGROUPS
from core._training_subgroups import subgroup_table
from core.artifacts import to_json_bytes, to_npz_bytes
from core.cohort.folder import CLASSES
from core.ehr import storage
from core.ehr.imputing import imputation_summary
from core.ehr.shapley import additivity_error, explain, sample_rows
from core.evaluation import calibration_frame, evaluate, roc_frame
from core.versions import versions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort.columns import Table
    from core.cohort.folder import Cohort
    from core.ehr.pipeline import EhrModel, Fitted
    from core.ehr.tuning import Settings

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Rows of one cohort for one task, split."""

    table: Table
    codes: pd.Series
    groups: pd.Series
    test: NDArray[np.bool_]

    def train_table(self) -> Table:
        """Return the table of the training part alone."""
        return replace(self.table, frame=self.table.frame[~self.test])


def describe(
    cohort: Cohort, task: str, modality: str, parts: Parts, fitted: Fitted, settings: Settings
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Everything that is saved: the model's files, its evaluation on the test part, its explanation, the manifest."""
    classes, model = CLASSES[task], fitted.model
    test_frame = parts.table.frame[parts.test]
    truth = parts.codes[parts.test].to_numpy(dtype=np.int64)
    predictions, metrics = _evaluate_test(model, test_frame, truth, settings.seed)
    rows = sample_rows(len(test_frame), settings.seed)
    explanation = explain(model, test_frame.iloc[rows])
    binary, rest, imputer = storage.to_parts(model)
    files = {
        **binary,
        "model.json": to_json_bytes(rest),
        "imputer.npz": to_npz_bytes(imputer),
        "explanation.npz": to_npz_bytes(explanation.to_arrays()),
        "predictions.csv": _csv(_predictions(parts, fitted, predictions, truth, cohort)),
        "roc.csv": _csv(_roc(predictions, truth, classes, settings.seed)),
        "calibration.csv": _csv(_calibration(predictions, truth, classes)),
        SUBGROUPS: _csv(subgroup_table(cohort, test_frame.index, truth, predictions["p"], classes)),
    }
    train_codes = parts.codes[~parts.test].to_numpy()
    manifest = {
        "task": task,
        "modality": modality,
        "classes": list(classes),
        "cohort": cohort.about.facts(),
        "cohort_digest": cohort.digest(),
        "seed": settings.seed,
        "settings": settings.to_json(),
        "choice": model.choice.to_json(),
        "versions": versions(),
        "n_train": int((~parts.test).sum()),
        "n_test": int(parts.test.sum()),
        "n_persons": int(parts.groups.nunique()),
        "class_counts": {
            "all": _counts(parts.codes.to_numpy(), classes),
            "train": _counts(train_codes, classes),
            "resampled": dict(zip(classes, map(int, fitted.resampled), strict=True)),
            "test": _counts(truth, classes),
        },
        **metrics,
        "oracle_metrics": _oracle_metrics(cohort, task, test_frame.index, truth, settings.seed),
        "imputation": imputation_summary(model.encoder, model.imputer),
        "additivity_error": additivity_error(model, explanation),
        "scores": score_rivals(cohort, task, test_frame.index, truth, predictions["p"]),
    }
    return files, manifest


def _evaluate_test(
    model: EhrModel, frame: pd.DataFrame, truth: Codes, seed: int
) -> tuple[dict[str, Floats], dict[str, Any]]:
    design = model.encoder.design(model.complete(frame))
    p, raw = model.main.forecast(design)
    twin_p, twin_raw = model.twin.forecast(design)
    predictions = {"p": p, "raw": raw, "twin_p": twin_p, "twin_raw": twin_raw}
    metrics = {
        name: evaluate(truth, predictions[key], model.decide(predictions[key]), model.classes, seed).to_json()
        for name, key in (("metrics", "p"), ("raw_metrics", "raw"), ("twin_metrics", "twin_p"))
    }
    return predictions, metrics


def _oracle_metrics(
    cohort: Cohort, task: str, index: pd.Index, truth: Codes, seed: int
) -> dict[str, Any] | None:
    """Evaluate the generator's own probabilities on the same patients: the best that any model can reach."""
    if cohort.oracle is None:
        return None
    known = oracle_probabilities(cohort.oracle.reindex(index), task)
    if np.isnan(known).any():
        return None
    return evaluate(truth, known, known.argmax(axis=1), CLASSES[task], seed).to_json()


def oracle_probabilities(oracle: pd.DataFrame, task: str) -> Floats:
    """Class probabilities (n, k) that a synthetic cohort's generator used, rounding made good."""
    if task == "diagnosis":
        known = np.column_stack([1 - oracle["p_pe"], oracle["p_pe"]])
    else:
        known = oracle[[f"p_{name}" for name in CLASSES["outcome"]]].to_numpy()
    return np.asarray(known / known.sum(axis=1, keepdims=True), dtype=np.float64)


def _predictions(
    parts: Parts, fitted: Fitted, test: dict[str, Floats], truth: Codes, cohort: Cohort
) -> pd.DataFrame:
    classes = np.array(fitted.model.classes)
    frames = []
    for part, rows, codes, probabilities in (
        ("test", parts.test, truth, test),
        ("out-of-fold", ~parts.test, parts.codes[~parts.test].to_numpy(), fitted.out_of_fold),
    ):
        frame = pd.DataFrame(
            {"patient_id": parts.table.frame.index[rows], "part": part, "truth": classes[codes]}
        )
        frame["predicted"] = classes[fitted.model.decide(probabilities["p"])]
        for key, values in probabilities.items():
            frame[[f"{key}_{name}" for name in classes]] = np.round(values, 8)
        if cohort.oracle is not None:
            known = oracle_probabilities(cohort.oracle.reindex(frame["patient_id"]), _task(fitted.model))
            frame[[f"oracle_{name}" for name in classes]] = np.round(known, 6)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _task(model: EhrModel) -> str:
    return next(task for task, classes in CLASSES.items() if classes == model.classes)


def _roc(predictions: dict[str, Floats], truth: Codes, classes: tuple[str, ...], seed: int) -> pd.DataFrame:
    frames = [
        roc_frame(truth, predictions[key], classes, seed=seed).assign(series=key) for key in ("p", "twin_p")
    ]
    return pd.concat(frames, ignore_index=True)


def _calibration(predictions: dict[str, Floats], truth: Codes, classes: tuple[str, ...]) -> pd.DataFrame:
    frames = [
        calibration_frame(truth, values, classes).assign(series=key) for key, values in predictions.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _counts(codes: Codes, classes: tuple[str, ...]) -> dict[str, int]:
    return {name: int((codes == code).sum()) for code, name in enumerate(classes)}


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
