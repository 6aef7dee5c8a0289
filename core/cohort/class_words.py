"""Words of a labels column: which class each of them means, by the reader's vocabulary or by a person's word."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from core.cohort._cells import clip, is_empty, tidy, uses_plus
from core.cohort._matching import legend
from core.cohort._reading import plain_code, yes_or_no
from core.cohort.classes import CLASSES
from core.cohort.units import header_key
from core.cohort.variables import label_words
from core.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    Words = Mapping[str, Mapping[str, str]]

UNKNOWN: Final = "unknown"
CLASSES_OF: Final = {"pe": CLASSES["diagnosis"], "outcome": CLASSES["outcome"]}
"""Classes of the columns of a labels table, in their order."""
MEANINGS: Final = {role: (*classes, UNKNOWN) for role, classes in CLASSES_OF.items()}
"""What a word can mean, by the column that it stands in; ``unknown`` leaves the patient without a label."""
MOST_WORDS: Final = 40
"""Words that one may be asked about; a column with more of them is no label."""
_N_NAMED = 6
_ASKED = "?"


@dataclass(frozen=True)
class ClassWord:
    """One word of a labels column.

    Attributes
    ----------
    word
        As the file writes it most often.
    n
        Rows that hold it.
    now
        One of ``MEANINGS``; empty where nobody said what it means.
    suggestion
        What the reader would suggest for a word that it does not know; empty where it has nothing to suggest.
    chosen
        Whether a person said what it means.
    """

    word: str
    n: int
    now: str
    suggestion: str = ""
    chosen: bool = False


@dataclass(frozen=True)
class ClassesRead:
    """A labels column as read.

    Attributes
    ----------
    role
        ``pe`` or ``outcome``.
    classes
        Class of each row as text, missing where the cell is empty or means ``unknown``.
    words
        The most frequent first.
    """

    role: str
    header: str
    file: str
    classes: pd.Series
    words: tuple[ClassWord, ...]

    @property
    def open_words(self) -> tuple[ClassWord, ...]:
        """Words of which nobody said what they mean."""
        return tuple(word for word in self.words if not word.now)

    def refuse_open(self) -> None:
        """Raise a ``TableError`` that names the words nobody knows, their rows, and what to do."""
        left = self.open_words
        if len(left) > MOST_WORDS:
            raise TableError("errors_labels.too_many", file=self.file, column=clip(self.header), n=len(left))
        if left:
            named = ", ".join(f"“{clip(one.word, 20)}” ({one.n:,})" for one in left[:_N_NAMED])
            raise TableError(
                f"errors_labels.{self.role}",
                file=self.file,
                column=clip(self.header),
                n=len(left),
                words=named + (" …" if len(left) > _N_NAMED else ""),
                example=clip(left[0].word, 20),
            )


def word_key(word: str) -> str:
    """Return what a word is compared by: a header's key, or the signs themselves where it has no letters.

    A question mark stays: a word that asks says something else than the same word without it.

    Examples
    --------
    >>> word_key("Expired ") == word_key("EXPIRED"), word_key("1.0") == word_key("1"), word_key("+")
    (True, True, '+')
    >>> word_key("alive?") == word_key("alive")
    False
    """
    plain = plain_code(tidy(word))
    return header_key(plain) + ("?" if _ASKED in plain else "") if header_key(plain) else plain.casefold()


def read_classes(
    column: pd.Series, role: str, header: str, file: str, chosen: Mapping[str, str] | None = None
) -> ClassesRead:
    """Read the words of a labels column.

    Parameters
    ----------
    column
        Cells as text.
    role
        ``pe`` or ``outcome``.
    header, file
        What the column and its file are called; a legend in the header, ``outcome (0=none, 1=death)``, is followed.
    chosen
        A person's word: word to one of ``MEANINGS[role]``. It comes before the vocabulary.

    Returns
    -------
    ClassesRead
        Nothing is guessed: a word that neither knows has no class and stands among ``open_words``.
    """
    said = {word_key(word): meaning for word, meaning in (chosen or {}).items()}
    codes = legend(header)[1]
    places, raw = pd.factorize(column.to_numpy(dtype=object))
    cells = [tidy(str(cell)) for cell in raw]
    meanings, own = [], []
    signs = uses_plus(cells)
    # 1 beside 2 may be yes or no
    unclear = _other_codes(cells) if role == "pe" and not codes else set()
    for cell in cells:
        words = (cell, codes.get(plain_code(cell), cell))
        person = next((said[key] for key in map(word_key, words) if key in said), "")
        own.append(bool(person))
        blank = is_empty(words[1]) and not (signs and cell == "-")
        known = "" if plain_code(cell) in unclear else _known(words[1], role)
        meanings.append(person or known or (None if blank else ""))
    table = np.array([meaning if meaning in CLASSES_OF[role] else None for meaning in meanings], dtype=object)
    counts = np.bincount(places, minlength=len(cells))
    found = pd.Series(table[places], index=column.index, dtype="str")
    return ClassesRead(role, header, file, found, _listed(cells, counts.tolist(), meanings, own, role))


def _listed(
    cells: list[str], counts: list[int], meanings: list[str | None], own: list[bool], role: str
) -> tuple[ClassWord, ...]:
    """One entry for all spellings of a word; cells that say nothing are none, unless a person gave them a meaning."""
    groups: dict[str, list[int]] = {}
    for place, (cell, meaning) in enumerate(zip(cells, meanings, strict=True)):
        if meaning is not None:
            groups.setdefault(word_key(cell), []).append(place)
    words = []
    for key, places in groups.items():
        usual = max(places, key=lambda place: counts[place])
        words.append(
            ClassWord(
                cells[usual],
                sum(counts[place] for place in places),
                meanings[usual] or "",
                _doubtful(role).get(key, "") if not meanings[usual] else "",
                own[usual],
            )
        )
    return tuple(sorted(words, key=lambda one: -one.n))


def _other_codes(cells: list[str]) -> set[str]:
    """Return the codes of a column that has others than 0 and 1, all of them; nothing for any other column."""
    found = {plain_code(cell) for cell in cells if plain_code(cell).isdigit()}
    return found if found - {"0", "1"} else set()


def _known(word: str, role: str) -> str:
    """Class that the reader's vocabulary knows for a word, empty for another."""
    found = _vocabulary(role).get(word_key(word), "")
    if found or role != "pe":
        return found
    coded = yes_or_no([word])[0]
    return "" if np.isnan(coded) else MEANINGS["pe"][int(coded)]


@functools.cache
def _vocabulary(role: str) -> dict[str, str]:
    return {word: meaning for meaning, words in label_words()[role].items() for word in words}


@functools.cache
def _doubtful(role: str) -> dict[str, str]:
    """What to suggest for words that are never read by themselves."""
    return {word: meaning for meaning, words in label_words()[f"doubtful_{role}"].items() for word in words}
