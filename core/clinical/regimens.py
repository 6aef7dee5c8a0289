"""Thrombolytic regimens as published, and the dose of one for a patient's weight.

Examples
--------
>>> found = dose("tenecteplase_by_weight", 72)
>>> found.total, found.unit, found.tier
((40.0, 40.0), 'mg', (70.0, 80.0))
>>> dose("alteplase_0_6mg_kg_15min", 90).capped
True
>>> dose("alteplase_0_6mg_kg_15min", None).total
(24.0, 50.0)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clinical._regimen_rules import (
    COUNTRIES,
    Amounts,
    LabelLimit,
    Regimen,
    StepRule,
    TimeWindow,
    notes,
    regimens,
    windows,
)
from core.cohort.variables import variables
from core.errors import InputError

if TYPE_CHECKING:
    from core.clinical.notes import Note

__all__ = [
    "COUNTRIES",
    "Dose",
    "DoseStep",
    "LabelLimit",
    "Regimen",
    "StepRule",
    "TimeWindow",
    "dose",
    "in_windows",
    "notes",
    "notes_of",
    "regimens",
    "windows",
]


@dataclass(frozen=True)
class DoseStep:
    """What is given in one step.

    Attributes
    ----------
    amount
        Least and most, in ``unit``; the same where both weight and rule settle it.
    unit
        ``mg``, ``IU`` or ``U``.
    over_minutes
        Least and most; 0 for a bolus, None where the source does not say.
    per_hour
        Least and most an hour, for an infusion that is prescribed by the hour; else None.
    after_minutes
        When it begins after the step before it began.
    capped
        Whether the patient's weight asks for more than the most that is given.
    """

    amount: Amounts
    unit: str
    over_minutes: Amounts | None
    per_hour: Amounts | None
    after_minutes: float
    capped: bool


@dataclass(frozen=True)
class Dose:
    """A regimen for one patient.

    Attributes
    ----------
    regimen
        With its source and standing.
    weight_kg
        None if it is not known.
    steps
        In the order in which they are given.
    total
        Least and most of all steps together, in ``unit``.
    tier
        The tier by weight that applies, from and below in kg; None without tiers or weight.
    cap
        The most that is ever given, where the regimen has such a limit.
    assumed_weights
        Weights in kg that the range of doses covers where the weight matters and is not known; else None.
    label_limit
        Total in ``unit`` that the product's label allows at this weight, where the regimen gives more; else None.
    """

    regimen: Regimen
    weight_kg: float | None
    steps: tuple[DoseStep, ...]
    total: Amounts
    unit: str
    tier: Amounts | None
    cap: float | None
    assumed_weights: Amounts | None
    label_limit: float | None

    @property
    def capped(self) -> bool:
        """Whether a step is cut at the most that is given."""
        return any(step.capped for step in self.steps)

    @property
    def settled(self) -> bool:
        """Whether there is one dose and not a range."""
        return self.total[0] == self.total[1]

    @property
    def source(self) -> str:
        """Where the regimen comes from."""
        return self.regimen.source

    @property
    def status(self) -> str:
        """How far the regimen was checked."""
        return self.regimen.status


def dose(regimen_name: str, weight_kg: float | None = None) -> Dose:
    """Return what a regimen gives at a weight; without one, the range over usual adult weights.

    Parameters
    ----------
    regimen_name
        Of ``regimens()``.
    weight_kg
        None or nan if not known.

    Raises
    ------
    KeyError
        There is no such regimen.
    InputError
        The weight is outside the plausible range of the catalogue.
    """
    regimen = {one.name: one for one in regimens()}[regimen_name]
    known = None if weight_kg is None or math.isnan(weight_kg) else float(weight_kg)
    _check(known)
    weights = (known, known) if known is not None else _usual_weights()
    steps = tuple(_step(rule, weights) for rule in regimen.steps)
    total = (_round(sum(one.amount[0] for one in steps)), _round(sum(one.amount[1] for one in steps)))
    caps = [rule.most for rule in regimen.steps]
    return Dose(
        regimen=regimen,
        weight_kg=known,
        steps=steps,
        total=total,
        unit=steps[0].unit,
        tier=_tier(regimen, known),
        cap=None if None in caps else _round(sum(one for one in caps if one is not None)),
        assumed_weights=weights if known is None and regimen.needs_weight else None,
        label_limit=_label_limit(regimen, known, total[1]),
    )


def notes_of(regimen: Regimen) -> tuple[Note, ...]:
    """Return the remarks that belong to a regimen."""
    return tuple(notes()[name] for name in regimen.notes)


def in_windows(symptom_days: float | None) -> dict[str, bool | None]:
    """Tell for each published window of time whether symptoms began within it; None where that is not known."""
    unknown = symptom_days is None or math.isnan(symptom_days)
    return {
        one.name: None if unknown or symptom_days is None else symptom_days <= one.days for one in windows()
    }


def _check(weight_kg: float | None) -> None:
    low, high = variables()["weight"].plausible or (0.0, math.inf)
    if weight_kg is not None and not low <= weight_kg <= high:
        raise InputError("errors_clinical.weight", weight=f"{weight_kg:g}", low=f"{low:g}", high=f"{high:g}")


def _usual_weights() -> Amounts:
    usual = variables()["weight"].typical
    assert usual is not None
    return usual


def _step(rule: StepRule, weights: tuple[float, float]) -> DoseStep:
    amounts = [rule.amounts(weight) for weight in weights]
    given = min(low for low, _ in amounts), max(high for _, high in amounts)
    capped = rule.most_is_limit and any(rule.uncapped(weight) > (rule.most or math.inf) for weight in weights)
    per_hour, over = None, rule.minutes
    if rule.hours is not None:
        per_hour = given
        given = given[0] * rule.hours[0], given[1] * rule.hours[1]
        over = rule.hours[0] * 60, rule.hours[1] * 60
    rounded = _round(given[0]), _round(given[1])
    return DoseStep(
        rounded, rule.unit, over, per_hour, rule.after_minutes, capped and weights[0] == weights[1]
    )


def _round(amount: float) -> float:
    """Drop what only binary fractions add: 0.6 times 73 is 43.8."""
    return round(amount, 9)


def _tier(regimen: Regimen, weight_kg: float | None) -> Amounts | None:
    rules = [rule for rule in regimen.steps if rule.tiers]
    if weight_kg is None or not rules:
        return None
    begins = 0.0
    for below, _ in rules[0].tiers:
        if weight_kg < below:
            return begins, below
        begins = below
    raise AssertionError(weight_kg)  # the last tier has no end


def _label_limit(regimen: Regimen, weight_kg: float | None, total: float) -> float | None:
    limit = regimen.label_limit
    if limit is None or weight_kg is None or weight_kg >= limit.below_weight:
        return None
    allowed = _round(limit.per_kg * weight_kg)
    return allowed if total > allowed else None
