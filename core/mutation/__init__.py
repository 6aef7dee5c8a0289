"""Damage to files, as mailing, cutting, exporting and malice do it; the same random numbers do the same damage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    Random = np.random.Generator

MOST_BYTES = 2_000_000  # a mutation may double a file again and again: beyond this it is cut
_HEADERS = 2_000
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMBERS = (
    *(b"0", b"-1", b"1", b"-0", b"00000000000000000001", b"2147483648", b"-2147483649", b"4294967296"),
    *(b"9223372036854775808", b"99999999999999999999999999", b"1e308", b"1e999", b"-1e-320", b"nan", b"-inf"),
    *(b"Infinity", b"0x7f", b"1_000", b"1,5", "１２".encode(), b"1e6", b"65536", b""),
)
_WORDS = (
    *(
        b"../",
        b"..\\..\\",
        b"/etc/passwd",
        b"C:\\Windows\\win.ini",
        b"http://example.com/x",
        b"file:///etc/passwd",
    ),
    *(
        b"<!ENTITY a SYSTEM 'file:///etc/passwd'>",
        b"<!DOCTYPE x>",
        b"&a;",
        b"<",
        b"]]>",
        b"<?xml",
        b"{{",
        b"{0}",
    ),
    *(
        b"=1+1",
        b"@SUM(1)",
        b"+1",
        b"-1",
        b'"',
        b"'",
        b"\x00",
        b"\x00" * 8,
        b"\xff" * 4,
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    ),
    *(
        b"\r",
        b"\n",
        b"\r\n",
        b"\t",
        b"\x1a",
        b"\x7f\xff\xff\xff",
        b"\xff\xff\xff\x7f",
        b"PK\x03\x04",
        b"NaN",
        b"inf",
    ),
    *(
        "患者".encode(),
        "患者".encode("gb18030"),
        "\u202e\u2066\u200b".encode(),
        b"\xed\xa0\x80",
        b"%s%n",
        b"$x$",
    ),
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "gb18030", "latin-1", "cp037")


def mutated(data: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    """Damage a file once to three times; half of the damage falls near the front, where headers are.

    Parameters
    ----------
    others
        Files that parts may be spliced in from.
    """
    for _ in range(int(rng.integers(1, 4))):
        data = _MUTATORS[int(rng.integers(len(_MUTATORS)))](data, others, rng)[:MOST_BYTES]
    return data


def _place(data: bytes, rng: Random) -> int:
    reach = len(data) if rng.random() < 0.5 else min(len(data), _HEADERS)
    return int(rng.integers(0, reach + 1))


def _span(data: bytes, rng: Random) -> tuple[int, int]:
    begin = _place(data, rng)
    longest = max(1, int(10 ** rng.uniform(0, 4)))
    return begin, min(len(data), begin + int(rng.integers(1, longest + 1)))


def _flip(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    if not data:
        return rng.bytes(8)
    content = bytearray(data)
    for _number in range(int(10 ** rng.uniform(0, 1.5))):
        content[min(_place(data, rng), len(data) - 1)] ^= 1 << int(rng.integers(8))
    return bytes(content)


def _overwrite(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _span(data, rng)
    size = end - begin
    filling = rng.bytes(size) if rng.random() < 0.5 else bytes([int(rng.integers(256))]) * size
    return data[:begin] + filling + data[end:]


def _truncate(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    return data[: _place(data, rng)] if rng.random() < 0.8 else data[_place(data, rng) :]


def _delete(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _span(data, rng)
    return data[:begin] + data[end:]


def _duplicate(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    begin, end = _span(data, rng)
    times = int(10 ** rng.uniform(0, 2))
    return data[:begin] + data[begin:end] * times + data[begin:]


def _splice(data: bytes, others: Sequence[bytes], rng: Random) -> bytes:
    other = others[int(rng.integers(len(others)))] if others else rng.bytes(64)
    begin, end = _span(other, rng)
    at, until = _span(data, rng)
    kept = data[until:] if rng.random() < 0.5 else data[at:]
    return data[:at] + (other[begin:end] if rng.random() < 0.7 else other[begin:]) + kept


def _swap(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    one, two, three = sorted(_place(data, rng) for _number in range(3))
    return data[:one] + data[two:three] + data[one:two] + data[three:]


def _insert(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    at = _place(data, rng)
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    over = len(word) if rng.random() < 0.5 else 0
    return data[:at] + word + data[at + over :]


def _change_number(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    """Put an absurd figure in the place of one that is written out."""
    at = _place(data, rng)
    found = _NUMBER.search(data, at) or _NUMBER.search(data)
    if found is None:
        return _insert(data, (), rng)
    return data[: found.start()] + _NUMBERS[int(rng.integers(len(_NUMBERS)))] + data[found.end() :]


def _change_count(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    """Put an absurd figure where a binary header may keep a length or a count."""
    size = 1 << int(rng.integers(4))
    most = 1 << (8 * size)
    choices = (0, 1, most - 1, most // 2, most // 2 - 1, int(rng.integers(0, 256)), 65_536, 10**9)
    value = choices[int(rng.integers(len(choices)))] % most
    at = _place(data, rng)
    return data[:at] + value.to_bytes(size, "little" if rng.random() < 0.6 else "big") + data[at + size :]


def _change_line(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    """Repeat, lose or move a line."""
    lines = data.split(b"\n")
    one, two = (int(rng.integers(len(lines))) for _number in range(2))
    match int(rng.integers(3)):
        case 0:
            lines.insert(two, lines[one])
        case 1:
            del lines[one]
        case _:
            lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _encode(data: bytes, _: Sequence[bytes], rng: Random) -> bytes:
    """Write text in another encoding."""
    text = data.decode("utf-8", errors="replace")
    return text.encode(_ENCODINGS[int(rng.integers(len(_ENCODINGS)))], errors="replace")


_MUTATORS: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    *(_flip, _overwrite, _truncate, _delete, _duplicate, _splice, _swap, _insert, _insert),
    *(_change_number, _change_number, _change_count, _change_count, _change_line, _encode),
)
