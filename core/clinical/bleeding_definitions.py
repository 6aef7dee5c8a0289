"""How severe one bleed is under ISTH, GUSTO, BARC and TIMI; what is not told leaves several grades possible.

Examples
--------
>>> told = dict.fromkeys(facts(), False) | {"hb_fall": 3.5, "red_cell_units": 1, "transfusion": True}
>>> {name: one.grade for name, one in grades(told).items()}
{'isth': 'major', 'gusto': 'moderate', 'barc': '3a', 'timi': 'minor'}
>>> grades({"hb_fall": 3.5})["timi"].possible
('major', 'minor')
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.clinical.notes import STATUSES
from core.clinical.scores._conditions import Condition, names_in, parse
from core.clinical.scores._inputs import Patients
from core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).with_name("bleeding_definitions.toml")


@dataclass(frozen=True)
class BleedFact:
    """Something told of one bleed; ``bleeding.facts.<name>`` on screen.

    Attributes
    ----------
    kind
        ``binary`` or ``numeric``.
    unit
        Of a number; empty otherwise.
    only_if_recorded
        Whether it counts as absent unless it is told.
    """

    name: str
    kind: str
    unit: str = ""
    only_if_recorded: bool = False


@dataclass(frozen=True)
class GradeRule:
    """A grade by a condition: the first rule that holds decides; None holds always."""

    grade: str
    when: Condition | None
    major: bool
    status: str


@dataclass(frozen=True)
class BleedingDefinition:
    """One published definition, its rules from the gravest; ``bleeding.definitions.<name>`` on screen."""

    name: str
    rules: tuple[GradeRule, ...]
    source: str
    status: str

    @property
    def grades(self) -> tuple[str, ...]:
        """Grades from the gravest, each once."""
        return tuple(dict.fromkeys(rule.grade for rule in self.rules))

    @property
    def asks(self) -> frozenset[str]:
        """Facts that it asks for."""
        return frozenset(name for rule in self.rules if rule.when for name in names_in(rule.when))


@dataclass(frozen=True)
class Grade:
    """One bleed under one definition.

    Attributes
    ----------
    definition
        With its source and standing.
    grade
        None while several are possible.
    possible
        Grades that what is told allows, the gravest first.
    major
        Whether it counts as major bleeding; None while that is open.
    missing
        Facts that are not told and could still decide.
    counted_absent
        Facts that count as absent because they are not told.
    status
        Of the rule that decides; of the definition while that is open.
    """

    definition: BleedingDefinition
    grade: str | None
    possible: tuple[str, ...]
    major: bool | None
    missing: tuple[str, ...]
    counted_absent: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class DefinitionEffect:
    """How far the rate of major bleeding moved with the definition alone, in the same patients."""

    low: float
    high: float
    patients: int
    definitions: int
    source: str
    status: str


def facts() -> dict[str, BleedFact]:
    """Return what can be told of a bleed, by name."""
    return {name: BleedFact(name, **one) for name, one in _stored()["facts"].items()}


@functools.cache
def definitions() -> dict[str, BleedingDefinition]:
    """All definitions by name.

    Raises
    ------
    ValueError
        The data file contradicts itself.
    """
    found = {name: _definition(name, one) for name, one in _stored()["definitions"].items()}
    problems = [problem for one in found.values() for problem in _problems(one)]
    if problems:
        raise ValueError("bleeding_definitions.toml: " + "; ".join(problems))
    return found


def grades(bleed: Mapping[str, float | None]) -> dict[str, Grade]:
    """Grade one bleed under every definition.

    Parameters
    ----------
    bleed
        Fact (of ``facts()``) to yes, no or a number; None, nan or left out where it is not told.

    Raises
    ------
    KeyError
        There is no such fact.
    InputError
        A number is negative or no number, or a yes-or-no fact is neither.
    """
    known = {name: _checked(facts()[name], value) for name, value in bleed.items()}
    told = {name for name, value in known.items() if not math.isnan(value)}
    absent = [name for name, one in facts().items() if one.only_if_recorded and name not in told]
    filled = dict.fromkeys(facts(), math.nan) | dict.fromkeys(absent, 0.0)
    filled |= {name: known[name] for name in told}
    patients = Patients(pd.DataFrame([filled]))
    return {name: _grade(one, patients, filled, tuple(absent)) for name, one in definitions().items()}


def definition_effect() -> DefinitionEffect:
    """Return how far the definition alone moved the rate of major bleeding (Meyer 1998)."""
    return DefinitionEffect(**_stored()["definition_effect"])


def definition_named(words: str) -> str | None:
    """Return the definition that a cohort's ``outcome_definition`` names; None if none, or more than one.

    Examples
    --------
    >>> definition_named("30-day death, else ISTH major bleeding")
    'isth'
    """
    found = [name for name in definitions() if re.search(rf"(?<![a-z]){name}(?![a-z])", words.casefold())]
    return found[0] if len(found) == 1 else None


def _checked(fact: BleedFact, value: float | None) -> float:
    number = math.nan if value is None else float(value)
    fine = number >= 0 and math.isfinite(number) if fact.kind == "numeric" else number in (0, 1)
    if not (fine or math.isnan(number)):
        raise InputError("errors_clinical.bleeding_fact", name=fact.name, value=f"{number:g}")
    return number


def _grade(
    definition: BleedingDefinition, patients: Patients, told: Mapping[str, float], absent: tuple[str, ...]
) -> Grade:
    """Walk the rules from the gravest as long as one can still decide."""
    open_rules: list[GradeRule] = []
    asked: set[str] = set()
    for rule in definition.rules:
        truth = None if rule.when is None else rule.when.evaluate(patients)
        if truth is None or truth.may[0]:
            open_rules.append(rule)
        if rule.when is not None and truth is not None and truth.may[0] and not truth.must[0]:
            asked |= names_in(rule.when)
        if truth is None or truth.must[0]:
            break
    possible = tuple(dict.fromkeys(rule.grade for rule in open_rules))
    majors = {rule.major for rule in open_rules}
    settled = len(possible) == 1
    missing = tuple(name for name in facts() if name in asked and math.isnan(told[name]))
    return Grade(
        definition=definition,
        grade=possible[0] if settled else None,
        possible=possible,
        major=majors.pop() if len(majors) == 1 else None,
        missing=() if settled else missing,
        counted_absent=tuple(name for name in absent if name in definition.asks),
        status=open_rules[-1].status if settled else definition.status,
    )


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _definition(name: str, entry: Mapping[str, Any]) -> BleedingDefinition:
    rules = tuple(
        GradeRule(
            one["grade"],
            parse(one["when"]) if "when" in one else None,
            one.get("major", False),
            one.get("status", entry["status"]),
        )
        for one in entry["rules"]
    )
    return BleedingDefinition(name, rules, entry["source"], entry["status"])


def _problems(one: BleedingDefinition) -> list[str]:
    checks = {
        f"asks for {sorted(one.asks - facts().keys())}, which nothing knows": one.asks <= facts().keys(),
        "has no last rule that always holds": [rule.when is None for rule in one.rules].index(True)
        == len(one.rules) - 1,
        "has an unknown status": {rule.status for rule in one.rules} <= set(STATUSES),
    }
    return [f"{one.name} {problem}" for problem, fine in checks.items() if not fine]
