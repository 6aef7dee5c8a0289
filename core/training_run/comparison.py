"""A newly trained model beside the one in use: on the same patients where there are such, else side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation import Interval, auroc_interval, bootstrap_macro_test, delong_test, macro_auroc_interval
from core.results import load_results

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from core.artifacts import Artifact
    from core.results import Results

_FEWEST = 2


@dataclass(frozen=True)
class Comparison:
    """Two models of one task and one modality.

    Attributes
    ----------
    paired
        Whether both were tested on the same patients of one cohort.
    n_common
        Test patients of both; 0 where they are of two cohorts.
    rows
        A row a class, then ``macro`` where there are more than two: ``class``, ``new`` and ``used`` (AUROC), and
        ``difference`` (new less used), each an `Interval`; where it is not paired the difference is None and both
        areas are those of each model's own test part.
    """

    paired: bool
    n_common: int
    rows: tuple[tuple[str, Interval, Interval, Interval | None], ...]


def compare(new_root: Path, used_root: Path, new: Artifact) -> Comparison:
    """Compare a model with the one in use of the same task and modality.

    Raises
    ------
    ArtifactError
        One of them cannot be read.
    """
    task, modality = str(new.manifest["task"]), str(new.manifest["modality"])
    ours, theirs = load_results(new_root, task, modality), load_results(used_root, task, modality)
    common = _common(ours, theirs) if _same_patients(ours, theirs) else None
    if common is None:
        return Comparison(False, 0, _side_by_side(ours, theirs))
    return Comparison(True, len(common), _paired(common, ours.classes))


def _same_patients(ours: Results, theirs: Results) -> bool:
    kept = ("cohort_digest", "classes")
    manifests = ours.artifact.manifest, theirs.artifact.manifest
    return all(manifests[0].get(key) == manifests[1].get(key) for key in kept)


def _common(ours: Results, theirs: Results) -> pd.DataFrame | None:
    """Test patients of both, with both models' probabilities; None where they are too few of a class."""
    frames = []
    for found, name in ((ours, "new"), (theirs, "used")):
        frame = found.frame("predictions")
        columns = {f"p_{label}": f"{name}_{label}" for label in found.classes}
        test = frame[frame["part"] == "test"]
        frames.append(test[["patient_id", "truth", *columns]].rename(columns=columns))
    joined = frames[0].merge(frames[1], on=["patient_id", "truth"], validate="one_to_one")
    counts = joined["truth"].value_counts().reindex(list(ours.classes), fill_value=0)
    return None if counts.min() < _FEWEST else joined


def _paired(
    common: pd.DataFrame, classes: tuple[str, ...]
) -> tuple[tuple[str, Interval, Interval, Interval | None], ...]:
    truth = np.array([classes.index(name) for name in common["truth"]])
    p = {
        name: common[[f"{name}_{label}" for label in classes]].to_numpy(dtype=np.float64)
        for name in ("new", "used")
    }
    rows: list[tuple[str, Interval, Interval, Interval | None]] = []
    for code, label in enumerate(classes):
        if len(classes) > _FEWEST or code == 1:
            event = truth == code
            found = delong_test(event, p["new"][:, code], p["used"][:, code])
            areas = [auroc_interval(event, p[name][:, code]).interval for name in ("new", "used")]
            rows.append((label, areas[0], areas[1], found.difference))
    if len(classes) > _FEWEST:
        mean = bootstrap_macro_test(truth, p["new"], p["used"])
        areas = [macro_auroc_interval(truth, p[name])[0] for name in ("new", "used")]
        rows.append(("macro", areas[0], areas[1], mean.difference))
    return tuple(rows)


def _side_by_side(
    ours: Results, theirs: Results
) -> tuple[tuple[str, Interval, Interval, Interval | None], ...]:
    known = [label for label in ours.classes if label in theirs.classes]
    shown = known if len(known) > _FEWEST else known[1:]
    return tuple(
        (label, ours.evaluation.classes[label].auroc, theirs.evaluation.classes[label].auroc, None)
        for label in shown
    )
