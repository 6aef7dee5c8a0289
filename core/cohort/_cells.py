"""Cells as people write them: what counts as empty, as a number, as yes or no.

Work is done once for each distinct cell of a column and then spread over its rows: a column of 19,000 rows
rarely has more than a few hundred different cells.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._digit_groups import join_groups, together
from core.cohort.variables import known_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EMPTY = frozenset(
    word
    for words in (
        ["", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "nd", "missing", "unknown", "<na>", "nat"],
        ["not done", "not available", "not measured", "/", "\\", ".", "?", "*"],
        ["#n/a", "#na", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"],
        [
            "未查",
            "未测",
            "未做",
            "未检",
            "未检测",
            "未检查",
            "未行",
            "缺失",
            "不详",
            "未知",
            "不明",
            "空",
            "暂无",
        ],
        ["未提供", "未记录", "未报告", "拒查", "无数据", "无法获得"],
    )
    for word in words
)
_DASHES = re.compile(r"[-_—–−‐―─]+")
_PLUS = re.compile(r"(?:弱?阳性)?\(?(?:\++|[1-4]\+|±|\+/?-|-/?\+)\)?")
YES = frozenset(
    ("1", "1.0", "yes", "y", "true", "t", "present", "positive", "pos", "+", "++", "+++", "(+)")
) | {"是", "有", "阳性", "阳性(+)", "存在", "√"}
NO = frozenset(("0", "0.0", "no", "n", "false", "f", "absent", "negative", "neg", "-", "(-)")) | {
    "否",
    "无",
    "没有",
    "阴性",
    "阴性(-)",
    "不存在",
    "×",
}

_ARROWS = re.compile(r"[↑↓▲▼⬆⬇]|^\*+|\*+$")
_FLAGS = frozenset(
    {"h", "l", "hh", "ll", "(h)", "(l)", "high", "low", "高", "低", "偏高", "偏低", "(高)", "(低)"}
)
_LIMIT = re.compile(r"(<=|>=|=<|=>|<|>|≤|≥|≦|≧|⩽|⩾|小于等于|大于等于|小于|大于)\s*=?\s*")
_NUMBER = re.compile(
    r"([+-]?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?)\s*(.*)", re.IGNORECASE
)
_COMMA_NUMBER = re.compile(r"[<>≤≥+-]?\s*\d+,\d+\b(?!,)")
_POINT_NUMBER = re.compile(r"[<>≤≥+-]?\s*\d+\.\d+\b(?!\.)")
_THOUSANDS = re.compile(r"[<>≤≥+-]?\s*[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
_POINT_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?=,|\D|$)")


@dataclass(frozen=True)
class Distinct:
    """The distinct cells of a column: ``words[codes[i]]`` is row i, code -1 an empty cell."""

    codes: NDArray[np.int64]
    words: list[str]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each word."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))

    @property
    def n_filled(self) -> int:
        """Rows that are not empty."""
        return int((self.codes >= 0).sum())

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """One value a word becomes one a row, NaN where the cell is empty."""
        return np.append(values, np.nan)[self.codes]

    def rows_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Positions of the rows that hold one of the chosen words."""
        return np.flatnonzero(np.append(chosen, False)[self.codes])


@dataclass(frozen=True)
class Numbers:
    """What the distinct cells of a column say as numbers.

    ``values`` is NaN where a cell is no number; ``censored`` marks limits (``<0.01``); ``rests`` is what
    follows the number: a unit, or nothing.
    """

    values: NDArray[np.float64]
    censored: NDArray[np.bool_]
    rests: list[str]


def distinct(cells: pd.Series[str], *, signs: bool = False) -> Distinct:
    """Return the distinct cells after cleaning: one width of characters, trimmed, empty words gone.

    Parameters
    ----------
    signs
        Whether the column is known to write no as ``-``, even where no ``+`` stands in it.
    """
    codes, words = pd.factorize(cells.to_numpy(dtype=object))
    cleaned = [tidy(str(word)) for word in words]
    plus_minus = signs or uses_plus(cleaned)
    kept = ["" if is_empty(word) and not (plus_minus and word == "-") else word for word in cleaned]
    merged, unique = pd.factorize(np.array([*kept, ""], dtype=object))
    gap = merged[-1]
    # the empty word is taken out of the list, and the codes behind it move up
    shift = np.where(merged == gap, -1, merged - (merged > gap))
    return Distinct(shift[codes].astype(np.int64), [word for word in unique if word != ""])


