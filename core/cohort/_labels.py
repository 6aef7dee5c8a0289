"""The labels table: what happened to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import Distinct, clip, distinct
from core.cohort._event_columns import combined, event_columns, event_note, named, open_note
from core.cohort._label_roles import LIST, all_roles, headers_of, roles_of, row_header
from core.cohort._patient_ids import file_header, matching_columns, patient_ids
from core.cohort._reading import text_series, yes_or_no
from core.cohort._table_cells import Cells, load_cells
from core.cohort.class_words import CLASSES_OF, ClassesRead, read_classes
from core.cohort.column_mapping import EVENTS
from core.cohort.columns import Note
from core.cohort.complications import kind_names, merged, spread_lists
from core.cohort.variables import header_key
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.class_words import Words
    from core.cohort.column_mapping import ColumnMapping


def read_labels(source: Path | bytes, name: str = "", mapping: ColumnMapping | None = None) -> pd.DataFrame:
    """Read a labels table.

    Parameters
    ----------
    source, name
        As for ``read_table``.
    mapping
        What a person says of the columns ``pe``, ``outcome`` and ``group``, and of their words.

    Returns
    -------
    DataFrame
        Index ``patient_id`` (text, unique); always ``pe`` (Int8: 0, 1 or missing) and ``outcome`` (text:
        ``none``, ``death``, ``bleeding`` or missing), which two columns, death and major bleeding, may make together;
        ``group`` (text) if there is one; a column (Int8) for each kind of complication that is recorded; further
        columns as text under their own headers.

    Raises
    ------
    TableError
        No identifier, neither ``pe`` nor ``outcome``, a word that is no class or no complication, nothing filled in.
    """
    return labels_in(load_cells(source, name), mapping)


def labels_in(table: Cells, mapping: ColumnMapping | None = None) -> pd.DataFrame:
    """Return the labels of a labels table that is loaded, as ``read_labels`` does."""
    return labels_of(table, row_header(table), mapping)


def identified(table: Cells, ids: pd.Index[str]) -> tuple[Cells, tuple[Note, ...]]:
    """Find who is in which row of a labels table where no header says so: the one column that holds the patients' ids.

    Parameters
    ----------
    ids
        Identifiers of the patients' table.

    Returns
    -------
    table, notes
        With that column called ``patient_id``; as it was where a header says it, or no column holds identifiers.

    Raises
    ------
    TableError
        Several columns hold them.
    """
    if row_header(table) is not None:
        return table, ()
    labels = all_roles(table, None, None)
    free = [header for header in headers_of(table) if header not in labels]
    found = matching_columns(table, free, ids)
    if len(found) > 1:
        raise TableError("errors_events.several_ids", file=table.file, columns=named([*found]))
    if not found:
        return table, ()
    (header, (n, known)) = next(iter(found.items()))
    values: dict[str, object] = {"file": table.file, "header": clip(header), "n": n, "found": known}
    frame = table.frame.rename(columns={header: "patient_id"})
    return replace(table, frame=frame), (Note("doubted", "", "events.identified", values),)


def read_file_labels(
    source: Path | bytes, name: str = "", mapping: ColumnMapping | None = None
) -> tuple[pd.DataFrame, pd.Series, bool]:
    """Read the labels of a folder of recordings, where a column may name each row's file.

    Such a column may stand beside the patients' identifiers or in their place. Where it does, and a patient has
    several rows, the file identifies the row and the patient is its ``group``.

    Parameters
    ----------
    source, name, mapping
        As for ``read_labels``.

    Returns
    -------
    labels, files, by_file
        Labels as ``read_labels`` returns them; what each row says of its file, the identifier itself where no column
        names files; whether the column of files is what identifies the rows.

    Raises
    ------
    TableError
        As for ``read_labels``.
    """
    table = load_cells(source, name)
    file, row = file_header(headers_of(table)), row_header(table)
    if file is None:
        labels = labels_of(table, row, mapping)
        return labels, labels.index.to_series(), False
    named = table.frame[file].str.strip()
    if row is not None and table.frame[row].duplicated().any():
        table, row = _grouped(table, row), None
    labels = labels_of(table, row or file, mapping)
    return labels, named.set_axis(labels.index), row is None


def _grouped(table: Cells, person: str) -> Cells:
    """Turn the identifier of persons with several rows into their group, unless there is a group already."""
    others = [header for header in headers_of(table) if header != person]
    if "group" in roles_of(others).values():
        return replace(table, frame=table.frame[others])
    return replace(table, frame=table.frame.rename(columns={person: "group"}))


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
        roles = all_roles(table, row_header(table), mapping)
    return tuple(
        read_classes(table.frame[header], role, header, table.file)
        for header, role in roles.items()
        if role in CLASSES_OF
    )


def labels_of(
    table: Cells,
    key: str | None,
    mapping: ColumnMapping | None = None,
    roles: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Return the labels that cells hold; ``roles`` says what headers are, where their words do not."""
    headers = headers_of(table)
    if key is None:
        found = ", ".join(clip(header, 20) for header in headers[:4])
        raise TableError("errors_table.labels_no_id", file=table.file, found=found)
    ids = patient_ids(table, key)
    if roles is None:
        roles = all_roles(table, key, mapping)
    events = {header: role for header, role in roles.items() if role in EVENTS}
    if not events and not {"pe", "outcome"} & set(roles.values()):
        unclear = event_columns(headers, mapping, table.file).open
        if unclear:
            raise TableError("errors_events.open", file=table.file, columns=named(unclear))
        raise TableError("errors_table.labels_none", file=table.file, found=named(headers))
    # a header that merely looks like what another column was chosen for is not it
    taken = {*roles.values(), "outcome"} if events else {*roles.values()}
    left = [header for header in headers if header != key and header not in events]
    by_name = {roles.get(header, header): header for header in left if header in roles or header not in taken}
    listed = by_name.pop(LIST, None)
    words = mapping.words if mapping else {}
    columns = {name: _column(table, header, roles.get(header), words) for name, header in by_name.items()}
    if events:
        columns["outcome"] = combined(table, events)
    if listed is not None:
        columns |= _complications(table, listed, columns)
    gap = pd.Series([None] * len(ids), dtype="str")
    ordered = {"pe": gap.astype("Int8"), "outcome": gap, **columns}
    labels = pd.concat(ordered, axis=1).set_axis(ids)
    if all(labels[role].isna().all() for role in ("pe", "outcome")):
        raise TableError("errors_table.labels_empty", file=table.file)
    return labels


