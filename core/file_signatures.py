"""How files begin that are given in the wrong place: what a refusal calls them."""

from __future__ import annotations

import pickletools
import re
import struct
import zlib
from typing import Final

COMPRESSED: Final = {
    b"\x1f\x8b": "GZIP",
    b"BZh": "BZIP2",
    b"\xfd7zXZ": "XZ",
    b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
"""First bytes of what has to be unpacked first (ZIP apart: a workbook and an NPZ are ZIP files too)."""

DOCUMENTS: Final = {
    b"%PDF": "PDF",
    b"%!PS": "PostScript",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"{\\rtf": "RTF",
    b"ARROW1": "Feather",
    b"$FL2": "SPSS",
    b"$FL3": "SPSS",
    b"<stata_dta>": "Stata",
    b"HEADER RECORD*******LIB": "SAS",
    b"RDX2\n": "R",
    b"RDX3\n": "R",
    b"X\n\x00\x00": "R",
    b"SQLite format 3": "SQLite",
    b"L\x00\x00\x00\x01\x14\x02\x00": "Windows LNK",
}
"""First bytes of pictures, texts and other data that hold neither."""

OFFICE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of a workbook, text or slides of Office before 2007, and of what a password protects."""

_RECORDING_ROOTS = {
    b"RestingECG": "GE MUSE XML",
    b"restingecgdata": "Philips XML",
    b"AnnotatedECG": "HL7 aECG",
}
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)(?=[\s>/])")
_WFDB = re.compile(rb"(?:#[^\n]*\n)*[\w-]+ \d+ [\d.]+[^\n]*\n[^\s,;]+\.(?:dat|mat) \d+", re.IGNORECASE)
_PICTURES = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_OFFICE_PARTS = {
    "WordDocument": "Word (DOC)",
    "PowerPoint Document": "PowerPoint (PPT)",
    "__nameid": "Outlook (MSG)",
}
_PICKLE_PROTOCOLS = (b"\x02", b"\x03", b"\x04", b"\x05")
# how lists, dictionaries, tuples, objects, words and numbers begin
_PICKLE_STARTS = tuple(bytes([one]) for one in b"(c]})IFLSVNTUXGJKM")
_PICKLE_ENOUGH = 100_000
_DICOM_CLASS = re.compile(rb"\x02\x00\x02\x00UI..([0-9.]{1,64})", re.DOTALL)
_DBASE = (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5)
_OLD_STATA = range(0x69, 0x74)
_SAS = bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")


def is_pickle(data: bytes) -> bool:
    r"""Whether a file is a Python pickle of any protocol: the oldest ones are text, or bytes without a mark.

    Nothing is loaded: the instructions are only named, one after the other.

    Examples
    --------
    >>> is_pickle(b"(lp0\nI1\na."), is_pickle(b"\x80\x04N."), is_pickle(b"patient_id,age\n1,50\n")
    (True, True, False)
    """
    if data[:1] == b"\x80" and data[1:2] in _PICKLE_PROTOCOLS:
        return True
    if data[:1] not in _PICKLE_STARTS or data[-9:].rstrip()[-1:] != b".":
        return False
    last = len(data.rstrip()) - 1
    try:
        for n, (instruction, _, place) in enumerate(pickletools.genops(data)):
            if instruction.name == "STOP" or n == _PICKLE_ENOUGH:
                return n == _PICKLE_ENOUGH or place == last
    # what a table's own text makes as instructions
    except (ValueError, IndexError, Warning):
        return False
    return False


def is_dicom_without_waveform(data: bytes) -> bool:
    """Whether a DICOM file says of itself that it holds something else than waveforms: a picture, a document."""
    found = _DICOM_CLASS.search(data[132:1024]) if data[128:132] == b"DICM" else None
    return found is not None and not found[1].startswith(b"1.2.840.10008.5.1.4.1.1.9.")


def recording_kind(data: bytes) -> str:
    """Name the format of an electrocardiogram by its mark; empty where the file bears none.

    A table of samples bears none: that its numbers are a heart's, only reading shows.

    Examples
    --------
    >>> recording_kind(bytes(128) + b"DICM")
    'DICOM'
    >>> recording_kind(b"patient_id,age")
    ''
    """
    numbers = data[184:192].strip().isdigit() and data[252:256].strip().isdigit()
    pointers = data[8:10] == data[22:24] == bytes(2) and data[28:32] == b"\x07\x00\x00\x00"
    marks = {
        "DICOM": data[128:132] == b"DICM",
        "MAT": data[124:128] in {b"\x00\x01IM", b"\x01\x00MI"} or _is_old_matlab(data),
        "NPY": data.startswith(b"\x93NUMPY"),
        "EDF": data[:8] == b"0       " and numbers,
        "BDF": data.startswith(b"\xffBIOSEMI"),
        "SCP-ECG": data[16:22] == b"SCPECG" or pointers,
        "WFDB": _WFDB.match(data[:4096]) is not None,
    }
    found = next((kind for kind, there in marks.items() if there), "")
    return found or _RECORDING_ROOTS.get(root_element(data), "")


def root_element(data: bytes) -> bytes:
    """Name of the first element of an XML or HTML text, in any encoding and without a prefix; empty for others.

    Examples
    --------
    >>> root_element('<?xml version="1.0"?><!-- a --><svg width="1">'.encode("utf-16"))
    b'svg'
    """
    head = data[: 1 << 13].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    plain = head.replace(b"\x00", b"").lstrip()
    if not plain.startswith(b"<"):
        return b""
    plain = re.sub(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>]*>", b"", plain, flags=re.DOTALL | re.IGNORECASE)
    found = _ROOT.match(plain.lstrip())
    return found[1] if found else b""


def other_kind(data: bytes) -> str:
    """Name what is neither a table nor a recording and has no mark at its very front; empty where nothing is known.

    Examples
    --------
    >>> other_kind(bytes([0, 0, 0, 24]) + b"ftypheic")
    'HEIC'
    """
    film = "HEIC" if data[8:12] in _PICTURES else "MP4"
    media = data[8:12].strip().decode("latin-1")
    old_stata = len(data) > 4 and data[0] in _OLD_STATA and data[1] in (1, 2) and data[2:4] == b"\x01\x00"
    marks = {
        film: data[4:8] == b"ftyp",
        media: data.startswith(b"RIFF") and media in {"WEBP", "WAVE", "AVI"},
        "BMP": data.startswith(b"BM") and data[6:10] == bytes(4),
        "Access": data[4:19] in {b"Standard Jet DB", b"Standard ACE DB"},
        "EXE": data.startswith(b"MZ") and b"\x00" in data[:64],
        "SAS": data[12:32] == _SAS,
        "Stata": old_stata,
        "DBF": _is_dbase(data),
    }
    return next((kind for kind, there in marks.items() if there), "")


def office_kind(data: bytes) -> str:
    """Name what an ``OFFICE`` file holds where it is no workbook; empty for one.

    Examples
    --------
    >>> office_kind(OFFICE + bytes(8) + "WordDocument".encode("utf-16-le"))
    'Word (DOC)'
    """
    return next((kind for part, kind in _OFFICE_PARTS.items() if part.encode("utf-16-le") in data), "")


def packed_kind(data: bytes) -> str:
    """Name what is inside a GZIP file where that is no table: R packs its own data so; empty for others."""
    try:
        inside = zlib.decompressobj(31).decompress(data[: 1 << 12], 64)
    except zlib.error:
        return ""
    return "R" if inside.startswith((b"RDX", b"X\n\x00\x00", b"A\n3\n", b"A\n2\n")) else ""


def _is_old_matlab(data: bytes) -> bool:
    """Whether five whole numbers and a name begin a matrix of version 4, which has no mark."""
    if len(data) < 24 or data[1:4] != bytes(3) or data[0] not in range(0, 60, 10):
        return False
    rows, columns, imaginary, length = struct.unpack_from("<4i", data, 4)
    name = data[20 : 20 + min(max(length, 0), 64)]
    return min(rows, columns) > 0 and imaginary == 0 and name.rstrip(b"\x00").isalnum()


def _is_dbase(data: bytes) -> bool:
    """Whether kind, a date and a fitting length of the header begin the file, as FoxPro and dBASE write them."""
    if len(data) < 32 or data[0] not in _DBASE or not (1 <= data[2] <= 12 and 1 <= data[3] <= 31):
        return False
    length = int.from_bytes(data[8:10], "little")
    return length >= 65 and b"\x00" in data[4:32] and data[length - 1 : length] in {b"\r", b"\x00"}
