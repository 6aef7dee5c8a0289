"""The tables of a MIMIC-IV copy as Parquet, made once: a build from them takes seconds and no unpacking.

What is written is again a copy of MIMIC-IV to be built from: the same tables in the same order of rows, with the
columns that a build uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.stating import data_use
from core.cohort.mimic_iv.tables import MimicTables, open_tables, reading
from core.cohort.writing import check_free, whole_folder
from core.progress import Progress, silent

if TYPE_CHECKING:
    from pathlib import Path

# of a group all columns of one kind lie together: smaller ones cost reading, larger ones memory
_ROWS_A_GROUP = 250_000
# rows lie in the order of persons: of small pages most hold nobody who is asked for, and stay packed
_BYTES_A_PAGE = 16_384


@dataclass(frozen=True)
class Converted:
    """A table that was written.

    Attributes
    ----------
    name
        ``hosp/labevents``.
    rows
        Rows of the table, all of them.
    bytes_before, bytes_after
        Size of its file in the copy and as Parquet.
    """

    name: str
    rows: int
    bytes_before: int
    bytes_after: int


def convert(mimic: Path, out: Path, progress: Progress = silent) -> list[Converted]:
    """Write the tables of a MIMIC-IV copy as Parquet, in memory that does not grow with the rows.

    Parameters
    ----------
    mimic
        Folder with ``hosp`` and ``icu``: CSV, CSV.GZ or Parquet.
    out
        New folder, to be given to ``build`` in the place of ``mimic``; it appears complete, or not at all.
    progress
        Told stage and share done.

    Raises
    ------
    CohortError
        A table is missing, of another version, damaged or may not be read; ``out`` is not empty or cannot be written.
    """
    check_free(out)
    progress("tables", 0.0)
    tables = open_tables(mimic)
    sizes = {table: path.stat().st_size for table, path in tables.paths.items()}
    done, written = 0, []
    with whole_folder(out) as place:
        (place / "DATA-USE.txt").write_text("\n".join(data_use("en")) + "\n", encoding="utf-8")
        for table, size in sizes.items():
            progress("parquet", done / max(1, sum(sizes.values())))
            written.append(_write(tables, table, place))
            done += size
    progress("save", 1.0)
    return written


def _write(tables: MimicTables, table: str, place: Path) -> Converted:
    known = definition("tables")
    room = (known["required"] | known["optional"])[table]["room"]
    (place / room).mkdir(exist_ok=True)
    source, path = tables.paths[table], place / room / f"{table}.parquet"
    with reading(table, source):
        tables.scan(table).sink_parquet(
            path, compression="lz4", row_group_size=_ROWS_A_GROUP, data_page_size=_BYTES_A_PAGE
        )
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    return Converted(f"{room}/{table}", rows, source.stat().st_size, path.stat().st_size)
