"""Recordings made to do harm: headers that promise the world, containers that swell or nest without end."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MANY = 1_000_000


def hostile_headers() -> Iterator[str]:
    """Give WFDB headers that lie about files, counts, rates and gains."""
    line = "{} 16 200 16 0 0 0 0 I\n"
    for path in (
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\x.dat",
        "http://localhost:9/x",
        "a.dat/../x",
        "..",
        "~/x",
        "a" * 5000,
    ):
        yield f"a 12 500 100\n{line.format(path) * 12}"
    for record in ("a 9999 500 10", "a 12 1e308 10", "a 12 0 10", "a 12 -5 10", "a 12 500 999999999999", "a 12 500 0",
                   "a 0 500 10", "a 12 1e-300 1", "a/9999999 12 500 10",
                   "a 12 nan 10", "a 12 " + "9" * 4000):  # fmt: skip
        yield f"{record}\n{line.format('a.dat') * 12}"
    for fields in (
        "16x9999 200",
        "212 0",
        "16 1e308(99999999999)",
        "16 -0",
        "16:99999999999999 1",
        "16+999999999 1",
    ):
        yield "a 12 500 10\n" + f"a.dat {fields} 16 0 0 0 0 I\n" * 12
    yield "a 12 500 10\n" + ("x" * 100_000 + " ") * 12
    yield "a 12 500 10\n" * 100_000
    yield "#" * _MANY + "\na 12 500 10\n"


def _npy() -> Iterator[bytes]:
    def file(header: str) -> bytes:
        """Return a NumPy array's file, format 2.0: its header as given, then 64 zero bytes in place of the values."""
        return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(header)) + header.encode() + bytes(64)

    for shape in (
        "(12, 999999999999)",
        "(-1, 5)",
        "(0, 12)",
        "()",
        "(12,) * 9999",
        "(1,)*10**9",
        "(1, 2**70)",
        "(1e9, 1)",
    ):
        yield file(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n")
    for kind in (
        "'|O'",
        "'V9'",
        "'<U999999999'",
        "[('a', '<f8')] * 99",
        "'<M8[s]'",
        "'<c16'",
        "'S0'",
        "'<f16'",
    ):
        yield file(f"{{'descr': {kind}, 'fortran_order': False, 'shape': (1, 1)}}\n")
    yield file("(" * 9_000)
    yield file("[" * 90_000 + "\n")
    yield file("-" * 90_000 + "1\n")
    yield b"\x93NUMPY\x01\x00\xff\xff" + b"9" * 65535
    yield b"\x93NUMPY\x09\x00\xff\xff" + bytes(9)


def _mat() -> Iterator[bytes]:
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM"
    packed = zeros(500)
    yield head + struct.pack("<II", 15, len(packed)) + packed
    yield head + (struct.pack("<II", 15, len(packed[:200_000])) + packed[:200_000]) * 5
    yield head + struct.pack("<II", 14, 0xFFFFFFFF)
    cell = b""
    for _ in range(400):
        flags = struct.pack("<IIII", 6, 8, 1, 0) + struct.pack("<IIii", 5, 8, 1, 1) + struct.pack("<II", 1, 0)
        cell = struct.pack("<II", 14, len(flags + cell)) + flags + cell
    yield head + cell
    yield struct.pack("<5i", 0, 2**30, 2**30, 0, 2) + b"a\0"
    yield (struct.pack("<5i", 50, 1, 1, 0, 2) + b"a\0" + b"1") * 100_000
    yield head + struct.pack("<II", 1, 0) * 300_000


def _edf() -> Iterator[bytes]:
    def file(n: str, records: str, duration: str, each: str = "1") -> bytes:
        """Return an EDF file that claims ``n`` signals and so many records, with ``each`` samples a record."""
        length = f"{256 * (int(n) + 1)}"
        fixed = b"0".ljust(8) + b"X".ljust(80) * 2 + b"01.01.0101.01.01" + length.encode().ljust(8)
        fixed += b"".ljust(44) + records.encode().ljust(8) + duration.encode().ljust(8) + n.encode().ljust(4)
        signal = (
            ("I", 16),
            ("", 80),
            ("mV", 8),
            ("-1", 8),
            ("1", 8),
            ("-9", 8),
            ("9", 8),
            ("", 80),
            (each, 8),
            ("", 32),
        )
        return fixed + b"".join(word.encode().ljust(width) * int(n) for word, width in signal) + bytes(4000)

    for n, records, duration, each in (
        ("9999", "1", "1", "1"), ("12", "99999999", "1", "99999999"),
        ("12", "-1", "1e-99", "1"), ("12", "-1", "1", "0"),
        ("12", "1", "nan", "1"), ("12", "-1", "1e300", "1"), ("12", "1e7", "1", "1e7"), ("12", "inf", "1", "1"),
    ):  # fmt: skip
        yield file(n, records, duration, each)


def _dicom() -> Iterator[bytes]:
    head = bytes(128) + b"DICM"
    yield head + b"\x00\x54\x00\x01SQ\x00\x00\xff\xff\xff\xff" * 30_000
    nested = b"\x00\x54\x00\x01SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    meta = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\x00"
    yield head + meta + nested * 30_000
    yield head + meta + b"\x00\x54\x10\x10OW\x00\x00\xf0\xff\xff\xff" + bytes(100)
    yield head + meta + b"\x10\x00\x10\x00PN\xff\xff" + b"a" * 70_000
    yield head + b"\x02\x00\x10\x00UI\x16\x001.2.840.10008.1.2.1.99" + zeros(250)[2:-4]


def _ecg_text() -> Iterator[bytes]:
    rng = np.random.default_rng(0)
    yield (
        b"\n".join(b",".join(b"%d" % n for n in rng.integers(0, 9, 12)) for _ in range(400))
        + b"\n"
        + b"#" * _MANY
    )
    yield b"I,II,V1,V2,V3,V4,V5,V6\n" + b"1,2,3,4,5,6,7,8\n" * 200_000
    yield b"1 " * _MANY
    yield b"I" + b"," * _MANY
    yield b"time;" + b"1e" * 300_000 + b"\n1;2\n"
    yield b"fs=" + b"9" * 100_000 + b"\n" + b"1,2,3,4,5,6,7,8,9,10,11,12\n" * 1_000
    yield (b"-" * 5_000 + b"\n") * 200
    yield (b"1." * 5_000 + b",") * 50


def zeros(megabytes: int) -> bytes:
    """Zeros, packed; made piece by piece, so that making them needs no memory."""
    packer, piece = zlib.compressobj(9), bytes(1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(megabytes)), packer.flush()])


HOSTILE: dict[str, Callable[[], Iterator[bytes]]] = {
    "ecg npy": _npy,
    "ecg mat": _mat,
    "ecg edf": _edf,
    "ecg dicom": _dicom,
    "ecg csv": _ecg_text,
}
