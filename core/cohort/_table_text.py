"""Text tables: from bytes to rows of cells, whatever the encoding and the delimiter."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from dataclasses import dataclass
from io import StringIO

from core.errors import TableError

MAX_COLUMNS = 5_000
MAX_ROWS = 2_000_000
MAX_CELLS = 20_000_000
_SAMPLE = 1 << 18
# of every second byte: the least that is zero in a table in UTF-16, and what may be zero in the other places
_ZERO_SHARE = 0.1
_STRAY_SHARE = 0.5
_AS_TEXT = re.compile(r'^\s*="([^"]*)"\s*$')
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_BOMS = {
    b"\xef\xbb\xbf": ("utf-8-sig", "UTF-8"),
    b"\xff\xfe": ("utf-16", "UTF-16"),
    b"\xfe\xff": ("utf-16", "UTF-16"),
}


@dataclass(frozen=True)
class Grid:
    """Rows of cells as they stand in a file, blank rows gone, with their row numbers there.

    ``ragged_ok`` says that short rows end in empty cells (a workbook) instead of being a mistake (text).
    """

    rows: list[list[str]]
    numbers: list[int]
    format: str
    ragged_ok: bool = False
    semicolon: bool = False
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def read_text(data: bytes, file: str) -> Grid:
    """Rows of a text table.

    Raises
    ------
    TableError
        NUL bytes, an encoding that is not UTF-8, UTF-16 or GB18030, open quotes, too many columns or rows.
    """
    text, encoding = decode(data, file)
    text, told = _told_delimiter(text)
    first_line = re.match(r"[^\r\n]*", text)
    widest = max((first_line.group().count(mark) for mark in _DELIMITERS), default=0) if first_line else 0
    if widest >= MAX_COLUMNS:
        raise TableError("errors_table.too_wide", file=file, n=widest + 1, limit=MAX_COLUMNS)
    delimiter = told or sniff_delimiter(text)
    rows, numbers = _rows(text, delimiter, file, first_row=2 if told else 1)
    described = f"CSV, {encoding}, {_DELIMITERS.get(delimiter, delimiter)}"
    return Grid(rows, numbers, described, semicolon=delimiter == ";")


def cell_text(value: object) -> str:
    """Write one typed value (of a workbook or Parquet file) as a text table would hold it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def decode(data: bytes, file: str) -> tuple[str, str]:
    """Text and the encoding's name for people."""
    for bom, (codec, label) in _BOMS.items():
        if data.startswith(bom):
            return _strictly(data, codec, file), label
    if b"\x00" in data:
        unmarked = _unmarked_utf16(data)
        if unmarked:
            return unmarked, "UTF-16"
        raise TableError(
            "errors_table.nul_bytes", file=file, row=data.count(b"\n", 0, data.index(b"\x00")) + 1
        )
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise TableError("errors_table.encoding", file=file, row=row) from error
    if not _is_chinese(text):
        raise TableError("errors_table.encoding", file=file, row=row)
    return text, "GB18030"


def _unmarked_utf16(data: bytes) -> str:
    """Text in UTF-16 without the mark in front, empty for anything else.

    Digits, commas and ends of lines have a zero byte in every second place, always the same one; Chinese has none.
    """
    zeros = [data[place::2].count(0) for place in (0, 1)]
    codec = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    if len(data) % 2 or max(zeros) < _ZERO_SHARE * len(data) / 2 or min(zeros) > _STRAY_SHARE * max(zeros):
        return ""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return ""
    odd = any(not char.isprintable() and not char.isspace() for char in set(text))
    return "" if odd or not _is_chinese(text) else text


def sniff_delimiter(text: str) -> str:
    """Return the delimiter under which most rows are as wide as the header; of equals the wider."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE and "\n" in sample:
        sample = sample[: sample.rindex("\n") + 1]
    best, best_score = ",", (0.0, 0)
    for mark in _DELIMITERS:
        widths = _widths(sample, mark)
        if not widths or max(widths) < 2:
            continue
        usual, n = Counter(widths).most_common(1)[0]
        if usual < 2:
            continue
        score = (n / len(widths) + 0.5 * (widths[0] == usual), usual)
        if score > best_score:
            best, best_score = mark, score
    return best


def _widths(sample: str, mark: str) -> list[int]:
    widths = []
    try:
        for row in csv.reader(StringIO(sample, newline=""), delimiter=mark):
            if any(cell.strip() for cell in row):
                widths.append(len(row))
            if len(widths) == 200:
                break
    except csv.Error:
        return widths
    return widths


def _rows(text: str, delimiter: str, file: str, *, first_row: int) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    started = n_cells = 0
    # ="007", as hospital systems write what a spreadsheet must not turn into a number
    kept_as_text = '="' in text
    try:
        for row in reader:
            number, started = started + first_row, reader.line_num
            if not row or not any(cell and not cell.isspace() for cell in row):
                continue
            rows.append([_AS_TEXT.sub(r"\1", cell) for cell in row] if kept_as_text else row)
            numbers.append(number)
            n_cells += len(row)
            if len(rows) > MAX_ROWS or n_cells > MAX_CELLS:
                raise TableError("errors_table.too_long", file=file, limit=MAX_ROWS)
    except csv.Error as error:
        raise TableError("errors_table.quotes", file=file, row=started + first_row) from error
    return rows, numbers


def _told_delimiter(text: str) -> tuple[str, str]:
    """Excel's own hint, a first line ``sep=;``."""
    hint = re.match(r"\"?sep=(.)\"?[^\S\r\n]*\r?\n", text)
    return (text[hint.end() :], hint.group(1)) if hint else (text, "")


def _strictly(data: bytes, codec: str, file: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        raise TableError(
            "errors_table.encoding", file=file, row=data.count(b"\n", 0, error.start) + 1
        ) from error
    if "\x00" in text:
        raise TableError("errors_table.nul_bytes", file=file, row=text.count("\n", 0, text.index("\x00")) + 1)
    return text


def _is_chinese(text: str) -> bool:
    """Whether people wrote it: GB18030 makes characters of nearly any bytes, people use the common ones."""
    foreign = Counter(re.sub(r"[\x00-\x7f]+", "", text))
    common = sum(n for char, n in foreign.items() if _is_common(char))
    return common >= 0.9 * foreign.total()


def _is_common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return char in "µ²³·×°–—…≤≥℃"
    return True
