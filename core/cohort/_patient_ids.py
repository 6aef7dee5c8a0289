"""Who is in which row: the identifier's column, and the labels table that shares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import clip, distinct, examples
from core.cohort._matching import match_header
from core.cohort.variables import header_key, word_list
from core.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from core.cohort._table_cells import Cells

_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_N_SHOWN = 3
_NEARLY_ALL = 0.95
_FEWEST_IDS = 3


def id_header(headers: list[str]) -> str | None:
    """Header of the best identifier there is, None without any."""
    return _first_of(headers, "patient_id_headers")


def file_header(headers: list[str]) -> str | None:
    """Header of the column that names recordings, None without any."""
    return _first_of(headers, "recording_file_headers")


def _first_of(headers: list[str], listed: str) -> str | None:
    by_key: dict[str, str] = {}
    for header in headers:
        by_key.setdefault(header_key(header), header)
    return next((by_key[key] for key in word_list(listed) if key in by_key), None)


def patient_ids(table: Cells, header: str, *, repeats: bool = False) -> pd.Index[str]:
    """Return the identifiers as text, one a row.

    Parameters
    ----------
    repeats
        Whether one may stand in several rows.

    Raises
    ------
    TableError
        Some are empty, doubled, or were shortened by a spreadsheet (``1.23E+11``).
    """
    cells = distinct(table.frame[header])
    shown = clip(header)
    empty = np.flatnonzero(cells.codes < 0)
    if empty.size:
        rows = ", ".join(str(row) for row in table.rows(empty[:_N_SHOWN].tolist()))
        raise TableError("errors_table.id_empty", file=table.file, column=shown, n=int(empty.size), rows=rows)
    words = cells.words
    if all(re.fullmatch(r"\d+\.0", word) for word in words):
        words = [word.removesuffix(".0") for word in words]
    ids: pd.Index[str] = pd.Index(np.array(words, dtype=object)[cells.codes], dtype="str", name="patient_id")
    for position, word in enumerate(words):
        if _SHORTENED.fullmatch(word):
            row = table.rows([int(np.flatnonzero(cells.codes == position)[0])])[0]
            raise TableError(
                "errors_table.id_shortened", file=table.file, column=shown, id=clip(word), row=row
            )
    twice = np.flatnonzero(ids.duplicated())
    if twice.size and not repeats:
        first = twice[:_N_SHOWN].tolist()
        found = examples([ids[position] for position in first], table.rows(first))
        key = "errors_table.id_twice"
        raise TableError(key, file=table.file, column=shown, n=int(twice.size), examples=found)
    return ids


def matching_columns(
    table: Cells, headers: list[str], ids: Collection[str], written: Callable[[str], str] = str
) -> dict[str, tuple[int, int]]:
    """Return the columns whose cells are identifiers from elsewhere: none empty or doubled, nearly all found there.

    A column that the catalogue knows, an age, is none, whatever it holds.

    Parameters
    ----------
    ids
        The identifiers, of another table or of files.
    written
        Writes a cell as ``ids`` are written.

    Returns
    -------
    dict
        Header to the number of its cells and to how many of them were found.
    """
    found = {}
    for header in headers:
        cells = distinct(table.frame[header])
        n = len(cells.codes)
        if n < _FEWEST_IDS or len(cells.words) < n or match_header(header).variable is not None:
            continue
        words = cells.words
        if all(re.fullmatch(r"\d+\.0", word) for word in words):
            words = [word.removesuffix(".0") for word in words]
        known = sum(written(word) in ids for word in words)
        if known >= _NEARLY_ALL * n:
            found[header] = (n, known)
    return found
