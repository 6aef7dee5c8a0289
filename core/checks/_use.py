"""Rules on calibration and on what is shown of one patient: prediction sets, SHAP values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.checks._verdict import Phrase, Verdict, by_class, limit, small, unchecked
from core.evaluation import ConformalThresholds, coverage

if TYPE_CHECKING:
    from core.checks._evidence import Evidence
    from core.checks._verdict import Level
    from core.evaluation import Interval


def calibration_slope(evidence: Evidence) -> Verdict:
    """The calibration slope lies within its limits."""
    found = {name: one.calibration_slope for name, one in evidence.found.evaluation.classes.items()}
    low, high = limit("calibration_slope", "low"), limit("calibration_slope", "high")
    return _within("calibration_slope", found, low, high)


def calibration_intercept(evidence: Evidence) -> Verdict:
    """Calibration in the large lies within its limits."""
    found = {name: one.calibration_intercept for name, one in evidence.found.evaluation.classes.items()}
    most = limit("calibration_intercept", "largest")
    return _within("calibration_intercept", found, -most, most)


def _within(rule: str, found: dict[str, Interval], low: float, high: float) -> Verdict:
    """Red only where the whole interval lies outside: few patients make a wide one."""
    defined = {name: one for name, one in found.items() if math.isfinite(one.value)}
    if len(defined) < len(found):
        return unchecked("not_defined")
    figures = {name: _signed(one) for name, one in defined.items()}
    outside = any(not (one.low <= high and one.high >= low) for one in defined.values())
    inside = all(low <= one.value <= high for one in defined.values())
    level: Level = "red" if outside else "green" if inside else "amber"
    return Verdict(level, Phrase(f"checks.{rule}.measured", {"figures": by_class(figures)}))


def _signed(found: Interval) -> Phrase:
    # rounding leaves no minus before a zero
    values = {
        name: f"{round(one, 2) + 0.0:.2f}".replace("-", "−")
        for name, one in (("value", found.value), ("low", found.low), ("high", found.high))
    }
    return Phrase("charts_fusion.signed_interval", values)


def set_coverage(evidence: Evidence) -> Verdict:
    """Prediction sets hold each class as often as promised, within chance."""
    stored = ConformalThresholds.from_json(evidence.model["conformal"])
    part = evidence.test
    promised = 1 - stored.alpha
    figures, scores = {}, []
    found = coverage(part.truth, stored.sets(part.probabilities("first" if evidence.is_ecg else "p")))
    for code, (name, one) in enumerate(zip(evidence.classes, found, strict=True)):
        n = int((part.truth == code).sum())
        if n == 0 or stored.n[code] == 0:
            return unchecked("too_few_events")
        # both the patients that set the threshold and those it is tried on are a sample
        error = math.sqrt(stored.alpha * promised * (1 / n + 1 / stored.n[code]))
        scores.append((one.value - promised) / error)
        figures[name] = f"{one.value:.1%} (z = {scores[-1]:+.1f})".replace("-", "−")
    beyond = limit("coverage", "errors")
    level: Level = "red" if min(scores) < -beyond else "amber" if max(scores) > beyond else "green"
    values = {"promised": f"{promised:.0%}", "figures": by_class(figures)}
    return Verdict(level, Phrase("checks.coverage.measured", values))


def additivity(evidence: Evidence) -> Verdict:
    """Base and SHAP values of each explained patient add up to the model's own answer."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_shap")
    explained = evidence.found.explanation
    margins = explained.base + explained.values.sum(axis=2)
    weights = np.exp(margins - margins.max(axis=1, keepdims=True))
    from_shap = weights / weights.sum(axis=1, keepdims=True)
    known = evidence.test.frame.set_index("patient_id").reindex(list(explained.patient_ids))
    raw = known[[f"raw_{name}" for name in evidence.classes]].to_numpy(dtype=np.float64)
    if np.isnan(raw).any():
        return Verdict("red", Phrase("checks.additivity.strangers", {"n": int(np.isnan(raw).any(1).sum())}))
    own = float(np.abs(from_shap - raw).max())
    told = float(evidence.manifest["additivity_error"])
    values = {"own": small(own), "told": small(told), "n": len(raw)}
    fine = max(own, told) < limit("additivity", "largest")
    return Verdict("green" if fine else "red", Phrase("checks.additivity.measured", values))


def explained_patients(evidence: Evidence) -> Verdict:
    """The patients explained are test patients at natural prevalence, not resampled rows."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_shap")
    ids = evidence.found.explanation.patient_ids
    own = evidence.test.frame.set_index("patient_id")["truth"]
    inside = own.index.isin(ids)
    strangers = len(set(ids) - set(own.index))
    figures = {
        name: f"{(own[inside] == name).mean():.1%} / {(own == name).mean():.1%}" for name in evidence.classes
    }
    values = {"n": len(ids), "strangers": strangers, "figures": by_class(figures)}
    fine = not strangers and len(set(ids)) == len(ids)
    return Verdict("green" if fine else "red", Phrase("checks.explained_patients.measured", values))
