"""The raw table: header found, every cell still text, every row with its number in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._cells import clip, numbers, tidy, uses_decimal_comma
from core.cohort._table_bytes import load, recognise
from core.cohort._table_parquet import read_parquet
from core.cohort._table_rows import headers_of_two_rows, without_summary
from core.cohort._table_text import MAX_COLUMNS, Grid, read_text
from core.cohort._table_workbook import read_workbook
from core.cohort.columns import Note
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

_READERS = {"xlsx": read_workbook, "parquet": read_parquet, "text": read_text}
_TITLE_ROWS = 25
_HEADER_SHARE = 0.6


@dataclass(frozen=True)
class Cells:
    """A table before anything is understood.

    Attributes
    ----------
    frame
        Text as written, one column a header (unique, trimmed); an empty cell is ``""``.
    numbers
        Row number in the file of each row.
    file, format
        Its name and form, for people.
    decimal_comma
        Whether numbers are written 5,6.
    notes
        What finding the header brought up.
    """

    frame: pd.DataFrame
    numbers: tuple[int, ...]
    file: str
    format: str
    decimal_comma: bool
    notes: tuple[Note, ...] = ()

    def rows(self, positions: list[int]) -> list[int]:
        """Row numbers in the file of rows of the frame."""
        return [self.numbers[position] for position in positions]


def load_cells(source: Path | bytes, name: str = "") -> Cells:
    """Read any table into text cells with the header found.

    Parameters
    ----------
    source
        Path, or the content itself (an upload).
    name
        What messages call the file; a path's own name by default.

    Raises
    ------
    TableError
        It is no table, damaged, too large, ragged, without a header or without rows.
    """
    data, file = load(source, name)
    grid = _READERS[recognise(data, file)](data, file)
    if not grid.rows:
        raise TableError("errors_table.empty", file=file)
    top = _header_position(grid)
    names = [" ".join(cell.split()) for cell in grid.rows[top]]
    if len(names) > MAX_COLUMNS:
        raise TableError("errors_table.too_wide", file=file, n=len(names), limit=MAX_COLUMNS)
    _refuse_data_as_header(names, grid.numbers[top], file)
    names, bottom, completed = headers_of_two_rows(grid, top, names, file)
    n_below, below = without_summary(grid, bottom + 1, file)
    last = len(grid.rows) - n_below
    body = _body(grid, bottom, last, names, file)
    headers, renamed = _headers(names, body)
    columns = zip(*body, strict=True)
    frame = pd.DataFrame(
        {
            header: pd.Series(column, dtype="str")
            for header, column in zip(headers, columns, strict=True)
            if header
        }
    )
    comma = uses_decimal_comma(frame, semicolon=grid.semicolon)
    notes = (*_notes_on(grid, top), *completed, *renamed, *below)
    return Cells(frame, tuple(grid.numbers[bottom + 1 : last]), file, grid.format, comma, notes)


def _header_position(grid: Grid) -> int:
    """Position of the first row that is about as full as the fullest: titles above it fill a cell or two."""
    filled = [sum(1 for cell in row if cell.strip()) for row in grid.rows[:_TITLE_ROWS]]
    return next(i for i, n in enumerate(filled) if n >= max(1, _HEADER_SHARE * max(filled)))


def _refuse_data_as_header(names: list[str], row: int, file: str) -> None:
    filled = [tidy(cell) for cell in names if cell]
    figures = [word for word, value in zip(filled, numbers(filled).values, strict=True) if value == value]  # noqa: PLR0124
    if filled and len(figures) * 2 >= len(filled):
        found = ", ".join(clip(word, 15) for word in filled[:3])
        raise TableError("errors_table.header_is_data", file=file, row=row, found=found)


def _body(grid: Grid, top: int, last: int, names: list[str], file: str) -> list[list[str]]:
    """Rows below the header and before ``last``, all as long as the header."""
    body, width = grid.rows[top + 1 : last], len(names)
    if not body:
        raise TableError("errors_table.no_rows", file=file)
    if grid.ragged_ok:
        width = max(width, *(len(row) for row in body))
        names.extend([""] * (width - len(names)))
        return [row + [""] * (width - len(row)) for row in body]
    for position, row in enumerate(body):
        if len(row) == width:
            continue
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            number = grid.numbers[top + 1 + position]
            raise TableError("errors_table.ragged", file=file, row=number, found=len(row), expected=width)
        body[position] = row[:width]
    return body


def _headers(names: list[str], body: list[list[str]]) -> tuple[list[str], list[Note]]:
    """Make headers unique; one without words is called after its place, or ``""`` if its column is empty."""
    headers: list[str] = []
    notes: list[Note] = []
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for position, name in enumerate(names):
        if not name and not any(row[position].strip() for row in body):
            headers.append("")
            continue
        header = name or f"column {position + 1}"
        if not name:
            notes.append(Note("doubted", header, "reading.header_missing", {"place": position + 1}))
        if header in taken:
            header = _another(header, taken, counts)
            notes.append(Note("doubted", clip(name), "reading.header_twice", {"now": clip(header)}))
        taken.add(header)
        headers.append(header)
    return headers, notes


def _another(header: str, taken: set[str], counts: dict[str, int]) -> str:
    """Next free name; ``counts`` remembers where the search ended, or thousands of equal headers take minutes."""
    count = counts.get(header, 1) + 1
    while f"{header} ({count})" in taken:
        count += 1
    counts[header] = count
    return f"{header} ({count})"


def _notes_on(grid: Grid, top: int) -> list[Note]:
    notes = []
    if top:
        title = next((clip(cell) for row in grid.rows[:top] for cell in row if cell.strip()), "")
        values: dict[str, object] = {"row": grid.numbers[top], "n": top, "title": title}
        notes.append(Note("read", "", "reading.title_rows", values))
    if grid.other_sheets:
        sheets = ", ".join(grid.other_sheets[:5])
        notes.append(Note("doubted", "", "reading.other_sheets", {"sheet": grid.sheet, "others": sheets}))
    return notes
