"""Benefit and harm of thrombolysis per 100 patients like this one: trials' odds ratios on one baseline risk.

The effects come from randomised trials; the baseline from a guideline's class or from a model. A model that was
trained on treated patients alone gives the risk under thrombolysis: the effect is then turned back.

Examples
--------
>>> found = balance({"death": 0.077})
>>> death = found.lysis[0]
>>> death.after.rounded(1), death.difference.rounded(1)
(Interval(value=4.7, low=2.9, high=7.4), Interval(value=-3.0, low=-4.8, high=-0.3))
>>> death.number_needed.rounded(0)
Interval(value=33.0, low=21.0, high=351.0)
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.clinical._balances import Balance, OutcomeBalance, three
from core.clinical._effects import (
    GIVEN,
    OUTCOMES,
    Baseline,
    Effect,
    default_baseline,
    default_effect,
    effect,
    effects,
    notes,
    published_baselines,
    ratio_of_counts,
)
from core.errors import InputError
from core.evaluation.intervals import Interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.clinical.notes import Note

__all__ = [
    "GIVEN",
    "OUTCOMES",
    "Balance",
    "Baseline",
    "Effect",
    "OutcomeBalance",
    "balance",
    "effect",
    "effects",
    "notes",
    "published_baselines",
    "ratio_of_counts",
    "with_odds_ratio",
]


def with_odds_ratio(share: float, ratio: float) -> float:
    """Return the share once the odds are multiplied by a ratio: ``OR·p / (1 − p + OR·p)``.

    Examples
    --------
    >>> round(with_odds_ratio(0.10, 0.5), 4)
    0.0526
    """
    return ratio * share / (1 - share + ratio * share)


def balance(
    baseline: Mapping[str, Baseline | float],
    *,
    given: str = "anticoagulation",
    chosen: Mapping[str, str] | None = None,
    age: float | None = None,
    weight_kg: float | None = None,
    stable: bool | None = None,
) -> Balance:
    """Weigh thrombolysis for one patient, per 100 patients like this one.

    Parameters
    ----------
    baseline
        Outcome (of ``OUTCOMES``) to its share; where major and intracranial bleeding are not given, the published ones
        are taken. A bare number is the share under ``given``.
    given
        ``anticoagulation`` or ``lysis``: the treatment that bare numbers belong to.
    chosen
        Outcome to the name of the effect to use for thrombolysis; the default without it.
    age, weight_kg, stable
        In years, kg, and whether circulation is stable: choose the other effects that are shown; None if not known.

    Raises
    ------
    InputError
        A share is not from 0 to 1.
    KeyError
        There is no such outcome or treatment, or no such effect of a trial on it.
    """
    known = _baselines(baseline, given)
    lysis = tuple(
        _weighed(found, one)
        for outcome, one in known.items()
        if (found := _resting(outcome, chosen or {})) is not None
    )
    half = tuple(
        _weighed(found, _full_dose(row))
        for row in lysis
        if (found := default_effect(row.outcome, "half_dose")) is not None
    )
    taken = {row.effect.name for row in (*lysis, *half)}
    fitting = [one for one in effects() if one.name not in taken and one.outcome in known]
    fitting = [one for one in fitting if _fits(one.population, age, weight_kg, stable=stable)]
    starts = {(row.outcome, row.comparison): row.baseline for row in (*lysis, *half)}
    return Balance(
        lysis=lysis,
        half_dose=half,
        alternatives=tuple(
            _weighed(one, starts[one.outcome, one.comparison])
            for one in fitting
            if one.used and (one.outcome, one.comparison) in starts
        ),
        context=tuple(one for one in fitting if not one.used),
        notes=_remarks(known, stable=stable),
    )


def _baselines(baseline: Mapping[str, Baseline | float], given: str) -> dict[str, Baseline]:
    """Return what is known for each outcome, in order."""
    if given not in GIVEN or not baseline.keys() <= set(OUTCOMES):
        raise KeyError(given if given not in GIVEN else min(baseline.keys() - set(OUTCOMES)))
    found = {}
    for outcome in OUTCOMES:
        own = baseline.get(outcome, default_baseline(outcome))
        if own is not None:
            one = own if isinstance(own, Baseline) else Baseline(outcome, float(own), given)
            if not 0 <= one.share <= 1:
                raise InputError("errors_clinical.probability", name=outcome, value=f"{one.share:g}")
            found[outcome] = one
    return found


def _resting(outcome: str, chosen: Mapping[str, str]) -> Effect | None:
    """Return the effect that the figures of an outcome rest on."""
    if outcome not in chosen:
        return default_effect(outcome, "lysis")
    found = effect(chosen[outcome])
    if not found.used or (found.outcome, found.comparison) != (outcome, "lysis"):
        raise KeyError(found.name)
    return found


def _weighed(found: Effect, baseline: Baseline) -> OutcomeBalance:
    """Work one outcome out; all shares in patients per 100."""
    ratio, share = found.ratio, baseline.share
    fixed = Interval(100 * share, math.nan, math.nan)
    if baseline.given == "lysis" and found.comparison == "lysis":
        before, after = _moved(share, Interval(1 / ratio.value, 1 / ratio.high, 1 / ratio.low)), fixed
        difference = Interval(after.value - before.value, after.value - before.high, after.value - before.low)
    else:
        before, after = fixed, _moved(share, ratio)
        difference = Interval(after.value - before.value, after.low - before.value, after.high - before.value)
    return OutcomeBalance(
        found.outcome,
        found.comparison,
        found,
        baseline,
        before,
        after,
        difference,
        _number_needed(found, difference),
        _over_baseline(found, baseline),
    )


def _moved(share: float, ratio: Interval) -> Interval:
    return Interval(*(100 * with_odds_ratio(share, one) for one in three(ratio)))


def _number_needed(found: Effect, difference: Interval) -> Interval | None:
    if not found.excludes_none or 0 in three(difference):
        return None
    ends = sorted(100 / abs(one) for one in (difference.low, difference.high))
    return Interval(100 / abs(difference.value), *ends)


def _over_baseline(found: Effect, baseline: Baseline) -> tuple[float, float] | None:
    if not (math.isfinite(baseline.low) and math.isfinite(baseline.high)):
        return None
    turned = baseline.given == "lysis" and found.comparison == "lysis"
    ratio, sign = (1 / found.ratio.value, -1) if turned else (found.ratio.value, 1)
    at_low, at_high = (
        sign * 100 * (with_odds_ratio(share, ratio) - share) for share in (baseline.low, baseline.high)
    )
    return at_low, at_high


def _full_dose(row: OutcomeBalance) -> Baseline:
    """Return the risk under the full dose, from which the half dose starts."""
    one = row.baseline
    return Baseline(row.outcome, row.after.value / 100, "lysis", source=one.source, status=one.status)


def _fits(population: str, age: float | None, weight_kg: float | None, *, stable: bool | None) -> bool:
    """Whether a study's population may be this patient's; what is not known fits."""
    match population:
        case "stable" | "intermediate":
            return stable is not False
        case "shock":
            return stable is not True
        case "up_to_65":
            return age is None or not age > 65
        case "over_65":
            return age is None or not age <= 65
        case "under_65_kg":
            return weight_kg is None or not weight_kg >= 65
        case _:
            return True


def _remarks(known: Mapping[str, Baseline], *, stable: bool | None) -> tuple[Note, ...]:
    wanted = ["causal_caution", "odds_ratio_assumption", "interval_covers"]
    turned = any(one.given == "lysis" for one in known.values())
    wanted += ["turned_back"] * turned + ["outcomes_overlap"]
    wanted += ["class_treatment"] * any(one.usual_care for one in known.values())
    wanted += ["intracranial_mixed"] * ("intracranial" in known)
    wanted += ["stable_not_significant"] * (stable is True and "death" in known) + ["half_dose_small"]
    return tuple(notes()[name] for name in wanted)
