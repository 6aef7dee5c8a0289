"""Where saved models stand, and how one takes another's place: by renaming alone, so that no moment leaves none.

Beside ``<name>`` there may be ``.<name>.previous`` (the way back), ``.<name>-new-…`` (being written),
``.<name>-old-…`` (on its way out) and, while several models change together, the list of them. Killed at any moment,
the next reader finds either what stood before or what was to come (see ``standing``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

if sys.platform != "win32":
    import fcntl

PREVIOUS = "previous"
LIST = ".adopting.json"
_STRAY = re.compile(r"\.[a-z]+-[a-z]+-(new|old)-\w+")
_STRAY_AFTER_S = 24 * 3600
_BUSY = threading.Lock()


def previous_of(place: Path) -> Path:
    """Where the model before the one in ``place`` is kept."""
    return place.with_name(f".{place.name}.{PREVIOUS}")


def standing(folder: Path) -> Path:
    """Return the folder itself, or the previous model if an adoption was cut off between its two steps."""
    if (folder.parent / LIST).is_file():
        finish(folder.parent)
    previous = previous_of(folder)
    return previous if not folder.exists() and previous.is_dir() else folder


def stage(root: Path, name: str, contents: dict[str, bytes]) -> Path:
    """Write a model's files beside the one in use, down to the disk.

    Raises
    ------
    OSError
        It cannot be written; nothing is left of it.
    """
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{name}-new-", dir=root))
    try:
        for file, content in contents.items():
            with (folder / file).open("wb") as written:
                written.write(content)
                written.flush()
                os.fsync(written.fileno())
        folder.chmod(0o755)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def swap(new: Path, place: Path) -> None:
    """Put ``new`` in ``place``; what stood there becomes the previous one.

    Raises
    ------
    OSError
        It cannot be done; what stood there still stands.
    """
    previous = previous_of(place)
    outgoing = new.with_name(f".{place.name}-old-{new.name.rpartition('-')[2]}")
    if place.exists():
        if previous.exists():
            previous.rename(outgoing)
        try:
            place.rename(previous)
        except OSError:
            if outgoing.exists():
                outgoing.rename(previous)
            raise
    try:
        new.rename(place)
    except OSError:
        if previous.exists() and not place.exists():
            previous.rename(place)
        raise
    shutil.rmtree(outgoing, ignore_errors=True)


def swap_all(root: Path, staged: dict[str, Path]) -> None:
    """Put several staged models in their places together: cut off half-way, the next reader does the rest.

    Raises
    ------
    OSError
        It cannot be done; what stood there stands again.
    """
    with _BUSY:
        handle, path = tempfile.mkstemp(prefix=".adopting-", dir=root)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            _locked(file, wait=True)
            json.dump({name: folder.name for name, folder in staged.items()}, file)
            file.flush()
            os.fsync(file.fileno())
            _let_go(file)
            Path(path).replace(root / LIST)
            try:
                _carry_out(root, {name: folder.name for name, folder in staged.items()})
            except OSError:
                _undo(root, staged)
                raise


def finish(root: Path) -> None:
    """Carry out what an adoption that was cut off had still to do; nothing while its process is at work."""
    if not _BUSY.acquire(blocking=False):
        return
    try:
        with (root / LIST).open("r+", encoding="utf-8") as file:
            if _locked(file, wait=False) and (root / LIST).is_file():
                names = _names(file.read())
                _let_go(file)
                _carry_out(root, names)
    except OSError:
        return  # a folder that cannot be written serves what stands
    finally:
        _BUSY.release()


def sweep(root: Path) -> None:
    """Remove what interrupted work left behind more than a day ago."""
    for path in root.iterdir():
        if _STRAY.fullmatch(path.name) and time.time() - path.stat().st_mtime > _STRAY_AFTER_S:
            shutil.rmtree(path, ignore_errors=True)


def _carry_out(root: Path, staged: dict[str, str]) -> None:
    for name, folder in staged.items():
        if (root / folder).is_dir():
            swap(root / folder, root / name)
    (root / LIST).unlink(missing_ok=True)


def _undo(root: Path, staged: dict[str, Path]) -> None:
    for name, folder in staged.items():
        previous, place = previous_of(root / name), root / name
        if not folder.exists() and place.exists():
            place.rename(folder)
            if previous.exists():
                previous.rename(place)
    (root / LIST).unlink(missing_ok=True)


def _names(content: str) -> dict[str, str]:
    """Read the list; what is no list of ours asks for nothing."""
    try:
        stored: Any = json.loads(content)
    except ValueError:
        return {}
    pairs = stored.items() if isinstance(stored, dict) else ()
    return {
        name: folder
        for name, folder in pairs
        if isinstance(folder, str) and _STRAY.fullmatch(folder) and folder.startswith(f".{name}-new-")
    }


def _locked(file: IO[str], *, wait: bool) -> bool:
    """Take the file for this process; the system lets go of it when the process ends, however it ends."""
    if sys.platform == "win32":  # there one process alone is guarded, by ``_BUSY``
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _let_go(file: IO[str]) -> None:
    """Close a file that is about to be moved, where the system asks for that."""
    if sys.platform == "win32":
        file.close()
