"""Small seeded inputs, one for each chart; the uniformity tests walk through them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from core.evaluation import Interval, OperatingPoint
from tests.charts.benefit_harm_examples import benefit_harm_examples
from tests.charts.cohort_example import patterns
from tests.charts.decision_example import net_benefit
from tests.charts.modality_examples import modality_examples
from tests.charts.order_example import order_optimism
from tests.charts.training_examples import learning, training_examples

CLASSES = ("none", "death", "bleeding")
SHARES = {"none": 0.85, "death": 0.07, "bleeding": 0.08}
AREAS = {"none": (0.71, 0.66, 0.76), "death": (0.78, 0.71, 0.85), "bleeding": (0.66, 0.57, 0.75)}
LABELS = (
    "Systolic blood pressure [mmHg]",
    "肌钙蛋白 I [ng/mL]",
    "N-terminal pro-B-type natriuretic peptide [pg/mL]",
)


def confusion() -> dict[str, Any]:
    return {"labels": CLASSES, "counts": np.array([[242, 58, 40], [7, 17, 5], [9, 6, 16]])}


def roc(points: int = 60) -> pd.DataFrame:
    fpr = np.linspace(0, 1, points)
    parts = [
        pd.DataFrame(
            {
                "class": name,
                "fpr": fpr,
                "tpr": fpr ** ((1 - area) / area),
                "threshold": np.concatenate([[np.inf], np.linspace(0.9, 0, points - 1)]),
                "low": fpr ** ((1 - low) / low),
                "high": fpr ** ((1 - high) / high),
            }
        )
        for name, (area, low, high) in AREAS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def precision_recall() -> pd.DataFrame:
    recall = np.linspace(0, 1, 40)
    return pd.concat(
        [
            pd.DataFrame({"class": n, "recall": recall, "precision": s + (1 - s) * 0.6 * (1 - recall) ** 2})
            for n, s in SHARES.items()
        ],
        ignore_index=True,
    )


def flow() -> pd.DataFrame:
    counts = {
        "all": (1700, 144, 156),
        "train": (1360, 115, 125),
        "resampled": (600, 600, 600),
        "test": (340, 29, 31),
    }
    return pd.DataFrame(
        [(s, c, n) for s, ns in counts.items() for c, n in zip(CLASSES, ns, strict=True)],
        columns=["stage", "class", "count"],
    )


def labels(number: int) -> list[str]:
    return [f"{LABELS[i % 3]} {i}" if i >= 3 else LABELS[i] for i in range(number)]


def importance(features: int = 24) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        [
            (f"f{i}", label, name, rng.gamma(2, 0.3 / (1 + i / 3)))
            for i, label in enumerate(labels(features))
            for name in CLASSES
        ],
        columns=["feature", "label", "class", "mean_abs"],
    )


def points(features: int = 22, patients: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    parts = []
    for i, label in enumerate(labels(features)):
        value = rng.random(patients) if i % 4 else (rng.random(patients) < 0.2).astype(float)
        parts.append(
            pd.DataFrame(
                {
                    "feature": f"f{i}",
                    "label": label,
                    "shap": (value - value.mean() + rng.normal(0, 0.1, patients)) * (-1) ** i / (1 + i / 4),
                    "value": value,
                    "observed": rng.random(patients) > 0.15,
                    "text": [f"{v * 100:.0f} mmHg" for v in value],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def contributions(number: int = 16) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"label": labels(number), "value": [f"{90 + i} mmHg" for i in range(number)]})
    return frame.assign(contribution=rng.normal(0.06, 0.4, number) / np.sqrt(1 + np.arange(number)))


def waterfall() -> dict[str, Any]:
    frame = contributions()
    total = -1.8 + float(frame["contribution"].sum()) + 0.05
    return {"contributions": frame, "base": -1.8, "total": total, "class_name": "bleeding", "other": 0.05}


def risks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class": CLASSES,
            "probability": [0.78, 0.003, 0.217],
            "low": [0.7, np.nan, 0.14],
            "high": [0.85, np.nan, 0.31],
            "base_rate": [0.85, 0.07, 0.08],
        }
    )


def missing(number: int = 20) -> pd.DataFrame:
    groups = np.repeat(["Vital signs", "Laboratory", "影像"], -(-number // 3))[:number]
    return pd.DataFrame({"label": labels(number), "share": np.linspace(0, 0.71, number), "group": groups})


def errors() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": labels(9),
            "error": [0.42, 0.61, 0.77, 0.83, 0.95, 1.04, 0.12, 0.23, 0.31],
            "kind": ["nrmse"] * 6 + ["pfc"] * 3,
            "missing": np.linspace(0.02, 0.6, 9),
        }
    )


def values() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    parts = [
        pd.DataFrame({"class": name, "value": rng.lognormal(mean, 0.35, n)})
        for name, mean, n in (("none", 4.6, 400), ("death", 4.9, 40), ("bleeding", 4.75, 45))
    ]
    return pd.concat(parts, ignore_index=True)


def levels() -> pd.DataFrame:
    rows = [("No", 300, 12, 20), ("Yes", 100, 28, 25), ("Not recorded", 20, 3, 0)]
    return pd.DataFrame(
        [(level, c, n) for level, *ns in rows for c, n in zip(CLASSES, ns, strict=True)],
        columns=["level", "class", "count"],
    )


def calibration() -> pd.DataFrame:
    predicted = np.array([0.01, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3])
    parts = []
    for series, stretch in (("raw", 2.2), ("recalibrated", 1.0), ("twin", 1.15)):
        observed = predicted * 0.95 + 0.003
        parts.append(
            pd.DataFrame(
                {
                    "series": series,
                    "predicted": np.minimum(predicted * stretch, 0.95),
                    "observed": observed,
                    "low": observed * 0.6,
                    "high": observed * 1.4,
                    "n": 57,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def predictions() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    base = rng.beta(1.2, 12, 400)
    return pd.concat(
        [
            pd.DataFrame({"series": s, "predicted": np.minimum(base * f, 1)})
            for s, f in (("raw", 2.2), ("recalibrated", 1.0), ("twin", 1.15))
        ],
        ignore_index=True,
    )


def post_test() -> pd.DataFrame:
    prevalence = np.arange(1, 81) / 100
    odds = prevalence / (1 - prevalence)
    frame = pd.DataFrame({"prevalence": prevalence})
    for name, ratio in (("ppv", 2.87), ("missed", 0.68)):
        for suffix, factor in (("", 1), ("_low", 0.8), ("_high", 1.25)):
            frame[name + suffix] = ratio * factor * odds / (1 + ratio * factor * odds)
    return frame


def subgroups() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Severe PE", "轻度肺栓塞", "All"],
            "auroc": [0.84, 0.61, 0.7],
            "low": [0.8, 0.44, 0.67],
            "high": [0.88, 0.76, 0.73],
            "events": [120, 12, 400],
            "few": [False, True, False],
            "reference": [0.86, 0.64, 0.73],
        }
    )


def at_threshold() -> dict[str, Any]:
    return {
        "curve": roc().query("`class` == 'none'").drop(columns="class"),
        "area": AREAS["none"],
        "point": OperatingPoint(0.41, Interval(0.6, 0.52, 0.67), Interval(0.71, 0.65, 0.76)),
        "published": pd.DataFrame(
            {
                "label": ["Report", "Wysokinski 2024"],
                "sensitivity": [0.419, 0.635],
                "specificity": [0.854, 0.647],
                "kind": ["reported", "published"],
            }
        ),
        "oracle": roc().query("`class` == 'death'")[["fpr", "tpr"]],
        "oracle_area": 0.78,
    }


def class_probabilities() -> pd.DataFrame:
    rng = np.random.default_rng(6)
    return pd.DataFrame(
        {
            "class": ["no_pe"] * 150 + ["pe"] * 100,
            "probability": np.concatenate([rng.beta(3, 5, 150), rng.beta(4, 4, 100)]),
        }
    )


def everything() -> dict[str, dict[str, Any]]:
    """Arguments for each public chart function, by its name."""
    return {
        "confusion_matrix": confusion(),
        "roc_curves": {
            "curves": roc(),
            "aurocs": AREAS,
            "comparison": roc().assign(tpr=lambda f: f["tpr"] ** 0.7),
            "comparison_aurocs": {"none": 0.78, "death": 0.84, "bleeding": 0.74},
        },
        "precision_recall": {
            "curves": precision_recall(),
            "prevalence": SHARES,
            "average_precision": {
                "none": (0.93, 0.91, 0.95),
                "death": (0.3, 0.2, 0.41),
                "bleeding": (0.22, 0.15, 0.3),
            },
        },
        "learning_curve": {"curve": learning()},
        **training_examples(),
        "order_optimism": order_optimism(),
        "net_benefit": net_benefit(),
        "calibration_curve": {"curve": calibration(), "class_name": "bleeding", "predictions": predictions()},
        "class_flow": {"flow": flow()},
        "shap_summary": {"importance": importance()},
        "beeswarm": {"points": points(), "class_name": "bleeding"},
        "waterfall": waterfall(),
        "probability_bars": {"risks": risks()},
        "missingness": {"shares": missing()},
        "missing_pattern_grid": patterns(),
        "imputation_error": {"errors": errors()},
        "distribution": {
            "values": values(),
            "label": "心率 Heart rate",
            "unit": "/min",
            "reference": (60, 100),
        },
        "level_shares": {"levels": levels(), "label": "Malignancy"},
        "roc_at_threshold": at_threshold(),
        "probability_histogram": {"predictions": class_probabilities(), "threshold": 0.4},
        "post_test_probability": {"curve": post_test(), "prevalence": 0.1, "ticks": (0.05, 0.1, 0.41)},
        "subgroup_aurocs": {"groups": subgroups(), "title": "AUROC by severity"},
        **(modality_examples() | benefit_harm_examples()),
    }
