"""The catalogue's file, and the word lists at its head: identifiers, names, outcomes, labels."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

from core.cohort.units import header_key

_FILE = Path(__file__).with_name("variables.toml")


@functools.cache
def document() -> dict[str, Any]:
    """Return all that stands in ``variables.toml``."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@functools.cache
def word_list(name: str) -> tuple[str, ...]:
    """One of the word lists at the head of the catalogue, as ``header_key`` writes them, in their order."""
    return tuple(dict.fromkeys(header_key(word) for word in document()[name]))


@functools.cache
def label_words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Headers of a labels table (``headers``) and the words of its outcomes (``outcome``), as keys."""
    return {
        part: {name: tuple(header_key(word) for word in (name, *words)) for name, words in entries.items()}
        for part, entries in document()["labels"].items()
    }
