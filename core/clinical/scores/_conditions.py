"""Conditions as a clinician writes them, and what they say of patients of whom not everything is known.

``age > 80``, ``sex is male and systolic_bp >= 140``, ``creatinine > 1.2 mg/dL or dialysis_or_transplant``: names of
inputs, numbers in the catalogue's unit unless one is written, ``and`` before ``or``, ``not``, brackets.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.cohort.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

_TOKEN = re.compile(r"\s*(<=|>=|<|>|[()]|[^\s()<>=]+)")
_SIGNS = ("<", "<=", ">", ">=")
_WORDS = frozenset({"and", "or", "not", "is", "(", ")", *_SIGNS})


@dataclass(frozen=True)
class Truth:
    """Whether something holds, for each patient.

    Attributes
    ----------
    must
        It holds however the missing inputs turn out.
    may
        It holds for at least one way in which they can turn out.
    """

    must: Bools
    may: Bools

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.must & other.must, self.may & other.may)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.must | other.must, self.may | other.may)

    def __invert__(self) -> Truth:
        return Truth(~self.may, ~self.must)


class Known(Protocol):
    """What is known of some patients."""

    def span(self, name: str) -> tuple[Floats, Floats]:
        """Lowest and highest value that a number can have; infinite where it is missing."""

    def truth(self, name: str) -> Truth:
        """Whether a yes-or-no input, or a derived fact, holds."""

    def level(self, name: str, level: str) -> Truth:
        """Whether a categorical input has this level."""


class Condition(Protocol):
    """Something that holds for a patient or does not."""

    def evaluate(self, known: Known) -> Truth:
        """Whether it holds, for each patient."""

    def parts(self) -> Iterator[Condition]:
        """It and all that it is made of."""


@dataclass(frozen=True)
class Present:
    """A yes-or-no input or a fact."""

    name: str

    def evaluate(self, known: Known) -> Truth:
        """Whether it holds."""
        return known.truth(self.name)

    def parts(self) -> Iterator[Condition]:
        """Only itself."""
        yield self


@dataclass(frozen=True)
class Is:
    """A level of a categorical input."""

    name: str
    level: str

    def evaluate(self, known: Known) -> Truth:
        """Whether the input has the level."""
        return known.level(self.name, self.level)

    def parts(self) -> Iterator[Condition]:
        """Only itself."""
        yield self


@dataclass(frozen=True)
class Compare:
    """A number against a limit, in the catalogue's unit."""

    name: str
    sign: str
    limit: float

    def evaluate(self, known: Known) -> Truth:
        """Whether the number lies on that side of the limit."""
        low, high = known.span(self.name)
        match self.sign:
            case ">":
                return Truth(low > self.limit, high > self.limit)
            case ">=":
                return Truth(low >= self.limit, high >= self.limit)
            case "<":
                return Truth(high < self.limit, low < self.limit)
            case _:
                return Truth(high <= self.limit, low <= self.limit)

    def parts(self) -> Iterator[Condition]:
        """Only itself."""
        yield self


@dataclass(frozen=True)
class Not:
    """The contrary."""

    of: Condition

    def evaluate(self, known: Known) -> Truth:
        """Whether it does not hold."""
        return ~self.of.evaluate(known)

    def parts(self) -> Iterator[Condition]:
        """It and what it denies."""
        yield self
        yield from self.of.parts()


@dataclass(frozen=True)
class Joined:
    """Two or more, of which all (``every``) or at least one must hold."""

    of: tuple[Condition, ...]
    every: bool

    def evaluate(self, known: Known) -> Truth:
        """Whether all, or any, hold."""
        truths = [one.evaluate(known) for one in self.of]
        return functools.reduce((lambda a, b: a & b) if self.every else (lambda a, b: a | b), truths)

    def parts(self) -> Iterator[Condition]:
        """It and what it joins."""
        yield self
        for one in self.of:
            yield from one.parts()


@functools.cache
def parse(words: str) -> Condition:
    """Read one condition.

    Raises
    ------
    ValueError
        It is not written as conditions are: a mistake in a data file.

    Examples
    --------
    >>> parse("creatinine > 1.2 mg/dL")
    Compare(name='creatinine', sign='>', limit=106.104)
    """
    parser = _Parser(words)
    condition = parser.either()
    if parser.left:
        raise ValueError(f"{words!r}: {parser.left[0]!r} is not expected there")
    return condition


def names_in(condition: Condition) -> set[str]:
    """Names of all inputs and facts that a condition asks for."""
    return {part.name for part in condition.parts() if isinstance(part, Present | Is | Compare)}


def limits_in(condition: Condition) -> set[tuple[str, float]]:
    """Return every number that a condition compares, with its limit."""
    return {(part.name, part.limit) for part in condition.parts() if isinstance(part, Compare)}


class _Parser:
    """Reads from the left: ``left`` is what has not been read yet."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.left = _TOKEN.findall(words)

    def either(self) -> Condition:
        found = [self._both()]
        while self._next("or"):
            found.append(self._both())
        return found[0] if len(found) == 1 else Joined(tuple(found), every=False)

    def _both(self) -> Condition:
        found = [self._one()]
        while self._next("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else Joined(tuple(found), every=True)

    def _one(self) -> Condition:
        if self._next("not"):
            return Not(self._one())
        if self._next("("):
            inside = self.either()
            if not self._next(")"):
                raise ValueError(f"{self.words!r}: a bracket stays open")
            return inside
        name = self._word()
        if self._next("is"):
            return Is(name, self._word())
        if self.left and self.left[0] in _SIGNS:
            return self._compared(name)
        return Present(name)

    def _compared(self, name: str) -> Compare:
        sign, number = self.left.pop(0), float(self._word())
        unit = []
        while self.left and self.left[0] not in _WORDS:
            unit.append(self.left.pop(0))
        if unit:
            number = float(variables()[name].convert([number], " ".join(unit))[0])
        return Compare(name, sign, number)

    def _next(self, word: str) -> bool:
        if self.left and self.left[0] == word:
            self.left.pop(0)
            return True
        return False

    def _word(self) -> str:
        if not self.left or self.left[0] in _WORDS:
            raise ValueError(f"{self.words!r}: a name or number is missing")
        return str(self.left.pop(0))
