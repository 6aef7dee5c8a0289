"""How columns of a table are to be read, where a person says so: the file ``columns.toml``.

It stands beside ``ehr.csv`` in a cohort's folder, or is given with an uploaded table, and may also say what words of
the labels mean. What it does not name is read as ever, and a table without it is read as if there were no such file.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.cohort._cells import clip
from core.cohort.class_words import MEANINGS, UNKNOWN, word_key
from core.cohort.units import header_key
from core.cohort.variables import variables
from core.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from core.cohort.class_words import Words

FILE = "columns.toml"
EVENTS = ("death", "major_bleeding")
LABELS = ("pe", "outcome", *EVENTS, "group")
ROLES = ("patient_id", *LABELS)
AS_IS, NUMBER, CATEGORY, LEAVE_OUT = "as_is", "number", "category", "leave_out"
OWN = (AS_IS, NUMBER, CATEGORY, LEAVE_OUT)
_MOST_BYTES = 1 << 20
# reading grows with the square of the length of a dotted key, which stands on one line
_LONGEST_LINE = 4_096
_MOST_HEADER = 500
_KEYS = {"header", "read_as", "unit"}
_HEAD = """# How columns of ehr.csv are read; what is not named here is read by its header, as ever.
# read_as: a variable of the catalogue (core/cohort/variables.toml), as_is, number, category, leave_out,
#          patient_id, or one of the labels pe, outcome, group; death and major_bleeding, two columns of yes and no,
#          stand for an outcome (death first). unit: one that the variable knows.
#          The labels may stand in labels.csv instead.
# [outcome]: what words of the outcome mean: none, death, bleeding or unknown (no label). [pe]: pe, no_pe or unknown.
"""


@dataclass(frozen=True)
class Choice:
    """What one column is read as.

    Attributes
    ----------
    read_as
        A variable of the catalogue; ``as_is``, ``number`` or ``category`` for a hospital's own column (typed by its
        content, or as said); ``leave_out``; or ``patient_id``, ``pe``, ``outcome``, ``group``; or ``death`` and
        ``major_bleeding``, two columns that are the outcome together.
    unit
        Unit of the cells, one that the variable knows; empty where it is to be found as ever.
    """

    read_as: str
    unit: str = ""


@dataclass(frozen=True)
class ColumnMapping:
    """Choices by header, as the file writes it.

    Attributes
    ----------
    choices
        In the order of the file.
    file
        What messages call the mapping.
    words
        What words under ``pe`` and ``outcome`` mean, in a labels table or in a column chosen as labels:
        ``{"outcome": {"好转": "none"}}``.
    """

    choices: Mapping[str, Choice] = field(default_factory=dict)
    file: str = FILE
    words: Words = field(default_factory=dict)

    def variables_in(self, headers: Iterable[str]) -> set[str]:
        """Variables of the catalogue that some of these headers were chosen for."""
        chosen = (self.choices[header].read_as for header in headers if header in self.choices)
        return {name for name in chosen if name in variables()}

    def roles_in(self, headers: Iterable[str]) -> dict[str, str]:
        """Role of each of these headers that was given one."""
        roles = {header: self.choices[header].read_as for header in headers if header in self.choices}
        return {header: role for header, role in roles.items() if role in ROLES}

    def beside(self, others: Iterable[str], headers: Iterable[str]) -> ColumnMapping:
        """Return the mapping of a table with these ``headers`` without what it says of the labels table alone.

        Parameters
        ----------
        others
            Headers of the labels table.
        """
        there = set(others) - set(headers)
        kept = {
            header: choice
            for header, choice in self.choices.items()
            if not (choice.read_as in (*ROLES, LEAVE_OUT) and header in there)
        }
        return replace(self, choices=kept)


def check_choices(
    choices: Mapping[str, Choice], file: str = FILE, words: Words | None = None
) -> ColumnMapping:
    """Return choices as a mapping.

    Parameters
    ----------
    choices, file, words
        As ``ColumnMapping`` has them.

    Raises
    ------
    TableError
        A choice or a unit that is not known, two columns chosen for the same, or an outcome beside its events.
    """
    taken: dict[str, str] = {}
    for header, choice in choices.items():
        shown, variable = clip(header), variables().get(choice.read_as)
        if variable is None and choice.read_as not in (*OWN, *ROLES):
            raise _unknown(file, shown, choice.read_as)
        if choice.unit and (variable is None or variable.find_unit(choice.unit, header) is None):
            expected = ", ".join(variable.unit_choices) if variable else ""
            raise TableError(
                "errors_mapping.unit",
                file=file,
                column=shown,
                unit=clip(choice.unit, 20),
                name=choice.read_as,
                expected=expected or "–",
            )
        if choice.read_as in OWN:
            continue
        other = taken.setdefault(choice.read_as, shown)
        if other is not shown:
            raise TableError("errors_mapping.twice", file=file, name=choice.read_as, one=other, other=shown)
    event = next((role for role in EVENTS if role in taken), "")
    if event and "outcome" in taken:
        one, other = taken["outcome"], taken[event]
        raise TableError("errors_events.beside_outcome", file=file, outcome=one, event=other, role=event)
    return ColumnMapping(
        dict(choices), file, {role: dict(said) for role, said in (words or {}).items() if said}
    )


def read_mapping(path: Path) -> ColumnMapping:
    """Read the ``columns.toml`` at a place on disk.

    Raises
    ------
    TableError
        It cannot be opened, or as for ``parse_mapping``.
    """
    file = clip(path.name)
    if path.is_dir():
        raise TableError("errors_table.is_folder", file=file)
    try:
        with path.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise TableError("errors_table.missing", file=file) from error
    except OSError as error:
        raise TableError("errors_table.unreadable", file=file) from error
    return parse_mapping(content, file)


def parse_mapping(content: bytes, name: str = FILE) -> ColumnMapping:
    """Read a ``columns.toml``.

    Raises
    ------
    TableError
        It is no TOML, holds nothing, or says something that is not known.
    """
    file = clip(name)
    if len(content) > _MOST_BYTES:
        raise TableError("errors_mapping.large", file=file, limit=_MOST_BYTES >> 10)
    longest = max(map(len, content.split(b"\n")))
    if longest > _LONGEST_LINE:
        raise TableError("errors_mapping.broken", file=file, reason=f"a line of {longest:,} bytes")
    try:
        # an editor may have put a mark in front
        entries: dict[str, Any] = tomllib.loads(content.decode("utf-8-sig"))
    # a number of too many digits is a plain ValueError, as the errors of TOML and of UTF-8 are ones
    except (ValueError, RecursionError) as error:
        raise TableError("errors_mapping.broken", file=file, reason=clip(error, 80)) from error
    columns = entries.get("column", [])
    if not isinstance(columns, list) or not entries or not set(entries) <= {"column", *MEANINGS}:
        raise TableError("errors_mapping.nothing", file=file)
    words = {role: _meanings(role, entries[role], file) for role in MEANINGS if role in entries}
    if not columns and not any(words.values()):
        raise TableError("errors_mapping.nothing", file=file)
    choices: dict[str, Choice] = {}
    for place, entry in enumerate(columns, start=1):
        header, choice = _entry(entry, place, file)
        if header in choices:
            raise TableError("errors_mapping.header_twice", file=file, column=clip(header))
        choices[header] = choice
    return check_choices(choices, file, words)


def mapping_text(mapping: ColumnMapping) -> str:
    """Return a mapping as ``columns.toml`` holds it."""
    parts = [_HEAD]
    for header, choice in mapping.choices.items():
        parts.append(f"\n[[column]]\nheader = {_quoted(header)}\nread_as = {_quoted(choice.read_as)}\n")
        if choice.unit:
            parts.append(f"unit = {_quoted(choice.unit)}\n")
    for role, said in mapping.words.items():
        lines = [f"{_quoted(word)} = {_quoted(meaning)}\n" for word, meaning in said.items()]
        parts += [f"\n[{role}]\n", *lines] if lines else []
    return "".join(parts)


def _entry(entry: object, place: int, file: str) -> tuple[str, Choice]:
    fine = (
        isinstance(entry, dict)
        and {"header", "read_as"} <= set(entry) <= _KEYS
        and all(isinstance(value, str) and len(value) <= _MOST_HEADER for value in entry.values())
    )
    if not fine or not isinstance(entry, dict) or not entry["header"].strip():
        raise TableError("errors_mapping.entry", file=file, n=place)
    return " ".join(entry["header"].split()), Choice(entry["read_as"].strip(), entry.get("unit", "").strip())


def _meanings(role: str, entries: object, file: str) -> dict[str, str]:
    """Words of one column and what they mean; an empty meaning is ``unknown``."""
    expected = ", ".join(MEANINGS[role])
    if not isinstance(entries, dict):
        raise TableError("errors_mapping.words", file=file, role=role, expected=expected)
    found: dict[str, str] = {}
    keys: dict[str, str] = {}
    for written, said in entries.items():
        word = " ".join(written.split())
        meaning = said.strip() or UNKNOWN if isinstance(said, str) else ""
        if not word or len(word) > _MOST_HEADER or meaning not in MEANINGS[role]:
            shown = clip(said, 20)
            raise TableError(
                "errors_mapping.word", file=file, role=role, word=clip(word), value=shown, expected=expected
            )
        if keys.setdefault(word_key(word), meaning) != meaning:
            raise TableError("errors_mapping.word_twice", file=file, role=role, word=clip(word))
        found[word] = meaning
    return found


def _unknown(file: str, column: str, read_as: str) -> TableError:
    known = {header_key(name): name for name in (*variables(), *OWN, *ROLES)}
    close = difflib.get_close_matches(header_key(read_as[:60]), list(known), n=1, cutoff=0.0)
    return TableError(
        "errors_mapping.read_as", file=file, column=column, value=clip(read_as), near=known[close[0]]
    )


def _quoted(words: str) -> str:
    """Write a TOML string: JSON's, but for the one control character that only TOML forbids."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007F")
