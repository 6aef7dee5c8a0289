"""Columns that are given beforehand: new patients are read as the table that a model was fitted on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._graded_words import grade
from core.cohort._known_columns import read_known
from core.cohort._matching import Match, match_chosen, match_header
from core.cohort._odd_numbers import shares_among_percents
from core.cohort._own_columns import own_name, parse_own_numbers
from core.cohort._reading import Reading, Source, levels_of, stray_notes, text_series, yes_or_no
from core.cohort.column_mapping import AS_IS, CATEGORY, NUMBER
from core.cohort.variables import header_key, variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.cohort.column_mapping import Choice, ColumnMapping
    from core.cohort.columns import Column

_KEPT = (AS_IS, NUMBER, CATEGORY)


def assign_headers(
    headers: list[str], columns: tuple[Column, ...], mapping: ColumnMapping | None = None
) -> dict[str, list[tuple[str, Match]]]:
    """Return the headers that can be each given column, with their matches; columns without any are absent.

    A header that a person chose is that and nothing else, and a variable that a header was chosen for is no other
    header's. A hospital's own column is found by its exact header before any other reading of that header, and by a
    header that differs in case or spacing only after the catalogue.
    """
    assigned: dict[str, list[tuple[str, Match]]] = {}
    known = {column.name for column in columns if column.known}
    own = {column.name for column in columns if not column.known}
    near = {header_key(name): name for name in own if header_key(name)}
    choices = mapping.choices if mapping else {}
    known -= _assign_chosen(headers, choices, known, assigned)
    rest = []
    for header in headers:
        choice = choices.get(header)
        if choice is not None and choice.read_as not in _KEPT:
            continue
        # a model may be older than the catalogue's knowledge of a header
        name = next((one for one in (header, own_name(header)) if one in own), None)
        if name is not None:
            assigned.setdefault(name, []).append((header, Match(None)))
        elif choice is None:
            rest.append(header)
    for header in rest:
        match = match_header(header)
        if match.variable is not None and match.variable.name in known and match.unit_known:
            assigned.setdefault(match.variable.name, []).append((header, match))
        elif header_key(header) in near:
            assigned.setdefault(near[header_key(header)], []).append((header, Match(None)))
    return assigned


def _assign_chosen(
    headers: list[str],
    choices: Mapping[str, Choice],
    known: set[str],
    assigned: dict[str, list[tuple[str, Match]]],
) -> set[str]:
    """Assign the headers that were chosen for variables, and return those variables."""
    taken = set()
    for header in headers:
        name = choices[header].read_as if header in choices else ""
        if name in known:
            assigned[name] = [(header, match_chosen(header, variables()[name], choices[header].unit))]
            taken.add(name)
    return taken


def read_given(source: Source, column: Column, match: Match, *, certain: bool) -> Reading:
    """Read one column of the file as ``column``; what does not fit is missing, and a note says so."""
    if source.cells.n_filled == 0:
        return Reading(column, empty_values(column, len(source.table.numbers)))
    if match.variable is not None:
        certain, unit_chosen = certain or match.chosen, match.chosen and bool(match.unit_words)
        reading = read_known(source, match, certain=certain, unit_chosen=unit_chosen)
        if reading is not None and reading.values is not None:
            chosen = (source.note("read", "chosen"),) if match.chosen else ()
            return Reading(column, reading.values, (*reading.notes, *chosen))
        notes = reading.notes if reading else (source.note("doubted", "given_not_understood"),)
        return Reading(column, empty_values(column, len(source.table.numbers)), notes)
    return _numbers(source, column) if column.kind == "numeric" else _words(source, column)


def empty_values(column: Column, n_rows: int) -> pd.Series:
    """Return a column of nothing but missing values."""
    if column.kind == "categorical":
        return pd.Series([None] * n_rows, dtype="str")
    return pd.Series(np.full(n_rows, np.nan))


def _numbers(source: Source, column: Column) -> Reading:
    values, censored, unit = parse_own_numbers(source)
    shares = shares_among_percents(source, values, unit)
    values = np.where(shares, np.nan, values)
    infinite = np.isinf(values)
    notes = [
        *source.note_cells("converted", "censored", censored),
        *stray_notes(source, np.isnan(values) & ~shares),
        *source.note_cells("doubted", "shares", shares),
        *source.note_cells("doubted", "infinite", infinite),
    ]
    spread = source.cells.spread(np.where(infinite, np.nan, values))
    return Reading(column, pd.Series(spread), tuple(notes))


def _words(source: Source, column: Column) -> Reading:
    cells = source.cells
    if column.kind == "binary":
        # a hospital's own 1 and 2 are its words, before they can mean yes
        coded = yes_or_no(cells.words, column.levels)
        strange, values = np.isnan(coded), pd.Series(cells.spread(coded))
    else:
        levels = _levels(cells.words, column)
        strange = np.array([level is None for level in levels], dtype=bool)
        values = text_series(cells, levels)
    expected = ", ".join(column.levels[:6])
    notes = source.note_cells("doubted", "strange_words", strange, expected=expected)
    return Reading(column, values, tuple(notes))


def _levels(words: list[str], column: Column) -> list[str | None]:
    """Level of each word: the word itself, one that is written alike, or the only one of the same grade."""
    exact = set(column.levels)
    near = levels_of(words, {header_key(level): level for level in column.levels if header_key(level)})
    grades = [grade(level) for level in column.levels]
    by_grade = {
        one: level for one, level in zip(grades, column.levels, strict=True) if grades.count(one) == 1
    }
    by_grade.pop(None, None)
    return [
        word if word in exact else other or by_grade.get(grade(word))
        for word, other in zip(words, near, strict=True)
    ]
