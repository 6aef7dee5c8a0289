"""The definitions as data: codes, items, drugs and outcomes, and how a list of codes is asked of a table."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FOLDER = Path(__file__).parent


@functools.cache
def definition(name: str) -> dict[str, Any]:
    """One of the files ``codes``, ``items``, ``drugs`` and ``outcomes``."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def codes(path: str) -> dict[str, Any]:
    """A list of codes by its dotted name in ``codes.toml``; ``same_as`` is replaced by what it names."""
    entry: dict[str, Any] = definition("codes")
    for part in path.split("."):
        entry = entry[part]
    if "same_as" not in entry:
        return entry
    parts = [codes(other) for other in entry["same_as"]]
    joined = {version: [code for part in parts for code in part[version]] for version in ("icd10", "icd9")}
    return {**entry, **joined}


def has_code(*lists: dict[str, Any]) -> pl.Expr:
    """Whether ``icd_code`` and ``icd_version`` of a row are in one of some lists."""
    found = [
        (pl.col("icd_version") == number) & begins_with(pl.col("icd_code"), entry.get(version, ()))
        for entry in lists
        for version, number in (("icd10", 10), ("icd9", 9))
    ]
    return pl.any_horizontal(found)


def mark_codes(coded: pl.DataFrame, lists: Mapping[str, dict[str, Any]]) -> pl.DataFrame:
    """Add a column a list: whether a row's code is in it. Each code is looked at once, however many rows have it."""
    key = ["icd_version", "icd_code"]
    marks = (
        coded.select(key).unique().with_columns(has_code(entry).alias(name) for name, entry in lists.items())
    )
    return coded.join(marks, on=key, how="left", nulls_equal=True, maintain_order="left")


def begins_with(text: pl.Expr, beginnings: Iterable[str]) -> pl.Expr:
    """Whether a text begins with one of some beginnings; ``A..B`` is a range of them, both included."""
    tests = []
    for beginning in beginnings:
        low, _, high = beginning.partition("..")
        start = text.str.slice(0, len(low))
        tests.append((start >= low) & (start <= high) if high else start == low)
    return pl.any_horizontal(tests) if tests else pl.lit(value=False)


def names_one_of(text: pl.Expr, words: Iterable[str]) -> pl.Expr:
    """Whether a text contains one of some words, whatever their case; an empty one does not."""
    pattern = "(?i)" + "|".join(rf"(?:\b|_){word}" for word in words)
    return text.str.contains(pattern).fill_null(value=False)
