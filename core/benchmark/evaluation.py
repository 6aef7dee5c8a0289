"""How long the whole evaluation takes: six models on the same test patients, every interval by its own method."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from core.benchmark.figure import Figure, Scale, figure
from core.cohort.folder import CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.evaluation.arrays import Codes, Floats

MODALITIES = ("ecg", "ehr", "fusion")
_SHARES = {"diagnosis": (0.587, 0.413), "outcome": (0.82, 0.089, 0.091)}
# how much each modality knows of a class; the fusion knows both
_STRENGTH = {"ecg": 0.6, "ehr": 0.8, "fusion": 1.0}
_GROUPS = 20
_MOST_SECONDS = 20


def six_models(scale: Scale) -> list[Figure]:
    """Evaluate six made-up models: figures, curves with bands, calibration, decisions, sets, subgroups, differences."""
    started = time.perf_counter()
    parts: dict[str, float] = {}
    for task, classes in CLASSES.items():
        truth, groups = _patients(task, scale.evaluated)
        p = {name: _forecast(truth, task, name) for name in MODALITIES}
        for name in MODALITIES:
            for part, seconds in _one_model(truth, p[name], classes, groups, scale.resamples).items():
                parts[part] = parts.get(part, 0.0) + seconds
        begin = time.perf_counter()
        _compare(truth, p, scale.resamples)
        parts["differences"] = parts.get("differences", 0.0) + time.perf_counter() - begin
    longest = sorted(parts.items(), key=lambda one: -one[1])[:4]
    detail = f"{scale.evaluated} patients, {scale.resamples} resamples; "
    detail += ", ".join(f"{name} {seconds:.2f} s" for name, seconds in longest)
    spent = time.perf_counter() - started
    return [figure("evaluation_of_six_models", spent, "s", detail, at_most=_MOST_SECONDS)]


def _patients(task: str, n: int) -> tuple[Codes, Floats]:
    rng = np.random.default_rng(len(task))
    shares = _SHARES[task]
    return rng.choice(len(shares), n, p=shares).astype(np.int64), rng.integers(0, _GROUPS, n).astype(float)


def _forecast(truth: Codes, task: str, name: str) -> Floats:
    """Calibrated probabilities of normal signals (Bayes' theorem)."""
    rng = np.random.default_rng([len(task), MODALITIES.index(name)])
    strength, shares = _STRENGTH[name], np.array(_SHARES[task])
    signal = strength * np.eye(len(shares))[truth] + rng.normal(size=(len(truth), len(shares)))
    score = np.exp(strength * signal + np.log(shares))
    return np.asarray(score / score.sum(axis=1, keepdims=True), dtype=np.float64)


def _one_model(
    truth: Codes, p: Floats, classes: tuple[str, ...], groups: Floats, resamples: int
) -> dict[str, float]:
    """Everything that is said of one model, and the seconds of each part."""
    from core import evaluation

    event, risk = truth == len(classes) - 1, p[:, -1]
    members = {str(group): groups == group for group in np.unique(groups)}
    work: dict[str, Callable[[], object]] = {
        "figures": lambda: evaluation.evaluate(truth, p, p.argmax(axis=1), classes, 0, resamples),
        "ROC bands": lambda: evaluation.roc_frame(truth, p, classes, n_bootstrap=resamples),
        "precision-recall": lambda: evaluation.precision_recall_frame(truth, p, classes),
        "calibration": lambda: evaluation.calibration_frame(truth, p, classes),
        "decision curves": lambda: evaluation.decision_frame(truth, p, classes),
        "thresholds": lambda: evaluation.threshold_table(event, risk),
        "sets": lambda: evaluation.coverage(truth, evaluation.fit_conformal(truth, p).sets(p)),
        "subgroups": lambda: [
            evaluation.subgroup_aurocs(truth == code, p[:, code], members) for code in range(len(classes))
        ],
    }
    spent = {}
    for name, part in work.items():
        begin = time.perf_counter()
        part()
        spent[name] = time.perf_counter() - begin
    return spent


def _compare(truth: Codes, p: dict[str, Floats], resamples: int) -> None:
    """Paired differences of the fusion to both single models, class by class and in the mean."""
    from core.evaluation import bootstrap_macro_test, delong_test

    for name in ("ecg", "ehr"):
        for code in range(p[name].shape[1]):
            delong_test(truth == code, p["fusion"][:, code], p[name][:, code])
        bootstrap_macro_test(truth, p["fusion"], p[name], resamples)
