"""Results beside the models as JSON files: written whole or not at all, checked when they are read."""

from __future__ import annotations

import contextlib
import json
import math
from typing import TYPE_CHECKING, Any, TypeVar

from core.artifacts import to_json_bytes
from core.errors import ArtifactError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MOST_BYTES = 5_000_000
Read = TypeVar("Read")


def save_document(document: dict[str, Any], path: Path) -> None:
    """Write a JSON file.

    Raises
    ------
    InputError
        The file cannot be written; what stood there before still stands.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(to_json_bytes(document))
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the folder itself may be what cannot be
            temporary.unlink(missing_ok=True)
        raise InputError("errors.file_not_writable", file=path, reason=error.strerror) from error


def load_document(path: Path, check: Callable[[dict[str, Any]], Read], errors: str) -> Read:
    """Read a JSON file.

    Parameters
    ----------
    check
        Takes the document apart; raises ValueError, KeyError or TypeError where it is something else.
    errors
        File of the texts that say it is ``missing`` or ``unreadable``.

    Raises
    ------
    ArtifactError
        There is none, or it is too large, no JSON or not what ``check`` takes.
    """
    if not path.is_file():
        raise ArtifactError(f"{errors}.missing", file=path.name)
    try:
        return check(json.loads(_read_bounded(path)))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError(f"{errors}.unreadable", file=path.name, reason=str(error)[:80]) from error


def _read_bounded(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("too large")
    return path.read_bytes()


def one_of(value: object, known: tuple[str, ...]) -> str:
    """Return a word that is one of those known, or raise ValueError."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{value!r} is not one of {', '.join(known)}")
    return value


def finite(value: object) -> float:
    """Return a number that is finite (True is none), or raise ValueError."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)
