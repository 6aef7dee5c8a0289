"""A cohort folder that comes as a ZIP file: unpacked within bounds, and into its own folder alone."""

from __future__ import annotations

import contextlib
import errno
import io
import re
import stat
import zipfile
import zlib
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

from core.errors import CohortError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_TABLES = 256 * 1024 * 1024
MOST_FILES = 20_000
MOST_DEPTH = 8
_MOST_NAME = 200
_ENTRY = 400  # bytes that the archive's directory spends on a file with a long name
_CHUNK = 1 << 20
_PARTS = ("labels.csv", "ehr.csv", "ecg.csv")
_TABLES = (".csv", ".toml")
_NOT_CARRIED = ("__MACOSX", ".DS_Store", "Thumbs.db")
_END = b"PK\x05\x06"
_UNSAFE = re.compile(r"[\x00-\x1f\\:]")
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, IndexError)


def unpack_cohort(data: bytes, folder: Path) -> Path:
    """Unpack a cohort into an empty folder.

    Parameters
    ----------
    data
        The ZIP file.
    folder
        Empty; nothing is written outside it.

    Returns
    -------
    Path
        The cohort's own folder: ``folder`` itself, or the one below it that holds the tables.

    Raises
    ------
    CohortError
        It is no ZIP file or damaged, locked, too large or too many; a name leads out of the folder or is a link; it
        holds no cohort; or the disk is full.
    """
    with _opened(data) as (archive, members):
        _unpack(archive, members, folder)
    tables = [path.relative_to(folder) for name in _PARTS for path in folder.rglob(name)]
    return folder / _nearest(tables)


def tables_in(data: bytes) -> dict[str, bytes]:
    """Read the small files beside a cohort's tables, in memory: ``.csv`` and ``.toml``; recordings are not looked at.

    Raises
    ------
    CohortError
        As for ``unpack_cohort``.
    """
    with _opened(data) as (archive, members):
        place = _nearest([path for _, path in members if path.name in _PARTS])
        room, files = MOST_TABLES, {}
        for one, path in members:
            if path.parent == place and path.suffix in _TABLES:
                with archive.open(one) as packed:
                    files[path.name] = packed.read(room + 1)
                room -= len(files[path.name])
                if room < 0:
                    raise _large(MOST_TABLES + 1, MOST_TABLES)
    return files


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[tuple[zipfile.ZipFile, list[tuple[zipfile.ZipInfo, PurePosixPath]]]]:
    """Open an archive and give its files with their paths inside the folder; what is wrong with it is one sentence."""
    if len(data) > MOST_BYTES:
        raise _large(len(data), MOST_BYTES)
    _check_directory(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(one, _inside(one)) for one in archive.infolist() if not one.is_dir()]
            wanted = [(one, path) for one, path in members if not set(path.parts) & set(_NOT_CARRIED)]
            if len(wanted) > MOST_FILES:
                raise CohortError("errors_archive.files", n=f"{len(wanted):,}", limit=f"{MOST_FILES:,}")
            yield archive, wanted
    except _FAULTS as error:
        raise CohortError("errors_archive.broken") from error
    except RuntimeError as error:  # what zipfile raises for a part that needs a password
        raise CohortError("errors_archive.locked") from error


def _unpack(
    archive: zipfile.ZipFile, members: list[tuple[zipfile.ZipInfo, PurePosixPath]], folder: Path
) -> None:
    room = MOST_UNPACKED
    for one, path in members:
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            room -= _write(archive, one, place, room)
        except OSError as error:
            _refuse(error, path)


def _write(archive: zipfile.ZipFile, one: zipfile.ZipInfo, place: Path, room: int) -> int:
    """Write a member and return its size: what it is, not what the archive says it is."""
    size = 0
    with archive.open(one) as packed, place.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise _large(MOST_UNPACKED + 1, MOST_UNPACKED)
            file.write(chunk)
    return size


def _inside(one: zipfile.ZipInfo) -> PurePosixPath:
    """Path of a member inside the folder.

    Raises
    ------
    CohortError
        It leads out of it, is nothing a disk takes, or is a link.
    """
    written = one.orig_filename
    path = PurePosixPath(one.filename)
    shown = _shown(written)
    bad = path.is_absolute() or ".." in path.parts or _UNSAFE.search(written) is not None
    if bad or not path.parts or len(path.parts) > MOST_DEPTH or any(len(p) > _MOST_NAME for p in path.parts):
        raise CohortError("errors_archive.path", path=shown)
    mode = one.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise CohortError("errors_archive.link", path=shown)
    return path


def _shown(path: str) -> str:
    """Path as a sentence can hold it: on one line, in letters that every terminal has."""
    return path.encode("unicode_escape").decode("ascii")[:60]


def _check_directory(data: bytes) -> None:
    """Refuse a directory of more files than are allowed before it is read into memory."""
    tail = data[-(1 << 16) - 64 :]
    places = [found.start() for found in re.finditer(re.escape(_END), tail)]
    if not places:
        raise CohortError("errors_archive.broken")
    size = max(int.from_bytes(tail[at + 12 : at + 16], "little") for at in places)
    if size > MOST_FILES * _ENTRY:
        raise CohortError("errors_archive.files", n=f"{size // _ENTRY:,}", limit=f"{MOST_FILES:,}")


def _refuse(error: OSError, path: PurePosixPath) -> NoReturn:
    if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
        raise CohortError("errors_archive.path", path=_shown(str(path))) from error
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        raise CohortError("errors_archive.no_room") from error
    raise CohortError("errors_archive.broken") from error


def _large(size: int, limit: int) -> CohortError:
    return CohortError("errors_archive.large", megabytes=-(-size >> 20), limit=limit >> 20)


def _nearest(tables: Sequence[PurePath]) -> PurePath:
    """Return the folder nearest to the top that holds a cohort's tables, one with labels first."""
    if not tables:
        raise CohortError("errors_archive.no_cohort")
    labelled = {path.parent for path in tables if path.name == _PARTS[0]}
    folders = {path.parent for path in tables}
    return min(folders, key=lambda place: (len(place.parts), place not in labelled, str(place)))
