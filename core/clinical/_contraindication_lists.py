"""The published lists of contraindications as ``contraindications.toml`` states them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from core.clinical.notes import STATUSES, Note, read_notes
from core.clinical.scores._conditions import names_in, parse
from core.cohort.variables import variables
from core.text import text

if TYPE_CHECKING:
    from core.clinical.scores._conditions import Condition

Strength = Literal["absolute", "relative"]
_FILE = Path(__file__).with_name("contraindications.toml")


@dataclass(frozen=True)
class Contraindication:
    """One entry of a published list.

    Attributes
    ----------
    name
        In code, and of the yes-or-no column that may answer it; on screen ``contraindications.items.<name>``.
    list_name
        Of the list: ``esc_2019`` or ``accp_2012``.
    strength
        ``absolute`` or ``relative``.
    yes, no, hints
        What shows that it is so, that it is not, and what makes an open question pressing; None for nothing.
    asked
        False for what the list prints but this project neither asks nor counts.
    source, status
        Where the entry comes from, and how far it was checked.
    """

    name: str
    list_name: str
    strength: Strength
    yes: Condition | None
    no: Condition | None
    hints: Condition | None
    asked: bool
    source: str
    status: str

    def label(self, language: str) -> str:
        """Return what it is called on screen."""
        return text(language, f"contraindications.items.{self.name}")

    @functools.cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of all that can answer it: its own column first."""
        conditions = [one for one in (self.yes, self.no) if one is not None]
        return (self.name, *sorted({name for one in conditions for name in names_in(one)}))


def contraindications(list_name: str | None = None) -> tuple[Contraindication, ...]:
    """Return the entries of one list, or of all, in the files' order.

    Raises
    ------
    KeyError
        There is no such list.
    """
    lists = _lists()
    if list_name is not None:
        return lists[list_name]
    return tuple(one for entries in lists.values() for one in entries)


def list_names() -> tuple[str, ...]:
    """Names of the published lists; ``contraindications.lists.<name>`` on screen."""
    return tuple(_lists())


def notes() -> dict[str, Note]:
    """Return what to know beside the lists, by name."""
    return read_notes(_stored()["notes"], "contraindications")


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def _lists() -> dict[str, tuple[Contraindication, ...]]:
    """All lists by name.

    Raises
    ------
    ValueError
        The data file contradicts itself.
    """
    lists = {
        name: tuple(_entry(name, entry, stored) for entry in stored["entries"])
        for name, stored in _stored()["lists"].items()
    }
    known = {one.name for entries in lists.values() for one in entries} | variables().keys()
    problems = [problem for entries in lists.values() for one in entries for problem in _problems(one, known)]
    if problems:
        raise ValueError("contraindications.toml: " + "; ".join(problems))
    return lists


def _entry(list_name: str, entry: dict[str, Any], whole: dict[str, Any]) -> Contraindication:
    conditions = {key: parse(entry[key]) if key in entry else None for key in ("yes", "no", "hints")}
    return Contraindication(
        name=entry["name"],
        list_name=list_name,
        strength=entry["strength"],
        asked=entry.get("asked", True),
        source=entry.get("source", whole["source"]),
        status=entry.get("status", whole["status"]),
        **conditions,
    )


def _problems(one: Contraindication, known: set[str]) -> list[str]:
    asked = set(one.inputs) | (names_in(one.hints) if one.hints is not None else set())
    checks = {
        f"asks for {sorted(asked - known)}, which nothing knows": asked <= known,
        "is named like a variable of the catalogue": one.name not in variables(),
        "is neither absolute nor relative": one.strength in get_args(Strength),
        "has an unknown status": one.status in STATUSES,
    }
    return [f"{one.name} {problem}" for problem, fine in checks.items() if not fine]
