"""Small workbooks for tests, made in memory."""

from __future__ import annotations

import io
import zipfile

import openpyxl


def workbook(rows: list[list[object]], title: str = "入院", merged: str = "") -> bytes:
    """XLSX bytes with one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def replace_part(data: bytes, part: str, content: bytes) -> bytes:
    """The same workbook with one part's content exchanged or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, content)
    return out.getvalue()


def archive(**parts: bytes) -> bytes:
    """ZIP bytes with parts by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()
