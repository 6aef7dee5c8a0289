"""Columns of a labels table before they are read: their words, whether there is a label, what to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort._event_columns import event_columns, event_note, named, open_note
from core.cohort._event_doubts import event_doubts
from core.cohort._label_roles import all_roles, kept_headers, left_out, row_header
from core.cohort.class_words import CLASSES_OF, ClassesRead, read_classes
from core.cohort.column_mapping import EVENTS
from core.cohort.columns import Note

if TYPE_CHECKING:
    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import ColumnMapping


def class_columns(
    table: Cells, mapping: ColumnMapping | None = None, roles: dict[str, str] | None = None
) -> tuple[ClassesRead, ...]:
    """Return the columns ``pe`` and ``outcome`` of a table as the vocabulary reads them, without a person's word.

    Parameters
    ----------
    mapping
        What a person says of the columns of a labels table.
    roles
        Of another table the columns that a person chose, and no others.
    """
    if roles is None:
        roles = all_roles(table, row_header(table, mapping), mapping)
    return tuple(
        read_classes(table.frame[header], role, header, table.file)
        for header, role in roles.items()
        if role in CLASSES_OF
    )


def has_labels(table: Cells, mapping: ColumnMapping | None = None) -> bool:
    """Whether a labels table has an outcome, in one column or in two, or a column on embolism.

    Raises
    ------
    TableError
        A person chose one column of two.
    """
    roles = all_roles(table, row_header(table, mapping), mapping)
    return bool({*CLASSES_OF, *EVENTS} & set(roles.values()))


def unclear_labels(table: Cells) -> bool:
    """Whether a person must say, or may, which columns are the labels: none is, or columns speak of events."""
    return not has_labels(table) or bool(
        _unread_events(table, all_roles(table, row_header(table), None), None)
    )


def label_notes(table: Cells, mapping: ColumnMapping | None = None) -> tuple[Note, ...]:
    """Return what to say of a labels table's columns.

    That is what a person left out, rows that are no patient's, and of columns of events how they were combined, that
    they were not read, or that the outcome says something else.
    """
    out = left_out(table, mapping)
    notes = tuple(note for note in table.notes if note.key.startswith("reading_rows."))
    if out:
        notes += (Note("left_out", "", "labels_read.left_out", {"file": table.file, "columns": named(out)}),)
    roles = all_roles(table, row_header(table, mapping), mapping)
    events = {header: role for header, role in roles.items() if role in EVENTS}
    if events:
        return (*notes, event_note(table, events))
    outcome = next((header for header, role in roles.items() if role == "outcome"), None)
    if outcome is not None:
        return (*notes, *event_doubts(table, outcome, kept_headers(table, mapping), mapping))
    unread = _unread_events(table, roles, mapping)
    return (*notes, open_note(table, unread)) if unread else notes


def _unread_events(table: Cells, roles: dict[str, str], mapping: ColumnMapping | None) -> tuple[str, ...]:
    """Headers that speak of events in a table whose ``roles`` have no outcome."""
    if {"outcome", *EVENTS} & set(roles.values()):
        return ()
    key = row_header(table, mapping)
    headers = [header for header in kept_headers(table, mapping) if header != key]
    return event_columns(headers, mapping, table.file).open
