"""The one door: train a model for a task, a modality and a cohort, and load what was trained."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.artifacts import (
    DEFAULT_FOLDER,
    Artifact,
    artifact_name,
    load_artifact,
    save_artifact,
    to_json_bytes,
    to_npz_bytes,
)
from core.cohort.folder import CLASSES, TASKS, Cohort, restrict, synthetic_cohort
from core.cohort.split import persons_by_class, split_by_person
from core.cohort.synthetic import DEFAULT_PRESET, generate
from core.ehr import storage
from core.ehr.imputing import imputation_summary
from core.ehr.pipeline import EhrModel, Fitted, fit_ehr
from core.ehr.shapley import additivity_error, explain, sample_rows
from core.ehr.tuning import Settings
from core.errors import TrainingError
from core.evaluation import calibration_frame, evaluate, roc_frame
from core.progress import Progress, silent, span
from core.threads import threads

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.columns import Table

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

MODALITIES = ("ehr",)
BUILT_IN_PATIENTS = 12_000
FEWEST_PERSONS = 5


@dataclass(frozen=True)
class _Parts:
    """Rows of one cohort for one task, split."""

    table: Table
    codes: pd.Series
    groups: pd.Series
    test: NDArray[np.bool_]

    def train_table(self) -> Table:
        return replace(self.table, frame=self.table.frame[~self.test])


def built_in_cohort(
    n_patients: int = BUILT_IN_PATIENTS, seed: int = 0, preset: str = DEFAULT_PRESET
) -> Cohort:
    """Generate the synthetic cohort that is used where no other is given."""
    return synthetic_cohort(generate(n_patients, seed, preset))


def trainable(cohort: Cohort) -> list[tuple[str, str]]:
    """Tasks and modalities that the cohort's contents allow.

    Raises
    ------
    TrainingError
        There are none.
    """
    found = [
        (task, "ehr") for task in TASKS if cohort.table is not None and cohort.labelled(task).nunique() >= 2
    ]
    if not found:
        raise TrainingError("errors.nothing_to_train", name=cohort.about.name)
    return found


def train(
    cohort: Cohort,
    task: str = "outcome",
    modality: str = "ehr",
    root: Path = DEFAULT_FOLDER,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Artifact:
    """Split, fit on the training part, evaluate once on the test part, save.

    Parameters
    ----------
    cohort
        Its rows with a label for the task are used.
    task, modality
        What to train.
    root
        Folder of the artifacts; the model of the same name in it is replaced when the new one is complete.
    settings
        What fitting may spend; its seed also draws the split.
    progress
        Told stage and share done.

    Raises
    ------
    TrainingError
        The modality is not available, or a class is absent or too small.
    CohortError
        The cohort has no table or no label for the task.
    ArtifactError
        The result cannot be saved.
    """
    if modality not in MODALITIES or task not in TASKS:
        raise TrainingError(
            "errors.modality_not_available", task=task, modality=modality, known=", ".join(MODALITIES)
        )
    settings = settings or Settings()
    started = time.perf_counter()
    progress("split", 0.0)
    parts = _split(cohort, task, settings.seed)
    train_rows = ~parts.test
    fitted = fit_ehr(
        parts.train_table(),
        parts.codes[train_rows],
        parts.groups[train_rows],
        CLASSES[task],
        settings,
        span(progress, 0.01, 0.93),
    )
    progress("evaluate", 0.93)
    files, manifest = _describe(cohort, task, modality, parts, fitted, settings)
    progress("save", 0.99)
    run = {
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "threads": threads(),
        "platform": platform.system(),
        "python": platform.python_version(),
    }
    artifact = save_artifact(root, artifact_name(task, modality), files, manifest, run)
    progress("save", 1.0)
    return artifact


def training_json(artifact: Artifact) -> dict[str, Any]:
    """What ``train --json`` and ``evaluate --json`` say of one model."""
    manifest = artifact.manifest
    kept = (
        "task",
        "modality",
        "cohort",
        "cohort_digest",
        "seed",
        "n_train",
        "n_test",
        "class_counts",
        "metrics",
    )
    extra = ("twin_metrics", "oracle_metrics", "choice", "imputation")
    return {
        **{key: manifest.get(key) for key in (*kept, *extra)},
        "artifact": str(artifact.folder),
        "version": artifact.version,
        "seconds": artifact.run.get("seconds"),
        "date": artifact.run.get("date"),
    }


def load_ehr_model(root: Path, task: str) -> tuple[Artifact, EhrModel]:
    """Load a health-record model; every file is checked against the manifest first."""
    artifact = load_artifact(root / artifact_name(task, "ehr"))
    return artifact, storage.from_files(artifact)


def _split(cohort: Cohort, task: str, seed: int) -> _Parts:
    table, codes, groups = restrict(cohort, task)
    persons = persons_by_class(codes, groups)
    for code, label in enumerate(CLASSES[task]):
        if code not in persons.index:
            raise TrainingError("errors.class_absent", name=cohort.about.name, label=label, task=task)
        if persons[code] < FEWEST_PERSONS:
            raise TrainingError(
                "errors.class_too_few",
                name=cohort.about.name,
                label=label,
                n=int(persons[code]),
                needed=FEWEST_PERSONS,
                task=task,
            )
    return _Parts(table, codes, groups, split_by_person(codes, groups, seed=seed))


def _describe(
    cohort: Cohort, task: str, modality: str, parts: _Parts, fitted: Fitted, settings: Settings
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
    }
    train_codes = parts.codes[~parts.test].to_numpy()
    manifest = {
        "task": task,
        "modality": modality,
        "classes": list(classes),
        "cohort": vars(cohort.about),
        "cohort_digest": cohort.digest(),
        "seed": settings.seed,
        "settings": settings.to_json(),
        "choice": model.choice.to_json(),
        "versions": _versions(),
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
    parts: _Parts, fitted: Fitted, test: dict[str, Floats], truth: Codes, cohort: Cohort
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


def _versions() -> dict[str, str]:
    found = {}
    for name in (
        "numpy",
        "pandas",
        "scipy",
        "scikit-learn",
        "imbalanced-learn",
        "xgboost",
        "xgboost-cpu",
        "numba",
    ):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
