"""Figures of a saved model: one patient predicted and explained, and its size on disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.benchmark.figure import Figure, Scale, figure, median_ms

if TYPE_CHECKING:
    from pathlib import Path

_TASK = "outcome"


def one_patient(scale: Scale, root: Path) -> list[Figure]:
    """Predict and explain one patient with the saved outcome model."""
    from core.cohort.folder import restrict
    from core.ehr.shapley import explain
    from core.errors import ArtifactError
    from core.prediction import predict_ehr
    from core.training import built_in_cohort, load_ehr_model

    try:
        _, model = load_ehr_model(root, _TASK)
    except ArtifactError as error:
        return [
            figure(name, None, "ms", str(error)) for name in ("predict_one_patient", "explain_one_patient")
        ]
    table, _, _ = restrict(built_in_cohort(20, seed=0), _TASK)
    one = replace(table, frame=table.frame.iloc[:1])
    predicted = median_ms(lambda: predict_ehr(model, one, _TASK), scale.repeats)
    explained = median_ms(lambda: explain(model, one.frame), scale.repeats)
    missing = int(one.frame.isna().to_numpy().sum())
    detail = f"{missing} of {one.frame.shape[1]} values imputed"
    return [
        figure("predict_one_patient", predicted, "ms", detail),
        figure("explain_one_patient", explained, "ms", f"{detail}; exact TreeSHAP"),
    ]


def sizes(root: Path) -> list[Figure]:
    """Megabytes of every saved model."""
    from core.artifacts import list_artifacts

    figures = []
    for folder in list_artifacts(root):
        by_size = sorted(((one.stat().st_size, one.name) for one in folder.iterdir()), reverse=True)
        detail = ", ".join(f"{name} {size / 1e6:.2f}" for size, name in by_size[:4])
        figures.append(
            figure(f"artifact_{folder.name}", sum(size for size, _ in by_size) / 1e6, "MB", detail)
        )
    return figures or [figure("artifact", None, "MB", "no saved model")]
