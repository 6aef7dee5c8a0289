"""Huffman codes of SCP-ECG (EN 1064, section 2 and annex C)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEFAULT = 19999


class Code(NamedTuple):
    """What a prefix stands for: a value, the start of ``extra`` bits, or a change to another table."""

    value: int
    extra: int
    switches: bool


Table = dict[tuple[int, int], Code]


def default_table() -> Table:
    """The table of annex C: one to eight set bits for the magnitude, then 8 or 16 plain bits for what is larger."""
    table = {(1, 0): Code(0, 0, switches=False)}
    for magnitude in range(1, 9):
        prefix = ((1 << magnitude) - 1) << 2
        table[magnitude + 2, prefix] = Code(magnitude, 0, switches=False)
        table[magnitude + 2, prefix | 1] = Code(-magnitude, 0, switches=False)
    table[10, 0b1111111110] = Code(0, 8, switches=False)
    table[10, 0b1111111111] = Code(0, 16, switches=False)
    return table


def read_tables(body: bytes) -> list[Table]:
    """Tables of section 2.

    Raises
    ------
    ValueError
        There is none, or a code has no length.
    """
    count = struct.unpack_from("<H", body)[0]
    if count == _DEFAULT:
        return [default_table()]
    tables: list[Table] = []
    at = 2
    for _ in range(count):
        n_codes = struct.unpack_from("<H", body, at)[0]
        at += 2
        table: Table = {}
        for _ in range(n_codes):
            prefix, total, mode, value, stored = struct.unpack_from("<BBBhI", body, at)
            at += 9
            if not 1 <= prefix <= min(total, 32) or total - prefix > 32:
                raise ValueError(prefix)
            # the first bit sent is the lowest one stored
            code = int(f"{stored & ((1 << prefix) - 1):0{prefix}b}"[::-1], 2)
            table[prefix, code] = Code(value, total - prefix, switches=mode == 0)
        tables.append(table)
    if not tables:
        raise ValueError(count)
    return tables


def decode(data: bytes, count: int, tables: list[Table]) -> NDArray[np.int64]:
    """Decode ``count`` values, first bit highest.

    Raises
    ------
    ValueError
        The data end early, or hold a code that is in no table.
    """
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8)).tolist()
    longest = [max((length for length, _ in table), default=0) for table in tables]
    values = np.empty(count, dtype=np.int64)
    at = n = using = 0
    while n < count:
        prefix = length = 0
        code = None
        while code is None:
            if length >= longest[using] or at >= len(bits):
                raise ValueError(at)
            prefix, length, at = prefix << 1 | bits[at], length + 1, at + 1
            code = tables[using].get((length, prefix))
        if code.switches:
            using = code.value - 1
            if not 0 <= using < len(tables):
                raise ValueError(using)
            continue
        values[n] = code.value
        if code.extra:
            values[n] += _signed(bits[at : at + code.extra], code.extra)
            at += code.extra
        n += 1
    return values


def _signed(bits: list[int], n: int) -> int:
    if len(bits) < n:
        raise ValueError(n)
    value = int("".join(map(str, bits)), 2)
    return value - (1 << n) if bits[0] else value
