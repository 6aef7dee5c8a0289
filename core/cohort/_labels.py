"""The labels table: what happened to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import Distinct, clip, distinct
from core.cohort._matching import legend
from core.cohort._patient_ids import file_header, id_header, patient_ids
from core.cohort._reading import text_series, yes_or_no
from core.cohort._table_cells import Cells, load_cells
from core.cohort.class_words import CLASSES_OF, ClassesRead, read_classes
from core.cohort.column_mapping import LABELS
from core.cohort.complications import is_list_header, kind_names, kind_of_header, merged, spread_lists
from core.cohort.variables import header_key, label_words
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.cohort.class_words import Words
    from core.cohort.column_mapping import ColumnMapping

_LIST = "complications"


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
        ``none``, ``death``, ``bleeding`` or missing); ``group`` (text) if there is one; a column (Int8) for each
        kind of complication that is recorded; further columns as text under their own headers.

    Raises
    ------
    TableError
        No identifier, neither ``pe`` nor ``outcome``, a word that is no class or no complication, nothing filled in.
    """
    return labels_in(load_cells(source, name), mapping)


def labels_in(table: Cells, mapping: ColumnMapping | None = None) -> pd.DataFrame:
    """Return the labels of a labels table that is loaded, as ``read_labels`` does."""
    return labels_of(table, _row_header(table), mapping)


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
    file, row = file_header(_headers(table)), _row_header(table)
    if file is None:
        labels = labels_of(table, row, mapping)
        return labels, labels.index.to_series(), False
    named = table.frame[file].str.strip()
    if row is not None and table.frame[row].duplicated().any():
        table, row = _grouped(table, row), None
    labels = labels_of(table, row or file, mapping)
    return labels, named.set_axis(labels.index), row is None


def _headers(table: Cells) -> list[str]:
    return [str(header) for header in table.frame.columns]


def _row_header(table: Cells) -> str | None:
    return id_header([header for header in _headers(table) if header_key(header) != "subjectid"])


def _grouped(table: Cells, person: str) -> Cells:
    """Turn the identifier of persons with several rows into their group, unless there is a group already."""
    others = [header for header in _headers(table) if header != person]
    if "group" in _roles(others).values():
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
        roles = _all_roles(table, _row_header(table), mapping)
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
    headers = _headers(table)
    if key is None:
        found = ", ".join(clip(header, 20) for header in headers[:4])
        raise TableError("errors_table.labels_no_id", file=table.file, found=found)
    ids = patient_ids(table, key)
    if roles is None:
        roles = _all_roles(table, key, mapping)
    if not {"pe", "outcome"} & set(roles.values()):
        found = ", ".join(clip(header, 20) for header in headers[:4])
        raise TableError("errors_table.labels_none", file=table.file, found=found)
    named = {roles.get(header, header): header for header in headers if header != key}
    listed = named.pop(_LIST, None)
    words = mapping.words if mapping else {}
    columns = {name: _column(table, header, roles.get(header), words) for name, header in named.items()}
    if listed is not None:
        columns |= _complications(table, listed, columns)
    gap = pd.Series([None] * len(ids), dtype="str")
    ordered = {"pe": gap.astype("Int8"), "outcome": gap, **columns}
    labels = pd.concat(ordered, axis=1).set_axis(ids)
    if all(labels[role].isna().all() for role in ("pe", "outcome")):
        raise TableError("errors_table.labels_empty", file=table.file)
    return labels


def _all_roles(table: Cells, key: str | None, mapping: ColumnMapping | None) -> dict[str, str]:
    """Roles of a labels table's columns: those that a person chose, then what headers say."""
    headers = [header for header in _headers(table) if header != key]
    chosen = mapping.roles_in(headers) if mapping else {}
    chosen = {header: role for header, role in chosen.items() if role in LABELS}
    others = _roles([header for header in headers if header not in chosen])
    return chosen | {header: role for header, role in others.items() if role not in chosen.values()}


def _roles(headers: list[str]) -> dict[str, str]:
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
        kind = _LIST if is_list_header(key) else kind_of_header(key)
        if kind is not None and header not in roles and kind not in roles.values():
            roles[header] = kind
    return roles


def _keys(header: str) -> set[str]:
    """What a header is known by: its words, and its name before a legend of codes."""
    return {header_key(header), header_key(legend(header)[0])}


def label_role(header: str) -> str:
    """Role of a column in a labels table by its header: ``pe``, ``outcome`` or ``group``; empty for any other."""
    return next((role for role in _roles([header]).values() if role in (*CLASSES_OF, "group")), "")


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
