"""What the words of a header say of a hospital's own column."""

from __future__ import annotations

import re

from core.cohort._matching import split_header
from core.cohort.variables import header_key, word_list

_SPLIT_WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")


def known_late(header: str) -> bool:
    """Whether a header names what is written down when a stay is over, or grows while it lasts.

    Examples
    --------
    >>> known_late("出院带药"), known_late("主要诊断"), known_late("入院诊断"), known_late("上次出院时 INR")
    (True, True, False, False)
    """
    name = split_header(header)[0]
    if header_key(header) in word_list("late_headers") or header_key(name) in word_list("late_headers"):
        return True
    return has_word(name, "late_words") and not has_word(name, "earlier_words")


def has_word(name: str, listed: str) -> bool:
    """Whether a header has one of the words of a list of the catalogue; the Latin ones stand alone."""
    parts = [word.casefold() for word in _SPLIT_WORDS.split(name)]
    words = {*parts, *map(str.__add__, parts, parts[1:])}  # follow-up as well as followup
    return any(word in words if word.isascii() else word in name for word in word_list(listed))
