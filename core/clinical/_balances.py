"""What weighing thrombolysis for one patient yields: one row an outcome, and all rows together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from core.clinical._effects import OUTCOMES, Baseline, Effect

if TYPE_CHECKING:
    from core.clinical.notes import Note
    from core.evaluation.intervals import Interval


@dataclass(frozen=True)
class OutcomeBalance:
    """One outcome under two treatments, in patients per 100.

    Attributes
    ----------
    outcome, comparison
        Of the effect. ``lysis``: before is without, after with thrombolysis; ``half_dose``: before is 100 mg, after 50.
    effect, baseline
        What it was worked out from.
    before, after
        Patients per 100; the one that the baseline gives has no interval of its own, the other that of the odds ratio.
    difference
        After minus before with the interval of the odds ratio: below 0 avoided, above 0 caused.
    number_needed
        Patients treated for one more or one fewer; None unless the interval of the effect leaves out "no difference".
    over_baseline
        The difference at the lower and at the upper limit of the baseline; None where it has no interval.
    """

    outcome: str
    comparison: str
    effect: Effect
    baseline: Baseline
    before: Interval
    after: Interval
    difference: Interval
    number_needed: Interval | None
    over_baseline: tuple[float, float] | None

    @property
    def leaning(self) -> str:
        """Whether this outcome ``supports`` the treatment, ``argues_against`` it, or leaves it ``open``."""
        if not self.effect.excludes_none:
            return "open"
        return "supports" if self.effect.ratio.value < 1 else "argues_against"


@dataclass(frozen=True)
class Balance:
    """Everything for one patient.

    Attributes
    ----------
    lysis
        Thrombolysis against anticoagulation alone, one row an outcome, in the order of ``OUTCOMES``.
    half_dose
        50 mg against 100 mg of alteplase, taken that the effects above are those of the full dose.
    alternatives
        The same outcomes by the other trials that fit the patient.
    context
        Studies that fit but are not used: not randomised, or not an odds ratio.
    notes
        What must be said beside the figures.
    """

    lysis: tuple[OutcomeBalance, ...]
    half_dose: tuple[OutcomeBalance, ...]
    alternatives: tuple[OutcomeBalance, ...]
    context: tuple[Effect, ...]
    notes: tuple[Note, ...]

    def frame(self, comparison: str = "lysis") -> pd.DataFrame:
        """Return ``outcome``, ``comparison``, ``before``, ``after``, ``difference``, ``low``, ``high`` per 100."""
        rows = self.lysis if comparison == "lysis" else self.half_dose
        found = [
            (one.outcome, comparison, one.before.value, one.after.value, *three(one.difference))
            for one in rows
        ]
        columns = ["outcome", "comparison", "before", "after", "difference", "low", "high"]
        return pd.DataFrame(found, columns=columns)

    def effects_frame(self, language: str, comparison: str = "lysis") -> pd.DataFrame:
        """Return every ratio shown, by outcome.

        Columns ``outcome``, ``label``, ``value``, ``low``, ``high``, ``used`` (the figures rest on it), ``status``.
        """
        resting = {one.effect.name for one in (*self.lysis, *self.half_dose)}
        shown = [one.effect for one in (*self.lysis, *self.half_dose, *self.alternatives)]
        shown = [one for one in (*shown, *self.context) if one.comparison == comparison]
        rows = [
            (one.outcome, one.label(language), *three(one.ratio), one.name in resting, one.status)
            for outcome in OUTCOMES
            for one in shown
            if one.outcome == outcome
        ]
        columns = ["outcome", "label", "value", "low", "high", "used", "status"]
        return pd.DataFrame(rows, columns=columns)


def three(interval: Interval) -> tuple[float, float, float]:
    """Return value, low and high."""
    return interval.value, interval.low, interval.high
