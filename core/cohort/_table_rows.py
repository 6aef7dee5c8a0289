"""Rows of a table that are no patient's: a second row of headers, units, sums and remarks below the patients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.cohort._cells import clip, is_empty, looks_like_unit, numbers, tidy
from core.cohort._matching import split_header
from core.cohort.columns import Note

if TYPE_CHECKING:
    from core.cohort._table_text import Grid

_UNIT_WORDS = {"", "单位", "unit", "units"}
_FEWEST_UNITS = 2
_MOST_BELOW = 20
_SUMMARY = re.compile(
    r"((合计|总计|小计|共计|汇总|平均|平均值|平均数|均值|均数|标准差|中位数|最大值|最小值|备注|说明)([\s:±(+].*)?"
    r"|注\s*:.*|(totals?|sum|mean|average|avg|sd|std|median|minimum|min|maximum|max|notes?|remarks?)(\s*[:±(+].*)?)",
    re.IGNORECASE,
)
_N_NAMED = 3


def headers_of_two_rows(
    grid: Grid, top: int, names: list[str], file: str
) -> tuple[list[str], int, list[Note]]:
    """Complete headers from the row above or below where cells were merged, and with a row of units.

    Parameters
    ----------
    top
        Place of the row of headers.
    names, file
        Its cells, and what messages call the file.

    Returns
    -------
    names, bottom, notes
        The headers; the place of the last row that belongs to them; and what was done.
    """
    names, notes = _from_above(grid, top, names, file)
    bottom = top
    below = _below(grid, bottom)
    if below and _is_second(names, below):
        names = [_cell(below, at) or name for at, name in enumerate(names)]
        bottom += 1
        notes.append(_note("header_second", file=file, row=grid.numbers[bottom]))
    below = _below(grid, bottom)
    if below and _is_units(below):
        names = [_with_unit(name, _cell(below, at)) for at, name in enumerate(names)]
        bottom += 1
        notes.append(_note("unit_row", file=file, row=grid.numbers[bottom]))
    return names, bottom, notes


def without_summary(grid: Grid, first: int, file: str) -> tuple[int, list[Note]]:
    """Return how many rows below the last patient are sums, means or remarks, and a note on them.

    Parameters
    ----------
    first
        Place of the first row below the headers.
    file
        What messages call the file.
    """
    words: list[str] = []
    while len(words) < min(_MOST_BELOW, len(grid.rows) - first - 1):
        word = next((tidy(cell) for cell in grid.rows[-1 - len(words)] if cell.strip()), "")
        if _SUMMARY.fullmatch(word) is None:
            break
        words.append(word)
    if not words:
        return 0, []
    rows = grid.numbers[::-1][: len(words)]
    named = ", ".join(
        f'"{clip(word, 20)}" ({row})' for word, row in zip(words[:_N_NAMED], rows, strict=False)
    )
    values: dict[str, object] = {"file": file, "n": len(words), "examples": named}
    return len(words), [Note("left_out", "", "reading_rows.summary", values)]


def _note(key: str, **values: object) -> Note:
    return Note("read", "", f"reading_rows.{key}", values)


def _from_above(grid: Grid, top: int, names: list[str], file: str) -> tuple[list[str], list[Note]]:
    """A header that was merged with the cell above it stands there; a title alone is no header."""
    above = [" ".join(cell.split()) for cell in grid.rows[top - 1]] if top else []
    if sum(map(bool, above)) < 2:
        return names, []
    filled = [name or _cell(above, at) for at, name in enumerate(names)]
    taken = [new for new, old in zip(filled, names, strict=True) if new != old]
    named = ", ".join(clip(name, 20) for name in taken[:_N_NAMED])
    return filled, [_note("header_above", file=file, n=len(taken), names=named)] if taken else []


def _below(grid: Grid, place: int) -> list[str]:
    """Cells of the row below, empty where no patient's row would be left."""
    if place + 2 >= len(grid.rows):
        return []
    return [" ".join(tidy(cell).split()) for cell in grid.rows[place + 1]]


def _is_second(names: list[str], row: list[str]) -> bool:
    """Whether a row without an identifier or a figure names what headers leave open: parts of merged cells."""
    filled = [at for at, cell in enumerate(row) if cell]
    if _cell(row, 0) or all(_cell(names, at) for at in filled):
        return False
    return all(value != value for value in numbers([row[at] for at in filled]).values)  # noqa: PLR0124


def _is_units(row: list[str]) -> bool:
    """Whether a row holds units alone; a patient's row has an identifier, or a figure."""
    rest = [cell for cell in row[1:] if not is_empty(cell)]
    return (
        _cell(row, 0).casefold() in _UNIT_WORDS
        and len(rest) >= _FEWEST_UNITS
        and all(looks_like_unit(cell) for cell in rest)
    )


def _with_unit(name: str, unit: str) -> str:
    fits = name and not is_empty(unit) and looks_like_unit(unit) and not split_header(name)[1]
    return f"{name} ({unit})" if fits else name


def _cell(row: list[str], at: int) -> str:
    return row[at] if at < len(row) else ""
