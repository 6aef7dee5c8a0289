"""MATLAB files of versions 4 and 5 (not 7.3): numbers, texts, structs and cells; nothing else is looked at.

Format: MathWorks, "MAT-File Format", R2024. Read here rather than by a library so that no size in the file is
believed before it is compared with what is there.
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import check_unpacked, damaged
from core.ecg.formats._named_arrays import read_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.ecg.formats._raw import Raw
    from core.ecg.formats._upload import Upload

_TYPES = {
    1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8",
}  # fmt: skip
_TEXT_TYPES = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}
_COMPRESSED, _MATRIX = 15, 14
_CELL, _STRUCT, _CHAR = 1, 2, 4
_NUMERIC = range(6, 16)
_V4_TYPES = {0: "f8", 1: "f4", 2: "i4", 3: "i2", 4: "u2", 5: "u1"}
_MAX_DEPTH = 8
_PIECE = 1 << 20


def read_mat5(upload: Upload) -> Raw:
    """Read a version 5 file.

    Raises
    ------
    RecordingError
        The file is damaged, swells when unpacked, or holds no signal.
    """
    found: dict[str, NDArray[np.generic] | list[str]] = {}
    order = "<" if upload.data[126:128] == b"IM" else ">"
    unpacked = 0
    try:
        for kind, body in _elements(upload.data[128:], order):
            if kind == _COMPRESSED:
                content = _unpacked(body, upload.file, unpacked)
                unpacked += len(content)
                for inner_kind, inner in _elements(content, order):
                    _collect(inner_kind, inner, order, "", found, 0)
            else:
                _collect(kind, body, order, "", found, 0)
    except (ValueError, LookupError, StopIteration, struct.error, zlib.error) as error:
        raise damaged(upload.file, "MAT", ", ".join(found) or "header") from error
    return read_named(found, "mat", upload.file)


def read_mat4(upload: Upload) -> Raw:
    """Read a version 4 file.

    Raises
    ------
    RecordingError
        The file is cut off, or holds no signal.
    """
    found: dict[str, NDArray[np.generic] | list[str]] = {}
    data, position = upload.data, 0
    try:
        while position < len(data):
            name, value, position = _v4_matrix(data, position)
            found[name] = value
    except (ValueError, LookupError, struct.error) as error:
        raise damaged(upload.file, "MAT", ", ".join(found) or "header") from error
    return read_named(found, "mat", upload.file)


def is_mat4(data: bytes) -> bool:
    """Whether the first twenty bytes are a sensible header of version 4 (which has no mark)."""
    if len(data) < 20:
        return False
    kind, rows, columns, imaginary, name_length = struct.unpack_from("<5i", data)
    thousands, rest = divmod(kind, 1000)
    return (
        thousands in {0, 1} and rest // 10 in _V4_TYPES and rest % 10 in {0, 1}
        and min(rows, columns) > 0 and imaginary == 0 and 1 < name_length <= 64
        and data[20 : 20 + name_length].rstrip(b"\0").isalnum()
    )  # fmt: skip


def _v4_matrix(data: bytes, position: int) -> tuple[str, NDArray[np.generic] | list[str], int]:
    kind, rows, columns, imaginary, name_length = struct.unpack_from("<5i", data, position)
    if kind not in range(52) or min(rows, columns, name_length) < 0 or imaginary:
        raise ValueError(kind)
    dtype = np.dtype("<" + _V4_TYPES[kind // 10])
    start = position + 20 + name_length
    end = start + rows * columns * dtype.itemsize
    if end > len(data):
        raise ValueError(end)
    name = data[position + 20 : start].split(b"\0")[0].decode("latin-1")
    values = np.frombuffer(data[start:end], dtype=dtype).reshape((rows, columns), order="F")
    if kind % 10 == 1:
        return (
            name,
            ["".join(chr(int(letter)) for letter in row if 0 < letter < 256) for row in values[:64]],
            end,
        )
    return name, values, end


def _elements(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 8 <= len(data):
        kind, size = struct.unpack_from(order + "II", data, position)
        if kind >> 16:  # small element: size, type and up to four bytes in one
            kind, size = kind & 0xFFFF, kind >> 16
            if size > 4:
                raise ValueError(size)
            yield kind, data[position + 4 : position + 4 + size]
            position += 8
            continue
        if position + 8 + size > len(data):
            raise ValueError(size)
        yield kind, data[position + 8 : position + 8 + size]
        position += 8 + (size if kind == _COMPRESSED else -(-size // 8) * 8)


def _unpacked(body: bytes, file: str, before: int) -> bytes:
    """Content of one packed element; it is measured piece by piece first, so that a bomb takes no memory."""
    packed, size = zlib.decompressobj(), 0
    piece, rest = packed.decompress(body, _PIECE), packed.unconsumed_tail
    while piece:
        size += len(piece)
        check_unpacked(file, "MAT", before + size)
        piece, rest = packed.decompress(rest, _PIECE), packed.unconsumed_tail
    if not packed.eof:
        raise ValueError(len(body))
    return zlib.decompress(body[: len(body) - len(packed.unused_data)], bufsize=max(size, 1))


def _collect(
    kind: int,
    body: bytes,
    order: str,
    name: str,
    found: dict[str, NDArray[np.generic] | list[str]],
    depth: int,
) -> None:
    """Add the numbers and texts of one matrix, and of all that it contains, under dotted names."""
    if kind != _MATRIX or depth > _MAX_DEPTH or not body:
        return
    parts = _elements(body, order)
    flags = struct.unpack(order + "I", next(parts)[1][:4])[0]
    _, dimensions = next(parts)
    shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
    own = next(parts)[1].decode("latin-1")
    name = ".".join(part for part in (name, own) if part)
    container = flags & 0xFF
    if container in _NUMERIC and not flags & 0x0800:
        stored, content = next(parts)
        values = np.frombuffer(content, dtype=order + _TYPES[stored])
        if math.prod(shape) != values.size:
            raise ValueError(shape)
        found[name] = values.reshape(shape, order="F")
    elif container == _CHAR:
        stored, content = next(parts, (16, b""))
        found[name] = [_text(stored, content, order)]
    elif container == _STRUCT:
        _collect_fields(parts, order, name, found, depth)
    elif container == _CELL:
        inner: dict[str, NDArray[np.generic] | list[str]] = {}
        for number, (inner_kind, item) in enumerate(parts):
            _collect(inner_kind, item, order, str(number), inner, depth + 1)
        texts = [value[0] for value in inner.values() if isinstance(value, list)]
        found.update({name: texts} if texts else {f"{name}.{key}": value for key, value in inner.items()})


def _collect_fields(
    parts: Iterator[tuple[int, bytes]],
    order: str,
    name: str,
    found: dict[str, NDArray[np.generic] | list[str]],
    depth: int,
) -> None:
    length = struct.unpack(order + "i", next(parts)[1][:4])[0]
    names = next(parts)[1]
    if not 0 < length <= 256:
        raise ValueError(length)
    fields = [
        names[at : at + length].split(b"\0")[0].decode("latin-1") for at in range(0, len(names), length)
    ]
    for field, (kind, body) in zip(fields, parts, strict=False):
        _collect(kind, body, order, f"{name}.{field}" if name else field, found, depth + 1)


def _text(stored: int, content: bytes, order: str) -> str:
    encoding = _TEXT_TYPES.get(stored, "latin-1")
    if encoding in {"utf-16", "utf-32"}:
        encoding += "-le" if order == "<" else "-be"
    return content.decode(encoding, errors="replace").strip()
