"""Where a patient's baseline risk comes from: a guideline's class, a score, or a model's probabilities."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from core.clinical._effects import Baseline, outcome_of_rate
from core.clinical.scores import rates_of, scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.clinical.scores import Rate, Result

_MODEL_CLASSES = {"death": "death", "bleeding": "major_bleeding"}


def model_baselines(
    probabilities: Mapping[str, float], source: str, *, given: str = "lysis"
) -> dict[str, Baseline]:
    """Return a model's probabilities as baselines, by outcome.

    Parameters
    ----------
    probabilities
        Class of the task ``outcome`` to its probability, 0 to 1; classes without an outcome here are left out.
    source
        The model in words.
    given
        The treatment of the patients it was trained on: ``lysis`` for those of this project.
    """
    return {
        outcome: Baseline(outcome, float(probabilities[name]), given, source=source)
        for name, outcome in _MODEL_CLASSES.items()
        if name in probabilities
    }


def class_baselines() -> dict[str, Baseline]:
    """Return the risk of death by ESC 2019 class, under usual treatment (Becattini 2016)."""
    found: dict[str, Baseline] = {}
    for rule in scores()["esc_2019"].rules:
        for baseline in _of_rates(rule.rates, "anticoagulation"):
            found[rule.name] = replace(baseline, usual_care=True)
    return found


def score_baselines(results: Mapping[str, Result]) -> dict[str, tuple[Baseline, ...]]:
    """Return what the scores of one patient say of each outcome, by name of the score.

    Parameters
    ----------
    results
        Scores of one patient, as ``core.clinical.scores.results`` gives them. A score whose class is still open, and
        one made for other patients, has no baseline.
    """
    found: dict[str, tuple[Baseline, ...]] = {}
    for name, result in results.items():
        made_for = scores()[name].developed_for
        if made_for in {"atrial_fibrillation", "suspicion"}:
            continue
        rates = tuple(
            _of_rates(rates_of(result), "lysis" if made_for == "thrombolysis" else "anticoagulation")
        )
        if rates:
            found[name] = rates
    return found


def _of_rates(rates: tuple[Rate, ...], given: str) -> Iterator[Baseline]:
    """Turn published frequencies into baselines; a range without a frequency is none."""
    for rate in rates:
        outcome = outcome_of_rate(rate.of)
        if outcome is not None and rate.share is not None:
            low, high = (math.nan if one is None else one for one in (rate.low, rate.high))
            yield Baseline(outcome, rate.share, given, low, high, rate.source, rate.status)
