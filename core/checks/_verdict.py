"""What a check says: its level, what was measured, and the limit with the limit's source."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.text import has_text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["green", "amber", "red", "unchecked"]
LEVELS: tuple[Level, ...] = ("red", "amber", "green", "unchecked")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SECTIONS = ("data", "performance", "calibration", "use", "record")


@dataclass(frozen=True)
class Phrase:
    """A piece of a sentence that depends on the language, as data.

    Attributes
    ----------
    key, values
        Key among the texts, and what fills its placeholders.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return the words in ``"zh"`` or ``"en"``; lists of phrases are joined."""
        return text(language, self.key, **{name: spoken(one, language) for name, one in self.values.items()})


def spoken(value: object, language: str) -> str:
    """Return a value as it stands in a sentence."""
    if isinstance(value, Phrase):
        return value.say(language)
    if isinstance(value, tuple):
        return text(language, "checks.separator").join(spoken(one, language) for one in value)
    if isinstance(value, float):
        return _power(str(value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def small(value: float) -> str:
    r"""Return a small number with two figures, in powers of ten where it is very small.

    Examples
    --------
    >>> small(0.0254), small(0.000000031), small(0.0)
    ('0.025', '3.1\xa0×\xa010⁻⁸', '0')
    """
    return _power(f"{value:.2g}")


def _power(shown: str) -> str:
    """Return ``1e-06`` as ``10⁻⁶``; other numbers as they are."""
    mantissa, marked, exponent = shown.partition("e")
    if not marked or not exponent.lstrip("+-").isdigit():
        return shown
    power = "10" + str(int(exponent)).translate(_RAISED)
    return power if mantissa == "1" else f"{mantissa}\u00a0×\u00a0{power}"


def class_name(name: str) -> Phrase | str:
    """Return a class as it is called on screen."""
    key = f"charts.classes.{name}"
    return Phrase(key) if has_text(key) else name


def by_class(figures: Mapping[str, str | Phrase]) -> tuple[Phrase, ...]:
    """Return figures with their class in front, one phrase a class."""
    return tuple(
        Phrase("checks.of_class", {"name": class_name(name), "figure": one}) for name, one in figures.items()
    )


@dataclass(frozen=True)
class Verdict:
    """What a rule found.

    Attributes
    ----------
    level
        ``green`` within the limit, ``amber`` to be looked at, ``red`` beyond it, ``unchecked`` not checkable here.
    measured
        What was measured, or why it could not be.
    """

    level: Level
    measured: Phrase


@dataclass(frozen=True)
class Rule:
    """What is asked of every model.

    Attributes
    ----------
    number, key, section
        Place in the list, name among the texts, and one of ``SECTIONS``.
    """

    number: int
    key: str
    section: str

    def title(self, language: str) -> str:
        """Return what is asked."""
        return text(language, f"checks.{self.key}.title")


@dataclass(frozen=True)
class Check(Rule):
    """A rule with what it found in one model.

    Attributes
    ----------
    level, measured
        See ``Verdict``.
    limits
        The rule's figures, name to value.
    source, status
        Where the limit comes from (empty where it follows from the method itself), and how far that was checked:
        ``verified``, ``secondary``, ``memory``, ``definition`` or ``chosen`` by this project.
    """

    level: Level
    measured: Phrase
    limits: dict[str, float]
    source: str
    status: str

    def limit(self, language: str) -> str:
        """Return the limit in words."""
        return text(
            language, f"checks.{self.key}.limit", **{k: _power(f"{v:g}") for k, v in self.limits.items()}
        )

    def say(self, language: str) -> str:
        """Return what was measured, in words."""
        return self.measured.say(language)

    def to_json(self) -> dict[str, Any]:
        """Return the check in plain values, in English."""
        return {
            "number": self.number,
            "key": self.key,
            "level": self.level,
            "title": self.title("en"),
            "measured": self.say("en"),
            "limit": self.limit("en"),
            "source": self.source,
            "status": self.status,
        }


def unchecked(reason: str, **values: object) -> Verdict:
    """Say why a rule cannot be checked here."""
    return Verdict("unchecked", Phrase(f"checks.reasons.{reason}", values))


@functools.cache
def limits() -> dict[str, dict[str, Any]]:
    """Read ``limits.toml``: rule to its section, figures, source and status."""
    return tomllib.loads(Path(__file__).with_name("limits.toml").read_text(encoding="utf-8"))


def rules() -> tuple[Rule, ...]:
    """Return all rules in the order of their numbers; what judges them is not loaded."""
    entries = limits().items()
    return tuple(Rule(number, key, str(entry["section"])) for number, (key, entry) in enumerate(entries, 1))


def limit(rule: str, name: str) -> float:
    """Return one figure of a rule."""
    return float(limits()[rule][name])
