"""Made-up artifacts ``<task>-fusion``: no model behind them, only what two modalities say of patients drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.artifacts import save_artifact
from core.evaluation import bootstrap_macro_test, calibration_frame, delong_test, evaluate, roc_frame
from core.fusion.late import MODALITIES, LateFusion

if TYPE_CHECKING:
    from pathlib import Path

    from core.evaluation import Comparison

CLASSES = {"diagnosis": ("no_pe", "pe"), "outcome": ("none", "death", "bleeding")}
SHARES = {"diagnosis": (0.6, 0.4), "outcome": (0.7, 0.15, 0.15)}
WEIGHT = {"ehr": 0.9, "ecg": 0.6}


def patients(task: str, n: int, seed: int, strength: dict[str, float]) -> pd.DataFrame:
    """Patients of whom each modality knows one noisy number a class, as much as its strength."""
    rng = np.random.default_rng(seed)
    classes, shares = CLASSES[task], np.array(SHARES[task])
    code = rng.choice(len(classes), n, p=shares)
    frame = pd.DataFrame({"patient_id": [f"S{i:06d}" for i in range(n)], "truth": np.array(classes)[code]})
    for name, size in strength.items():
        signal = size * np.eye(len(classes))[code] + rng.normal(size=(n, len(classes)))
        # Bayes' theorem for normal signals: the probabilities are calibrated
        score = size * signal + np.log(shares)
        p = np.exp(score - score.max(axis=1, keepdims=True))
        frame[[f"{name}_{one}" for one in classes]] = p / p.sum(axis=1, keepdims=True)
    return frame


def save(
    root: Path,
    task: str = "diagnosis",
    *,
    n_test: int = 300,
    ehr: float = 1.2,
    ecg: float = 1.0,
    weight: dict[str, float] = WEIGHT,
    synthetic: bool = True,
    **changes: Any,
) -> None:
    """Save the artifact under ``root``; ``changes`` go into the manifest, ``None`` takes an entry out."""
    classes = CLASSES[task]
    parts = {
        "test": patients(task, n_test, 1, {"ehr": ehr, "ecg": ecg}),
        "out-of-fold": patients(task, 2 * n_test, 2, {"ehr": ehr, "ecg": ecg}),
    }
    counts = [int((parts["out-of-fold"]["truth"] == one).sum()) for one in classes]
    shares = tuple(one / (2 * n_test) for one in counts)
    rows = ((weight["ehr"], weight["ecg"]),) * (len(classes) - 1)
    fusion = LateFusion(shares, (0.02,) * (len(classes) - 1), rows)
    frames = [_fused(frame, fusion, classes).assign(part=part) for part, frame in parts.items()]
    manifest = _manifest(task, frames[0], fusion, synthetic)
    left_out = {name for name, value in changes.items() if value is None}
    manifest = {name: value for name, value in (manifest | changes).items() if name not in left_out}
    manifest["correction"] = manifest["correction"] or None
    run = {"date": "2026-01-02", "seconds": 3.5}
    save_artifact(root, f"{task}-fusion", _files(pd.concat(frames), frames[0], classes), manifest, run)


def _fused(frame: pd.DataFrame, fusion: LateFusion, classes: tuple[str, ...]) -> pd.DataFrame:
    given = {name: _of(frame, name, classes) for name in MODALITIES}
    p, parts = fusion.apply(given), fusion.contributions(given)
    for at, name in enumerate(MODALITIES):
        frame[[f"{name}_adds_{one}" for one in classes[1:]]] = parts[:, :, at]
    for key in ("p", "raw"):
        frame[[f"{key}_{one}" for one in classes]] = p
    return frame.assign(predicted=np.array(classes)[p.argmax(axis=1)])


def _of(frame: pd.DataFrame, key: str, classes: tuple[str, ...]) -> np.ndarray:
    return frame[[f"{key}_{one}" for one in classes]].to_numpy()


def _manifest(task: str, test: pd.DataFrame, fusion: LateFusion, synthetic: bool) -> dict[str, Any]:
    classes = CLASSES[task]
    truth = _codes(test, classes)
    metrics = {}
    for key in ("p", "ehr", "ecg"):
        p = _of(test, key, classes)
        metrics[key] = evaluate(truth, p, p.argmax(axis=1), classes, n_bootstrap=20).to_json()
    n_train = 2 * len(test)
    train = {name: round(share * n_train) for name, share in zip(classes, fusion.shares, strict=True)}
    weights = [dict(zip(MODALITIES, row, strict=True)) for row in fusion.weights]
    return {
        "task": task,
        "modality": "fusion",
        "classes": list(classes),
        "cohort": {"name": "made up", "synthetic": synthetic},
        "seed": 7,
        "n_train": n_train,
        "n_test": len(test),
        "class_counts": {"train": train, "test": {one: int((test["truth"] == one).sum()) for one in classes}},
        "metrics": metrics["p"],
        "raw_metrics": metrics["p"],
        "oracle_metrics": None,
        "base_metrics": {name: metrics[name] for name in MODALITIES},
        "comparisons": _comparisons(test, classes),
        "strategies": [
            way("late", 0.51, 0.80, chosen=True),
            way("sum", 0.52, 0.79),
            way("joint", 0.53, 0.78, steps=0),
            way("ehr", 0.55, 0.76),
            way("house_brew", 0.60, 0.70),
        ],
        "correction": "",
        "weights": {
            name: {"intercept": intercept, **row}
            for name, intercept, row in zip(classes[1:], fusion.intercepts, weights, strict=True)
        },
        "fallback": {"test_without_ecg": 12, "test_without_ehr": 3},
        "bases": {name: {"digest": "0" * 64} for name in MODALITIES},
    }


def way(
    name: str, log_loss: float, auroc: float, *, steps: int | None = None, chosen: bool = False
) -> dict[str, Any]:
    """One way as a manifest holds it."""
    judged = {
        "log_loss": log_loss,
        "macro_auroc": auroc,
        "difference": log_loss - 0.51,
        "difference_se": 0.004,
    }
    return {"name": name, **judged, "steps": steps, "chosen": chosen}


def _comparisons(test: pd.DataFrame, classes: tuple[str, ...]) -> list[dict[str, Any]]:
    truth, fused = _codes(test, classes), _of(test, "p", classes)
    rows = []
    for name in MODALITIES:
        single = _of(test, name, classes)
        for code in range(len(classes)) if len(classes) > 2 else (1,):
            found = delong_test(truth == code, fused[:, code], single[:, code])
            rows.append(_comparison(name, classes[code], found))
        if len(classes) > 2:
            macro = bootstrap_macro_test(truth, fused, single, n_bootstrap=50)
            rows.append(_comparison(name, "macro", macro))
    return rows


def _comparison(against: str, name: str, found: Comparison) -> dict[str, Any]:
    p_value = None if np.isnan(found.p_value) else found.p_value
    return {"against": against, "class": name, "difference": found.difference.to_json(), "p_value": p_value}


def _codes(frame: pd.DataFrame, classes: tuple[str, ...]) -> np.ndarray:
    return frame["truth"].map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=np.int64)


def _files(frame: pd.DataFrame, test: pd.DataFrame, classes: tuple[str, ...]) -> dict[str, bytes]:
    truth = _codes(test, classes)
    roc, calibration = [], []
    for key in ("p", "ehr", "ecg"):
        p = _of(test, key, classes)
        roc.append(roc_frame(truth, p, classes, n_bootstrap=20).assign(series=key))
        calibration.append(calibration_frame(truth, p, classes).assign(series=key))
    tables = {"predictions.csv": frame, "roc.csv": pd.concat(roc), "calibration.csv": pd.concat(calibration)}
    return {name: table.to_csv(index=False).encode() for name, table in tables.items()}
