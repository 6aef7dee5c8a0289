"""What a table tells of each patient, as the conditions of the scores ask for it."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.clinical.scores._conditions import Truth, names_in, parse
from core.clinical.scores.quantities import QUANTITIES
from core.cohort.columns import Column
from core.cohort.variables import BINARY_LEVELS, variables

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.scores._conditions import Bools, Condition, Floats

_FILE = Path(__file__).with_name("inputs.toml")


@dataclass(frozen=True)
class Fact:
    """A question that several inputs can answer.

    Attributes
    ----------
    asks
        The input named as missing where none of them does.
    yes, no
        What shows that it is so, and that it is not.
    source, status
        Where the limits come from, and how far they were checked.
    """

    asks: str
    yes: Condition
    no: Condition
    source: str
    status: str


@dataclass(frozen=True)
class Extra:
    """An input that the variable catalogue does not hold; ``only_if_recorded``: absent unless recorded."""

    name: str
    only_if_recorded: bool


@functools.cache
def facts() -> dict[str, Fact]:
    """Facts by name."""
    return {
        name: Fact(one["asks"], parse(one["yes"]), parse(one["no"]), one["source"], one["status"])
        for name, one in _stored()["facts"].items()
    }


@functools.cache
def extras() -> dict[str, Extra]:
    """Inputs beyond the catalogue, by name."""
    return {name: Extra(name, one.get("only_if_recorded", False)) for name, one in _stored()["extra"].items()}


@functools.cache
def presumed_absent() -> tuple[str, ...]:
    """Events that a table without a record of them usually means as absent."""
    return tuple(_stored()["presumed_absent"]["names"])


def parts_of(quantity: str) -> tuple[str, ...]:
    """Inputs of a formula."""
    return tuple(_stored()["quantities"][quantity]["of"])


def column(name: str) -> Column:
    """Column of a table that holds an input."""
    if name in variables():
        return variables()[name].column()
    return Column(extras()[name].name, "binary", BINARY_LEVELS)


def is_input(name: str) -> bool:
    """Whether a name is an input of its own, of the catalogue or beyond it."""
    return name in variables() or name in extras()


def asked_by(name: str) -> set[str]:
    """Inputs behind a name: itself, the parts of a formula, all that can answer a fact."""
    if name in QUANTITIES:
        return set(parts_of(name))
    if name in facts():
        inside = names_in(facts()[name].yes) | names_in(facts()[name].no)
        return {one for inner in inside for one in asked_by(inner)}
    return {name}


class Patients:
    """Some patients, one row each; what was looked up once is kept.

    Parameters
    ----------
    frame
        Columns by the names of the catalogue and of ``inputs.toml``, in the catalogue's units; others are ignored.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._numbers: dict[str, Floats] = {}
        self._spans: dict[str, tuple[Floats, Floats]] = {}
        self._truths: dict[str, Truth] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def learn(self, name: str, low: Floats, high: Floats) -> None:
        """Take note of a score's lowest and highest points, which conditions may name."""
        self._spans[name] = low, high

    def numbers(self, name: str) -> Floats:
        """Return the values of a numeric or yes-or-no input, nan where missing; of sex, 1 for female."""
        if name not in self._numbers:
            self._numbers[name] = self._read(name)
        return self._numbers[name]

    def recorded(self, name: str) -> Bools:
        """Whether an input has a value, for each patient."""
        if name not in self.frame:
            return np.zeros(len(self), dtype=bool)
        return self.frame[name].notna().to_numpy(dtype=bool)

    def span(self, name: str) -> tuple[Floats, Floats]:
        """Lowest and highest value that a number can have; infinite where it is missing."""
        if name not in self._spans:
            if name in QUANTITIES:
                values = QUANTITIES[name](*(self.numbers(part) for part in parts_of(name)))
            else:
                values = self.numbers(name)
            gap = np.isnan(values)
            self._spans[name] = np.where(gap, -np.inf, values), np.where(gap, np.inf, values)
        return self._spans[name]

    def truth(self, name: str) -> Truth:
        """Whether a yes-or-no input, or a fact, holds."""
        if name not in self._truths:
            if name in facts():
                yes, no = self._answers(name)
                self._truths[name] = Truth(yes & ~no, yes | ~no)
            else:
                low, high = self.span(name)
                self._truths[name] = Truth(low >= 0.5, high >= 0.5)
        return self._truths[name]

    def contradicts(self, name: str) -> Bools:
        """Whether what is recorded answers a fact both ways."""
        yes, no = self._answers(name)
        return yes & no

    def level(self, name: str, level: str) -> Truth:
        """Whether a categorical input has this level."""
        recorded = self.recorded(name)
        if name not in self.frame:
            return Truth(recorded, ~recorded)
        same = self.frame[name].to_numpy(dtype=object, na_value="") == level
        return Truth(same & recorded, same | ~recorded)

    def _answers(self, fact: str) -> tuple[Bools, Bools]:
        return facts()[fact].yes.evaluate(self).must, facts()[fact].no.evaluate(self).must

    def _read(self, name: str) -> Floats:
        if name not in self.frame:
            values = np.full(len(self), np.nan)
        elif name == "sex":
            words = self.frame[name].to_numpy(dtype=object, na_value="")
            values = np.select([words == "female", words == "male"], [1.0, 0.0], np.nan)
        else:
            values = self.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
        return np.nan_to_num(values, nan=0.0) if only_if_recorded(name) else values


def only_if_recorded(name: str) -> bool:
    """Whether an input counts as absent unless it is recorded."""
    return name in extras() and extras()[name].only_if_recorded


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
