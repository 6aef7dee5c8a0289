"""Remarks that stand beside published knowledge: words from the text catalogue, with their source and standing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.text import text

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES = ("verified", "secondary", "unverified", "computed")
"""How far a figure was checked against its source; the words stand in ``scores.statuses``."""


@dataclass(frozen=True)
class Note:
    """One remark.

    Attributes
    ----------
    name, key
        Name in its data file, and its key among the texts.
    source, status
        Where it comes from, and how far it was checked (``STATUSES``).
    """

    name: str
    key: str
    source: str
    status: str

    def say(self, language: str) -> str:
        """Return the remark in ``"zh"`` or ``"en"``."""
        return text(language, self.key)


def read_notes(stored: Mapping[str, Any], room: str) -> dict[str, Note]:
    """Return the remarks of one data file; their words are ``<room>.notes.<name>`` among the texts."""
    return {
        name: Note(name, f"{room}.notes.{name}", one["source"], one["status"]) for name, one in stored.items()
    }


def status_words(status: str, language: str) -> str:
    """Return how far something was checked, in words."""
    return text(language, f"scores.statuses.{status}")
