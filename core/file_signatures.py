"""How files that are neither tables nor recordings begin: what a refusal calls them."""

from __future__ import annotations

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
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"{\\rtf": "RTF",
    b"ARROW1": "Feather",
}
"""First bytes of pictures, texts and other data that hold neither."""
