"""How a text table is laid out: what parts its cells, where its numbers start, and whether leads run across."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from core.ecg.formats._leads import lead_of
from core.ecg.formats._units import split_unit
from core.ecg.formats._upload import shown
from core.errors import RecordingError

_DELIMITERS = ("\t", ";", "|", ",", " ")
_REMARK = re.compile(r"^(#|%|//)")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_EMPTY = {"", "na", "nan", "n/a", "null", "none", "-", "--", "#n/a"}
_LOOKED_AT = 200
_MOST_LEADS_ACROSS = 64


@dataclass(frozen=True)
class Layout:
    """Where things are in a text table.

    Attributes
    ----------
    header
        Names of the columns, empty if there are none.
    rows
        Numbers of the lines that hold samples, from 0.
    remarks
        Lines that hold neither.
    across
        Whether each line is a lead: its name, then its samples.
    """

    delimiter: str
    decimal_comma: bool
    rows: list[int]
    header: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    across: bool = False

    def cells(self, line: str) -> list[str]:
        """Cells of one line, without quotes."""
        return split_cells(line, self.delimiter)


def split_cells(line: str, delimiter: str) -> list[str]:
    """Cells of one line, without quotes and surrounding white space."""
    cells = line.split() if delimiter == " " else line.split(delimiter)
    return [cell.strip().strip("\"'").strip() for cell in cells]


def find_layout(lines: list[str], file: str) -> Layout:
    """Find out how a text is laid out.

    Raises
    ------
    RecordingError
        No lines of numbers are found.
    """
    filled = [number for number, line in enumerate(lines) if line and not _REMARK.match(line)]
    remarks = [line for line in lines[: filled[0] if filled else None] if line]
    remarks += [line for line in lines[filled[0] :][:_LOOKED_AT] if _REMARK.match(line)] if filled else []
    for delimiter in _DELIMITERS:
        layout = _try(lines, filled, delimiter, remarks)
        if layout is not None:
            return layout
    first = next((lines[number] for number in filled), "")
    raise RecordingError("errors_recording.no_numbers", file=file, found=shown(first, 40) or "–")


def numeric_cells(
    cells: list[str],
    row: int,
    file: str,
    *,
    decimal_comma: bool,
    first_column: int = 1,
) -> list[float]:
    """Cells as numbers, empty ones as NaN.

    Raises
    ------
    RecordingError
        A cell is something else.
    """
    values = []
    for column, cell in enumerate(cells, first_column):
        if cell.lower() in _EMPTY:
            values.append(math.nan)
            continue
        try:
            values.append(float(cell.replace(",", ".") if decimal_comma else cell))
        except ValueError as error:
            raise RecordingError(
                "errors_recording.cell", file=file, row=row, column=column, found=shown(cell, 30)
            ) from error
    return values


def _try(lines: list[str], filled: list[int], delimiter: str, remarks: list[str]) -> Layout | None:
    """Layout under one delimiter, ``None`` if the lines do not look like a table then."""
    looked_at = filled[:_LOOKED_AT]
    cells = {number: split_cells(lines[number], delimiter) for number in looked_at}
    comma = delimiter != ","
    if across := _rows_across(cells, comma=comma):
        if len(filled) <= _LOOKED_AT:
            head = [lines[number] for number in looked_at if number < across[0]]
            return Layout(delimiter, comma, across, remarks=remarks + head, across=True)
        return None
    start = next((number for number in looked_at if _is_numeric(cells[number], comma=comma)), None)
    if start is None:
        return None
    before = [number for number in looked_at if number < start]
    header = cells[before[-1]] if before and _fits(cells[before[-1]], cells[start]) else []
    if not header and _only_counts(cells[start]):
        before, header, start = [*before, start], cells[start], start + 1
    head = [lines[number] for number in (before[:-1] if header else before)]
    rows = [number for number in filled if number >= start]
    if header and len(header) > len(cells[start]) and not header[-1]:
        header = header[: len(cells[start])]
    return Layout(delimiter, comma, rows, header, remarks + head + ([" ".join(header)] if header else []))


def _rows_across(cells: dict[int, list[str]], *, comma: bool) -> list[int]:
    rows = [
        number
        for number, row in cells.items()
        if len(row) > _MOST_LEADS_ACROSS
        and not _NUMBER.fullmatch(row[0])
        and row[0]
        and _is_numeric(row[1:], comma=comma)
    ]
    named = [number for number in rows if lead_of(split_unit(cells[number][0])[0])]
    return rows if len(named) > 1 else []


def _is_numeric(cells: list[str], *, comma: bool) -> bool:
    cells = _without_empty_end(cells)
    known = [cell for cell in cells[:1000] if cell.lower() not in _EMPTY]
    plain = all(_NUMBER.fullmatch(cell) and (comma or "," not in cell) for cell in known)
    return len(cells) > 1 and 2 * len(known) >= len(cells[:1000]) and plain


def _only_counts(cells: list[str]) -> bool:
    """Whether a row numbers the columns, as tables written without names begin."""
    filled = [cell for cell in cells if cell]
    return len(filled) >= 8 and filled in ([str(i + first) for i in range(len(filled))] for first in (0, 1))


def _fits(header: list[str], row: list[str]) -> bool:
    header = _without_empty_end(header)
    width = len(row) - sum(1 for cell in row[-1:] if not cell)
    return width <= len(header) <= len(row) and any(re.search(r"[^\W\d]", cell) for cell in header)


def _without_empty_end(cells: list[str]) -> list[str]:
    last = next((at for at in range(len(cells), 0, -1) if cells[at - 1]), 0)
    return cells[:last]
