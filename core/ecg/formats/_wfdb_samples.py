"""Sample formats of WFDB signal files (signal(5)): from bytes to whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# format: bytes a sample, numpy type, what is subtracted, value that marks a gap
_PLAIN = {
    16: (2, "<i2", 0, -32768),
    61: (2, ">i2", 0, -32768),
    160: (2, "<u2", 32768, -32768),
    80: (1, "u1", 128, -128),
    32: (4, "<i4", 0, -(2**31)),
}


def bytes_of(form: int, n: int) -> int | None:
    """Bytes that ``n`` samples take, ``None`` for a format that is not read here."""
    if form in _PLAIN:
        return _PLAIN[form][0] * n
    return {24: 3 * n, 212: (3 * n + 1) // 2}.get(form)


def samples_in(form: int, n_bytes: int) -> int:
    """Samples that a file of this many bytes holds."""
    return 2 * n_bytes // 3 if form == 212 else n_bytes // (bytes_of(form, 1) or 1)


def unpack(form: int, data: bytes, n: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Values (n,) and which of them are valid."""
    if form in _PLAIN:
        _, kind, zero, gap = _PLAIN[form]
        values = np.frombuffer(data, dtype=kind, count=n).astype(np.int64) - zero
        return values, values != gap
    if form == 24:
        parts = np.frombuffer(data, dtype=np.uint8, count=3 * n).reshape(-1, 3).astype(np.int64)
        values = _signed(parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16, 24)
        return values, values != -(2**23)
    values = _unpack_212(data, n)
    return values, values != -2048


def _unpack_212(data: bytes, n: int) -> NDArray[np.int64]:
    """Two samples of 12 bits in three bytes."""
    parts = np.frombuffer(data.ljust(-(-len(data) // 3) * 3, b"\0"), dtype=np.uint8)
    parts = parts.reshape(-1, 3).astype(np.int64)
    first = parts[:, 0] | (parts[:, 1] & 0x0F) << 8
    second = parts[:, 2] | (parts[:, 1] & 0xF0) << 4
    return _signed(np.stack([first, second], axis=1).ravel()[:n], 12)


def _signed(values: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values)
