"""What is saved with a fitted ECG model: its evaluation on the test part and the facts of the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core._training_ecg import known_truth
from core._training_subgroups import FILE as SUBGROUPS
from core._training_subgroups import subgroup_table
from core.artifacts import to_json_bytes
from core.cohort.folder import CLASSES
from core.ecg import storage
from core.ecg.simulator import Settings as SimulatorSettings
from core.evaluation import calibration_frame, evaluate, roc_frame
from core.versions import versions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core._training_ecg import ReadRecordings
    from core.cohort.folder import Cohort
    from core.ecg.fitting import FittedEcg
    from core.ecg.model import EcgForecast
    from core.ecg.network_settings import NetworkSettings

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]


def describe_ecg(
    cohort: Cohort,
    task: str,
    rows: pd.DataFrame,
    read: ReadRecordings,
    fitted: FittedEcg,
    settings: NetworkSettings,
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Everything that is saved: the model's files, its predictions and evaluation, the manifest.

    Parameters
    ----------
    rows
        Index ``patient_id``: ``code``, ``group``, ``test``; patients with a usable recording.
    """
    classes, model = CLASSES[task], fitted.model
    test = rows[rows["test"]]
    truth = test["code"].to_numpy(dtype=np.int64)
    said = model.forecast_windows([read.cut[patient] for patient in test.index])
    p, raw = said.calibrated, said.raw
    known = known_truth(cohort, rows.index) if read.simulated or cohort.about.synthetic else None
    binary, rest = storage.to_parts(model, fitted.networks)
    files = {
        **binary,
        storage.MODEL: to_json_bytes(rest),
        "predictions.csv": _csv(_with_truth(_all_predictions(rows, said, fitted, classes), known, task)),
        "roc.csv": _csv(roc_frame(truth, p, classes, seed=settings.seed).assign(series="p")),
        "calibration.csv": _csv(_calibration({"p": p, "raw": raw}, truth, classes)),
        SUBGROUPS: _csv(subgroup_table(cohort, test.index, truth, p, classes)),
    }
    manifest = {
        "task": task,
        "modality": "ecg",
        "classes": list(classes),
        "cohort": cohort.about.facts(),
        "cohort_digest": cohort.digest(),
        "recordings": _recordings(cohort, read, known),
        "seed": settings.seed,
        "settings": settings.to_json(),
        "versions": versions(),
        **_sizes(rows, classes),
        "metrics": evaluate(truth, p, model.decide(p), classes, settings.seed).to_json(),
        "raw_metrics": evaluate(truth, raw, model.decide(p), classes, settings.seed).to_json(),
        "oracle_metrics": _oracle_metrics(known, test.index, truth, task, settings.seed),
        "rivals": [rival.to_json() for rival in fitted.rivals],
        "thresholds": _thresholds(model.thresholds, settings),
        "training": fitted.training,
    }
    return files, manifest


def _all_predictions(
    rows: pd.DataFrame, said: EcgForecast, fitted: FittedEcg, classes: tuple[str, ...]
) -> pd.DataFrame:
    """Probabilities of the test patients, and of the training patients by networks that have not seen them."""
    # ``first`` is the first network by itself: the prediction sets ask it alone
    probabilities = {"p": said.calibrated, "raw": said.raw, "first": said.each[:, 0]}
    test = _predictions("test", rows[rows["test"]], probabilities, fitted, classes)
    train = _predictions("out-of-fold", rows[~rows["test"]], fitted.out_of_fold, fitted, classes)
    # which network has not seen the patient: the fusion learns from its embedding alone
    train["network"] = pd.array(fitted.folds, dtype="Int64")
    return pd.concat([test, train], ignore_index=True)


def _sizes(rows: pd.DataFrame, classes: tuple[str, ...]) -> dict[str, Any]:
    """How many patients, persons and patients of each class there are."""
    test, train = rows[rows["test"]], rows[~rows["test"]]
    counts = {name: _counts(part["code"], classes) for name, part in (("all", rows), ("train", train))}
    return {
        "n_train": len(train),
        "n_test": len(test),
        "n_persons": int(rows["group"].nunique()),
        # nothing is resampled: the classes are weighted in the loss
        "class_counts": {**counts, "resampled": counts["train"], "test": _counts(test["code"], classes)},
    }


def _recordings(cohort: Cohort, read: ReadRecordings, known: pd.DataFrame | None) -> dict[str, Any]:
    """Facts of the recordings, of simulated ones with the share of severe embolism that they were drawn with."""
    return {
        "digest": read.digest,
        "n": read.n_recordings,
        "n_unusable": read.n_unusable,
        "simulated": read.simulated or cohort.about.synthetic,
        "severe_share": SimulatorSettings().severe_share if known is not None else None,
    }


def _predictions(
    part: str,
    rows: pd.DataFrame,
    probabilities: dict[str, Floats],
    fitted: FittedEcg,
    classes: tuple[str, ...],
) -> pd.DataFrame:
    names = np.array(classes)
    frame = pd.DataFrame({"patient_id": rows.index, "part": part, "truth": names[rows["code"].to_numpy()]})
    frame["predicted"] = names[fitted.model.decide(probabilities["p"])]
    for key, values in probabilities.items():
        frame[[f"{key}_{name}" for name in classes]] = np.round(values, 8)
    return frame


def _with_truth(predictions: pd.DataFrame, known: pd.DataFrame | None, task: str) -> pd.DataFrame:
    """Add what the simulator knows of each patient."""
    if known is None:
        return predictions
    of_patient = known.loc[predictions["patient_id"]].reset_index(drop=True)
    if task == "diagnosis":
        predictions["oracle_no_pe"] = np.round(1 - of_patient["p_pe"], 6)
        predictions["oracle_pe"] = np.round(of_patient["p_pe"], 6)
    return predictions.assign(severity_group=of_patient["severity_group"])


def _oracle_metrics(
    known: pd.DataFrame | None, patients: pd.Index, truth: Codes, task: str, seed: int
) -> dict[str, Any] | None:
    """Evaluate the ideal reader of the signs: the best that any model of the recordings can reach."""
    if known is None or task != "diagnosis":
        return None
    p_pe = known.loc[patients, "p_pe"].to_numpy()
    p = np.column_stack([1 - p_pe, p_pe])
    return evaluate(truth, p, p.argmax(axis=1), CLASSES[task], seed).to_json()


def _calibration(probabilities: dict[str, Floats], truth: Codes, classes: tuple[str, ...]) -> pd.DataFrame:
    frames = [
        calibration_frame(truth, values, classes).assign(series=key) for key, values in probabilities.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _thresholds(chosen: dict[str, float], settings: NetworkSettings) -> dict[str, Any] | None:
    if not chosen:
        return None
    sensitivity = {"target": settings.sensitivity_target, "threshold": chosen["sensitivity"]}
    return {"youden": chosen["youden"], "sensitivity": sensitivity}


def _counts(codes: pd.Series, classes: tuple[str, ...]) -> dict[str, int]:
    return {name: int((codes == code).sum()) for code, name in enumerate(classes)}


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
