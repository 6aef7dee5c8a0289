"""The saved models that the patient page asks, loaded once for all visitors; their libraries come in with the first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import InputError
from core.report import ModelUsed
from pages.parts.loaders import artifacts_folder, available, results

if TYPE_CHECKING:
    from core.fusion.model import FusionModel
    from core.results import Results

_KEPT = "patient_models"


@dataclass(frozen=True)
class Stock:
    """All saved models as they were when the page began to draw: looked up once a run, not once a figure.

    Attributes
    ----------
    models
        (task, modality) to the stored results.
    problems
        What is wrong with those that cannot be opened.
    """

    models: dict[tuple[str, str], Results]
    problems: tuple[InputError, ...]


def take_stock() -> Stock:
    """Look all saved models up; everything drawn afterwards uses these."""
    models, problems = {}, []
    for modality in ("ehr", "ecg", "fusion"):
        for task in available(modality):
            try:
                models[task, modality] = results(task, modality)
            except InputError as error:
                problems.append(error)
    stock = Stock(models, tuple(problems))
    st.session_state[_KEPT] = stock
    return stock


def saved(modality: str) -> dict[str, Results]:
    """Task to the stored results of every model of a modality that can be opened."""
    stock: Stock = st.session_state.get(_KEPT) or take_stock()
    return {task: one for (task, reads), one in stock.models.items() if reads == modality}


def stamp(found: Results) -> ModelUsed:
    """Return what the report says of a model."""
    manifest, counts = found.artifact.manifest, found.artifact.manifest["class_counts"]["train"]
    total = sum(counts.values())
    return ModelUsed(
        task=found.task,
        modality=str(manifest["modality"]),
        version=found.artifact.version,
        digest=found.artifact.digest,
        date=str(found.artifact.run.get("date", "–")),
        cohort=str(manifest["cohort"]["name"]),
        synthetic=found.synthetic,
        shares={name: counts[name] / total for name in found.classes},
    )


def digests() -> tuple[str, ...]:
    """Digests of all saved models: what was worked out holds only as long as they stay."""
    stock: Stock = st.session_state.get(_KEPT) or take_stock()
    return tuple(one.artifact.digest for one in stock.models.values())


def fusion_model(task: str) -> FusionModel | None:
    """Load a fusion; None where a single model beside it has been trained again since."""
    try:
        return _fusion(str(artifacts_folder()), task, digests())
    except InputError:
        return None


@st.cache_resource(show_spinner=False, max_entries=4)
def _fusion(root: str, task: str, digests: tuple[str, ...]) -> FusionModel:  # noqa: ARG001 - the digests are the key
    from core.training import load_fusion_model

    return load_fusion_model(Path(root), task)[1]
