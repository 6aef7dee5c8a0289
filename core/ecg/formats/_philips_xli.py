"""XLI, the packing of Philips Sierra waveforms: LZW with ten-bit codes over second differences of 16 bits.

Follows the published description of sierra-ecg-tools (https://github.com/sixlettervariables/sierra-ecg-tools).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import damaged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_HEADER = 8
_BITS = 10
_LAST_CODE = (1 << _BITS) - 2
_BIAS = 64


def unpack_xli(data: bytes, n_samples: int, n_leads: int, file: str) -> list[NDArray[np.int32]]:
    """First leads of a waveform, each (n_samples,).

    Raises
    ------
    RecordingError
        A chunk is cut off, or holds fewer or more samples than announced.
    """
    leads: list[NDArray[np.int32]] = []
    position = 0
    while len(leads) < n_leads and len(data) - position >= _HEADER:
        part = f"XLI {len(leads) + 1}"
        size = int.from_bytes(data[position : position + 4], "little")
        first = int.from_bytes(data[position + 6 : position + 8], "little", signed=True)
        chunk = data[position + _HEADER : position + _HEADER + size]
        if not chunk or len(chunk) < size:
            raise damaged(file, "Philips", part)
        unpacked = _lzw(chunk, 2 * n_samples)
        if len(unpacked) < 2 * n_samples:
            raise damaged(file, "Philips", part)
        leads.append(_samples(unpacked, first))
        position += _HEADER + size
    return leads


def _lzw(chunk: bytes, most: int) -> bytes:
    """Unpack at most ``most`` bytes; a code that is not defined ends the lead, and its length then tells."""
    words = {code: bytes([code]) for code in range(256)}
    unpacked = bytearray()
    previous = b""
    for code in _codes(chunk):
        word = words.get(code, previous + previous[:1])
        if code > _LAST_CODE or not word:
            break
        unpacked += word
        if previous and len(words) <= _LAST_CODE:
            words[len(words)] = previous + word[:1]
        previous = word
        if len(unpacked) >= most:
            break
    return bytes(unpacked[:most])


def _codes(chunk: bytes) -> Iterator[int]:
    window, held = 0, 0
    for byte in chunk:
        window, held = (window << 8 | byte) & 0xFFFFFF, held + 8
        if held >= _BITS:
            held -= _BITS
            yield window >> held & ((1 << _BITS) - 1)


def _samples(unpacked: bytes, first: int) -> NDArray[np.int32]:
    """High bytes, then low bytes, of second differences; the first two are samples themselves."""
    half = len(unpacked) // 2
    both = np.frombuffer(unpacked, dtype=np.uint8).astype(np.uint16)
    differences = (both[:half] << 8 | both[half:]).view(np.int16).astype(np.int64)
    bends = np.concatenate([[first], differences[2:-1] - _BIAS])
    slopes = differences[1] - differences[0] - np.cumsum(bends)
    samples = np.concatenate([differences[:2], differences[1] + np.cumsum(slopes)])
    return samples[:half].astype(np.int32)
