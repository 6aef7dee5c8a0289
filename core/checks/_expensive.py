"""Rules that train anew: shuffled labels teach nothing, and the same seed gives the same model."""

from __future__ import annotations

import tempfile
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.checks._verdict import Phrase, Verdict, limit, small, unchecked
from core.evaluation import macro_auroc_interval
from core.results import load_results

if TYPE_CHECKING:
    from core.checks._evidence import Evidence
    from core.cohort.folder import Cohort
    from core.ecg.network_settings import NetworkSettings
    from core.ehr.tuning import Settings

_LABEL = {"diagnosis": "pe", "outcome": "outcome"}


def label_shuffle(evidence: Evidence, settings: Settings | NetworkSettings | None = None) -> Verdict:
    """With the labels shuffled among the patients, nothing is left to learn."""
    from core.checks._evidence import Evidence as Again

    if evidence.is_fusion:
        return unchecked("see_bases")
    if evidence.cohort is None:
        return unchecked("no_cohort")
    cohort = _shuffled(evidence.cohort, evidence.found.task, int(evidence.manifest["seed"]))
    with tempfile.TemporaryDirectory() as folder:
        train = Again(_trained(evidence, cohort, settings, Path(folder))).train
        found, _ = macro_auroc_interval(train.truth, train.probabilities())
    values = {"auroc": f"{found.value:.3f}", "low": f"{found.low:.3f}", "high": f"{found.high:.3f}"}
    low, high = limit("label_shuffle", "low"), limit("label_shuffle", "high")
    inside = low <= found.value <= high
    # few patients scatter further than the limits: then the interval decides
    level: Any = "green" if inside else "amber" if found.low <= 0.5 <= found.high else "red"
    return Verdict(level, Phrase("checks.label_shuffle.measured", values | {"n": len(train.truth)}))


def seed_repeatable(evidence: Evidence, settings: Settings | NetworkSettings | None = None) -> Verdict:
    """Two trainings with one seed give the same predictions; with the stored settings, those of the saved model."""
    if evidence.is_fusion:
        return unchecked("see_bases")
    if evidence.cohort is None:
        return unchecked("no_cohort")
    with tempfile.TemporaryDirectory() as folder:
        first = _trained(evidence, evidence.cohort, settings, Path(folder) / "1").frame("predictions")
        second = evidence.predictions
        if settings is not None:
            second = _trained(evidence, evidence.cohort, settings, Path(folder) / "2").frame("predictions")
    columns = [f"p_{name}" for name in evidence.classes]
    same_rows = list(first["patient_id"]) == list(second["patient_id"])
    largest = (
        float(np.abs(first[columns].to_numpy() - second[columns].to_numpy()).max()) if same_rows else 1.0
    )
    fine = largest <= limit("seed_repeatable", "largest")
    values = {"n": len(first), "largest": small(largest)}
    return Verdict("green" if fine else "red", Phrase("checks.seed_repeatable.measured", values))


def _trained(
    evidence: Evidence, cohort: Cohort, settings: Settings | NetworkSettings | None, root: Path
) -> Any:
    from core.training import train

    task, modality = evidence.found.task, str(evidence.manifest["modality"])
    train(cohort, task, modality, root, settings or _stored_settings(evidence))
    return load_results(root, task, modality)


def _stored_settings(evidence: Evidence) -> Settings | NetworkSettings:
    """Return the settings that the manifest holds, as fitting takes them."""
    from core.ecg.network_settings import Layout, NetworkSettings
    from core.ehr.tuning import Settings

    kind: Any = NetworkSettings if evidence.manifest["modality"] == "ecg" else Settings
    stored = dict(evidence.manifest["settings"])
    if "layout" in stored:
        stored["layout"] = Layout(**{key: _tuple(value) for key, value in stored["layout"].items()})
    known = {one.name for one in fields(kind)}
    made: Settings | NetworkSettings = kind(
        **{key: _tuple(value) for key, value in stored.items() if key in known}
    )
    return made


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shuffled(cohort: Cohort, task: str, seed: int) -> Cohort:
    """Deal the labels out anew among the patients that have one; what the generator knows no longer holds."""
    column = _LABEL[task]
    labels = cohort.labels.copy()
    known = labels[column].notna()
    rng = np.random.default_rng([seed, 1])
    labels.loc[known, column] = rng.permutation(labels.loc[known, column].to_numpy(dtype=object))
    labels[column] = labels[column].astype(cohort.labels[column].dtype)
    return replace(cohort, labels=labels)