def has_labels(table: Cells, mapping: ColumnMapping | None = None) -> bool:
    """Whether a labels table has an outcome, in one column or in two, or a column on embolism.

    Raises
    ------
    TableError
        A person chose one column of two.
    """
    roles = all_roles(table, row_header(table), mapping)
    return bool({*CLASSES_OF, *EVENTS} & set(roles.values()))


def unclear_labels(table: Cells) -> bool:
    """Whether a person must say, or may, which columns are the labels: none is, or columns speak of events."""
    return not has_labels(table) or bool(
        _unread_events(table, all_roles(table, row_header(table), None), None)
    )


def label_notes(table: Cells, mapping: ColumnMapping | None = None) -> tuple[Note, ...]:
    """Return what to say of a labels table's columns of events: how they were combined, or that they were not read."""
    roles = all_roles(table, row_header(table), mapping)
    events = {header: role for header, role in roles.items() if role in EVENTS}
    if events:
        return (event_note(table, events),)
    unread = _unread_events(table, roles, mapping)
    return (open_note(table, unread),) if unread else ()


def _unread_events(table: Cells, roles: dict[str, str], mapping: ColumnMapping | None) -> tuple[str, ...]:
    """Headers that speak of events in a table whose ``roles`` have no outcome."""
    if {"outcome", *EVENTS} & set(roles.values()):
        return ()
    key = row_header(table)
    headers = [header for header in headers_of(table) if header != key]
    return event_columns(headers, mapping, table.file).open


def _column(table: Cells, header: str, role: str | None, words: Words) -> pd.Series:
    if role in CLASSES_OF:
        read = read_classes(table.frame[header], role, header, table.file, words.get(role))
        read.refuse_open()
        if role == "outcome":
            return read.classes
        codes = {name: code for code, name in enumerate(CLASSES_OF["pe"])}
        return read.classes.map(codes).astype("Int8")
    cells = distinct(table.frame[header])
    if role in kind_names():
        values = yes_or_no(cells.words)
        _refuse_strange(table, header, cells, np.isnan(values), "1, 0")
        return pd.Series(cells.spread(values)).astype("Int8")
    plain = [word.removesuffix(".0") if word.removesuffix(".0").isdigit() else word for word in cells.words]
    return text_series(cells, [*plain])


def _complications(table: Cells, header: str, columns: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """Read the column that lists complications; what a kind's own column leaves open is filled from it."""
    cells = distinct(table.frame[header].where(~table.frame[header].map(_says_none), "无"))
    words = [None if code < 0 else cells.words[code] for code in cells.codes]
    spread, strange = spread_lists(words)
    if strange:
        row, word = next(iter(strange.items()))
        raise TableError(
            "errors_clinical.complication_word",
            file=table.file,
            row=table.rows([row])[0],
            column=clip(header),
            value=clip(word),
            expected=", ".join(kind_names()),
        )
    found = {}
    for kind, listed in spread.items():
        found[kind], differing = merged(columns.get(kind), listed)
        if differing.size:
            row = table.rows([int(differing[0])])[0]
            raise TableError("errors_clinical.complication_twice", file=table.file, row=row, kind=kind)
    return found


def _says_none(cell: str) -> bool:
    return header_key(cell) == "none"


def _refuse_strange(
    table: Cells, header: str, cells: Distinct, strange: NDArray[np.bool_], expected: str
) -> None:
    rows = cells.rows_of(strange)
    if rows.size:
        first = int(rows[0])
        raise TableError(
            "errors_table.labels_value",
            file=table.file,
            column=clip(header),
            value=clip(cells.words[cells.codes[first]]),
            row=table.rows([first])[0],
            expected=expected,
        )
