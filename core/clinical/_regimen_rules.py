"""The published regimens as ``regimens.toml`` states them."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.clinical.notes import STATUSES, Note, read_notes
from core.cohort.variables import variables
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNTRIES = ("international", "china")
USES = ("standard", "accelerated", "reduced", "arrest", "catheter")
Amounts = tuple[float, float]
_FILE = Path(__file__).with_name("regimens.toml")


@dataclass(frozen=True)
class StepRule:
    """How one step of a regimen is reckoned; the file's head explains the fields.

    Attributes
    ----------
    fixed
        Least and most of an amount that no weight changes; None where weight decides.
    per_kg
        Amount for each kg; 0 where none is.
    tiers
        Weight in kg below which an amount is given, and the amount, the lightest first.
    at_most
        Most that is given, infinite without a limit.
    minutes
        Least and most; None where ``hours`` says how long, or the source does not.
    hours
        Least and most hours of an infusion whose amount is per hour; else None.
    """

    unit: str
    fixed: Amounts | None
    per_kg: float
    tiers: tuple[tuple[float, float], ...]
    at_most: float
    minutes: Amounts | None
    hours: Amounts | None
    after_minutes: float

    def uncapped(self, weight_kg: float) -> float:
        """Return the most that is given at a weight, were there no limit."""
        if self.fixed is not None:
            return self.fixed[1]
        if self.tiers:
            return next(amount for below, amount in self.tiers if weight_kg < below)
        return self.per_kg * weight_kg

    def amounts(self, weight_kg: float) -> Amounts:
        """Return the least and most that is given at a weight (an hour, where ``hours`` says how long)."""
        if self.fixed is not None:
            return self.fixed
        given = min(self.uncapped(weight_kg), self.at_most)
        return given, given

    @property
    def needs_weight(self) -> bool:
        """Whether the patient's weight decides the amount."""
        return self.fixed is None

    @property
    def most_is_limit(self) -> bool:
        """Whether the regimen itself cuts the amount that the weight asks for."""
        return math.isfinite(self.at_most)

    @property
    def most(self) -> float | None:
        """Most that this step can ever give; None without a limit."""
        if self.tiers:
            return self.tiers[-1][1]
        if self.fixed is not None:
            return self.fixed[1] * (self.hours[1] if self.hours else 1)
        return self.at_most if self.most_is_limit else None


@dataclass(frozen=True)
class LabelLimit:
    """Most for each kg that a product's label allows to patients lighter than ``below_weight``."""

    per_kg: float
    unit: str
    below_weight: float
    source: str
    status: str


@dataclass(frozen=True)
class Regimen:
    """One published regimen.

    Attributes
    ----------
    name, drug, use
        On screen ``regimens.names.<name>`` and ``regimens.uses.<use>``; the drug is a level of ``thrombolytic``.
    countries
        Of ``COUNTRIES``: where the source recommends or tested it.
    full_dose
        None where the source draws no line between full and reduced.
    notes
        Names of the remarks that belong to it.
    source, status
        Where it comes from, and how far it was checked.
    """

    name: str
    drug: str
    use: str
    countries: tuple[str, ...]
    full_dose: bool | None
    steps: tuple[StepRule, ...]
    label_limit: LabelLimit | None
    notes: tuple[str, ...]
    source: str
    status: str

    def label(self, language: str) -> str:
        """Return what it is called on screen."""
        return text(language, f"regimens.names.{self.name}")

    def drug_label(self, language: str) -> str:
        """Return what the drug is called on screen."""
        return variables()["thrombolytic"].level_label(self.drug, language)

    @property
    def needs_weight(self) -> bool:
        """Whether the patient's weight decides the dose."""
        return any(step.needs_weight for step in self.steps)


@dataclass(frozen=True)
class TimeWindow:
    """How long after symptoms began thrombolysis is given; on screen ``regimens.windows.<name>``."""

    name: str
    days: float
    source: str
    status: str


def regimens(country: str | None = None) -> tuple[Regimen, ...]:
    """Return all regimens, or those of one country, in the file's order.

    Raises
    ------
    KeyError
        The country is not one of ``COUNTRIES``.
    """
    if country is not None and country not in COUNTRIES:
        raise KeyError(country)
    return tuple(one for one in _regimens() if country is None or country in one.countries)


def windows() -> tuple[TimeWindow, ...]:
    """Return the published windows of time, the widest first."""
    return tuple(TimeWindow(name, **one) for name, one in _stored()["windows"].items())


def notes() -> dict[str, Note]:
    """Return the remarks on regimens, by name."""
    return read_notes(_stored()["notes"], "regimens")


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def _regimens() -> tuple[Regimen, ...]:
    """Read every regimen.

    Raises
    ------
    ValueError
        The data file contradicts itself.
    """
    found = tuple(_regimen(name, one) for name, one in _stored()["regimens"].items())
    problems = [problem for one in found for problem in _problems(one)]
    if problems:
        raise ValueError("regimens.toml: " + "; ".join(problems))
    return found


def _regimen(name: str, entry: Mapping[str, Any]) -> Regimen:
    return Regimen(
        name=name,
        **{key: entry[key] for key in ("drug", "use", "source", "status")},
        countries=tuple(entry["countries"]),
        full_dose=entry.get("full_dose"),
        steps=tuple(_step(one) for one in entry["steps"]),
        label_limit=LabelLimit(**entry["label_limit"]) if "label_limit" in entry else None,
        notes=tuple(entry.get("notes", ())),
    )


def _step(entry: Mapping[str, Any]) -> StepRule:
    return StepRule(
        unit=entry["unit"],
        fixed=_pair(entry.get("amount")),
        per_kg=float(entry.get("per_kg", 0)),
        tiers=tuple(
            (float(one.get("below", math.inf)), float(one["amount"])) for one in entry.get("tiers", ())
        ),
        at_most=float(entry.get("at_most", math.inf)),
        minutes=_pair(entry.get("minutes")),
        hours=_pair(entry.get("hours")),
        after_minutes=float(entry.get("after_minutes", 0)),
    )


def _pair(given: float | list[float] | None) -> Amounts | None:
    if given is None:
        return None
    low, high = given if isinstance(given, list) else (given, given)
    return float(low), float(high)


def _problems(one: Regimen) -> list[str]:
    drugs = {level.name for level in variables()["thrombolytic"].levels}
    ways = [(step.fixed is not None, step.per_kg > 0, bool(step.tiers)) for step in one.steps]
    ends = [[below for below, _ in step.tiers] for step in one.steps if step.tiers]
    checks = {
        "names a drug that the catalogue does not know": one.drug in drugs,
        "has no such use": one.use in USES,
        "names an unknown country": set(one.countries) <= set(COUNTRIES),
        "needs exactly one way of reckoning a step": all(sum(way) == 1 for way in ways),
        "has tiers out of order or without an open end": all(
            end == sorted(set(end)) and end[-1] == math.inf for end in ends
        ),
        "has steps in several units": len({step.unit for step in one.steps}) == 1,
        "names an unknown remark": set(one.notes) <= _stored()["notes"].keys(),
        "has an unknown status": one.status in STATUSES,
    }
    return [f"{one.name} {problem}" for problem, fine in checks.items() if not fine]
