"""The labels table: what happened to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import Distinct, clip, distinct
from core.cohort._event_columns import combined, event_columns, named
from core.cohort._label_roles import LIST, all_roles, headers_of, kept_headers, row_header
from core.cohort._patient_ids import matching_columns, patient_ids
from core.cohort._reading import text_series, yes_or_no
from core.cohort._table_cells import Cells, load_cells
from core.cohort.class_words import CLASSES_OF, read_classes
from core.cohort.column_mapping import EVENTS
from core.cohort.columns import Note
from core.cohort.complications import kind_names, merged, spread_lists
from core.cohort.variables import header_key, word_list
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
    return labels_of(table, row_header(table, mapping), mapping)


def identified(
    table: Cells, ids: pd.Index[str], mapping: ColumnMapping | None = None
) -> tuple[Cells, tuple[Note, ...]]:
    """Find who is in which row of a labels table where no header says so: the one column that holds the patients' ids.

    Parameters
    ----------
    ids
        Identifiers of the patients' table.
    mapping
        What a person says of the columns.

    Returns
    -------
    table, notes
        With that column called as identifiers are; as it was where a header says it, or no column holds identifiers.

    Raises
    ------
    TableError
        Several columns hold them.
    """
    if row_header(table, mapping) is not None:
        return table, ()
    labels = all_roles(table, None, None)
    free = [header for header in kept_headers(table, mapping) if header not in labels]
    found = matching_columns(table, free, set(ids))
    if len(found) > 1:
        raise TableError("errors_events.several_ids", file=table.file, columns=named([*found]))
    if not found:
        return table, ()
    (header, (n, known)) = next(iter(found.items()))
    values: dict[str, object] = {"file": table.file, "header": clip(header), "n": n, "found": known}
    taken = {*headers_of(table), *(mapping.choices if mapping else ())}
    name = next(one for one in ("patient_id", *word_list("patient_id_headers")) if one not in taken)
    frame = table.frame.rename(columns={header: name})
    return replace(table, frame=frame), (Note("doubted", "", "events.identified", values),)


def labels_of(
    table: Cells,
    key: str | None,
    mapping: ColumnMapping | None = None,
    roles: dict[str, str] | None = None,
) -> pd.DataFrame:
    """Return the labels that cells hold; ``roles`` says what headers are, where their words do not."""
    headers = kept_headers(table, mapping)
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
