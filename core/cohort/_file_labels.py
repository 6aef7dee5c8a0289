"""The labels of a folder of recordings: who is in which row, and which recording the row speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.cohort._cells import clip, tidy
from core.cohort._event_columns import named
from core.cohort._label_roles import all_roles, headers_of, kept_headers, roles_of, row_header
from core.cohort._labels import labels_of
from core.cohort._patient_ids import file_header, matching_columns
from core.cohort._table_cells import Cells, load_cells
from core.cohort.columns import Note
from core.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd

    from core.cohort.column_mapping import ColumnMapping

_DECIMAL = re.compile(r"(\d+)\.0")


@dataclass(frozen=True)
class FileLabels:
    """Labels of a folder of recordings.

    Attributes
    ----------
    labels
        As ``read_labels`` returns them.
    files
        What each row says of its file: the identifier itself where no column names files.
    by_file
        Whether the column of files is what identifies the rows.
    notes
        Which column was found to name files by what it holds, if any was.
    """

    labels: pd.DataFrame
    files: pd.Series
    by_file: bool
    notes: tuple[Note, ...] = ()


def file_word(word: str) -> str:
    """Return what a row says of its file as it is compared with the files' own paths and names."""
    return tidy(word.replace("\\", "/")).removeprefix("./")


def read_file_labels(source: Path, recordings: Collection[str], mapping: ColumnMapping | None) -> FileLabels:
    """Read the labels of a folder of recordings, where a column may name each row's file.

    Such a column may stand beside the patients' identifiers or in their place. Where it does, and a patient has
    several rows, the file identifies the row and the patient is its ``group``. Where no header says which column it
    is, and the identifiers name no file, it is the one column whose cells are the files' names.

    Parameters
    ----------
    source
        The labels table.
    recordings
        All that rows may call a recording of the folder, as ``file_word`` writes it; not empty.
    mapping
        What a person says of the labels' columns and words.

    Raises
    ------
    TableError
        As for ``read_labels``; no header says who is in which row, and no column, or several, hold names of files.
    """
    table = load_cells(source, source.name)
    row = row_header(table, mapping)
    notes: tuple[Note, ...] = ()
    file = file_header(kept_headers(table, mapping))
    if file is None and (row is None or not _names_any(table, row, recordings)):
        file, notes = _found(table, row, recordings, mapping)
    if file is None:
        if row is None:
            raise _nobody_named(table, recordings, mapping)
        labels = labels_of(table, row, mapping)
        return FileLabels(labels, labels.index.to_series(), by_file=False)
    files = table.frame[file].str.strip()
    if notes and files.str.fullmatch(_DECIMAL).all():
        files = files.str.removesuffix(".0")
    if row is not None and table.frame[row].duplicated().any():
        table, row = _grouped(table, row), None
    labels = labels_of(table, row or file, mapping)
    return FileLabels(labels, files.set_axis(labels.index), row is None, notes)


def _names_any(table: Cells, header: str, recordings: Collection[str]) -> bool:
    return any(
        file_word(cell) in recordings or file_word(cell.strip().removesuffix(".0")) in recordings
        for cell in table.frame[header].unique()
    )


def _found(
    table: Cells, row: str | None, recordings: Collection[str], mapping: ColumnMapping | None
) -> tuple[str | None, tuple[Note, ...]]:
    """Return the one column whose cells name recordings, and a note that says so; None without one."""
    labels = all_roles(table, row, None)
    free = [header for header in kept_headers(table, mapping) if header != row and header not in labels]
    found = matching_columns(table, free, recordings, file_word)
    if len(found) > 1:
        raise TableError("errors_events.several_files", file=table.file, columns=named([*found]))
    for header, (n, known) in found.items():
        values: dict[str, object] = {"file": table.file, "header": clip(header), "n": n, "found": known}
        return header, (Note("doubted", "", "labels_read.files", values),)
    return None, ()


def _nobody_named(table: Cells, recordings: Collection[str], mapping: ColumnMapping | None) -> TableError:
    """Say what was compared with what."""
    return TableError(
        "errors_recordings.no_identifier",
        file=table.file,
        found=named(kept_headers(table, mapping)),
        other=clip(min(recordings, key=len)),
    )


def _grouped(table: Cells, person: str) -> Cells:
    """Turn the identifier of persons with several rows into their group, unless there is a group already."""
    others = [header for header in headers_of(table) if header != person]
    if "group" in roles_of(others).values():
        return replace(table, frame=table.frame[others])
    return replace(table, frame=table.frame.rename(columns={person: "group"}))
