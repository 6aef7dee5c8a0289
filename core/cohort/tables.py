"""Tables as hospitals export them, read into the one form that core works with.

Every failure is a ``TableError`` of one sentence; everything that was understood, converted, left out or
doubted is a ``Note`` in the table's report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._alike_ids import alike_note, label_id_notes, respelled
from core.cohort._all_columns import read_columns
from core.cohort._cells import clip, distinct, uses_plus
from core.cohort._given_columns import assign_headers, empty_values, read_given
from core.cohort._label_columns import class_columns, has_labels, label_notes, unclear_labels
from core.cohort._labels import identified, labels_in, read_labels
from core.cohort._mapped import mapped_labels, mapped_notes, mapping_notes, row_ids
from core.cohort._mistaken import holds_patients, refuse_leads
from core.cohort._reading import Reading, Source
from core.cohort._table_cells import Cells, load_cells
from core.cohort._unmatched import unmatched_notes
from core.cohort.columns import Column, Note, ReadingReport, Table
from core.cohort.writing import write_rows, written
from core.errors import TableError
from core.spreadsheet import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from core.cohort._matching import Match
    from core.cohort.column_mapping import ColumnMapping

__all__ = [
    "Cells",
    "class_columns",
    "has_labels",
    "holds_patients",
    "identified",
    "label_notes",
    "labels_in",
    "load_cells",
    "read_both",
    "read_cells",
    "read_labels",
    "read_table",
    "table_of",
    "unclear_labels",
    "write_table",
]


@dataclass
class _Draft:
    """A table in the making."""

    columns: list[Column] = field(default_factory=list)
    values: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def add(self, reading: Reading) -> None:
        self.notes.extend(reading.notes)
        if reading.column is not None and reading.values is not None:
            self.columns.append(reading.column)
            self.values[reading.column.name] = reading.values


def read_table(
    source: Path | bytes,
    name: str = "",
    *,
    columns: tuple[Column, ...] | None = None,
    mapping: ColumnMapping | None = None,
) -> Table:
    """Read a table of patients: CSV, XLSX or Parquet, told apart by content.

    Parameters
    ----------
    source
        Path, or the content itself (an upload).
    name
        What messages call the file; a path's own name by default.
    columns
        The columns that a model was fitted on. The table then has exactly these: what the file lacks is
        missing, what it has besides is left out, and no kind is guessed.
    mapping
        What a person says of columns; with ``columns`` it says which header is which of them, and in which unit.

    Returns
    -------
    Table
        Values in the catalogue's units; ``report`` says how each column was read.

    Raises
    ------
    TableError
        The file cannot be read as a table of patients, or has none of ``columns`` or of the mapping's.
    """
    return table_of(load_cells(source, name), columns=columns, mapping=mapping)


def table_of(
    cells: Cells, *, columns: tuple[Column, ...] | None = None, mapping: ColumnMapping | None = None
) -> Table:
    """Return the table that cells hold, as ``read_table`` does; what is loaded once can be read again."""
    headers = [str(header) for header in cells.frame.columns]
    refuse_leads(headers, cells.file)
    key, ids = row_ids(cells, mapping)
    rest = [header for header in headers if header != key]
    draft = _Draft(notes=list(cells.notes))
    if key is None:
        draft.notes.append(Note("doubted", "", "reading.no_id", {}))
    elif not rest:
        raise TableError("errors_table.only_ids", file=cells.file, column=clip(key))
    else:
        draft.notes.extend(alike_note(ids, cells.file, key))
    draft.notes.extend(mapping_notes(headers, mapping, cells.file, new=columns is not None))
    if columns is None:
        _read_all(cells, rest, mapping, draft)
    else:
        _read_only(cells, rest, columns, mapping, draft)
    draft.notes.sort(key=lambda note: note.column != "")
    report = ReadingReport(cells.file, cells.format, len(ids), len(rest), tuple(draft.notes))
    frame = pd.DataFrame({name: values.to_numpy() for name, values in draft.values.items()}, index=ids)
    frame = frame.astype({column.name: _dtype(column) for column in draft.columns})
    return Table(frame, tuple(draft.columns), report)


def read_both(
    cells: Cells, labels: Cells | None, mapping: ColumnMapping | None = None
) -> tuple[Table, pd.DataFrame | None]:
    """Return a table of patients and what happened to them.

    Parameters
    ----------
    cells, labels
        The table, and the labels table where there is one.
    mapping
        What a person says of the columns of both, and of the labels' words.

    Returns
    -------
    table, labels
        As ``read_table`` and ``read_labels`` return them, the report with what was done to the labels; no
        labels without a labels table and without a column of the table that was chosen for them.

    Raises
    ------
    TableError
        As for ``read_table`` and ``read_labels``.
    """
    if labels is None:
        table = table_of(cells, mapping=mapping)
        return _told(table, mapped_notes(cells, mapping)), mapped_labels(cells, mapping)
    own = mapping
    if mapping is not None:
        own = mapping.beside(map(str, labels.frame.columns), map(str, cells.frame.columns))
    key, ids = row_ids(cells, own)
    notes: tuple[Note, ...] = ()
    if key is not None:
        labels, notes = identified(labels, ids, mapping)
    given, other = respelled(labels_in(labels, mapping), ids, labels.file, cells.file)
    table = table_of(cells, mapping=own)
    alike = label_id_notes(given, labels.file, said=alike_note(ids, cells.file, "") != ())
    found = mapped_labels(cells, own, given)
    alone = () if found is None else unmatched_notes(found.index, table.frame.index)
    table = _told(table, (*notes, *other, *alike, *alone, *label_notes(labels, mapping)))
    return table, found


def _told(table: Table, notes: tuple[Note, ...]) -> Table:
    """Return a table whose report also says what was done to its labels, before all else."""
    return replace(table, report=replace(table.report, notes=(*notes, *table.report.notes)))


def read_cells(source: Path | bytes, name: str = "") -> pd.DataFrame:
    """Read any table as text with its header found, for tables that are neither patients nor labels.

    Parameters
    ----------
    source, name
        As for ``read_table``.

    Returns
    -------
    DataFrame
        One text column a header (trimmed, unique); an empty cell is ``""``.

    Raises
    ------
    TableError
        The file cannot be read as a table.
    """
    frame = load_cells(source, name).frame
    return pd.DataFrame({header: frame[header].str.strip() for header in frame.columns})


def write_table(table: Table, path: Path, *, spreadsheet: bool = False) -> None:
    """Write a table as CSV (UTF-8) that ``read_table`` reads back as it was.

    Catalogue names head the columns, numbers are exact, yes and no of the catalogue are 1 and 0; a hospital's
    own two-valued column keeps its own words.

    Parameters
    ----------
    spreadsheet
        Whether people will open it in one: words that it would run as a formula then get an apostrophe in front.
    """
    values = (_listed_values(table.frame[column.name]) for column in table.columns)
    cells = [written(found, column) for found, column in zip(values, table.columns, strict=True)]
    head = ("patient_id", *(column.name for column in table.columns))
    rows: Iterable[Iterable[object]] = zip(table.frame.index, *cells, strict=True)
    if spreadsheet:
        head = tuple(str(harmless(name)) for name in head)
        rows = (map(harmless, row) for row in rows)
    write_rows(path, head, rows)


def _read_all(cells: Cells, headers: list[str], mapping: ColumnMapping | None, draft: _Draft) -> None:
    for one in read_columns(cells, headers, mapping):
        draft.add(one.reading)
    if not draft.columns:
        reasons = "; ".join(note.column for note in draft.notes if note.column)
        raise TableError(
            "errors_table.nothing_left", file=cells.file, n=len(headers), columns=clip(reasons, 80)
        )


def _read_only(
    cells: Cells,
    headers: list[str],
    columns: tuple[Column, ...],
    mapping: ColumnMapping | None,
    draft: _Draft,
) -> None:
    assigned = assign_headers(headers, columns, mapping)
    if not assigned:
        expected = ", ".join(column.name for column in columns[:4])
        raise TableError("errors_table.none_expected", file=cells.file, expected=clip(expected, 80))
    missing = tuple(column for column in columns if column.name not in assigned)
    if missing:
        draft.notes.append(
            Note("doubted", "", "reading.given_missing", {"n": len(missing), "names": missing})
        )
    used = set()
    for column in columns:
        if column.name not in assigned:
            draft.add(Reading(column, empty_values(column, len(cells.numbers))))
            continue
        reading, header = _first_usable(cells, column, assigned[column.name])
        used.add(header)
        draft.add(reading)
    draft.notes.extend(
        Note("left_out", clip(header), "reading.not_given", {}) for header in headers if header not in used
    )


def _first_usable(cells: Cells, column: Column, candidates: list[tuple[str, Match]]) -> tuple[Reading, str]:
    """Read the first header that makes sense; if none does, what little can be read."""
    for certain in (False, True):
        for header, match in candidates:
            signs = not column.known and uses_plus([*column.levels])
            source = Source(header, distinct(cells.frame[header], signs=signs), cells)
            reading = read_given(source, column, match, certain=certain)
            if reading.values is not None and reading.values.notna().any():
                return reading, header
    return reading, header


def _dtype(column: Column) -> str:
    return "str" if column.kind == "categorical" else "float64"


def _listed_values(values: pd.Series) -> list[object]:
    return [
        None if gap else value for value, gap in zip(values.tolist(), values.isna().tolist(), strict=True)
    ]
