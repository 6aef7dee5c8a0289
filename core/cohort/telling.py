"""What a person should hear of how a cohort was read, before a model is fitted on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.columns import Note

if TYPE_CHECKING:
    from core.cohort.folder import Cohort


def notes_of(cohort: Cohort) -> tuple[Note, ...]:
    """Return what was left out, doubted or converted, and which of the hospital's own columns become predictors.

    How each known column was understood is left to the report of the table.
    """
    if cohort.table is None:
        return cohort.notes
    rest = [note for note in cohort.table.report.notes if note.kind != "read" and note not in cohort.notes]
    own = tuple(column for column in cohort.table.columns if not column.known)
    if own:
        rest.append(Note("read", "", "reading_late.own_used", {"n": len(own), "names": own}))
    return (*cohort.notes, *rest)
