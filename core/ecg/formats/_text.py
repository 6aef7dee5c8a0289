"""Numbers as text: CSV, TSV and what else spreadsheets and scripts write, leads down or across."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._leads import lead_of
from core.ecg.formats._limits import MAX_CHANNELS
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._text_layout import Layout, find_layout, numeric_cells
from core.ecg.formats._text_remarks import rate_in, unit_in
from core.ecg.formats._text_time import is_counter, is_time_label, rate_of_times
from core.ecg.formats._units import split_unit
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._upload import Upload

_LONGEST_REMARK = 300
MAX_TEXT_BYTES = 80 * 1024 * 1024
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def read_text(upload: Upload) -> Raw:
    """Read a table of samples; rate and unit from a time column, the header or remarks, if they say it.

    Raises
    ------
    RecordingError
        There is no table of numbers in it, or a cell is no number.
    """
    lines = [line.strip() for line in _LINE_BREAK.split(decode_text(upload.data, upload.file))]
    layout = find_layout(lines, upload.file)
    remarks = "\n".join(remark[:_LONGEST_REMARK] for remark in layout.remarks)
    unit, rate = unit_in(remarks), rate_in(remarks)
    if layout.across:
        return Raw("csv", tuple(_across(lines, layout, upload.file, unit)), rate)
    table = _numbers(lines, layout, upload.file)
    if not layout.header and table.shape[0] < table.shape[1] and table.shape[0] <= MAX_CHANNELS:
        table = table.T
    if not 1 < table.shape[1] <= MAX_CHANNELS:
        found = " × ".join(map(str, table.shape))
        raise RecordingError("errors_recording.shape", file=upload.file, found=found)
    labels = layout.header or [""] * table.shape[1]
    columns = list(zip(labels, table.T, strict=True))
    times = [(label, column) for label, column in columns if _counts(label, column)][:1]
    timed_rate, assumptions = rate_of_times(*times[0]) if times else (None, ())
    leads = [(label, column) for label, column in columns if not _counts(label, column)]
    channels = [_channel(label, column, unit) for label, column in leads]
    return Raw("csv", tuple(channels), timed_rate or rate, assumptions)


def decode_text(data: bytes, file: str) -> str:
    """Text by its mark, as UTF-8, or as GB18030.

    Raises
    ------
    RecordingError
        It is too long, or no text.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise RecordingError(
            "errors_recording.too_large", file=file, megabytes=len(data) >> 20, limit=MAX_TEXT_BYTES >> 20
        )
    marked = next((name for mark, name in _BOMS.items() if data.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.lstrip("\ufeff")
    raise RecordingError("errors_recording.unknown", file=file)


def _across(lines: list[str], layout: Layout, file: str, unit: str | None) -> list[Channel]:
    """One lead a line: its name, then its samples."""
    channels = []
    for number in layout.rows:
        cells = layout.cells(lines[number])
        if is_time_label(cells[0]):
            continue
        label, own = split_unit(cells[0])
        values = numeric_cells(
            cells[1:], number + 1, file, decimal_comma=layout.decimal_comma, first_column=2
        )
        channels.append(Channel(label, np.asarray(values), own or unit))
    return channels


def _numbers(lines: list[str], layout: Layout, file: str) -> NDArray[np.float64]:
    """All rows as an array; the quick way, or cell by cell where that fails."""
    rows = [lines[number] for number in layout.rows]
    delimiter = None if layout.delimiter == " " else layout.delimiter
    quick = [row.replace(",", ".") for row in rows] if layout.decimal_comma else rows
    try:
        return np.loadtxt(quick, delimiter=delimiter, dtype=np.float64, ndmin=2, comments=None)
    except ValueError:
        pass
    width = len(layout.header) or len(layout.cells(rows[0]))
    table = np.full((len(rows), width), np.nan)
    for at, (number, row) in enumerate(zip(layout.rows, rows, strict=True)):
        cells = layout.cells(row)
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            raise RecordingError(
                "errors_recording.ragged", file=file, row=number + 1, expected=width, found=len(cells)
            )
        table[at] = numeric_cells(cells, number + 1, file, decimal_comma=layout.decimal_comma)
    return table


def _counts(label: str, column: NDArray[np.float64]) -> bool:
    """Whether a column counts time or samples."""
    if label and lead_of(split_unit(label)[0]):
        return False
    return is_time_label(label) if label else is_counter(column)


def _channel(label: str, column: NDArray[np.float64], unit: str | None) -> Channel:
    name, own = split_unit(label)
    return Channel(name, np.ascontiguousarray(column), own or unit)
