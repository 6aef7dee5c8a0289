"""Results without a figure: negative, weakly positive, positive, ``-`` to ``++++``; one order, many spellings.

Nothing is put together unless every cell of a column is such a word. A ``-`` says negative only in a column that
writes positive as ``+`` (``uses_plus``); elsewhere it says that nothing was measured, as in any other column.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from core.cohort._cells import clip, is_empty, tidy, uses_plus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._reading import Source
    from core.cohort.columns import Note

NEGATIVE, WEAK, POSITIVE = 0, 1, 2
_STRONG = 9
_NO_WORD = re.compile(r"[\s()\[\]]")
_NEGATIVES = re.compile(r"(?:阴性|neg|negative|non-?reactive)?-?")
_WEAKS = re.compile(
    r"(?:弱阳性|可疑阳性|weak(?:ly)?positive|trace|微量)(?:±|\+/?-|-/?\+|\+)?|弱\+|±|\+/?-|-/?\+"
)
_POSITIVES = re.compile(r"(?:阳性|pos|positive|reactive)?(\+{0,4}|[1-4]\+)")
_STRONGS = re.compile(r"(?:强阳性|strong(?:ly)?positive)\+*")
_N_NAMED = 4


def grade(word: str) -> int | None:
    """Return the place of a tidy word in the order from negative to strongly positive, None for another word.

    Examples
    --------
    >>> [grade(word) for word in ("阴性(-)", "±", "阳性", "2+", "12")]
    [0, 1, 2, 3, None]
    """
    plain = _NO_WORD.sub("", word.casefold())
    if not plain:
        return None
    if _NEGATIVES.fullmatch(plain):
        return NEGATIVE
    if _WEAKS.fullmatch(plain):
        return WEAK
    if _STRONGS.fullmatch(plain):
        return _STRONG
    found = _POSITIVES.fullmatch(plain)
    if found is None:
        return None
    signs = found[1]
    return POSITIVE - 1 + (int(signs[0]) if signs[:1].isdigit() else max(1, len(signs)))


def graded(words: list[str]) -> NDArray[np.bool_]:
    """Which words have a place in that order."""
    return np.array([grade(word) is not None for word in words], dtype=bool)


def level_words(source: Source) -> dict[int, str]:
    """Return one word for each grade that a column has, the lowest first: its most frequent spelling.

    A bare ``-`` becomes ``(-)``, which says the same in any company.
    """
    cells = source.cells
    grades = [grade(word) for word in cells.words]
    found: dict[int, str] = {}
    for one in sorted({value for value in grades if value is not None}):
        chosen = np.array(
            [value == one and not is_empty(word) for value, word in zip(grades, cells.words, strict=True)]
        )
        counts = np.where(chosen, cells.counts, 0)
        found[one] = cells.words[int(counts.argmax())] if chosen.any() else "(-)"
    return found


def grade_notes(source: Source) -> list[Note]:
    """Return notes on a column of results: which spellings are one, and what a lone ``-`` was taken for."""
    cells = source.cells
    known = graded(cells.words)
    if not known.any():
        return []
    notes = []
    same = _same(cells.words)
    if same and known.all():
        notes.append(source.note("converted", "reading_cells.merged", groups=same))
    elif same:
        others = ", ".join(clip(word, 20) for word, one in zip(cells.words, known, strict=True) if not one)
        notes.append(source.note("doubted", "reading_cells.apart", groups=same, others=clip(others, 60)))
    raw = source.table.frame[source.header]
    written = [tidy(str(cell)) for cell in raw.unique()]
    if "-" in written and not uses_plus(written):
        n = int((raw.map(lambda cell: tidy(str(cell))) == "-").sum())
        notes.append(source.note("doubted", "reading_cells.dash", n=n))
    return notes


def weak_words(words: list[str]) -> NDArray[np.bool_]:
    """Which words say weakly positive, which is neither yes nor no."""
    return np.array([grade(word) == WEAK for word in words], dtype=bool)


def _same(words: list[str]) -> str:
    """Name the spellings that say one result: ``阴性 = (-) = -``; empty where each has one only."""
    by_grade: dict[int, list[str]] = {}
    for word in words:
        one = grade(word)
        if one is not None:
            by_grade.setdefault(one, []).append(clip(word, 20))
    groups = [by_grade[one] for one in sorted(by_grade) if len(by_grade[one]) > 1]
    return "; ".join(" = ".join(group) for group in groups[:_N_NAMED])
