"""Columns of a table that a person should look at: what the reader is unsure of, and what it would suggest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from core.cohort._all_columns import ColumnRead, read_columns
from core.cohort._cells import clip, numbers
from core.cohort._digit_groups import join_groups
from core.cohort._event_columns import event_columns
from core.cohort._known_columns import read_known
from core.cohort._label_roles import label_role
from core.cohort._mapped import id_column
from core.cohort._matching import Match
from core.cohort._own_columns import parse_own_numbers
from core.cohort._suggesting import suggested_variable
from core.cohort.column_mapping import AS_IS, LEAVE_OUT, NUMBER, Choice
from core.cohort.units import header_key
from core.cohort.variables import rescale, variables, word_list
from core.text import text

if TYPE_CHECKING:
    from core.cohort._table_cells import Cells
    from core.cohort.columns import Note

_LOOKS_NUMERIC = 0.5
_LOOKS_DATE = 0.8
_FEWEST_ODD = 0.02
_N_EXAMPLES = 3
# note of the reader: reason of the doubt, worst first
_REASONS: Final = {
    "looks_like": "unit_implausible",
    "looks_like_stated": "unit_implausible",
    "unit_unknown": "unit_unknown",
    "not_as_named": "not_as_named",
    "variable_twice": "twice",
    "outcome": "outcome",
    "outcome_words": "outcome_words",
    "reading_late.late": "late",
    "qualifier_assumed": "qualifier",
    "unit_assumed": "unit_missing",
    "identifier": "identifier",
    "identifier_repeats": "identifier",
}


@dataclass(frozen=True)
class Doubt:
    """One column of a table, and what is unsure about it.

    Attributes
    ----------
    header
        As the file writes it.
    reason
        Key in ``core/text/<language>/column_doubts.toml`` under ``reasons``; empty where nothing is in doubt.
    now
        What the column is read as without a person's word.
    suggestion
        What the reader would suggest; None where it has nothing to suggest.
    examples
        The most frequent cells.
    values
        What fills the placeholders of the reason.
    """

    header: str
    reason: str
    now: Choice
    suggestion: Choice | None = None
    examples: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """Return the reason in ``"zh"`` or ``"en"``."""
        return text(language, f"column_doubts.reasons.{self.reason or 'none'}", **self.values)


def column_doubts(cells: Cells) -> tuple[Doubt, ...]:
    """Return every column of a table in the order of the file, those without a doubt too.

    The column of identifiers comes first where it is not the usual one.
    """
    headers = [str(header) for header in cells.frame.columns]
    key = id_column(cells)
    reads = read_columns(cells, [header for header in headers if header != key])
    taken = {one.reading.column.name for one in reads if one.reading.column is not None}
    found = _with_events([_doubt(one, taken, numbered=key is None) for one in reads])
    if key is None:
        return tuple(found)
    others = [one.header for one in found if header_key(one.header) in word_list("patient_id_headers")]
    examples = tuple(clip(cell, 20) for cell in cells.frame[key].unique()[:_N_EXAMPLES])
    repeats = cells.frame[key].duplicated().any()
    reason = "id_repeats" if repeats else "several_ids" if others else ""
    values: dict[str, object] = (
        {"others": ", ".join(clip(other, 20) for other in others[:3])} if others else {}
    )
    return (Doubt(key, reason, Choice("patient_id"), None, examples, values), *found)


def _doubt(one: ColumnRead, taken: set[str], *, numbered: bool) -> Doubt:
    """Return what is unsure.

    Parameters
    ----------
    taken
        Variables that columns are read as already: no other column is suggested for them.
    numbered
        Whether no column is known to name the patients.
    """
    notes = {note.key.removeprefix("reading."): note for note in one.reading.notes}
    now = _now(one)
    examples = _examples(one)
    header = one.source.header
    mixed = _mixed_unit(one) if "known" in notes else None
    if mixed:
        return Doubt(header, "mixed_units", now, None, examples, {"unit": mixed[0], "n": mixed[1]})
    for key, reason in _REASONS.items():
        if key in notes and (numbered or _matters(reason, header)):
            suggestion, values = _about(reason, one, notes[key])
            return Doubt(header, reason, now, suggestion, examples, values)
    if "known" in notes:
        return Doubt(header, "", now, None, examples)
    reason, suggestion, values = _own_doubt(one, notes, taken)
    return Doubt(header, reason, now, suggestion, examples, values)


def _with_events(doubts: list[Doubt]) -> list[Doubt]:
    """Suggest death and major bleeding for the two columns that are the outcome, where no column is it alone."""
    if any(doubt.suggestion is not None and doubt.suggestion.read_as == "outcome" for doubt in doubts):
        return doubts
    roles = event_columns([doubt.header for doubt in doubts], None, "").roles
    return [
        replace(doubt, suggestion=Choice(roles[doubt.header])) if doubt.header in roles else doubt
        for doubt in doubts
    ]


def _now(one: ColumnRead) -> Choice:
    column = one.reading.column
    if column is None:
        return Choice(LEAVE_OUT)
    return Choice(column.name) if column.known else Choice(AS_IS)


def _matters(reason: str, header: str) -> bool:
    """Whether a doubt is worth a person's look: not a running number or a telephone, where the patients are named."""
    return reason != "identifier" or header_key(header) in word_list("patient_id_headers")


