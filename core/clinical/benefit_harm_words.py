"""The balance of benefit and harm in plain sentences, one outcome each; nothing in them is advice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.clinical.citations import cited
from core.clinical.notes import status_words
from core.text import text

if TYPE_CHECKING:
    from core.clinical._balances import OutcomeBalance
    from core.clinical._effects import Baseline


def sentence(row: OutcomeBalance, language: str) -> str:
    """Return what one outcome comes to per 100 patients, with the interval and the number needed where there is one.

    Examples
    --------
    >>> from core.clinical.benefit_harm import balance
    >>> sentence(balance({"death": 0.077}).lysis[0], "en").split(". ")[0]
    'Death: of 100 patients like this one, about 7.7 without and 4.7 with thrombolysis'
    """
    facts = {"before": per_100(row.before.value), "after": per_100(row.after.value)}
    return _say(
        language,
        row.comparison,
        outcome=outcome_words(row.outcome, language),
        change=_change(row, language),
        **facts,
    )


def source_line(row: OutcomeBalance, language: str) -> str:
    """Return which trial and which baseline one outcome rests on, and how far both were checked."""
    return _say(
        language,
        "source",
        source=cited(row.effect.source, language),
        status=status_words(row.effect.status, language),
        share=per_100(100 * row.baseline.share),
        baseline=_origin(row.baseline, language),
    )


def outcome_words(outcome: str, language: str) -> str:
    """Return what an outcome is called."""
    return text(language, f"benefit_harm.outcomes.{outcome}")


def _origin(baseline: Baseline, language: str) -> str:
    if not baseline.source:
        return _say(language, "own_baseline")
    status = status_words(baseline.status, language)
    return _say(language, "baseline", source=cited(baseline.source, language), status=status)


def per_100(patients: float) -> str:
    """Return patients per 100 with a digit that means something: ``12``, ``4.7``, ``0.19``.

    Examples
    --------
    >>> per_100(12.34), per_100(4.69), per_100(0.19), per_100(-0.29)
    ('12', '4.7', '0.19', '−0.29')
    """
    if not math.isfinite(patients):
        return "–"
    size = abs(patients)
    digits = 0 if size >= 9.95 else 1 if size >= 0.95 else 2
    said = f"{patients:.{digits}f}".replace("-", "−")
    return said.removeprefix("−") if float(f"{size:.{digits}f}") == 0 else said


def _change(row: OutcomeBalance, language: str) -> str:
    value, low, high = row.difference.value, row.difference.low, row.difference.high
    if not (math.isfinite(low) and math.isfinite(high)):
        return _say(language, "no_interval", n=per_100(value))
    if row.leaning == "open":
        return _say(language, "open", n=per_100(value), low=per_100(low), high=per_100(high))
    key, needed = ("fewer", "needed_fewer") if value < 0 else ("more", "needed_more")
    near, far = sorted((abs(low), abs(high)))
    said = _say(language, key, n=per_100(abs(value)), low=per_100(near), high=per_100(far))
    if row.number_needed is None:
        return said
    counts = {name: f"{math.ceil(one):,}" for name, one in vars(row.number_needed).items()}
    return (
        said
        + " " * (language == "en")
        + _say(language, needed, n=counts["value"], low=counts["low"], high=counts["high"])
    )


def _say(language: str, key: str, **values: str) -> str:
    return text(language, f"benefit_harm.sentences.{key}", **values)
