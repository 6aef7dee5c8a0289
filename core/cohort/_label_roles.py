"""Columns of a labels table: which header is the identifier, which is a label, and of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort._event_columns import event_columns
from core.cohort._matching import legend
from core.cohort._patient_ids import id_header
from core.cohort.class_words import CLASSES_OF
from core.cohort.column_mapping import EVENTS, LABELS, LEAVE_OUT
from core.cohort.complications import is_list_header, kind_of_header
from core.cohort.variables import header_key, label_words

if TYPE_CHECKING:
    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import ColumnMapping

LIST = "complications"


def headers_of(table: Cells) -> list[str]:
    """Headers of a table as text."""
    return [str(header) for header in table.frame.columns]


def row_header(table: Cells, mapping: ColumnMapping | None = None) -> str | None:
    """Header of a labels table's identifiers, None without any; a person's number is a group instead.

    One that a person chose comes first, and one that was left out is none.
    """
    headers = kept_headers(table, mapping)
    chosen = mapping.roles_in(headers) if mapping else {}
    named = next((header for header, role in chosen.items() if role == "patient_id"), None)
    return named or id_header(
        [header for header in headers if header_key(header) != "subjectid" and header not in chosen]
    )


def left_out(table: Cells, mapping: ColumnMapping | None) -> tuple[str, ...]:
    """Headers of a labels table that a person left out: they are no labels, whatever they say."""
    choices = mapping.choices if mapping else {}
    return tuple(
        header for header in headers_of(table) if header in choices and choices[header].read_as == LEAVE_OUT
    )


def kept_headers(table: Cells, mapping: ColumnMapping | None) -> list[str]:
    """Headers of a labels table without those that a person left out."""
    out = left_out(table, mapping)
    return [header for header in headers_of(table) if header not in out]


def all_roles(table: Cells, key: str | None, mapping: ColumnMapping | None) -> dict[str, str]:
    """Roles of a labels table's columns: those that a person chose, then what headers say."""
    headers = [header for header in kept_headers(table, mapping) if header != key]
    chosen = mapping.roles_in(headers) if mapping else {}
    chosen = {header: role for header, role in chosen.items() if role in LABELS}
    others = roles_of([header for header in headers if header not in chosen])
    roles = chosen | {header: role for header, role in others.items() if role not in chosen.values()}
    if "outcome" in roles.values() and not set(EVENTS) & set(chosen.values()):
        return roles
    events = event_columns(headers, mapping, table.file).roles
    kept = {header: role for header, role in roles.items() if not events or role != "outcome"}
    return kept | events


def roles_of(headers: list[str]) -> dict[str, str]:
    """Role of each header that has one; of several with the same role the first."""
    roles: dict[str, str] = {}
    for role, keys in label_words()["headers"].items():
        for key in keys:
            found = next((header for header in headers if key in _keys(header) and header not in roles), None)
            if found is not None:
                roles[found] = role
                break
    for header in headers:
        key = header_key(header)
        kind = LIST if is_list_header(key) else kind_of_header(key)
        if kind is not None and header not in roles and kind not in roles.values():
            roles[header] = kind
    return roles


def _keys(header: str) -> set[str]:
    """What a header is known by: its words, and its name before a legend of codes."""
    return {header_key(header), header_key(legend(header)[0])}


def label_role(header: str) -> str:
    """Role of a column in a labels table by its header: ``pe``, ``outcome`` or ``group``; empty for any other."""
    return next((role for role in roles_of([header]).values() if role in (*CLASSES_OF, "group")), "")