def tidy(cell: str) -> str:
    """One width of characters, one minus sign, no surrounding space."""
    if cell.isascii():
        return cell.strip()
    return (
        unicodedata.normalize("NFKC", cell)
        .replace("−", "-")
        .replace("\ufeff", "")
        .replace("\u200b", "")
        .strip()
    )


def uses_plus(cells: list[str]) -> bool:
    """Whether tidy cells write yes as ``+``: a ``-`` among them then says no, not that nothing was measured."""
    return any(("+" in cell or "±" in cell) and _PLUS.fullmatch(cell) for cell in cells)


def is_empty(cell: str) -> bool:
    """Whether a tidy cell says that nothing was measured."""
    if cell[:1].isdigit():
        return False
    return cell.casefold() in _EMPTY or _DASHES.fullmatch(cell) is not None


def numbers(words: list[str], *, decimal_comma: bool = False) -> Numbers:
    """Read distinct cells as numbers, with limits, thousands separators and units behind them."""
    words = join_groups(words).words
    values = np.full(len(words), np.nan)
    censored = np.zeros(len(words), dtype=bool)
    rests = [""] * len(words)
    for i, word in enumerate(words):
        plain = _plain_number(word, decimal_comma=decimal_comma)
        if plain is None:
            values[i], censored[i], rests[i] = _written_number(word, decimal_comma=decimal_comma)
        else:
            values[i] = plain
    return Numbers(values, censored, rests)


def is_flag(rest: str) -> bool:
    """Whether what follows a number is a laboratory's mark for high or low."""
    return rest.casefold() in _FLAGS


def looks_like_unit(rest: str) -> bool:
    """Whether what follows a number can be a unit: one of the catalogue's, or something per something."""
    if not rest or rest[0].isdigit():
        return False
    return known_unit(rest) or re.fullmatch(r"[^\s\d]*[%°/][^\s\d]*", rest) is not None


def uses_decimal_comma(frame: pd.DataFrame, *, semicolon: bool) -> bool:
    """Whether the numbers of a table are written 5,6; in a semicolon file 1,234 counts as such too."""
    commas = points = 0
    for header in frame.columns:
        for word in frame[header].head(500).unique():
            if "," not in word and "." not in word:
                continue
            cell = together(tidy(word))
            points += _POINT_NUMBER.match(cell) is not None and "," not in cell
            thousands = _THOUSANDS.match(cell) is not None and not semicolon
            commas += _COMMA_NUMBER.match(cell) is not None and not thousands
    return commas > points


def clip(value: object, limit: int = 40) -> str:
    """Words from a file, fit for one line of a message."""
    words = "".join(char if char.isprintable() else " " for char in str(value))
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


def examples(words: list[str], rows: list[int]) -> str:
    """First few cells with their rows: ``"abc" (5), "x" (9)``."""
    return ", ".join(f'"{clip(word)}" ({row})' for word, row in zip(words, rows, strict=True))


def _plain_number(word: str, *, decimal_comma: bool) -> float | None:
    if decimal_comma and ("," in word or "." in word):
        return None
    if "_" in word:
        return None
    try:
        return float(word)
    except ValueError:
        return None


def _written_number(word: str, *, decimal_comma: bool) -> tuple[float, bool, str]:
    cell = _ARROWS.sub("", word).strip()
    if cell in {"∞", "+∞", "-∞"}:
        return (-np.inf if cell[0] == "-" else np.inf), False, ""
    limit = _LIMIT.match(cell)
    if limit:
        cell = cell[limit.end() :]
    if decimal_comma:
        cell = _POINT_THOUSANDS.sub(lambda found: found.group().replace(".", ""), cell, count=1)
        cell = re.sub(r"(\d),(\d)", r"\1.\2", cell, count=1)
    found = _NUMBER.fullmatch(cell)
    if found is None:
        return np.nan, False, ""
    return float(found[1].replace(",", "")), limit is not None, found[2].strip()
