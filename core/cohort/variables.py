"""The variable catalogue: what each clinical variable is called, measured in, and when it is known.

The facts stand in ``variables.toml`` beside this module; here they are loaded, checked and looked up.

Examples
--------
>>> variables()["creatinine"].convert([1.0], "mg/dL")
array([88.42])
>>> find("血肌酐").name
'creatinine'
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from core.cohort._words import document, label_words, word_list
from core.cohort.columns import Column, Kind
from core.cohort.units import Unit, header_key, rescale, unit_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Level",
    "Unit",
    "Variable",
    "find",
    "header_key",
    "known_unit",
    "label_words",
    "rescale",
    "unit_key",
    "variables",
    "word_list",
]

Group = Literal[
    "demographics",
    "history",
    "presentation",
    "vital_signs",
    "blood_gas",
    "laboratory",
    "imaging",
    "treatment",
]
Known = Literal["suspicion", "imaging", "treatment"]
GROUPS: tuple[str, ...] = get_args(Group)
KNOWN: tuple[str, ...] = get_args(Known)
BINARY_LEVELS = ("no", "yes")


@dataclass(frozen=True)
class Level:
    """One level of a categorical variable, with its words."""

    name: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """One clinical variable.

    Attributes
    ----------
    name, zh, en
        Name in code and files, and the words on screen.
    kind
        ``numeric``, ``binary`` or ``categorical``.
    group, known
        Where it stands on screen, and from when it is known (``suspicion``, ``imaging``, ``treatment``).
    unit, units
        Unit in core (empty if it has none) and every other spelling or unit that is accepted.
    plausible
        Limits of entry: a value outside is a mistake of typing or of unit.
    typical
        Where the median of a group of patients lies; None where units cannot be mistaken.
    reference
        Usual adult range by sex, ``{"female": (low, high), "male": (low, high)}``,
        infinite where only one side is limited; empty if there is none.
    reference_source
        Where that range comes from; ``"unverified"`` for general knowledge.
    decimals
        Decimals on screen.
    aliases
        Other headers.
    levels
        Of a categorical variable.
    qualifiers, assumed_qualifier
        Header words that change what a unit means (FEU, DDU), and the one taken when none is written.
    """

    name: str
    zh: str
    en: str
    kind: Kind
    group: Group
    known: Known
    unit: str = ""
    units: dict[str, Unit] = field(default_factory=dict)
    plausible: tuple[float, float] | None = None
    typical: tuple[float, float] | None = None
    reference: dict[str, tuple[float, float]] = field(default_factory=dict)
    reference_source: str = "unverified"
    decimals: int = 0
    aliases: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    qualifiers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    assumed_qualifier: str = ""

    def label(self, language: str, *, unit: bool = False) -> str:
        """Label on screen, in ``"zh"`` or ``"en"``, with the unit in brackets if asked for."""
        return self.column().label(language, unit=unit)

    def level_label(self, level: str, language: str) -> str:
        """Word on screen of one level; the level itself where the catalogue has no word."""
        for known in self.levels:
            if known.name == level:
                return known.zh if language == "zh" else known.en
        return level

    def column(self) -> Column:
        """Return the column that this variable is in a table."""
        levels = BINARY_LEVELS if self.kind == "binary" else tuple(level.name for level in self.levels)
        return Column(self.name, self.kind, levels, self.unit, self.zh, self.en, known=True)

    @property
    def unit_choices(self) -> tuple[str, ...]:
        """Units to offer in a form: the catalogue's own first, then one spelling of each other unit."""
        chosen = {(1.0, 0.0): self.unit} if self.unit else {}
        for unit in self.units.values():
            chosen.setdefault((unit.factor, unit.offset), unit.name)
        return tuple(chosen.values())

    def find_unit(self, words: str, header: str = "") -> Unit | None:
        """Return the unit that ``words`` name, reading qualifiers (FEU, DDU, BUN) from the header too."""
        key = unit_key(words)
        if key == unit_key(self.unit):
            return Unit(self.unit, 1.0)
        suffixes = (*self._qualifiers_in(header), self.assumed_qualifier)
        for candidate in (key, *(key + unit_key(qualifier) for qualifier in suffixes)):
            for unit in self.units.values():
                if unit_key(unit.name) == candidate:
                    return unit
            if candidate == unit_key(self.unit):
                return Unit(self.unit, 1.0)
        return None

    def assumes_qualifier(self, words: str, header: str = "") -> bool:
        """Whether ``find_unit`` has to assume what the header does not say (D-dimer in FEU)."""
        named = self._qualifiers_in(header) or self._qualifiers_in(words)
        return bool(self.assumed_qualifier) and bool(words) and not named

    def convert(self, values: Sequence[float] | NDArray[np.float64], unit: str) -> NDArray[np.float64]:
        """Convert values into the catalogue's unit.

        Parameters
        ----------
        values
            Numbers in ``unit``.
        unit
            Any accepted spelling; empty means the catalogue's own.

        Raises
        ------
        KeyError
            The catalogue does not know this unit for this variable.
        """
        found = self.find_unit(unit) if unit else Unit(self.unit, 1.0)
        if found is None:
            raise KeyError(unit)
        return rescale(np.asarray(values, dtype=np.float64), found)

    def reference_for(self, sex: str | None) -> tuple[float, float] | None:
        """Return the reference range for ``female`` or ``male``; for an unknown sex the widest of both."""
        if not self.reference:
            return None
        if sex in self.reference:
            return self.reference[str(sex)]
        return min(low for low, _ in self.reference.values()), max(
            high for _, high in self.reference.values()
        )

    def _qualifiers_in(self, header: str) -> tuple[str, ...]:
        key = header_key(header)
        return tuple(
            name for name, words in self.qualifiers.items() if any(header_key(w) in key for w in words)
        )


