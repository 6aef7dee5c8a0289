"""Where runs live: a folder of the server's own among the temporary files, gone with it."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_PREFIX = "pe-training-"
_OWNER = "owner"
_HELD: list[IO[bytes]] = []


def own_folder() -> Path:
    """Make the folder, for this user's eyes only.

    Raises
    ------
    OSError
        There is no room for it.
    """
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    _hold(folder / _OWNER)
    return folder


def remove_deserted() -> None:
    """Remove what servers that were killed left behind: an own cohort's predictions may be among it."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _deserted(left):
            shutil.rmtree(left, ignore_errors=True)


def _hold(path: Path) -> None:
    """Keep a file locked as long as this process lives: the system lets go of it, however the process ends."""
    file = path.open("wb")
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX)
    _HELD.append(file)


def _deserted(folder: Path) -> bool:
    if sys.platform == "win32":
        return False
    with contextlib.suppress(OSError), (folder / _OWNER).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
