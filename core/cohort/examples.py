"""Made-up example patients for teaching, in the catalogue's variables and units."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Example:
    """One made-up patient; variables that are not in ``values`` are not known.

    Attributes
    ----------
    name
        Key.
    titles, descriptions
        By language.
    values
        Catalogue name to number, 0/1 or level.
    """

    name: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    values: dict[str, float | str]


@functools.cache
def examples() -> dict[str, Example]:
    """Read ``examples.toml``."""
    stored = tomllib.loads((Path(__file__).parent / "examples.toml").read_text(encoding="utf-8"))
    return {
        name: Example(
            name,
            {"zh": entry["zh"], "en": entry["en"]},
            {"zh": entry["zh_about"], "en": entry["en_about"]},
            {
                key: value if isinstance(value, str) else float(value)
                for key, value in entry["values"].items()
            },
        )
        for name, entry in stored.items()
    }