@functools.cache
def variables() -> dict[str, Variable]:
    """All variables by name, in the order of the file (and so of the screen).

    Raises
    ------
    ValueError
        The catalogue contradicts itself: a mistake in ``variables.toml``.
    """
    loaded = {name: _variable(name, entry) for name, entry in document()["variables"].items()}
    problems = [problem for variable in loaded.values() for problem in _problems(variable)]
    if problems:
        raise ValueError("variables.toml: " + "; ".join(problems))
    return loaded


def find(header: str) -> Variable | None:
    """Return the variable that a header without its unit names, by name, alias or label; None if unknown."""
    name = _names_by_key().get(header_key(header))
    return variables()[name] if name else None


def known_unit(words: str) -> bool:
    """Whether any variable of the catalogue is measured in this unit."""
    return unit_key(words) in _unit_keys()


@functools.cache
def _unit_keys() -> frozenset[str]:
    names = [unit for v in variables().values() for unit in (v.unit, *v.units)]
    return frozenset(unit_key(name) for name in names if name)


@functools.cache
def _names_by_key() -> dict[str, str]:
    names: dict[str, str] = {}
    for variable in variables().values():
        for words in (variable.name, variable.zh, variable.en, *variable.aliases):
            owner = names.setdefault(header_key(words), variable.name)
            if owner != variable.name:
                raise ValueError(f"variables.toml: {words!r} names both {owner} and {variable.name}")
    return names


def _variable(name: str, entry: dict[str, Any]) -> Variable:
    fields = dict(entry)
    fields["units"] = {unit: _unit(unit, rule) for unit, rule in entry.get("units", {}).items()}
    fields["reference"] = _reference(entry.get("reference"))
    fields["levels"] = tuple(
        Level(level, words["zh"], words["en"], tuple(words.get("aliases", ())))
        for level, words in entry.get("levels", {}).items()
    )
    fields["qualifiers"] = {word: tuple(found) for word, found in entry.get("qualifiers", {}).items()}
    fields["aliases"] = tuple(entry.get("aliases", ()))
    for limits in ("plausible", "typical"):
        if limits in entry:
            fields[limits] = (float(entry[limits][0]), float(entry[limits][1]))
    return Variable(name=name, **fields)


def _unit(name: str, rule: float | dict[str, float]) -> Unit:
    if isinstance(rule, dict):
        return Unit(name, rule["factor"], rule.get("offset", 0.0))
    return Unit(name, float(rule))


def _reference(limits: list[float] | dict[str, list[float]] | None) -> dict[str, tuple[float, float]]:
    if limits is None:
        return {}
    by_sex = limits if isinstance(limits, dict) else {"female": limits, "male": limits}
    return {sex: (float(low), float(high)) for sex, (low, high) in by_sex.items()}


def _problems(variable: Variable) -> list[str]:
    numeric = variable.kind == "numeric"
    ranges = [variable.plausible, variable.typical, *variable.reference.values()]
    checks = {
        "has no label": bool(variable.zh and variable.en),
        "has no such kind": variable.kind in get_args(Kind),
        "has no such group": variable.group in GROUPS,
        "has no such time": variable.known in KNOWN,
        "needs a plausible range": not numeric or variable.plausible is not None,
        "has a unit or range without being numeric": numeric or not (variable.unit or any(ranges)),
        "has a range upside down": all(limits is None or limits[0] < limits[1] for limits in ranges),
        "has levels without being categorical, or none": bool(variable.levels)
        == (variable.kind == "categorical"),
        "has a unit with factor 0": all(unit.factor > 0 for unit in variable.units.values()),
        "assumes an unknown qualifier": variable.assumed_qualifier in ("", *variable.qualifiers),
    }
    return [f"{variable.name} {problem}" for problem, fine in checks.items() if not fine]
