"""A dose in words, as the patient page and the report print it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.text import text

if TYPE_CHECKING:
    from core.clinical._regimen_rules import Amounts
    from core.clinical.regimens import Dose, DoseStep


def dose_lines(dose: Dose, language: str) -> tuple[str, ...]:
    """Return a dose line by line: how it is given, the total, and what limits it or is not known.

    Examples
    --------
    >>> from core.clinical.regimens import dose
    >>> dose_lines(dose("alteplase_0_6mg_kg_15min", 73), "en")
    ('43.8 mg intravenously over 15 min',)
    """
    steps = text(language, "regimens.steps.separator").join(_step(one, language) for one in dose.steps)
    lines = [steps]
    if len(dose.steps) > 1:
        lines.append(_say(language, "total", amount=_range(dose.total, language), unit=dose.unit))
    if dose.tier is not None:
        lines.append(_tier(dose.tier, language))
    if dose.capped and dose.cap is not None:
        lines.append(_say(language, "capped", amount=_number(dose.cap), unit=dose.unit))
    if dose.assumed_weights is not None:
        low, high = dose.assumed_weights
        lines.append(_say(language, "weight_unknown", low=_number(low), high=_number(high)))
    limit = dose.regimen.label_limit
    if dose.label_limit is not None and limit is not None:
        facts = {"below": _number(limit.below_weight), "per_kg": _number(limit.per_kg), "unit": limit.unit}
        lines.append(_say(language, "label_limit", amount=_number(dose.label_limit), **facts))
    return tuple(lines)


def _step(step: DoseStep, language: str) -> str:
    facts = {"amount": _range(step.amount, language), "unit": step.unit}
    if step.over_minutes is None:
        return _say(language, "amount_only", **facts)
    duration = _duration(step.over_minutes, language)
    if step.per_hour is not None:
        return _say(language, "hourly", rate=_range(step.per_hour, language), duration=duration, **facts)
    key = "bolus" if step.over_minutes[1] == 0 else "infusion"
    said = _say(language, key, **facts) if key == "bolus" else _say(language, key, duration=duration, **facts)
    if step.after_minutes:
        return _say(language, "later", minutes=_number(step.after_minutes), step=said)
    return said


def _tier(tier: Amounts, language: str) -> str:
    low, high = tier
    if low == 0:
        return _say(language, "tier_below", high=_number(high))
    if math.isinf(high):
        return _say(language, "tier_from", low=_number(low))
    return _say(language, "tier", low=_number(low), high=_number(high))


def _duration(minutes: Amounts, language: str) -> str:
    unit, size = ("hours", 60) if minutes[1] >= 120 else ("minutes", 1)
    return _say(language, unit, x=_range((minutes[0] / size, minutes[1] / size), language))


def _range(amounts: Amounts, language: str) -> str:
    low, high = (_number(one) for one in amounts)
    return low if low == high else _say(language, "range", low=low, high=high)


def _number(amount: float) -> str:
    """Return ``43.8``, ``100`` or ``308,000``: one decimal where there is one, separators in large numbers."""
    rounded = round(amount, 1)
    return f"{round(rounded):,}" if rounded == round(rounded) else f"{rounded:,.1f}"


def _say(language: str, key: str, **values: str) -> str:
    return text(language, f"regimens.steps.{key}", **values)
