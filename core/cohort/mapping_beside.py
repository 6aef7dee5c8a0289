"""A table of new patients on disk, and the ``columns.toml`` that says how its columns are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.column_mapping import FILE, read_mapping
from core.cohort.tables import load_cells
from core.errors import InputError
from core.text import text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells


def open_table(
    ehr: Path, columns: Path | None, told: Callable[[str], None]
) -> tuple[Cells, ColumnMapping | None]:
    """Return a table's cells, and how its columns are read: as the file given says, or the one beside the table.

    Parameters
    ----------
    ehr
        Where the table lies.
    columns
        The file given, if any.
    told
        Called with what is used. A file beside the table that names none of its columns is another table's.

    Raises
    ------
    InputError
        There is no such table.
    TableError
        One of the files cannot be read.
    """
    if ehr.is_dir():
        raise InputError("errors.file_is_folder", file=ehr)
    if not ehr.is_file():
        raise InputError("errors.file_missing", file=ehr)
    cells = load_cells(ehr, ehr.name)
    return cells, _mapping(cells, ehr, columns, told)


def _mapping(
    cells: Cells, ehr: Path, columns: Path | None, told: Callable[[str], None]
) -> ColumnMapping | None:
    file = columns or ehr.parent / FILE
    if columns is None and not file.is_file():
        return None
    mapping = read_mapping(file)
    n = sum(header in mapping.choices for header in map(str, cells.frame.columns))
    if columns is None and not n:
        if mapping.choices:
            told(text("en", "prediction_files.columns_other", file=file, table=cells.file))
        return None
    if n:
        told(text("en", "prediction_files.columns_used", file=file, table=cells.file, n=n))
    return mapping
