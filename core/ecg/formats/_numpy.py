"""NPY and NPZ: arrays of numbers, never objects; sizes are compared with the file before memory is taken."""

from __future__ import annotations

import math
import sys
import tokenize
import warnings
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg.formats._limits import check_length, check_unpacked, damaged
from core.ecg.formats._named_arrays import as_leads, channels_of, read_named
from core.ecg.formats._raw import Raw
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._upload import Upload

_MAX_MEMBERS = 100
# numpy takes the header apart as a Python literal
_HEADER_FAULTS = (
    ValueError,
    EOFError,
    SyntaxError,
    TypeError,
    RecursionError,
    MemoryError,
    tokenize.TokenError,
)
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


def read_npy(upload: Upload) -> Raw:
    """Read one array of 12 × n or n × 12 numbers.

    Raises
    ------
    RecordingError
        The array holds objects, has another shape, or is cut off.
    """
    return Raw("npy", channels_of(as_leads(_array(upload.data, upload.file), upload.file), None))


def read_npz(upload: Upload) -> Raw:
    """Read an archive with the signal and, by plain names, its rate (``rate_hz``, ``fs`` …), unit and leads.

    Raises
    ------
    RecordingError
        The archive is damaged or swells, or no array in it is a signal.
    """
    found: dict[str, NDArray[np.generic] | list[str]] = {}
    for name, content in _members(upload).items():
        array = _array(content, f"{upload.file} → {name}")
        is_text = array.dtype.kind in "US"
        found[name.removesuffix(".npy")] = [_text(item) for item in array.ravel()] if is_text else array
    return read_named(found, "npz", upload.file)


def is_npz(data: bytes) -> bool:
    """Whether a ZIP archive holds arrays only."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except _ZIP_FAULTS:
        # cut off: the names at the front of each member tell
        return b".npy" in data[:200]
    return bool(names) and all(name.endswith(".npy") for name in names)


def _members(upload: Upload) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(BytesIO(upload.data)) as archive:
            parts = archive.infolist()[:_MAX_MEMBERS]
            check_unpacked(upload.file, "NPZ", sum(part.file_size for part in parts))
            contents = {}
            for part in parts:
                with archive.open(part) as opened:
                    contents[part.filename] = opened.read(part.file_size + 1)
            return contents
    except _ZIP_FAULTS as error:
        raise damaged(upload.file, "NPZ", "ZIP") from error


def _array(data: bytes, file: str) -> NDArray[np.generic]:
    """Array of an NPY file, its header checked first."""
    stream = BytesIO(data)
    try:
        # numpy warns of headers as Python 2 wrote them, and reads them
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shape, fortran, dtype = _header(stream)
    except _HEADER_FAULTS as error:
        raise damaged(file, "NPY", "header") from error
    if dtype.hasobject:
        raise RecordingError("errors_recording.pickled", file=file)
    if dtype.kind not in "fiubUS" or any(n < 0 for n in shape):
        raise RecordingError("errors_recording.not_numbers", file=file, found=str(dtype)[:40])
    start = stream.tell()
    expected = math.prod(shape) * dtype.itemsize
    check_length(file, "NPY", expected, len(data) - start)
    if expected == 0:
        return np.empty(shape, dtype=dtype)
    if dtype.kind == "U":
        letters = np.frombuffer(data, dtype=np.dtype("u4").newbyteorder(dtype.byteorder), offset=start)
        if (letters > sys.maxunicode).any():  # numpy would hand on letters that there are not
            raise damaged(file, "NPY", "text")
    array = np.frombuffer(data, dtype=dtype, offset=start)
    return array.reshape(shape, order="F" if fortran else "C")


def _header(stream: BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, fortran, dtype


def _text(item: object) -> str:
    return item.decode("latin-1") if isinstance(item, bytes) else str(item)
