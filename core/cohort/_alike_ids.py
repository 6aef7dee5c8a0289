"""Identifiers that differ in case or spaces only: ``p001`` and ``P001`` are one person until a table says otherwise.

Their rows stay apart, as some hospitals do tell identifiers apart by case; but training and test part never share such
a person. Between files, an identifier without a counterpart takes the spelling of the only one that is alike.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from core.cohort._cells import clip
from core.cohort.columns import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

_N_SHOWN = 3
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def id_key(word: str) -> str:
    """Return what identifiers are compared by: one case, one width, one dash, no spaces.

    Examples
    --------
    >>> id_key("p 001") == id_key("Ｐ００１")
    True
    """
    folded = unicodedata.normalize("NFKC", word).translate(_DASHES).casefold()
    return "".join(char for char in folded if not char.isspace() and char != "\u200b")


def one_person(ids: pd.Series) -> pd.Series:
    """Return persons with one spelling each, the first; unchanged where no two are alike."""
    first: dict[str, str] = {}
    spelling = {word: first.setdefault(id_key(str(word)), word) for word in ids.unique()}
    return ids if len(first) == len(spelling) else ids.map(spelling).astype(ids.dtype)


def alike_note(ids: Iterable[str], file: str, column: str) -> tuple[Note, ...]:
    """Return a note on identifiers that are alike but not the same; none without such."""
    by_key: dict[str, list[str]] = {}
    for word in dict.fromkeys(ids):
        by_key.setdefault(id_key(word), []).append(word)
    groups = [words for words in by_key.values() if len(words) > 1]
    if not groups:
        return ()
    shown = "; ".join(" / ".join(clip(word, 20) for word in words[:_N_SHOWN]) for words in groups[:_N_SHOWN])
    values: dict[str, object] = {
        "file": file,
        "header": clip(column),
        "n": sum(map(len, groups)),
        "examples": shown,
    }
    return (Note("doubted", "", "reading_ids.alike", values),)


def label_id_notes(labels: pd.DataFrame, file: str, *, said: bool = False) -> tuple[Note, ...]:
    """Return notes on identifiers of a labels table that are alike, and on its persons.

    Parameters
    ----------
    said
        Whether the patients' table has said so of its own identifiers.
    """
    notes = () if said else alike_note(map(str, labels.index), file, "patient_id")
    persons = labels["group"].dropna() if "group" in labels else ()
    return (*notes, *alike_note(map(str, persons), file, "group"))


def respelling(ids: Iterable[str], known: Iterable[str], *, repeats: bool = False) -> dict[str, str]:
    """Return the spelling among ``known`` of each identifier that is not there, where exactly one is alike.

    Parameters
    ----------
    repeats
        Whether several rows may be one patient's: the known spelling may then stand among ``ids`` already.
    """
    there, given = set(known), dict.fromkeys(ids)
    missing = [word for word in given if word not in there]
    if not missing:
        return {}
    by_key: dict[str, list[str]] = {}
    for word in there:
        by_key.setdefault(id_key(word), []).append(word)
    wanted = Counter(map(id_key, missing))
    found = {}
    for word in missing:
        others = by_key.get(id_key(word), [])
        if len(others) == 1 and (repeats or (wanted[id_key(word)] == 1 and others[0] not in given)):
            found[word] = others[0]
    return found


def respelled(
    frame: pd.DataFrame, known: pd.Index, file: str, other: str, *, repeats: bool = False
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Write a frame's identifiers as another file does, where only case or spaces differ.

    Parameters
    ----------
    frame, known, repeats
        What is indexed by identifiers, and those of the other file; see ``respelling``.
    file, other
        Their files, for the note.
    """
    spelling = respelling(map(str, frame.index), map(str, known), repeats=repeats)
    if not spelling:
        return frame, ()
    ids = [spelling.get(word, word) for word in frame.index]
    note = respelling_note(spelling, file, other)
    return frame.set_axis(pd.Index(ids, dtype="str", name=frame.index.name)), (note,)


def respelling_note(spelling: dict[str, str], file: str = "", other: str = "") -> Note:
    """Say which identifiers of a file took another file's spelling; without a file, which recordings are whose."""
    few = list(spelling.items())[:_N_SHOWN]
    shown = ", ".join(f"{clip(word, 30)} → {clip(known, 40)}" for word, known in few)
    values: dict[str, object] = {"n": len(spelling), "examples": shown}
    if file:
        return Note("doubted", "", "reading_ids.respelled", {"file": file, "other": other, **values})
    return Note("doubted", "", "reading_ids.recordings", values)
