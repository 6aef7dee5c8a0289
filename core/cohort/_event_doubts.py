"""Columns of events beside an outcome that does not know of them: patients whose bleeding the outcome calls none."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import numpy as np

from core.cohort._cells import clip
from core.cohort._event_columns import event_role, is_doubtful, read_event
from core.cohort.class_words import read_classes
from core.cohort.columns import Note
from core.cohort.variables import header_key, label_words
from core.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import ColumnMapping

# what an outcome may say of a patient who died, or bled: death comes first
_FITTING = {"death": ("death",), "major_bleeding": ("death", "bleeding")}


def event_doubts(
    table: Cells, outcome: str, headers: list[str], mapping: ColumnMapping | None
) -> tuple[Note, ...]:
    """Return a note on each column of events that says yes where the outcome says something else.

    Parameters
    ----------
    outcome
        Header of the outcome.
    headers
        Columns of the table that a person did not leave out.
    """
    words = mapping.words.get("outcome") if mapping else None
    classes = read_classes(table.frame[outcome], "outcome", outcome, table.file, words).classes
    notes = []
    for header in headers:
        role = event_role(header) or ("major_bleeding" if is_doubtful(header) else "")
        if not role or header == outcome:
            continue
        happened = _happened(table, header, role)
        n = int((classes.notna() & ~classes.isin(_FITTING[role]) & happened).sum())
        if n:
            values: dict[str, object] = {
                "file": table.file,
                "outcome": clip(outcome),
                "events": clip(header),
                "n": f"{n:,}",
                "of": f"{int(happened.sum()):,}",
            }
            notes.append(Note("doubted", "", f"events.beside_{role}", values))
    return tuple(notes)


def _happened(table: Cells, header: str, role: str) -> NDArray[np.bool_]:
    """Whether a column says in so many words that the event was; a plain yes counts where the header is clear too."""
    words = label_words()["event_words"][role]
    said: NDArray[np.bool_] = np.array(
        [header_key(cell) in words for cell in table.frame[header]], dtype=bool
    )
    if event_role(header):
        # another column than one of yes and no is compared by its words alone
        with contextlib.suppress(TableError):
            said |= read_event(table, header, role) == 1
    return said
