"""What the published D-dimer rules make of one patient: the limit that applies, and whether embolism is excluded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.clinical.scores import rates_of, results, scores
from core.clinical.scores.quantities import age_adjusted_limit
from core.cohort.variables import variables

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.scores import Rate, Result

Outcome = Literal["excluded", "imaging", "open"]
_OUTCOMES: dict[str, Outcome] = {
    "excluded": "excluded",
    "below": "excluded",
    "ctpa": "imaging",
    "above": "imaging",
}


@dataclass(frozen=True)
class DDimerRule:
    """What one rule makes of the D-dimer.

    Attributes
    ----------
    name
        ``years`` or ``age_adjusted_d_dimer``, as among the scores.
    limit
        Lowest and highest limit, in mg/L FEU, that what is known of the patient allows; equal where it is settled.
    d_dimer
        In mg/L FEU; nan where not measured.
    outcome
        ``excluded`` (below the limit), ``imaging`` or ``open``.
    fits
        Whether the rule may exclude in this patient: the age-adjusted limit only where embolism is unlikely by Wells
        (unverified general knowledge of the guidelines); None while that is open.
    missing
        Inputs that are not known.
    failures
        Published frequency of embolism although excluded.
    source, status
        Of the rule.
    """

    name: str
    limit: tuple[float, float]
    d_dimer: float
    outcome: Outcome
    fits: bool | None
    missing: tuple[str, ...]
    failures: tuple[Rate, ...]
    source: str
    status: str


def d_dimer_rules(patient: pd.DataFrame) -> tuple[DDimerRule, ...]:
    """What YEARS and the age-adjusted limit make of one patient's D-dimer, as far as it is known.

    Parameters
    ----------
    patient
        One row, columns by the catalogue's names and units.
    """
    found = results(patient, ("years", "age_adjusted_d_dimer", "wells"))[0]
    wells = found["wells"].class_name
    unlikely = None if wells is None else wells == "unlikely"
    return (
        _rule(patient, found["years"], _years_limit(found["years"]), fits=True),
        _rule(patient, found["age_adjusted_d_dimer"], _age_limit(_number(patient, "age")), fits=unlikely),
    )


def accepted_failure() -> Rate:
    """Return how often YEARS overlooked embolism in its own study: what a low probability has to be held against."""
    return next(rate for rule in scores()["years"].rules if rule.name == "excluded" for rate in rule.rates)


def _rule(
    patient: pd.DataFrame, found: Result, limit: tuple[float, float], *, fits: bool | None
) -> DDimerRule:
    score = scores()[found.name]
    return DDimerRule(
        name=found.name,
        limit=limit,
        d_dimer=_number(patient, "d_dimer"),
        outcome=_OUTCOMES.get(found.class_name or "", "open"),
        fits=fits,
        missing=found.missing,
        failures=tuple(rate for rate in rates_of(found) if rate.of == "missed_pe_3mo"),
        source=score.source,
        status=score.status,
    )


def _years_limit(found: Result) -> tuple[float, float]:
    """1 mg/L FEU without an item of YEARS, 0.5 with any."""
    none, any_ = 1.0, 0.5
    fewest, most = float(found.low or 0), float(found.high or 0)
    return (any_ if most > 0 else none, any_ if fewest > 0 else none)


def _age_limit(age: float) -> tuple[float, float]:
    ages = np.array(variables()["age"].plausible if math.isnan(age) else (age, age))
    low, high = np.round(age_adjusted_limit(ages), 9)
    return float(low), float(high)


def _number(patient: pd.DataFrame, name: str) -> float:
    return float(patient[name].iloc[0]) if name in patient else math.nan