def _about(reason: str, one: ColumnRead, note: Note) -> tuple[Choice | None, dict[str, object]]:
    """Suggestion and placeholders of a doubt that a note of the reader brought up."""
    variable = one.match.variable
    name = variable.name if variable else ""
    if reason == "unit_implausible":
        unit = str(note.values["unit"])
        return Choice(name, unit), {"said": note.values["said"] or "–", "unit": unit}
    if reason == "identifier" and note.key == "reading.identifier_repeats":
        return Choice("group"), {}
    if reason in ("unit_unknown", "unit_missing"):
        return None, {"unit": note.values["unit"]}
    if reason in ("outcome", "outcome_words"):
        role = "outcome" if reason == "outcome_words" else label_role(one.source.header)
        return (Choice(role) if role else None), {}
    if reason == "qualifier":
        return None, {"unit": note.values["unit"], "assumed": note.values["assumed"]}
    return None, {}


def _own_doubt(
    one: ColumnRead, notes: dict[str, Note], taken: set[str]
) -> tuple[str, Choice | None, dict[str, object]]:
    """Reason, suggestion and placeholders of a column that the catalogue does not know."""
    if {"personal", "all_missing", "constant", "dates"} & set(notes):
        return "", None, {}
    share = _numeric_share(one)
    near = _near(one, taken)
    if "own_numeric" in notes and _compact_dates(one):
        return "looks_date", Choice(LEAVE_OUT), {}
    if _two_numbers(one):
        return "two_numbers", None, {}
    is_text = {"own_categorical", "free_text", "too_many_levels", "codes"} & set(notes)
    if is_text and share >= _LOOKS_NUMERIC:
        return "looks_numeric", near or Choice(NUMBER), {"percent": f"{100 * share:.0f}"}
    if near:
        return "near", near, {}
    return ("unknown" if one.reading.column is not None else ""), None, {}


def _near(one: ColumnRead, taken: set[str]) -> Choice | None:
    """Return the variable that a header may mean, in the unit that its cells fit; None where they fit none."""
    name = suggested_variable(one.source.header)
    if not name or name in taken:
        return None
    reading = read_known(one.source, Match(variables()[name]))
    if reading is None:
        return None
    other = next((note for note in reading.notes if note.key == "reading.looks_like"), None)
    if reading.column is None and other is None:
        return None
    return Choice(name, str(other.values["unit"]) if other else "")


def _numeric_share(one: ColumnRead) -> float:
    cells = one.source.cells
    values, _, _ = parse_own_numbers(one.source)
    return float(cells.counts[~np.isnan(values)].sum() / max(cells.n_filled, 1))


def _compact_dates(one: ColumnRead) -> bool:
    """Whether numbers read like 20240131: years of this and the last century, months and days."""
    cells = one.source.cells
    values = numbers(cells.words).values
    with np.errstate(invalid="ignore"):
        month, day = values // 100 % 100, values % 100
        date = (values >= 1.9e7) & (values < 2.1e7) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool(cells.counts[date].sum() >= _LOOKS_DATE * cells.n_filled)


def _two_numbers(one: ColumnRead) -> bool:
    """Whether cells hold two numbers, as a blood pressure of 120/80; a number with its thousands set apart is one."""
    cells = one.source.cells
    pairs = np.array([_is_pair(word) for word in join_groups(cells.words).words], dtype=bool)
    return bool(cells.counts[pairs].sum() >= _LOOKS_DATE * cells.n_filled)


def _is_pair(word: str) -> bool:
    parts = word.split("/") if "/" in word else word.split()
    return len(parts) == 2 and all(part.strip().replace(".", "", 1).isdigit() for part in parts)


def _mixed_unit(one: ColumnRead) -> tuple[str, int] | None:
    """Return the unit that the implausible cells of a column would fit, and how many there are of them."""
    variable, cells = one.match.variable, one.source.cells
    if variable is None or variable.kind != "numeric" or variable.plausible is None:
        return None
    read, (low, high) = numbers(cells.words, decimal_comma=one.source.table.decimal_comma), variable.plausible
    stated = one.match.unit
    own = rescale(read.values, stated) if stated else read.values
    plain = np.array([not rest for rest in read.rests], dtype=bool)
    with np.errstate(invalid="ignore"):
        odd = plain & np.isfinite(own) & ((own < low) | (own > high))
    n = int(cells.counts[odd].sum())
    if n < max(2, _FEWEST_ODD * cells.n_filled):
        return None
    for name in variable.unit_choices:
        unit = variable.find_unit(name)
        if unit is None:
            continue
        tried = rescale(read.values[odd], unit)
        typical = variable.typical or (low, high)
        if ((tried >= typical[0]) & (tried <= typical[1])).all():
            return name, n
    return None


def _examples(one: ColumnRead) -> tuple[str, ...]:
    cells = one.source.cells
    usual = np.argsort(-cells.counts, kind="stable")[:_N_EXAMPLES]
    return tuple(clip(cells.words[place], 20) for place in usual)
