"""Checks that several formats share: sizes are compared with what is there before anything is allocated."""

from __future__ import annotations

import base64
import binascii
import math
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._upload import shown
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_MINUTES = 60
MAX_CHANNELS = 256
MAX_UNPACKED = 200 * 1024 * 1024


def damaged(file: str, kind: str, part: object) -> RecordingError:
    """The error for content that contradicts its own format, at a named part."""
    return RecordingError("errors_recording.damaged", file=file, format=kind, part=shown(part))


def check_length(file: str, kind: str, expected: int, found: int) -> None:
    """Refuse a signal whose bytes are fewer or more than its header announces.

    Raises
    ------
    RecordingError
        ``expected`` and ``found`` differ.
    """
    if expected != found:
        raise RecordingError(
            "errors_recording.wrong_size", file=file, format=kind, expected=expected, found=found
        )


def check_unpacked(file: str, kind: str, size: int) -> None:
    """Refuse packed content that grows beyond any recording.

    Raises
    ------
    RecordingError
        More than ``MAX_UNPACKED`` bytes.
    """
    if size > MAX_UNPACKED:
        raise RecordingError(
            "errors_recording.bomb", file=file, format=kind, megabytes=size >> 20, limit=MAX_UNPACKED >> 20
        )


def number(text: object, *, least: float = -math.inf) -> float | None:
    """A finite number of at least ``least``, or ``None``."""
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= least else None


def required(text: object, file: str, kind: str, part: str, *, least: float = -math.inf) -> float:
    """A finite number of at least ``least``.

    Raises
    ------
    RecordingError
        It is none.
    """
    value = number(text, least=least)
    if value is None:
        raise damaged(file, kind, part)
    return value


def numbers_in(text: str, file: str, kind: str, part: str) -> NDArray[np.float64]:
    """Numbers parted by white space, (n,).

    Raises
    ------
    RecordingError
        There are none, or something else stands among them.
    """
    joined = " ".join(text.splitlines())
    if not joined.strip():
        raise damaged(file, kind, part)
    try:
        return np.loadtxt([joined], dtype=np.float64, ndmin=1, comments=None)
    except ValueError as error:
        raise damaged(file, kind, part) from error


def from_base64(text: str, file: str, kind: str, part: str) -> bytes:
    """Decode base64 strictly, white space aside.

    Raises
    ------
    RecordingError
        It holds other letters or is cut off.
    """
    try:
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise damaged(file, kind, part) from error
