"""A made-up artifact ``diagnosis-ecg``: no network behind it, only predictions of patients drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.artifacts import save_artifact
from core.evaluation import calibration_frame, evaluate, roc_frame, sensitivity_point, youden_point

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = ("no_pe", "pe")
SHIFT = {"none": 0.0, "mild": 0.25, "severe": 1.6}


def patients(n: int, seed: int) -> pd.DataFrame:
    """Patients whose ECG shows one number, strain; the oracle knows from which of the groups it is likely."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["none", "mild", "severe"], n, p=[0.587, 0.25, 0.163])
    strain = rng.normal(size=n) + pd.Series(group).map(SHIFT).to_numpy()
    like = {name: np.exp(-((strain - shift) ** 2) / 2) for name, shift in SHIFT.items()}
    event = 0.25 * like["mild"] + 0.163 * like["severe"]
    oracle = event / (event + 0.587 * like["none"])
    noisy = np.log(oracle / (1 - oracle)) + rng.normal(0, 0.45, n)
    probability = 1 / (1 + np.exp(-0.85 * noisy + 0.02))
    return pd.DataFrame(
        {
            "patient_id": [f"S{i:06d}" for i in range(n)],
            "truth": np.where(group == "none", "no_pe", "pe"),
            "p_pe": probability,
            "raw_pe": probability**0.8,
            "oracle_pe": oracle,
            "severity_group": group,
        }
    )


def save(
    root: Path, *, n_test: int = 300, synthetic: bool = True, severity: bool = True, **changes: Any
) -> None:
    """Save the artifact under ``root``; ``changes`` go into the manifest, ``None`` takes an entry out."""
    test = patients(n_test, 1).assign(part="test")
    held_out = patients(4 * n_test, 2).assign(part="out-of-fold")
    event = (held_out["truth"] == "pe").to_numpy()
    score = held_out["p_pe"].to_numpy()
    youden = youden_point(event, score).threshold
    frame = pd.concat([test, held_out], ignore_index=True)
    for key in ("p", "raw", "oracle"):
        frame[f"{key}_no_pe"] = 1 - frame[f"{key}_pe"]
    frame["predicted"] = np.where(frame["p_pe"] >= youden, "pe", "no_pe")
    if not synthetic:
        frame = frame.drop(columns=["oracle_pe", "oracle_no_pe"])
    if not severity:
        frame = frame.drop(columns="severity_group")
    manifest = _manifest(frame, youden, synthetic) | {
        "thresholds": {
            "youden": youden,
            "sensitivity": {"target": 0.9, "threshold": sensitivity_point(event, score, 0.9).threshold},
        }
    }
    left_out = {name for name, value in changes.items() if value is None}
    manifest = {name: value for name, value in (manifest | changes).items() if name not in left_out}
    save_artifact(root, "diagnosis-ecg", _files(frame), manifest, {"date": "2026-01-02", "seconds": 321.5})


def _of_test(frame: pd.DataFrame, key: str) -> tuple[np.ndarray, np.ndarray]:
    test = frame[frame["part"] == "test"]
    return (test["truth"] == "pe").to_numpy(dtype=np.int64), test[[f"{key}_no_pe", f"{key}_pe"]].to_numpy()


def _manifest(frame: pd.DataFrame, youden: float, synthetic: bool) -> dict[str, Any]:
    def metrics(key: str, threshold: float) -> dict[str, Any]:
        truth, forecast = _of_test(frame, key)
        decided = (forecast[:, 1] >= threshold).astype(np.int64)
        return evaluate(truth, forecast, decided, CLASSES, n_bootstrap=20).to_json()

    parts = {"all": frame, "train": frame[frame["part"] != "test"], "test": frame[frame["part"] == "test"]}
    return {
        "task": "diagnosis",
        "modality": "ecg",
        "classes": list(CLASSES),
        "cohort": {"name": "made up", "synthetic": synthetic},
        "seed": 7,
        "n_train": len(parts["train"]),
        "n_test": len(parts["test"]),
        "class_counts": {
            name: {one: int((part["truth"] == one).sum()) for one in CLASSES} for name, part in parts.items()
        },
        "metrics": metrics("p", youden),
        "raw_metrics": metrics("raw", 0.5),
        "twin_metrics": metrics("p", youden),
        "oracle_metrics": metrics("oracle", 0.5) if synthetic else None,
        "training": {"folds": 2, "epochs": [14, 12], "losses": [[[0.7, 0.6]], [[0.7, 0.6]]], "knobs": "few"},
        "rivals": [
            {
                "name": name,
                "auroc": {"value": area, "low": area - 0.02, "high": area + 0.02},
                "seconds": seconds,
                "parameters": parameters,
            }
            for name, area, seconds, parameters in (
                ("residual", 0.731, 63.0, 81_234),
                ("minirocket", 0.712, 8.5, 20_001),
                ("house_brew", 0.69, 1.25, 12),
            )
        ],
    }


def _files(frame: pd.DataFrame) -> dict[str, bytes]:
    truth, forecast = _of_test(frame, "p")
    raw = _of_test(frame, "raw")[1]
    calibration = [
        calibration_frame(truth, one, CLASSES).assign(series=key)
        for key, one in (("p", forecast), ("raw", raw))
    ]
    tables = {
        "predictions.csv": frame,
        "roc.csv": roc_frame(truth, forecast, CLASSES, n_bootstrap=50).assign(series="p"),
        "calibration.csv": pd.concat(calibration),
    }
    return {name: table.to_csv(index=False).encode() for name, table in tables.items()}
