"""What kind of file this is, by its content: a file's ending is what somebody called it, not what it is."""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Literal

from core.cohort._cells import clip
from core.errors import TableError
from core.file_signatures import (
    COMPRESSED,
    DOCUMENTS,
    OFFICE,
    is_dicom_without_waveform,
    is_pickle,
    office_kind,
    other_kind,
    packed_kind,
    recording_kind,
    root_element,
)

FileKind = Literal["xlsx", "parquet", "text"]
MAX_BYTES = 200 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
MAX_RATIO = 150
_BIG_ENOUGH_TO_ASK = 5 * 1024 * 1024
_MAGIC = DOCUMENTS | {b"\x89HDF": "HDF5"}
_HTML = (b"html", b"table", b"head", b"body", b"meta", b"div", b"style", b"form", b"script", b"title")
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)
_INSIDE_ZIP = {
    "word/document.xml": "Word (DOCX)",
    "ppt/presentation.xml": "PowerPoint (PPTX)",
    "content.xml": "OpenDocument",
    "xl/workbook.bin": "Excel binary (XLSB)",
    "Index/Document.iwa": "Apple Numbers",
}


def load(source: Path | bytes, name: str) -> tuple[bytes, str]:
    """Bytes of a table and the name by which messages call it.

    Raises
    ------
    TableError
        The file is missing, a folder, unreadable, empty or too large.
    """
    if isinstance(source, bytes):
        data, called = source, clip(name or "table", 80)
    else:
        path = Path(source)
        called = clip(name or path.name, 80)
        data = _read(path, called)
    if len(data) > MAX_BYTES:
        raise TableError(
            "errors_table.too_large", file=called, megabytes=len(data) >> 20, limit=MAX_BYTES >> 20
        )
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise TableError("errors_table.empty", file=called)
    return data, called


def recognise(data: bytes, file: str) -> FileKind:
    """Tell XLSX, Parquet and text apart.

    Raises
    ------
    TableError
        It is something else: an old XLS, an archive, a picture, a web page.
    """
    if data.startswith(b"PAR1"):
        return "parquet"
    if is_pickle(data):
        raise TableError("errors_table.pickle", file=file)
    if is_dicom_without_waveform(data):
        raise TableError("errors_signatures.picture", file=file)
    recording = recording_kind(data)
    if recording:
        raise TableError("errors_signatures.recording", file=file, kind=recording)
    if data.startswith(OFFICE):
        _refuse_office(data, file)
    for magic, kind in COMPRESSED.items():
        if data.startswith(magic) and not packed_kind(data):
            raise TableError("errors_table.packed", file=file, kind=kind)
    found = (kind for magic, kind in _MAGIC.items() if data.startswith(magic))
    kind = next(found, "") or packed_kind(data) or other_kind(data)
    if kind:
        raise TableError("errors_table.not_a_table", file=file, kind=kind)
    if data.startswith(b"PK"):
        return _zip_kind(data, file)
    _refuse_markup(data, file)
    return "text"


def _refuse_office(data: bytes, file: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise TableError("errors_table.locked", file=file)
    kind = office_kind(data)
    if kind:
        raise TableError("errors_table.not_a_table", file=file, kind=kind)
    raise TableError("errors_table.old_xls", file=file)


def _read(path: Path, called: str) -> bytes:
    if path.is_dir():
        raise TableError("errors_table.is_folder", file=called)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TableError(
                "errors_table.too_large", file=called, megabytes=size >> 20, limit=MAX_BYTES >> 20
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise TableError("errors_table.missing", file=called) from error
    except OSError as error:
        raise TableError("errors_table.unreadable", file=called) from error


def _zip_kind(data: bytes, file: str) -> FileKind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                kind = next((kind for part, kind in _INSIDE_ZIP.items() if part in names), None)
                if names and all(name.endswith(".npy") for name in names):
                    raise TableError("errors_signatures.recording", file=file, kind="NPZ")
                if kind is None:
                    raise TableError("errors_table.packed", file=file, kind="ZIP")
                raise TableError("errors_table.not_a_table", file=file, kind=kind)
            _refuse_bomb(archive, len(data), file)
            _refuse_entities(archive, file)
    except _ZIP_FAULTS as error:
        raise TableError("errors_table.workbook_broken", file=file) from error
    except RuntimeError as error:
        # what zipfile raises for a part that needs a password
        raise TableError("errors_table.locked", file=file) from error
    return "xlsx"


def _refuse_bomb(archive: zipfile.ZipFile, n_bytes: int, file: str) -> None:
    unpacked = sum(part.file_size for part in archive.infolist())
    swollen = unpacked > _BIG_ENOUGH_TO_ASK and unpacked > MAX_RATIO * n_bytes
    if unpacked > MAX_UNPACKED or swollen:
        raise TableError(
            "errors_table.workbook_bomb", file=file, megabytes=unpacked >> 20, limit=MAX_UNPACKED >> 20
        )


def _refuse_entities(archive: zipfile.ZipFile, file: str) -> None:
    """Refuse document types: no workbook declares one, and one that does can swell or read other files."""
    for part in archive.namelist():
        if not part.endswith((".xml", ".rels")):
            continue
        with archive.open(part) as opened:
            head = opened.read(1 << 16).replace(b"\x00", b"")
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise TableError("errors_table.workbook_entities", file=file)


def _refuse_markup(data: bytes, file: str) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    root = root_element(data).lower()
    kind = ""
    if root:
        kind = "HTML" if root in _HTML else "SVG" if root == b"svg" else _xml_kind(head)
    elif head.startswith(b"<?xml"):
        kind = "XML"
    elif head.startswith((b"MSH|", b"FHS|", b"BHS|")):
        kind = "HL7"
    elif re.match(rb'(\{\s*("|\})|\[\s*(\{|\[|"|-?\d|\]))', head):
        kind = "JSON"
    if kind:
        raise TableError("errors_table.not_a_table", file=file, kind=kind)


def _xml_kind(head: bytes) -> str:
    return "Excel 2003 XML" if b"Excel.Sheet" in head or b"office:spreadsheet" in head else "XML"
