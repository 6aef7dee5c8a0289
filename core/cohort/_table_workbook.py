"""Workbooks (XLSX): the first sheet that holds anything, as rows of cells."""

from __future__ import annotations

import datetime as dt
import re
import struct
import warnings
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from core.cohort._cells import clip
from core.cohort._table_text import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Grid, cell_text
from core.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LAST_ROW = 1_048_576
# what openpyxl lets through from a damaged file: it validates by converting, and has no error of its own
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    struct.error,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
)


def read_workbook(data: bytes, file: str) -> Grid:
    """Rows of the first sheet that is not empty.

    Raises
    ------
    TableError
        The workbook is damaged or empty, too large, or holds formulas whose results were never stored.
    """
    try:
        with warnings.catch_warnings():
            # openpyxl warns of drop-down lists and styles that it does not keep; none matters to the cells
            warnings.simplefilter("ignore")
            return _first_sheet(data, file)
    except _FAULTS as error:
        raise TableError("errors_table.workbook_broken", file=file) from error


def _first_sheet(data: bytes, file: str) -> Grid:
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    with_formulas, with_percents = _has_formulas(data), _has_percents(data)
    for position, sheet in enumerate(book.worksheets):
        rows, numbers = _rows(sheet, file, percents=with_percents)
        formulas = _formulas(data, position) if with_formulas else []
        if not rows and not formulas:
            continue
        title = clip(sheet.title)
        if formulas and not _any_result(rows, numbers, formulas):
            address = formulas[0][0]
            raise TableError("errors_table.formulas", file=file, sheet=title, n=len(formulas), cell=address)
        others = tuple(clip(other.title) for other in book.worksheets if other is not sheet)
        return Grid(rows, numbers, f"XLSX, sheet {title}", ragged_ok=True, sheet=title, other_sheets=others)
    raise TableError("errors_table.empty", file=file)


def _rows(sheet: Any, file: str, *, percents: bool) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    widest = 0
    # the size that a sheet states of itself is often wrong
    sheet.reset_dimensions()
    # a cell's format is looked up only where percents can be: it takes most of the time
    for number, row in enumerate(sheet.iter_rows(values_only=not percents), start=1):
        if number > _LAST_ROW:
            # no spreadsheet has such a row: a file that names one would be padded up to it
            raise TableError("errors_table.too_long", file=file, limit=_LAST_ROW)
        if not row:
            continue
        cells = [_formatted_text(cell) for cell in row] if percents else [_text(value) for value in row]
        if not any(cells):
            continue
        if len(cells) > MAX_COLUMNS:
            raise TableError("errors_table.too_wide", file=file, n=len(cells), limit=MAX_COLUMNS)
        rows.append(cells)
        numbers.append(number)
        # short rows will be filled up to the widest
        widest = max(widest, len(cells))
        if len(rows) > MAX_ROWS or len(rows) * widest > MAX_CELLS:
            raise TableError("errors_table.too_long", file=file, limit=MAX_ROWS)
    return rows, numbers


def _formatted_text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and "%" in (cell.number_format or ""):
        return f"{round(value * 100, 9)!r}%"
    return _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return cell_text(value)


def _has_percents(data: bytes) -> bool:
    """Whether any cell style shows percents: 0.88 is then written, and meant, as 88 %."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml") if "xl/styles.xml" in archive.namelist() else b""
    return b"%" in styles or re.search(rb'numFmtId="(9|10)"', styles) is not None


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(part) for part in sheets)


def _formulas(data: bytes, position: int) -> list[tuple[str, int, int]]:
    """Cells of one sheet that hold a formula: address, row, column (from 0)."""
    import openpyxl

    sheet = openpyxl.load_workbook(BytesIO(data), read_only=True).worksheets[position]
    sheet.reset_dimensions()
    return list(_formula_cells(sheet))


def _formula_cells(sheet: Any) -> Iterator[tuple[str, int, int]]:
    for row in sheet.iter_rows():
        for cell in row:
            if getattr(cell, "data_type", "") == "f":
                yield cell.coordinate, cell.row, cell.column - 1


def _any_result(rows: list[list[str]], numbers: list[int], formulas: list[tuple[str, int, int]]) -> bool:
    """Whether any formula's result is stored: one is enough, since a formula may well result in nothing."""
    by_number = dict(zip(numbers, rows, strict=True))
    return any("".join(by_number.get(number, [])[column : column + 1]) for _, number, column in formulas)
