"""What reading one column yields, and the notes that known and own columns share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import NO, YES, Distinct, clip, examples
from core.cohort._digit_groups import join_groups
from core.cohort._graded_words import NEGATIVE, WEAK, grade
from core.cohort.columns import Column, Note, NoteKind
from core.cohort.variables import header_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._table_cells import Cells

_N_EXAMPLES = 3


@dataclass(frozen=True)
class Reading:
    """One column as read: without ``column`` it is not used, and the notes say why."""

    column: Column | None
    values: pd.Series | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Source:
    """One column of a file: its header, its distinct cells, and the table that it stands in."""

    header: str
    cells: Distinct
    table: Cells

    def note(self, kind: NoteKind, key: str, **values: object) -> Note:
        """Return a note on this column; a key without the name of its file stands in ``reading.toml``."""
        return Note(kind, clip(self.header), key if "." in key else f"reading.{key}", values)

    def note_cells(self, kind: NoteKind, key: str, chosen: NDArray[np.bool_], **values: object) -> list[Note]:
        """Return a note on the rows that hold one of the chosen cells; none without such rows."""
        positions = self.cells.rows_of(chosen)
        if positions.size == 0:
            return []
        few = positions[:_N_EXAMPLES].tolist()
        words = [self.cells.words[self.cells.codes[position]] for position in few]
        shown = examples(words, self.table.rows(few))
        return [self.note(kind, key, n=int(positions.size), examples=shown, **values)]


def stray_notes(source: Source, stray: NDArray[np.bool_]) -> list[Note]:
    """Return notes on the cells of a column of numbers that are none, and on thousands set off by a space."""
    groups = join_groups(source.cells.words)
    return [
        *source.note_cells("converted", "reading_cells.grouped", groups.joined & ~stray),
        *source.note_cells("doubted", "stray", stray & ~groups.open),
        *open_groups(source),
    ]


def open_groups(source: Source) -> list[Note]:
    """Return a note on the cells that may be one number or two."""
    return source.note_cells("doubted", "reading_cells.groups_open", join_groups(source.cells.words).open)


def plain_code(word: str) -> str:
    """Return a whole number without its decimals (``2.0`` is the code 2), any other word as it is."""
    try:
        value = float(word)
    except ValueError:
        return word
    return str(int(value)) if value.is_integer() and abs(value) < 100 else word


def yes_or_no(
    words: list[str], levels: tuple[str, ...] = (), codes: dict[str, str] | None = None
) -> NDArray[np.float64]:
    """Return 1 for yes, 0 for no, else NaN; ``levels`` are more words for 0 and 1, ``codes`` the header's."""
    keys = [level.casefold() for level in levels]
    values = np.full(len(words), np.nan)
    for i, written in enumerate(words):
        plain = plain_code(written)
        word = (codes or {}).get(plain, plain).casefold()
        if word in keys:
            values[i] = keys.index(word)
        elif word in YES:
            values[i] = 1.0
        elif word in NO:
            values[i] = 0.0
        elif (found := grade(word)) not in (None, WEAK):
            values[i] = float(found != NEGATIVE)
    return values


def levels_of(
    words: list[str], meanings: dict[str, str], codes: dict[str, str] | None = None
) -> list[str | None]:
    """Return the level of each word by ``meanings`` (``header_key`` of words to levels), None without one."""
    return [meanings.get(header_key((codes or {}).get(plain_code(word), word))) for word in words]


def text_series(cells: Distinct, levels: list[str | None]) -> pd.Series:
    """One level a row, as text with gaps."""
    table = np.array([*levels, None], dtype=object)
    return pd.Series(table[cells.codes], dtype="str")
