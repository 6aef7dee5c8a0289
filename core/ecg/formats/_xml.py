"""XML from devices: decoded here, entities refused, no document type fetched, names without their namespaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.ecg.formats._limits import damaged
from core.ecg.formats._upload import shown
from core.errors import RecordingError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_XML_BYTES = 32 * 1024 * 1024
MAX_MARKS = 400_000
_ENCODINGS = {
    "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "iso-8859-2", "iso-8859-15",
    "windows-1250", "windows-1251", "windows-1252", "gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr",
}  # fmt: skip
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")


def looks_like_xml(data: bytes) -> bool:
    """Whether the first sign is an opening bracket, in any encoding that XML is written in."""
    head = data[:64].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return bool(re.match(rb"\s*<[?!A-Za-z]", head.replace(b"\x00", b"")))


def parse_xml(data: bytes, file: str) -> Element:
    """Root of a document; every tag and attribute without its namespace.

    Raises
    ------
    RecordingError
        It is no well-formed XML, declares entities or is in an unknown encoding.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    if len(data) > MAX_XML_BYTES:
        raise RecordingError(
            "errors_recording.too_large", file=file, megabytes=len(data) >> 20, limit=MAX_XML_BYTES >> 20
        )
    text = _DECLARATION.sub("", decode_xml(data, file), count=1)
    if text.count("<") > MAX_MARKS:
        raise damaged(file, "XML", "elements")
    if "<!ENTITY" in text:
        raise RecordingError("errors_recording.xml_entities", file=file)
    try:
        root: Element = fromstring(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise RecordingError("errors_recording.xml_entities", file=file) from error
    except ParseError as error:
        raise RecordingError("errors_recording.xml_broken", file=file, line=error.position[0]) from error
    except ValueError as error:
        raise damaged(file, "XML", "encoding") from error
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return root


def decode_xml(data: bytes, file: str) -> str:
    """Text of a document by its mark or its declared encoding.

    Raises
    ------
    RecordingError
        The encoding is not known or does not fit.
    """
    name = "utf-8-sig"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        name = "utf-16"
    elif data[:2] in {b"<\x00", b"\x00<"}:
        name = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    elif found := re.match(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w\-]+)[\"']", data[:200]):
        name = found.group(1).decode("ascii").lower()
        # some exporters keep the declaration of the UTF-16 text that they converted
        name = "utf-8" if name.startswith("utf-16") else name
        if name not in _ENCODINGS:
            raise RecordingError("errors_recording.xml_encoding", file=file, encoding=shown(name))
    try:
        return data.decode(name).lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise RecordingError("errors_recording.xml_encoding", file=file, encoding=shown(name)) from error


def text_at(element: Element | None, path: str) -> str:
    """Text of the first element at a path, ``""`` if there is none."""
    found = None if element is None else element.find(path)
    return "" if found is None else "".join(found.itertext()).strip()


def attribute(element: Element, name: str) -> str:
    """Attribute by its name in lower case, ``""`` if there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name:
            return value.strip()
    return ""
