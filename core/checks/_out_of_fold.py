"""Rules on what must be chosen on out-of-fold predictions: recalibration, cut-offs, prediction sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.checks._verdict import Phrase, Verdict, limit, small
from core.evaluation import (
    ConformalThresholds,
    Recalibration,
    fit_conformal,
    fit_recalibration,
    sensitivity_point,
    youden_point,
)
from core.fusion.late import MODALITIES, LateFusion, fit_late, plain_sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.checks._evidence import Evidence, Part

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]


def recalibration_out_of_fold(evidence: Evidence) -> Verdict:
    """Recalibration, fitted anew on the stored out-of-fold predictions, is the one in use."""
    if evidence.is_fusion:
        return _stacking_out_of_fold(evidence)
    stored = Recalibration.from_json(evidence.model["recalibration"])
    raw = evidence.train.probabilities("raw")
    shares = _trained_shares(evidence)
    refitted = {
        name: fit_recalibration(part.probabilities("raw"), part.truth, shares)
        for name, part in (("train", evidence.train), ("test", evidence.test))
    }
    applied = stored.apply(raw)
    distance = {name: float(np.abs(applied - one.apply(raw)).max()) for name, one in refitted.items()}
    shown = [part.probabilities() - stored.apply(part.probabilities("raw")) for part in _parts(evidence)]
    used = max(float(np.abs(one).max()) for one in shown)
    return _refitted(distance["train"], distance["test"], used)


def _stacking_out_of_fold(evidence: Evidence) -> Verdict:
    """A fusion is itself a calibrated sum: its weights must come from the two models' out-of-fold predictions.

    What each modality adds is stored with every test patient: with share and intercept it must give the probability
    shown. So a correction of the sum is bound to the same figures.
    """
    stored = LateFusion.from_json(evidence.model["fusion"])
    train, test = (_bases(part) for part in _parts(evidence))
    chosen = next(one["name"] for one in evidence.manifest["strategies"] if one["chosen"])
    distance = []
    for p, part in zip((train, test), _parts(evidence), strict=True):
        again = fit_late(p, part.truth)
        again = again if chosen == "late" else plain_sum(np.array(again.shares))
        distance.append(float(np.abs(stored.apply(train) - again.apply(train)).max()))
    used = np.abs(evidence.test.probabilities() - _added_up(evidence, stored)).max()
    return _refitted(distance[0], distance[1], float(used))


def _added_up(evidence: Evidence, stored: LateFusion) -> Floats:
    """Test probabilities (n, k) from share, intercept and what each modality adds."""
    shares, classes = np.array(stored.shares), evidence.classes[1:]
    intercepts = np.array([evidence.manifest["weights"][name]["intercept"] for name in classes])
    frame = evidence.test.frame
    parts = sum(frame[[f"{one}_adds_{name}" for name in classes]].to_numpy(float) for one in MODALITIES)
    odds = np.exp(np.log(shares[1:] / shares[0]) + intercepts + parts)
    p = np.column_stack([np.ones(len(odds)), odds])
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def _bases(part: Part) -> dict[str, Floats]:
    """Probabilities of the single models, put right for what storing them rounded."""
    found = {name: part.probabilities(name) for name in MODALITIES}
    return {name: p / p.sum(axis=1, keepdims=True) for name, p in found.items()}


def _refitted(train: float, test: float, used: float) -> Verdict:
    values = {"train": small(train), "test": small(test), "used": small(used)}
    fine = max(train, used) <= limit("recalibration_out_of_fold", "largest")
    return Verdict("green" if fine else "red", Phrase("checks.recalibration_out_of_fold.measured", values))


def decisions_out_of_fold(evidence: Evidence) -> Verdict:
    """Cut-offs, class weights and prediction sets, chosen anew on the out-of-fold predictions, are those in use."""
    expected, stored = _decision_figures(evidence, evidence.train), _stored_figures(evidence)
    from_test = _decision_figures(evidence, evidence.test)
    weights = np.array(evidence.model["weights"], dtype=np.float64)
    # predictions were rounded: two classes can be equally far ahead in the file without having been so
    odd = max(_undecided(part, weights) for part in _parts(evidence))
    values: dict[str, object] = {
        "n": len(stored),
        "train": small(_distance(stored, expected)),
        "test": small(_distance(stored, from_test)),
        "odd": odd,
    }
    fine = _distance(stored, expected) <= limit("decisions_out_of_fold", "largest") and odd == 0
    return Verdict("green" if fine else "red", Phrase("checks.decisions_out_of_fold.measured", values))


def _parts(evidence: Evidence) -> tuple[Part, Part]:
    return evidence.train, evidence.test


def _trained_shares(evidence: Evidence) -> list[float]:
    """Class shares that the model was trained at; the network weighs every class the same."""
    if not evidence.is_ehr:
        return [1 / len(evidence.classes)] * len(evidence.classes)
    counts = [evidence.manifest["class_counts"]["resampled"][name] for name in evidence.classes]
    return [count / sum(counts) for count in counts]


def _decision_figures(evidence: Evidence, part: Part) -> dict[str, float]:
    """Every figure of the decision rule, as it would be chosen on one part."""
    p = part.probabilities()
    figures = {}
    if len(evidence.classes) == 2:
        event = part.truth == 1
        figures["youden"] = float(youden_point(event, p[:, 1]).threshold)
        if evidence.is_ecg:
            target = float(evidence.manifest["settings"]["sensitivity_target"])
            figures["sensitivity"] = float(sensitivity_point(event, p[:, 1], target).threshold)
    else:
        shares = np.bincount(part.truth, minlength=p.shape[1]) / len(part.truth)
        weights = 1 / np.maximum(shares, 1e-12)
        figures |= {f"weight {code}": float(one / weights[0]) for code, one in enumerate(weights)}
    truth, p = _asked_for_sets(evidence, part)
    sets = fit_conformal(truth, p, float(evidence.model["conformal"]["alpha"]))
    return figures | {f"set {code}": one for code, one in enumerate(sets.thresholds)}


def _asked_for_sets(evidence: Evidence, part: Part) -> tuple[Codes, Floats]:
    """Patients and probabilities that prediction sets rest on: of several networks the first, on its own fold."""
    if not evidence.is_ecg:
        return part.truth, part.probabilities()
    if part is evidence.test:
        return part.truth, part.probabilities("first")
    own = (part.frame["network"] == 0).to_numpy()
    return part.truth[own], part.probabilities()[own]


def _stored_figures(evidence: Evidence) -> dict[str, float]:
    model: dict[str, Any] = evidence.model
    weights = [float(one) for one in model["weights"]]
    sets = ConformalThresholds.from_json(model["conformal"]).thresholds
    figures = {f"set {code}": one for code, one in enumerate(sets)}
    if len(weights) > 2:
        return figures | {f"weight {code}": one / weights[0] for code, one in enumerate(weights)}
    if evidence.is_ecg:
        return figures | {name: float(model["thresholds"][name]) for name in ("youden", "sensitivity")}
    return figures | {"youden": weights[0] / sum(weights)}


def _distance(first: dict[str, float], second: dict[str, float]) -> float:
    if first.keys() != second.keys():
        return float("inf")
    return max(
        0.0 if first[name] == second[name] else abs(first[name] - second[name]) / max(1.0, abs(first[name]))
        for name in first
    )


def _undecided(part: Part, weights: Floats) -> int:
    """Patients whose stored decision is not the largest weighted probability."""
    weighted = part.probabilities() * weights
    named = part.frame["predicted"].map({name: code for code, name in enumerate(part.classes)})
    codes = named.fillna(-1).to_numpy(dtype=np.int64)
    behind = weighted.max(axis=1) - weighted[np.arange(len(codes)), codes]
    return int(((behind > 1e-6 * weights.max()) | (codes < 0)).sum())
