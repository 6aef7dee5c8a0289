"""The tables of a MIMIC-IV copy: where they lie, which columns they must have, and scanning them in bounded memory.

Nothing is read here but the first line of each file. Texts longer than twelve letters must not leave a scan: a row
that is kept would keep the whole block that it was read from.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDINGS = (".parquet", ".csv", ".csv.gz")
_KINDS = {
    "id": pl.Int64(),
    "number": pl.Float64(),
    "text": pl.String(),
    "time": pl.Datetime("us"),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class MimicTables:
    """A MIMIC-IV copy whose tables are all there, with the columns of version 2.

    Attributes
    ----------
    folder
        The folder that holds ``hosp`` and ``icu``.
    paths
        Table to its file; tables that may be missing only where they exist.
    """

    folder: Path
    paths: dict[str, Path]

    def scan(self, table: str) -> pl.LazyFrame:
        """Columns of a table that are used, in their types; of an optional table that is not there no rows."""
        columns = _columns(table)
        if table not in self.paths:
            return pl.LazyFrame(schema={name: _KINDS[kind] for name, kind in columns.items()})
        return _scan(self.paths[table], columns)


def open_tables(folder: Path) -> MimicTables:
    """Find the tables of a MIMIC-IV copy and see that their columns are those of version 2.

    Raises
    ------
    CohortError
        The folder or tables are missing, it is MIMIC-III or MIMIC-IV 1.0, or a file cannot be read.
    """
    if not folder.is_dir():
        raise CohortError("errors_mimic.folder", folder=folder)
    _refuse_other_versions(folder)
    known = definition("tables")
    paths = {
        table: path
        for table, entry in (known["required"] | known["optional"]).items()
        if (path := _find(folder / entry["room"], table)) is not None
    }
    missing = [f"{entry['room']}/{table}" for table, entry in known["required"].items() if table not in paths]
    if missing:
        raise CohortError("errors_mimic.tables", folder=folder, tables=", ".join(missing))
    for table, path in paths.items():
        _check_columns(table, path)
    return MimicTables(folder, paths)


def unpacked(rows: pl.LazyFrame, table: str, path: Path, small: Path) -> pl.LazyFrame:
    """Rows that are wanted of a large table, to be scanned as often as one likes.

    From CSV they are written once to a small Parquet file: unpacking 100 million rows twice would take twice as long.
    A Parquet table is scanned in place, and only the columns and persons asked for are unpacked.

    Raises
    ------
    CohortError
        The table cannot be read, or the small file not be written.
    """
    if path.suffix == ".parquet":
        return rows
    try:
        small.touch()
    except OSError as error:
        raise CohortError("errors_mimic.disk", folder=small.parent.parent, reason=error.strerror) from error
    with reading(table, path):
        rows.sink_parquet(small, compression="lz4")
    return pl.scan_parquet(small)


@contextlib.contextmanager
def reading(table: str, path: Path | str = "") -> Iterator[None]:
    """Turn what goes wrong while a table is read into one sentence that names it."""
    try:
        yield
    except PermissionError as error:
        raise CohortError("errors_mimic.permission", file=path or table) from error
    except FileNotFoundError as error:
        raise CohortError("errors_mimic.gone", file=path or table) from error
    except (OSError, EOFError, pl.exceptions.PolarsError) as error:
        reason = " ".join(str(error).split())[:120]
        if "no space left" in reason.lower() or "disk quota" in reason.lower():
            raise CohortError("errors_mimic.disk", folder=table, reason=reason) from error
        key = "truncated" if _is_truncated(reason) else "unreadable"
        raise CohortError(f"errors_mimic.{key}", file=path or table, reason=reason) from error


def _is_truncated(reason: str) -> bool:
    words = (
        "unexpected end of file",
        "unexpected eof",
        "corrupt",
        "deflate",
        "invalid gzip",
        "incomplete",
        "failed to fill",
    )
    return any(word in reason.lower() for word in words)


def _columns(table: str) -> dict[str, str]:
    """Columns of a table with their kinds."""
    known = definition("tables")
    entry = (known["required"] | known["optional"])[table]
    return {name: kind for kind in _KINDS for name in entry.get(kind, ())}


def _find(room: Path, table: str) -> Path | None:
    return next((path for ending in ENDINGS if (path := room / f"{table}{ending}").is_file()), None)


def _refuse_other_versions(folder: Path) -> None:
    if any(_find(folder / "core", table) for table in ("patients", "admissions", "transfers")):
        raise CohortError("errors_mimic.version_1", folder=folder, found="core/")
    if any(
        (folder / f"{name}{ending}").is_file() for name in ("ADMISSIONS", "PATIENTS") for ending in ENDINGS
    ):
        raise CohortError("errors_mimic.version_iii", folder=folder)


def _check_columns(table: str, path: Path) -> None:
    columns = _columns(table)
    with reading(table, path):
        with path.open("rb") as file:
            file.read(1)
        found = _raw(path).collect_schema().names()
    lacking = [name for name in columns if name not in found]
    if "race" in lacking and "ethnicity" in found:
        raise CohortError("errors_mimic.version_1", folder=path.parent.parent, found=f"{table}.ethnicity")
    if lacking:
        # here, because it brings pandas along, which no build needs
        from core.cohort._cells import clip

        raise CohortError(
            "errors_mimic.columns",
            file=path,
            lacking=", ".join(lacking[:6]),
            found=clip(", ".join(found[:8]), 120),
        )


def _raw(path: Path) -> pl.LazyFrame:
    if path.suffix == ".parquet":
        return pl.scan_parquet(path)
    return pl.scan_csv(path, infer_schema=False)


def _scan(path: Path, columns: dict[str, str]) -> pl.LazyFrame:
    """Scan the columns in their types, whatever the file has them as: a CSV has text, a Parquet file anything."""
    if path.suffix == ".parquet":
        frame = pl.scan_parquet(path)
        schema = frame.collect_schema()
    else:
        # read as numbers at once, so that a filter on an item is asked before anything else is made of its row
        typed = {name: _KINDS[kind] for name, kind in columns.items() if kind in {"id", "number"}}
        frame = pl.scan_csv(path, infer_schema=False, schema_overrides=typed)
        schema = pl.Schema({name: typed.get(name, pl.String()) for name in columns})
    return frame.select(_as(name, kind, schema[name]) for name, kind in columns.items())


def _as(name: str, kind: str, found: pl.DataType) -> pl.Expr:
    column, wanted = pl.col(name), _KINDS[kind]
    if found == wanted:
        return column
    if found == pl.String() and kind == "time":
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    if found == pl.String() and kind == "date":
        return column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return column.cast(wanted, strict=False)
