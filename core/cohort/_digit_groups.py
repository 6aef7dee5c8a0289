"""Thousands set off by a space: ``1 200`` and ``12 345.6`` are one number each, ``120 80`` is two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GROUPS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?: \d{3}){1,4})(?!\d|\s+\d)")
_WHOLE = re.compile(rf"\W{{0,3}}\s*{_GROUPS.pattern}([.,]\d+)?(?:\s*[^\s\d.,].*)?")
_APART = re.compile(r"\d\s+\d")
_FIGURES = re.compile(r"[<>≤≥=+\-\s\d.,]+")
_ALIKE = 4


@dataclass(frozen=True)
class Groups:
    """Cells of a column whose digits stand apart.

    Attributes
    ----------
    words
        The cells, with thousands written together where that is what they are.
    joined
        Which of them those are.
    open
        Which may be one number or two, so that they are neither.
    """

    words: list[str]
    joined: NDArray[np.bool_]
    open: NDArray[np.bool_]


def join_groups(words: list[str]) -> Groups:
    """Write thousands together where a column leaves no doubt that its spaces set them off.

    Only groups of exactly three digits count. A column in which another cell has two figures otherwise (``120 80``),
    or in which most cells could be two figures of one size (``160 100``), is left as it is.

    Examples
    --------
    >>> join_groups(["1 200", "12 345.6", "980"]).words
    ['1200', '12345.6', '980']
    >>> join_groups(["160 100", "120 80"]).open.tolist()
    [True, True]
    """
    none = np.zeros(len(words), dtype=bool)
    apart = [at for at, word in enumerate(words) if " " in word and _APART.search(word)]
    if not apart:
        return Groups(words, none, none)
    found = {at: match for at in apart if (match := _WHOLE.fullmatch(words[at]))}
    others = [at for at in apart if at not in found and _FIGURES.fullmatch(words[at])]
    clear = sum(not _may_be_two(match) for match in found.values())
    joined, unsure = none.copy(), none.copy()
    if others or 2 * clear < len(found):
        unsure[[*found, *others]] = True
        return Groups(words, joined, unsure)
    joined[[*found]] = True
    return Groups(
        [together(word) if one else word for word, one in zip(words, joined, strict=True)], joined, unsure
    )


def together(word: str) -> str:
    """Write the thousands of one cell together, whatever else its column holds."""
    return _GROUPS.sub(lambda found: found.group().replace(" ", ""), word)


def _may_be_two(match: re.Match[str]) -> bool:
    """Whether the groups could as well be two figures of about one size, as a pressure of 160 over 100."""
    first, rest, fraction = match[1], match[2].split(), match[3]
    if len(rest) > 1 or fraction or rest[0][0] == "0":
        return False
    one, other = int(first), int(rest[0])
    return one < _ALIKE * other and other < _ALIKE * one
