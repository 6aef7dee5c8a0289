"""What a mapping says beyond the columns to learn from: who is in which row, and what happened to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._cells import clip, distinct
from core.cohort._event_columns import event_columns, event_note
from core.cohort._event_doubts import event_doubts
from core.cohort._labels import labels_of
from core.cohort._patient_ids import id_header, patient_ids
from core.cohort._reading import text_series
from core.cohort.column_mapping import EVENTS, LABELS
from core.cohort.columns import Note
from core.errors import TableError

if TYPE_CHECKING:
    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import ColumnMapping


def id_column(cells: Cells, mapping: ColumnMapping | None = None) -> str | None:
    """Return the header of the identifiers: the chosen one, else the best there is, None without any."""
    headers = [str(header) for header in cells.frame.columns]
    choices = mapping.choices if mapping else {}
    roles = mapping.roles_in(headers) if mapping else {}
    chosen = next((header for header, role in roles.items() if role == "patient_id"), None)
    return chosen or id_header([header for header in headers if header not in choices])


def row_ids(cells: Cells, mapping: ColumnMapping | None = None) -> tuple[str | None, pd.Index[str]]:
    """Return the header of the identifiers (None where rows are numbered instead) and one identifier a row.

    Raises
    ------
    TableError
        Some are empty, doubled or shortened.
    """
    key = id_column(cells, mapping)
    if key is not None:
        return key, patient_ids(cells, key)
    numbers = [str(number) for number in range(1, len(cells.numbers) + 1)]
    return None, pd.Index(numbers, dtype="str", name="patient_id")


def mapping_notes(
    headers: list[str], mapping: ColumnMapping | None, file: str, *, new: bool = False
) -> list[Note]:
    """Return what to say of headers that a mapping names and a table lacks.

    Parameters
    ----------
    new
        Whether the table is one of new patients, who need no labels.

    Raises
    ------
    TableError
        The table has none of them: the mapping is another table's.
    """
    if mapping is None:
        return []
    wanted = [header for header, choice in mapping.choices.items() if not (new and choice.read_as in LABELS)]
    absent = [header for header in wanted if header not in headers]
    named = ", ".join(clip(header, 20) for header in absent[:4])
    if wanted and len(absent) == len(wanted):
        raise TableError("errors_mapping.none_present", file=mapping.file, table=file, columns=named)
    values: dict[str, object] = {"file": mapping.file, "n": len(absent), "names": named}
    return [Note("doubted", "", "reading.mapping_absent", values)] if absent else []


def mapped_labels(
    cells: Cells, mapping: ColumnMapping | None, labels: pd.DataFrame | None = None
) -> pd.DataFrame | None:
    """Return the labels of a table's patients where columns of that table were chosen for them.

    Parameters
    ----------
    labels
        What a labels table says; it then only takes the chosen ``group`` where it has none of its own.

    Returns
    -------
    DataFrame or None
        As ``read_labels`` returns them; None without labels and without a column chosen for them.

    Raises
    ------
    TableError
        As ``read_labels``.
    """
    headers = [str(header) for header in cells.frame.columns]
    chosen = mapping.roles_in(headers) if mapping else {}
    roles = {header: role for header, role in chosen.items() if role in LABELS}
    if labels is not None:
        person = next((header for header, role in roles.items() if role == "group"), None)
        return (
            labels
            if person is None or "group" in labels
            else labels.assign(group=_groups(cells, mapping, person))
        )
    roles = _with_events(cells, mapping, roles)
    if not {"pe", "outcome", *EVENTS} & set(roles.values()):
        return None
    _, ids = row_ids(cells, mapping)
    # under a name that no header has: headers are trimmed
    key = " "
    frame = cells.frame[list(roles)].assign(**{key: pd.Series(ids, index=cells.frame.index)})
    return labels_of(replace(cells, frame=frame), key, mapping, roles)


def mapped_notes(cells: Cells, mapping: ColumnMapping | None) -> tuple[Note, ...]:
    """Return how columns of events became the outcome of a table of patients, or that its outcome differs from them."""
    chosen = mapping.roles_in(map(str, cells.frame.columns)) if mapping else {}
    roles = _with_events(cells, mapping, chosen)
    events = {header: role for header, role in roles.items() if role in EVENTS}
    if events:
        return (event_note(cells, events),)
    outcome = next((header for header, role in roles.items() if role == "outcome"), None)
    headers = [str(header) for header in cells.frame.columns]
    kept = [header for header in headers if mapping is None or header not in mapping.choices]
    return event_doubts(cells, outcome, kept, mapping) if outcome is not None else ()


def _with_events(cells: Cells, mapping: ColumnMapping | None, roles: dict[str, str]) -> dict[str, str]:
    """Roles with both columns of events, where one of them was chosen and the other is clear."""
    if not set(EVENTS) & set(roles.values()):
        return roles
    return roles | event_columns([str(header) for header in cells.frame.columns], mapping, cells.file).roles


def _groups(cells: Cells, mapping: ColumnMapping | None, header: str) -> pd.Series:
    """Person of each row of the table, missing where the cell is empty."""
    _, ids = row_ids(cells, mapping)
    found = distinct(cells.frame[header])
    return text_series(found, [*found.words]).set_axis(ids)
