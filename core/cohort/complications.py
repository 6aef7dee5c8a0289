"""Complications that a cohort's labels may carry: their kinds, how they are read, and how often they were seen."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cohort.units import header_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FILE = Path(__file__).with_name("complications.toml")
_BETWEEN = re.compile(r"[;；,，、/+|\n]")


@dataclass(frozen=True)
class Kind:
    """One kind of complication; ``complications.kinds.<name>`` on screen.

    Attributes
    ----------
    headers, words
        What its own column, and it in a list, may be called.
    major
        Whether it is a major bleed by its nature.
    """

    name: str
    headers: tuple[str, ...]
    words: tuple[str, ...] = ()
    major: bool = False


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the file's order."""
    return tuple(
        Kind(name, tuple(one["headers"]), tuple(one.get("words", ())), one.get("major", False))
        for name, one in _stored()["kinds"].items()
    )


@functools.cache
def kind_names() -> tuple[str, ...]:
    """Names of all kinds: the columns of the labels that hold them."""
    return tuple(one.name for one in kinds())


@functools.cache
def kind_of_header(key: str) -> str | None:
    """Kind whose own column bears this header (as ``header_key`` writes it); None for another header."""
    return _keys(in_lists=False).get(key)


def is_list_header(key: str) -> bool:
    """Whether a header is that of the column that lists kinds."""
    return key in {header_key(one) for one in _stored()["list_headers"]}


def kinds_in(cell: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Read one cell of the list.

    Parameters
    ----------
    cell
        Not empty.

    Returns
    -------
    kinds, strange
        The kinds that it names (none for a word for none), and the words that name no kind.

    Examples
    --------
    >>> kinds_in("颅内出血、输血")[0] == {"intracranial", "transfusion"}
    True
    >>> kinds_in("无")
    (frozenset(), ())
    """
    words = [one.strip() for one in _BETWEEN.split(cell) if one.strip()]
    keys, none = _keys(in_lists=True), {header_key(one) for one in _stored()["none_words"]}
    named = frozenset(keys[key] for key in map(header_key, words) if key in keys)
    # "none" beside a kind says two things at once
    allowed = keys.keys() if named else keys.keys() | none
    return named, tuple(one for one in words if header_key(one) not in allowed)


def recorded_kinds(labels: pd.DataFrame) -> tuple[str, ...]:
    """Kinds that a cohort's labels carry for at least one patient."""
    return tuple(name for name in kind_names() if name in labels and labels[name].notna().any())


def complication_counts(labels: pd.DataFrame) -> pd.DataFrame:
    """Count each kind among the patients of whom it is known.

    Parameters
    ----------
    labels
        As ``Cohort.labels``: a column of 1, 0 or missing for each kind that was recorded.

    Returns
    -------
    DataFrame
        One row a kind: ``kind``, ``n_known``, ``n_yes``, ``rate`` with its Wilson interval ``low`` and ``high``; the
        last three are nan where nobody's is known.
    """
    from core.evaluation.intervals import wilson

    rows = []
    for name in kind_names():
        known = labels[name].dropna() if name in labels else pd.Series(dtype="Int8")
        happened = int((known == 1).sum())
        rate = wilson(happened, len(known))
        rows.append((name, len(known), happened, rate.value, rate.low, rate.high))
    return pd.DataFrame(rows, columns=["kind", "n_known", "n_yes", "rate", "low", "high"])


def against_outcome(labels: pd.DataFrame) -> int:
    """Patients whose outcome is none though a complication that is major bleeding by its nature is recorded."""
    major = [one.name for one in kinds() if one.major and one.name in labels]
    if "outcome" not in labels or not major:
        return 0
    bled = (labels[major] == 1).fillna(value=False).any(axis=1)
    return int((bled & (labels["outcome"] == "none")).sum())


def spread_lists(cells: Sequence[str | None]) -> tuple[dict[str, pd.Series], dict[int, str]]:
    """Turn the column that lists kinds into one column a kind.

    Parameters
    ----------
    cells
        One a patient; None where nothing is recorded.

    Returns
    -------
    columns, strange
        Kind to Int8 values (1, 0 or missing); position to the first word there that names no kind.
    """
    values = {name: np.full(len(cells), np.nan) for name in kind_names()}
    strange: dict[int, str] = {}
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        named, unknown = kinds_in(cell)
        if unknown:
            strange[row] = unknown[0]
        for name, column in values.items():
            column[row] = float(name in named)
    return {name: _whole(column) for name, column in values.items()}, strange


def merged(own: pd.Series | None, listed: pd.Series) -> tuple[pd.Series, NDArray[np.int64]]:
    """Fill what a kind's own column leaves open from the list; positions where both are known and differ."""
    if own is None:
        return listed, np.zeros(0, dtype=np.int64)
    differ = (own.notna() & listed.notna() & (own != listed)).fillna(value=False)
    return own.fillna(listed), np.flatnonzero(differ.to_numpy(dtype=bool))


def _whole(values: NDArray[np.float64]) -> pd.Series:
    return pd.Series(values).astype("Int8")


@functools.cache
def _keys(*, in_lists: bool) -> dict[str, str]:
    """Kind by every key that names it."""
    return {
        header_key(word): one.name
        for one in kinds()
        for word in (one.name, *one.headers, *(one.words if in_lists else ()))
    }


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
