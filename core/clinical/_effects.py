"""Effects of thrombolysis and how often things happen anyway, as ``benefit_harm.toml`` states them."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clinical.notes import STATUSES, Note, read_notes
from core.evaluation.intervals import Interval, normal_quantile
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUTCOMES = ("death", "major_bleeding", "intracranial", "recurrence")
COMPARISONS = ("lysis", "half_dose")
GIVEN = ("anticoagulation", "lysis")
POPULATIONS = ("mixed", "stable", "intermediate", "shock", "up_to_65", "over_65", "under_65_kg")
_FILE = Path(__file__).with_name("benefit_harm.toml")


@dataclass(frozen=True)
class Effect:
    """What a treatment changed in one study.

    Attributes
    ----------
    outcome, comparison, population
        Of ``OUTCOMES``, ``COMPARISONS`` and ``POPULATIONS``.
    ratio
        Odds ratio with its 95 % interval; limits are nan where no source gives them.
    is_hazard_ratio
        Whether the study gives a hazard ratio in place of an odds ratio.
    used
        Whether figures may be worked out from it: randomised, and an odds ratio.
    patients
        How many; None where unknown or told by the source.
    source, status
        Where from, and how far it was checked (``computed``: the ratio follows from checked figures).
    """

    name: str
    outcome: str
    comparison: str
    population: str
    ratio: Interval
    is_hazard_ratio: bool
    used: bool
    patients: int | None
    source: str
    status: str

    @property
    def excludes_none(self) -> bool:
        """Whether the interval is known and does not hold 1."""
        return self.ratio.high < 1 or self.ratio.low > 1

    def label(self, language: str) -> str:
        """Return the study and whom it is about, as a forest of effects names them."""
        return text(language, f"benefit_harm.studies.{self.name}")


@dataclass(frozen=True)
class Baseline:
    """How often an outcome happens, and under which treatment.

    Attributes
    ----------
    outcome
        Of ``OUTCOMES``.
    share
        0 to 1.
    given
        ``anticoagulation`` (alone), or ``lysis``: then the effect is turned back.
    low, high
        Its 95 % interval; nan where there is none.
    source, status
        Where from: a study, a guideline's class, a model; empty for a number that the user gave.
    usual_care
        Whether some of those in whom it was seen were thrombolysed.
    """

    outcome: str
    share: float
    given: str = "anticoagulation"
    low: float = math.nan
    high: float = math.nan
    source: str = ""
    status: str = "computed"
    usual_care: bool = False


def effects(outcome: str | None = None, comparison: str | None = None) -> tuple[Effect, ...]:
    """Return the effects, all or those of one outcome or comparison, in the file's order."""
    return tuple(
        one
        for one in _effects().values()
        if outcome in (None, one.outcome) and comparison in (None, one.comparison)
    )


def effect(name: str) -> Effect:
    """Return one effect.

    Raises
    ------
    KeyError
        There is no such effect.
    """
    return _effects()[name]


def published_baselines() -> dict[str, Baseline]:
    """Return how often each outcome was seen in studies, by name."""
    return {name: Baseline(**one) for name, one in _stored()["baselines"].items()}


def default_baseline(outcome: str) -> Baseline | None:
    """Return the share that is used where the patient's own is not known; None if there is none."""
    name = _stored()["default"]["baselines"].get(outcome)
    return published_baselines()[name] if name is not None else None


def default_effect(outcome: str, comparison: str) -> Effect | None:
    """Return the effect that is used unless told otherwise; None if there is none."""
    name = _stored()["default"]["effects"][comparison].get(outcome)
    return _effects()[name] if name is not None else None


def outcome_of_rate(rate: str) -> str | None:
    """Return the outcome that a published rate of a score speaks of; None if none here."""
    found: str | None = _stored()["rates"].get(rate)
    return found


def notes() -> dict[str, Note]:
    """Return what must be said beside the figures, by name."""
    return read_notes(_stored()["notes"], "benefit_harm")


def ratio_of_counts(treated: Sequence[float], control: Sequence[float]) -> Interval:
    """Return the odds ratio of two groups with its 95 % interval by Woolf's method.

    Parameters
    ----------
    treated, control
        Events and patients; a number of events below 1 is read as a share of the patients.

    References
    ----------
    Woolf B. Ann Hum Genet 1955;19:251.

    Examples
    --------
    >>> ratio_of_counts([32, 506], [6, 499]).rounded(2)
    Interval(value=5.55, low=2.3, high=13.39)
    """
    a, b = _events(treated)
    c, d = _events(control)
    value = a * d / (b * c)
    half = normal_quantile(0.95) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Interval(value, value * math.exp(-half), value * math.exp(half))


def _events(group: Sequence[float]) -> tuple[float, float]:
    events, patients = group
    happened = events * patients if events < 1 else events
    return happened, patients - happened


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def _effects() -> dict[str, Effect]:
    """Read every effect.

    Raises
    ------
    ValueError
        The data file contradicts itself.
    """
    found = {name: _effect(name, one) for name, one in _stored()["effects"].items()}
    problems = [problem for one in found.values() for problem in _problems(one)]
    problems += [
        f"baseline {name} is not understood"
        for name, one in published_baselines().items()
        if one.outcome not in OUTCOMES or one.given not in GIVEN or one.status not in STATUSES
    ]
    if problems:
        raise ValueError("benefit_harm.toml: " + "; ".join(problems))
    return found


def _effect(name: str, entry: Mapping[str, Any]) -> Effect:
    patients = entry.get("patients")
    if "treated" in entry:
        ratio = ratio_of_counts(entry["treated"], entry["control"])
        patients = entry["treated"][1] + entry["control"][1]
    else:
        value = entry.get("odds_ratio", entry.get("hazard_ratio"))
        ratio = Interval(float(value), entry.get("low", math.nan), entry.get("high", math.nan))
    return Effect(
        name=name,
        **{key: entry[key] for key in ("outcome", "comparison", "population", "source", "status")},
        ratio=ratio,
        is_hazard_ratio="hazard_ratio" in entry,
        used=entry.get("used", True),
        patients=patients,
    )


def _problems(one: Effect) -> list[str]:
    low, high = one.ratio.low, one.ratio.high
    checks = {
        "has no such outcome": one.outcome in OUTCOMES,
        "has no such comparison": one.comparison in COMPARISONS,
        "has no such population": one.population in POPULATIONS,
        "has an interval that does not hold its ratio": math.isnan(low) or low < one.ratio.value < high,
        "is used though it is no odds ratio": not (one.used and one.is_hazard_ratio),
        "has an unknown status": one.status in STATUSES,
    }
    return [f"{one.name} {problem}" for problem, fine in checks.items() if not fine]
