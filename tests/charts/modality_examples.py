"""What three modalities say, small and made up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

AREAS = {"fusion": (0.78, 0.71, 0.85), "ehr": (0.71, 0.66, 0.76), "ecg": (0.66, 0.57, 0.75)}


def curves(points: int = 40) -> pd.DataFrame:
    fpr = np.linspace(0, 1, points)
    threshold = np.concatenate([[np.inf], np.linspace(0.9, 0, points - 1)])
    parts = [
        pd.DataFrame(
            {
                "series": series,
                "fpr": fpr,
                "tpr": fpr ** ((1 - area) / area),
                "low": fpr ** ((1 - low) / low),
                "high": fpr ** ((1 - high) / high),
                "threshold": threshold,
            }
        )
        for series, (area, low, high) in AREAS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def by_class(columns: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        (name, series, *figures[: len(columns)])
        for name in ("macro", "death", "bleeding")
        for series, figures in AREAS.items()
    ]
    return pd.DataFrame(rows, columns=["class", "series", *columns])


def differences() -> pd.DataFrame:
    rows = [("pe", "ehr", 0.031, 0.012, 0.05), ("pe", "ecg", -0.01, np.nan, np.nan)]
    return pd.DataFrame(rows, columns=["class", "series", "value", "low", "high"])


def steps() -> dict[str, Any]:
    frame = pd.DataFrame(
        {"label": ["Record", "心电图"], "value": ["23 of 100", "64 of 100"], "contribution": [-0.8, 0.9]}
    )
    return {"contributions": frame, "base": -0.35, "total": -0.25, "class_name": "pe"}


def post_test() -> pd.DataFrame:
    """A range, a value with limits, and a value alone."""
    rows = [
        ("Wells", "before", np.nan, 0.37, 0.56, "37–56%"),
        ("Wells", "model", np.nan, 0.7, 0.84, "70–84%"),
        ("Wells", "observed", 0.75, 0.6, 0.85, "75% (60–85%)"),
        ("Geneva", "before", 0.28, np.nan, np.nan, "28%"),
    ]
    return pd.DataFrame(rows, columns=["class", "stage", "value", "low", "high", "words"])


def modality_examples() -> dict[str, dict[str, Any]]:
    """Arguments for each chart of the fusion page, and of probabilities before and after, by its name."""
    return {
        "modality_rocs": {"curves": curves(), "aurocs": AREAS, "class_name": "pe"},
        "modality_aurocs": {"aurocs": by_class(("value", "low", "high"))},
        "auroc_differences": {"differences": differences()},
        "modality_risks": {"risks": by_class(("probability", "base_rate"))},
        "evidence_steps": steps(),
        "post_test_steps": {"steps": post_test()},
    }
