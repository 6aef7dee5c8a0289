"""The reporting checklist TRIPOD+AI, item by item, as far as this project can fill it."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

State = Literal["done", "partly", "open", "not_applicable"]
STATES: tuple[State, ...] = ("done", "partly", "open", "not_applicable")


@dataclass(frozen=True)
class Item:
    """One item of the checklist.

    Attributes
    ----------
    number, key
        Of the checklist, and among the texts.
    state
        One of ``STATES``.
    where
        Pages by name, or files of the repository, where it is to be found.
    """

    number: int
    key: str
    state: State
    where: tuple[str, ...]


def reporting_items() -> tuple[Item, ...]:
    """Return the items in their order."""
    return tuple(
        Item(one["number"], one["key"], one["state"], tuple(one["where"])) for one in _stored()["item"]
    )


def reporting_source() -> tuple[str, str]:
    """Return the checklist's source, and how far its items were checked against it."""
    return str(_stored()["source"]), str(_stored()["status"])


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("reporting.toml").read_text(encoding="utf-8"))
