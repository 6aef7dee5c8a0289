"""What a step of the patient page says, as data: the page draws it, the report prints it, both in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from core.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable

State = Literal["answered", "attention", "open", "none"]
STEPS = ("suspicion", "ecg", "severity", "risk", "treatment", "summary")


@dataclass(frozen=True)
class Grid:
    """A table of words; all cells are plain text.

    ``wordy``: the last column holds whole sentences; a screen shows it below the others, as paper has the room beside.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    wordy: bool = False


@dataclass(frozen=True)
class Lines:
    """A list of sentences.

    ``kind`` is ``supports``, ``against``, ``open``, ``higher``, ``lower``, ``small`` (in print) or empty.
    """

    title: str
    items: tuple[str, ...]
    note: str = ""
    kind: str = ""


Block = Grid | Lines


@dataclass(frozen=True)
class Answer:
    """What a folded step shows: how far it is answered, and the answer in one line."""

    state: State
    line: str


def joined(language: str, words: Iterable[str]) -> str:
    """Return words as a list in a sentence, with the language's own comma."""
    return text(language, "shared.separator").join(words)


def sentences(language: str, said: Iterable[str]) -> str:
    """Return sentences one after the other: Chinese without a space, English with one."""
    return ("" if language == "zh" else " ").join(one for one in said if one)
