"""Rules on performance: figures that follow from predictions, the bound of the generator, luck, sample size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from core.checks._sample_size import events_needed
from core.checks._verdict import Phrase, Verdict, by_class, limit, small, unchecked
from core.evaluation import auroc, delong_test, delong_variance, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.checks._evidence import Evidence
    from core.checks._verdict import Level
    from core.evaluation import Interval

_SERIES = (("metrics", "p"), ("raw_metrics", "raw"), ("twin_metrics", "twin_p"))


def metrics_follow(evidence: Evidence) -> Verdict:
    """Every stored figure is worked out again from the stored predictions."""
    part = evidence.test
    weights = np.array(evidence.model["weights"], dtype=np.float64)
    as_shown = evidence.codes(part.frame["predicted"])
    n, differing, largest = 0, 0, 0.0
    for name, key in _SERIES:
        if evidence.manifest.get(name) is None:
            continue
        p = part.probabilities(key)
        # the network's raw figures are those of the decisions that are shown
        decided = as_shown if key == "p" or evidence.is_ecg else (p * weights).argmax(axis=1)
        again = evaluate(part.truth, p, decided, evidence.classes, evidence.manifest["seed"]).to_json()
        distances = [_distance(*pair) for pair in _pairs(evidence.manifest[name], again)]
        n += len(distances)
        differing += sum(one > limit("metrics_follow", "largest") for one in distances)
        largest = max(largest, *distances)
    values = {"n": n, "differing": differing, "largest": small(largest)}
    return Verdict("red" if differing else "green", Phrase("checks.metrics_follow.measured", values))


def _pairs(stored: Any, again: Any) -> Iterator[tuple[Any, Any]]:
    """Every figure of the one beside the same figure of the other; one that is missing beside None."""
    if isinstance(again, dict):
        own = stored if isinstance(stored, dict) else {}
        for key, value in again.items():
            yield from _pairs(own.get(key), value)
    elif isinstance(again, list):
        own_list = stored if isinstance(stored, list) and len(stored) == len(again) else [None] * len(again)
        for one, other in zip(own_list, again, strict=True):
            yield from _pairs(one, other)
    else:
        yield stored, again


def _distance(stored: Any, again: Any) -> float:
    if isinstance(stored, int | float) and isinstance(again, int | float):
        return abs(stored - again) / max(1.0, abs(again))
    return 0.0 if stored == again else math.inf


def oracle_bound(evidence: Evidence) -> Verdict:
    """No AUROC is significantly higher than that of the probabilities which the generator itself used."""
    part = evidence.test
    if not part.has("oracle"):
        return unchecked("no_oracle")
    p, known = part.probabilities(), part.probabilities("oracle")
    gaps, beyond = {}, False
    for code, name in enumerate(evidence.classes):
        level = limit("oracle_bound", "level") / 100
        found = delong_test(part.truth == code, p[:, code], known[:, code], level)
        gaps[name] = f"{found.first:.2f} / {found.second:.2f} ({_signed(found.difference)})"
        beyond = beyond or found.difference.low > 0
    return Verdict(
        "red" if beyond else "green", Phrase("checks.oracle_bound.measured", {"gaps": by_class(gaps)})
    )


def test_against_out_of_fold(evidence: Evidence) -> Verdict:
    """The test part is not recognised better, nor much worse, than training patients by trees that never saw them."""
    figures, scores = {}, []
    for code, name in enumerate(evidence.classes):
        both = []
        for part in (evidence.test, evidence.train):
            event, p = part.truth == code, part.probabilities()[:, code]
            both.append((auroc(event, p), delong_variance(event, p)))
        (test, of_test), (rest, of_rest) = both
        error = math.sqrt(of_test + of_rest)
        scores.append((test - rest) / error if error > 0 else math.nan)
        figures[name] = f"{test:.2f} / {rest:.2f} (z = {scores[-1]:+.1f})".replace("-", "−")
    if not np.isfinite(scores).all():
        return unchecked("too_few_events")
    rule = "test_against_out_of_fold"
    level: Level = "green"
    if max(scores) > limit(rule, "amber") or min(scores) < -limit(rule, "red"):
        level = "red" if max(scores) > limit(rule, "red") else "amber"
    return Verdict(level, Phrase("checks.test_against_out_of_fold.measured", {"figures": by_class(figures)}))


def better_than_shares(evidence: Evidence) -> Verdict:
    """The forecasts are better than giving every patient the class shares."""
    found = evidence.found.evaluation
    figures = {name: f"{one.brier_skill:.3f}".replace("-", "−") for name, one in found.classes.items()}
    values = {"skill": f"{found.brier_skill:.3f}".replace("-", "−"), "figures": by_class(figures)}
    worst = min(one.brier_skill for one in found.classes.values())
    level: Level = "red" if not found.brier_skill > 0 else "amber" if not worst > 0 else "green"
    return Verdict(level, Phrase("checks.better_than_shares.measured", values))


def intervals_given(evidence: Evidence) -> Verdict:
    """Every defined figure of every class has an interval; few patients of a class are said."""
    found = evidence.found.evaluation
    n = bare = 0
    for one in found.classes.values():
        figures = [one.auroc, one.auprc, one.calibration_slope, one.calibration_intercept]
        figures += [getattr(one.measures, key) for key in ("sensitivity", "specificity", "ppv", "npv")]
        defined = [figure for figure in figures if math.isfinite(figure.value)]
        n += len(defined)
        bare += sum(not (math.isfinite(each.low) and math.isfinite(each.high)) for each in defined)
    events = {name: str(one.events) for name, one in found.classes.items()}
    few = min(one.events for one in found.classes.values()) < limit("intervals_given", "few")
    level: Level = "red" if bare else "amber" if few else "green"
    values = {"n": n, "bare": bare, "events": by_class(events)}
    return Verdict(level, Phrase("checks.intervals_given.measured", values))


def events_per_parameter(evidence: Evidence) -> Verdict:
    """Training events for each column of the design, against what the model's own AUROC calls for."""
    if not evidence.is_ehr:
        return evidence.not_a_table("no_parameters")
    n_columns = len(evidence.found.encoder.owners)
    counts = evidence.manifest["class_counts"]["train"]
    total = sum(counts.values())
    figures, short = {}, False
    for name, one in evidence.found.evaluation.classes.items():
        if not 0.5 < one.auroc.value < 1 or counts[name] * 2 > total:
            continue  # of a class that most patients have, the others are the events
        have = counts[name] / n_columns
        shrinkage = limit("events_per_parameter", "shrinkage")
        needed = events_needed(one.auroc.value, counts[name] / total, shrinkage)
        short = short or have < needed
        figures[name] = f"{counts[name]} / {n_columns} = {have:.1f} ({needed:.1f})"
    if not figures:
        return unchecked("no_discrimination")
    # the criterion is that of unpenalised regression: trees that fall short are to be looked at, not refuted
    level: Level = "amber" if short else "green"
    return Verdict(level, Phrase("checks.events_per_parameter.measured", {"figures": by_class(figures)}))


def _signed(gap: Interval) -> str:
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]".replace("-", "−")
