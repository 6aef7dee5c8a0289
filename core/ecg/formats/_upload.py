"""The bytes that the user gave, and nothing else: no file outside the upload (or its own folder) is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 200 * 1024 * 1024
_PLAIN_NAME = re.compile(r"[\w\-][\w\-. ()+,=@]*")


@dataclass(frozen=True)
class Upload:
    """A file and where its companions may be found.

    Attributes
    ----------
    file
        What messages call it.
    companions
        Files that came with it, by plain name.
    folder
        Folder of a file that was given by its path.
    """

    file: str
    data: bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)
    folder: Path | None = None

    def companion(self, name: str) -> bytes:
        """Bytes of a file that this one names.

        Raises
        ------
        RecordingError
            The name is more than a plain file name, or there is no such file in the upload or beside it.
        """
        if not _PLAIN_NAME.fullmatch(name):
            raise RecordingError("errors_recording.wfdb_path", file=self.file, name=shown(name))
        if self.folder is None:
            for known in (name, name.casefold()):
                if known in self.companions:
                    return self.companions[known]
            raise RecordingError("errors_recording.wfdb_companion", file=self.file, name=shown(name))
        path = self.folder / name
        if not path.is_file():
            raise RecordingError("errors_recording.wfdb_companion", file=self.file, name=shown(name))
        if path.resolve().parent != self.folder.resolve():
            raise RecordingError("errors_recording.wfdb_path", file=self.file, name=shown(name))
        return read_bytes(path, shown(name))


def shown(value: object, longest: int = 60) -> str:
    """Text from a file in a form that fits a sentence: one line, printable, not too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def plain_name(name: str) -> str:
    """Last part of a name, whichever way its folders are written."""
    return PurePosixPath(name.replace("\\", "/")).name


def read_bytes(path: Path, file: str) -> bytes:
    """Content of one file.

    Raises
    ------
    RecordingError
        It is missing, a folder, unreadable or too large.
    """
    if path.is_dir():
        raise RecordingError("errors_recording.is_folder", file=file)
    try:
        size = path.stat().st_size
        if not path.is_file():  # a device or a pipe has no end
            raise RecordingError("errors_recording.unreadable", file=file)
        check_bytes(size, file)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RecordingError("errors_recording.missing", file=file) from error
    except (OSError, ValueError) as error:
        raise RecordingError("errors_recording.unreadable", file=file) from error


def check_bytes(size: int, file: str) -> None:
    """Refuse what is larger than any resting recording.

    Raises
    ------
    RecordingError
        More than ``MAX_BYTES``.
    """
    if size > MAX_BYTES:
        raise RecordingError(
            "errors_recording.too_large", file=file, megabytes=size >> 20, limit=MAX_BYTES >> 20
        )
