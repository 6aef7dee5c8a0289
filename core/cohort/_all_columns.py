"""Every column of a table of patients: as its header says, as a person says, or by its content."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.cohort._cells import clip, distinct
from core.cohort._known_columns import read_known
from core.cohort._matching import Match, match_chosen, match_header
from core.cohort._own_columns import read_own, read_own_as
from core.cohort._reading import Reading, Source
from core.cohort.column_mapping import AS_IS, CATEGORY, LEAVE_OUT, NUMBER, ROLES, ColumnMapping
from core.cohort.columns import Expected
from core.cohort.variables import variables

if TYPE_CHECKING:
    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import Choice
    from core.cohort.columns import Note


@dataclass(frozen=True)
class ColumnRead:
    """One column of the file, what its header says, and what was read."""

    source: Source
    match: Match
    reading: Reading


def read_columns(cells: Cells, headers: list[str], mapping: ColumnMapping | None = None) -> list[ColumnRead]:
    """Read every column; one that was chosen for a variable comes before any whose header says so."""
    mapping = mapping or ColumnMapping()
    taken = mapping.variables_in(headers)
    read = []
    for header in headers:
        source = Source(header, distinct(cells.frame[header]), cells)
        choice, match = mapping.choices.get(header), match_header(header)
        if choice is not None:
            reading = _chosen(source, choice)
        else:
            reading = _found(source, match, taken)
            if reading.column is not None:
                taken.add(reading.column.name)
        read.append(ColumnRead(source, match, reading))
    return read


def _found(source: Source, match: Match, taken: set[str]) -> Reading:
    variable = match.variable
    if variable is None:
        return read_own(source)
    if not match.unit_known:
        before = source.note("doubted", "unit_unknown", unit=clip(match.unit_words), label=variable.column())
        return _after(before, read_own(source))
    if variable.name in taken:
        before = source.note("doubted", "variable_twice", label=variable.column())
        return _after(before, read_own(source))
    reading = read_known(source, match)
    if reading is not None:
        return reading
    expected = Expected(variable.column())
    before = source.note("doubted", "not_as_named", label=variable.column(), expected=expected)
    return _after(before, read_own(source))


def _chosen(source: Source, choice: Choice) -> Reading:
    if choice.read_as == LEAVE_OUT:
        return Reading(None, None, (source.note("left_out", "chosen_out"),))
    if choice.read_as in ROLES:
        return Reading(None, None, (source.note("left_out", f"chosen_{choice.read_as}"),))
    if choice.read_as in (AS_IS, NUMBER, CATEGORY):
        kind = {NUMBER: "numeric", CATEGORY: "categorical"}.get(choice.read_as)
        return read_own(source) if kind is None else read_own_as(source, kind)
    given = match_chosen(source.header, variables()[choice.read_as], choice.unit)
    reading = read_known(source, given, certain=True, unit_chosen=bool(choice.unit))
    assert reading is not None
    return replace(reading, notes=(*reading.notes, source.note("read", "chosen")))


def _after(before: Note, reading: Reading) -> Reading:
    return replace(reading, notes=(before, *reading.notes))
