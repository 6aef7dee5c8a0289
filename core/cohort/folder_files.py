"""The tables of a cohort folder given as files, in memory, with the flow and the table one that a builder left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort import flow as flow_table
from core.cohort.about import About, parse_about
from core.cohort.column_mapping import FILE as MAPPING
from core.cohort.column_mapping import parse_mapping
from core.cohort.folder import Cohort, check_common
from core.cohort.table_one import COLUMNS as TABLE_ONE_COLUMNS
from core.cohort.tables import load_cells, read_both
from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells

TABLE, LABELS = "ehr.csv", "labels.csv"
_ABOUT = "cohort.toml"
_MOST_ROWS = 5_000
_TEXTS = {"task", "variable", "level", "unit", "class", "part", "step", "kind", "after"}


@dataclass(frozen=True)
class FolderFiles:
    """A cohort with what its builder says of it.

    Attributes
    ----------
    cohort
        Without recordings: those stay where they are.
    flow, table_one
        As ``flow.csv`` and ``table_one.csv`` hold them; None without such a file.
    """

    cohort: Cohort
    flow: pd.DataFrame | None
    table_one: pd.DataFrame | None


def read_folder_files(files: Mapping[str, bytes]) -> FolderFiles:
    """Read the files of a cohort folder by their names; others than the six known ones are not looked at.

    Raises
    ------
    CohortError
        ``ehr.csv`` is missing, labels and table share no patient, or a file is not what its name says.
    TableError
        A table cannot be read.
    """
    check_table(files)
    cells = load_cells(files[TABLE], TABLE)
    mapping = parse_mapping(files[MAPPING], MAPPING) if MAPPING in files else None
    label_cells = load_cells(files[LABELS], LABELS) if LABELS in files else None
    return read_folder_cells(files, cells, label_cells, mapping)


def check_table(files: Mapping[str, bytes]) -> None:
    """Raise a ``CohortError`` where the files have no table of patients among them."""
    if TABLE not in files:
        raise CohortError("errors_cohort_files.no_table", found=", ".join(sorted(files))[:80])


def read_folder_cells(
    files: Mapping[str, bytes], cells: Cells, label_cells: Cells | None, mapping: ColumnMapping | None
) -> FolderFiles:
    """Read the files of a cohort folder whose tables are loaded.

    Parameters
    ----------
    files
        As for ``read_folder_files``; its tables and its mapping are not looked at.
    cells, label_cells, mapping
        As for ``read_both``.

    Raises
    ------
    CohortError, TableError
        As for ``read_folder_files``.
    """
    table, labels = read_both(cells, label_cells, mapping)
    about = About(name=TABLE)
    if _ABOUT in files:
        # recordings stay where they are, so the place they are in says nothing here
        about = replace(parse_about(files[_ABOUT], _ABOUT), signals=None)
    ids = table.frame.index
    if labels is None:
        labels = no_labels(ids)
    check_common(labels, ids)
    flow = _plain(files, "flow.csv", flow_table.COLUMNS)
    table_one = _plain(files, "table_one.csv", TABLE_ONE_COLUMNS)
    return FolderFiles(Cohort(about, table, labels), flow, table_one)


def no_labels(ids: pd.Index) -> pd.DataFrame:
    """Return labels of patients of whom none is known."""
    return pd.DataFrame(
        {"pe": pd.Series(pd.NA, index=ids, dtype="Int8"), "outcome": pd.Series(index=ids, dtype="str")}
    )


def _plain(files: Mapping[str, bytes], name: str, columns: tuple[str, ...]) -> pd.DataFrame | None:
    """Read a table of results whose columns are fixed."""
    if name not in files:
        return None
    try:
        frame = pd.read_csv(
            BytesIO(files[name]),
            dtype={column: "str" for column in columns if column in _TEXTS},
            nrows=_MOST_ROWS,
        )[list(columns)]
        numbers = [column for column in columns if column not in _TEXTS]
        frame[numbers] = frame[numbers].apply(pd.to_numeric)
    # pandas' own errors of reading are ValueErrors, those of missing columns KeyErrors
    except (ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:80]
        raise CohortError("errors_cohort_files.result", file=name, reason=reason) from error
    texts = [column for column in columns if column in _TEXTS]
    return frame.assign(**{column: frame[column].fillna("").str.slice(0, 60) for column in texts})
