"""Patients without a label, and labels without a patient: neither trains nor counts, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort._cells import clip
from core.cohort.columns import Note

if TYPE_CHECKING:
    import pandas as pd

    from core.cohort.columns import NoteKind

_N_SHOWN = 3


def unmatched_notes(labels: pd.Index, patients: pd.Index) -> tuple[Note, ...]:
    """Return a note on the patients that the labels do not name, and one on the labels of nobody in the table."""
    found = (
        _note("left_out", "without_label", patients.unique(), labels),
        _note("left_out", "without_patient", labels.unique(), patients),
    )
    return tuple(note for note in found if note is not None)


def _note(kind: NoteKind, key: str, words: pd.Index, known: pd.Index) -> Note | None:
    alone = words[~words.isin(known)]
    if alone.empty:
        return None
    shown = ", ".join(clip(str(word)) for word in alone[:_N_SHOWN])
    values: dict[str, object] = {"n": len(alone), "of": len(words), "examples": shown}
    return Note(kind, "", f"reading_rows.{key}", values)
