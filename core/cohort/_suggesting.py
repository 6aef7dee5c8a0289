"""Which variable a header may mean that the catalogue does not know: by spelling, and by a name inside it."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata

from core.cohort._matching import split_header
from core.cohort.variables import variables

_LIKE = 0.85
_FEWEST_LETTERS, _FEWEST_CHARACTERS = 4, 2
_WORD = re.compile(r"[a-z]+|[^\W\d_]+")


def suggested_variable(header: str) -> str:
    """Return the name of the variable that a header most likely means, empty where none is near.

    Examples
    --------
    >>> suggested_variable("Creatinin")
    'creatinine'
    >>> suggested_variable("入院首次血肌酐值")
    'creatinine'
    >>> suggested_variable("PT (sec)")
    ''
    """
    words = _words(split_header(header)[0])
    if len(words.strip()) < (_FEWEST_LETTERS if words.isascii() else _FEWEST_CHARACTERS):
        return ""
    names = _names()
    close = difflib.get_close_matches(words, names, n=1, cutoff=_LIKE)
    if close:
        return names[close[0]]
    inside = [name for name in names if _stands_in(name, words)]
    # the longest name says most: troponin T, not troponin
    return names[max(inside, key=len)] if inside else ""


def _stands_in(name: str, words: str) -> bool:
    """Whether a name stands in a header: a Latin one as whole words (lipid is not in lipidosis)."""
    if name.isascii():
        return len(name.strip()) >= _FEWEST_LETTERS and name in words
    return name.strip() in words


def _words(header: str) -> str:
    """Letters of a header as words between spaces; digits and signs are gone."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return f" {' '.join(_WORD.findall(folded))} "


@functools.cache
def _names() -> dict[str, str]:
    found = {
        _words(name): variable.name
        for variable in variables().values()
        for name in (variable.name, variable.zh, variable.en, *variable.aliases)
    }
    return {
        name: variable
        for name, variable in found.items()
        if len(name.strip()) >= (_FEWEST_LETTERS if name.isascii() else _FEWEST_CHARACTERS)
    }
