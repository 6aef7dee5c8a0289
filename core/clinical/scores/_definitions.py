"""The published scores as the data files beside this module state them."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.clinical.scores._conditions import Condition, limits_in, names_in, parse
from core.clinical.scores._inputs import asked_by, facts, is_input
from core.clinical.scores.quantities import QUANTITIES

_FOLDER = Path(__file__).parent
_FILES = ("severity", "pretest", "bleeding", "guidelines")
STATUSES = ("verified", "secondary", "unverified", "computed")


@dataclass(frozen=True)
class Rate:
    """How often something was seen, as published.

    Attributes
    ----------
    of
        What was seen; ``scores.rates.<of>`` among the texts.
    share
        0 to 1; None where only a range, or an odds ratio, was published.
    low, high
        95 % interval or published range; None where none was given.
    odds_ratio
        Against the class below, where no frequency was published.
    source, status
        Where from, and how far it was checked (``STATUSES``).
    """

    of: str
    source: str
    status: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    odds_ratio: float | None = None


@dataclass(frozen=True)
class Item:
    """What gives points, None always; ``label`` is ``scores.items.<label>`` among the texts."""

    label: str
    points: float
    when: Condition | None
    status: str


@dataclass(frozen=True)
class Band:
    """A class by points, up to and including ``to``."""

    name: str
    to: float
    rates: tuple[Rate, ...]
    status: str


@dataclass(frozen=True)
class Rule:
    """A class by a condition: the first rule that holds decides; None holds always."""

    name: str
    when: Condition | None
    rates: tuple[Rate, ...]
    status: str


@dataclass(frozen=True)
class PointRate:
    """How often something was seen among patients with these points."""

    least: float
    most: float
    rate: Rate


@dataclass(frozen=True)
class Score:
    """A published score, rule or guideline.

    Attributes
    ----------
    name, title
        In code and JSON; on screen it is ``scores.titles.<name>``.
    predicts
        ``pe``, ``death`` or ``bleeding``.
    patients
        Whom it is for: ``suspected`` or ``confirmed`` embolism.
    developed_for
        In whom or for what it was made; ``scores.developed_for.<...>``.
    source, status
        Where from, and how far the points were checked.
    items, adds
        What gives points; an input whose own value is added to them (or nothing).
    bands, other_bands
        Classes by points, and further ways of cutting them.
    rules
        Classes by conditions, the first that holds; the gravest first.
    modifier
        Mark added to the class.
    applies
        Whom the score is for; None for all.
    rates_by_points
        Published frequencies by points.
    """

    name: str
    predicts: str
    patients: str
    developed_for: str
    source: str
    status: str
    items: tuple[Item, ...] = ()
    adds: str = ""
    bands: tuple[Band, ...] = ()
    other_bands: dict[str, tuple[Band, ...]] | None = None
    rules: tuple[Rule, ...] = ()
    modifier: Rule | None = None
    applies: Condition | None = None
    rates_by_points: tuple[PointRate, ...] = ()

    @functools.cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes: of bands from the fewest points, of rules from the gravest."""
        return tuple(one.name for one in self.bands or self.rules)

    def conditions(self) -> tuple[Condition, ...]:
        """Return all conditions that the score asks."""
        found = [one.when for one in (*self.items, *self.rules, self.modifier) if one is not None]
        return tuple(condition for condition in (*found, self.applies) if condition is not None)

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Inputs, facts, formulas and other scores that it asks for by name."""
        found = {name for condition in self.conditions() for name in names_in(condition)} - {"points"}
        return frozenset(found | {self.adds} - {""})

    def limits(self) -> set[tuple[str, float]]:
        """Numbers it compares, with the limits."""
        return {pair for condition in self.conditions() for pair in limits_in(condition)}

    @functools.cached_property
    def inputs(self) -> frozenset[str]:
        """All inputs that can matter, those of other scores it asks for among them."""
        own = frozenset(one for name in self.names - scores().keys() for one in asked_by(name))
        return own.union(*(scores()[name].inputs for name in self.names & scores().keys()))


@functools.cache
def scores() -> dict[str, Score]:
    """All scores by name, in the order of the files.

    Raises
    ------
    ValueError
        A data file contradicts itself.
    """
    found = {}
    for file in _FILES:
        stored = tomllib.loads((_FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
        found.update({name: _score(name, entry) for name, entry in stored.items()})
    problems = [problem for one in found.values() for problem in _problems(one, set(found))]
    if problems:
        raise ValueError("; ".join(problems))
    return found


def _score(name: str, entry: dict[str, Any]) -> Score:
    stored, status = dict(entry), entry["status"]
    return Score(
        name=name,
        **{key: stored[key] for key in ("predicts", "patients", "developed_for", "source", "status")},
        adds=stored.get("adds", ""),
        items=tuple(_item(one, status) for one in stored.get("items", ())),
        bands=_bands(stored.get("bands", ()), stored),
        other_bands={key: _bands(bands, stored) for key, bands in stored.get("other_bands", {}).items()},
        rules=tuple(_rule(one, stored) for one in stored.get("rules", ())),
        modifier=_rule(stored["modifier"], stored) if "modifier" in stored else None,
        applies=parse(stored["applies"]) if "applies" in stored else None,
        rates_by_points=tuple(_point_rate(one, stored) for one in stored.get("rates_by_points", ())),
    )


def _item(entry: dict[str, Any], status: str) -> Item:
    when = None if entry.get("always") else parse(entry["when"])
    return Item(entry["label"], float(entry["points"]), when, entry.get("status", status))


def _bands(entries: list[dict[str, Any]], score: dict[str, Any]) -> tuple[Band, ...]:
    return tuple(
        Band(
            one["class"],
            float(one.get("to", math.inf)),
            _rates(one, score),
            one.get("status", score["status"]),
        )
        for one in entries
    )


def _rule(entry: dict[str, Any], score: dict[str, Any]) -> Rule:
    when = parse(entry["when"]) if "when" in entry else None
    return Rule(entry["class"], when, _rates(entry, score), entry.get("status", score["status"]))


def _rates(entry: dict[str, Any], score: dict[str, Any]) -> tuple[Rate, ...]:
    given = {"source": score["source"], "status": score["status"]}
    return tuple(Rate(**{**given, **one}) for one in entry.get("rates", ()))


def _point_rate(entry: dict[str, Any], score: dict[str, Any]) -> PointRate:
    fields = {key: value for key, value in entry.items() if key not in ("from", "to")}
    given = {"source": score["source"], "status": score["status"]}
    return PointRate(float(entry["from"]), float(entry["to"]), Rate(**{**given, **fields}))


def _problems(score: Score, names: set[str]) -> list[str]:
    asked = score.names
    unknown = [n for n in asked if not (is_input(n) or n in facts() or n in QUANTITIES or n in names)]
    ends = [
        [band.to for band in bands] for bands in (score.bands, *(score.other_bands or {}).values()) if bands
    ]
    parts: list[Item | Band | Rule] = [*score.items, *score.bands, *score.rules]
    checks = {
        f"asks for {unknown}, which nothing knows": not unknown,
        "has bands out of order or without an open end": all(
            e == sorted(set(e)) and e[-1] == math.inf for e in ends
        ),
        "has no last rule that always holds": not score.rules or score.rules[-1].when is None,
        "has an unknown status": {part.status for part in parts} | {score.status} <= set(STATUSES),
    }
    return [f"{score.name} {problem}" for problem, fine in checks.items() if not fine]
