"""What a process does while it reads an upload: every file, process and address that it opens beyond what it may."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# what a library may load late is code and its data: read, never written
_CODE = tuple(
    str(Path(place).resolve())
    for place in {
        sys.prefix,
        sys.base_prefix,
        str(Path(__file__).parents[1]),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)
_FILES = {
    *("open", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "os.utime", "os.listdir", "os.scandir", "os.chdir", "os.mkfifo", "os.setxattr"),
}
_NEVER = {
    *("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.spawn", "os.fork", "os.forkpty"),
    *(
        "socket.connect",
        "socket.bind",
        "socket.getaddrinfo",
        "socket.sendto",
        "urllib.Request",
        "ftplib.connect",
    ),
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Notes what is touched outside one folder; an audit hook cannot be taken away, so one serves for the process."""

    def __init__(self) -> None:
        self._inside: str | None = None
        self._found: list[str] = []
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def over(self, folder: Path) -> Iterator[list[str]]:
        """Watch while the block runs.

        Yields
        ------
        list
            What was touched beyond ``folder`` and the program's own code; it grows while the block runs.
        """
        found: list[str] = []
        self._found = found
        self._inside = str(folder.resolve())
        try:
            yield found
        finally:
            self._inside = None

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._inside is None or (event not in _FILES and event not in _NEVER):
            return
        inside, self._inside = self._inside, None  # what is done here is not what is watched
        try:
            if event in _NEVER:
                self._found.append(f"{event} {arguments!r}"[:200])
            else:
                self._found += [f"{event} {place}"[:200] for place in _outside(event, arguments, inside)]
        finally:
            self._inside = inside


def _outside(event: str, arguments: tuple[Any, ...], inside: str) -> list[str]:
    reads = event in {"os.listdir", "os.scandir"} or (
        event == "open" and isinstance(arguments[2], int) and not arguments[2] & _WRITES
    )
    allowed = (inside, *_CODE) if reads else (inside,)
    two = event in {"os.rename", "os.link", "os.symlink"}
    named = arguments[:2] if two else arguments[:1]
    # a name may be meant from an opened folder, which comes as the last argument, or the last two
    folders = arguments[2:4] if two and event != "os.symlink" else (arguments[-1],) * 2
    written = [
        (each, at)
        for each, at in zip(named, folders, strict=False)
        if isinstance(each, str | bytes | os.PathLike)
    ]
    if (
        event == "open"
        and arguments[1] is None
        and not all(Path(os.fsdecode(each)).exists() for each, _ in written)
    ):
        return []  # opened from a folder that the event does not name: nothing of that name lies here
    places = [_place(os.fsdecode(each), at if event != "open" else None) for each, at in written]
    return [place for place in places if not any(_within(place, root) for root in allowed)]


def _place(written: str, folder: object) -> str:
    """Where a name leads to: from an opened folder, if one was given, else from the process's own."""
    if isinstance(folder, int) and folder >= 0 and not Path(written).is_absolute():
        written = str(Path(f"/proc/self/fd/{folder}").resolve() / written)
    return os.path.realpath(written)


def _within(place: str, root: str) -> bool:
    return place == root or place.startswith(root + os.sep)
