"""SCP-ECG: sections behind a table of pointers; samples in section 6, perhaps Huffman-coded.

Format: EN 1064:2005+A1:2007. Written here since readers at hand open paths only, and believe the lengths that a
file claims. Bimodal (thinned) rhythm data are refused: what they left out cannot be brought back.
"""

from __future__ import annotations

import binascii
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._leads import LEAD_CODES
from core.ecg.formats._limits import MAX_CHANNELS, damaged
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._scp_beats import add_beats, read_places
from core.ecg.formats._scp_huffman import decode, read_tables
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._scp_huffman import Table
    from core.ecg.formats._upload import Upload

_PREAMBLE, _SECTION_HEADER = 6, 16
_MAX_SAMPLES = 20_000_000


@dataclass(frozen=True)
class Block:
    """Samples of section 5 or 6: one array of whole numbers a lead, in units of ``nanovolts``."""

    leads: list[NDArray[np.int64]]
    nanovolts: int
    step_us: int


def is_scp(data: bytes) -> bool:
    """Whether the file starts with section 0, which points to itself."""
    if len(data) < 32:
        return False
    number, length = struct.unpack_from("<HI", data, 8)
    own, _, index = struct.unpack_from("<HII", data, 22)
    return (number, own, index) == (0, 0, 7) and length >= 26 and (length - _SECTION_HEADER) % 10 == 0


def read_scp(upload: Upload) -> Raw:
    """Read the rhythm data.

    Raises
    ------
    RecordingError
        A checksum does not fit, a section lies outside the file or contradicts another, or data are thinned.
    """
    try:
        return _read(upload.data, upload.file)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged(upload.file, "SCP", "sections") from error


def _read(data: bytes, file: str) -> Raw:
    sections = _sections(data, file)
    if 3 not in sections or 6 not in sections:
        raise RecordingError("errors_recording.no_rhythm", file=file, format="SCP")
    n_leads, flags = sections[3][0], sections[3][1]
    if not 0 < n_leads <= MAX_CHANNELS:
        raise damaged(file, "SCP", "section 3")
    spans = [struct.unpack_from("<IIB", sections[3], 2 + 9 * i) for i in range(n_leads)]
    counts = [last - first + 1 for first, last, _ in spans]
    tables = read_tables(sections[2]) if sections.get(2) else None
    if sections[6][5]:
        raise RecordingError("errors_recording.packing", file=file, format="SCP", found="bimodal")
    rhythm = _block(sections[6], counts, tables, "section 6", file)
    leads, nanovolts = rhythm.leads, rhythm.nanovolts
    if flags & 1:
        if 4 not in sections or 5 not in sections:
            raise damaged(file, "SCP", "section 4")
        beat_ms, fiducial, places = read_places(sections[4])
        step = struct.unpack_from("<H", sections[5], 2)[0]
        if step != rhythm.step_us:
            raise damaged(file, "SCP", "section 5")
        beats = _block(sections[5], [round(beat_ms * 1000 / step)] * n_leads, tables, "section 5", file)
        starts = [first for first, _, _ in spans]
        leads, nanovolts = add_beats(rhythm, beats, fiducial, places, starts)
    channels = tuple(
        Channel(LEAD_CODES.get(code, f"SCP {code}"), lead.astype(np.float64) * nanovolts, "nV")
        for (_, _, code), lead in zip(spans, leads, strict=True)
    )
    return Raw("scp", channels, round(1e6 / rhythm.step_us, 3), stated=_stated(sections.get(1, b"")))


def _sections(data: bytes, file: str) -> dict[int, bytes]:
    """Contents of the sections, without their headers."""
    stated_sum, size = struct.unpack_from("<HI", data)
    if size != len(data):
        raise RecordingError(
            "errors_recording.wrong_size", file=file, format="SCP", expected=size, found=len(data)
        )
    if stated_sum != binascii.crc_hqx(data[2:], 0xFFFF):
        raise damaged(file, "SCP", "CRC")
    length = struct.unpack_from("<I", data, 10)[0]
    found: dict[int, bytes] = {}
    for at in range(_PREAMBLE + _SECTION_HEADER, min(_PREAMBLE + length, len(data)) - 9, 10):
        number, size, index = struct.unpack_from("<HII", data, at)
        if number == 0 or size == 0:
            continue
        start = index - 1
        if start < 0 or size < _SECTION_HEADER or start + size > len(data):
            raise damaged(file, "SCP", f"section {number}")
        found[number] = data[start + _SECTION_HEADER : start + size]
    return found


def _block(body: bytes, counts: list[int], tables: list[Table] | None, part: str, file: str) -> Block:
    nanovolts, step_us, differences = struct.unpack_from("<HHB", body)
    sizes = struct.unpack_from(f"<{len(counts)}H", body, 6)
    position = 6 + 2 * len(counts)
    if not nanovolts or not step_us or differences > 2 or position + sum(sizes) > len(body):
        raise damaged(file, "SCP", part)
    leads = []
    for count, size in zip(counts, sizes, strict=True):
        # a Huffman code takes at least one bit, a plain sample two bytes
        if not 0 < count <= min(_MAX_SAMPLES, 8 * size if tables else size // 2):
            raise damaged(file, "SCP", part)
        content = body[position : position + size]
        stored = decode(content, count, tables) if tables else np.frombuffer(content, "<i2", count)
        leads.append(_undo_differences(stored.astype(np.int64), differences))
        position += size
    return Block(leads, nanovolts, step_us)


def _undo_differences(stored: NDArray[np.int64], order: int) -> NDArray[np.int64]:
    """Samples from first or second differences, in 16 bits as writers reckon."""
    if order == 0 or stored.size <= order:
        return stored
    if order == 1:
        samples = np.cumsum(stored)
    else:
        slopes = np.cumsum(np.concatenate([[stored[1] - stored[0]], stored[2:]]))
        samples = np.concatenate([[stored[0]], stored[0] + np.cumsum(slopes)])
    return samples.astype(np.int16).astype(np.int64)


def _stated(body: bytes) -> dict[str, float | str]:
    """Age and sex among the tags of section 1."""
    stated: dict[str, float | str] = {}
    at = 0
    while at + 3 <= len(body) and body[at] != 255:
        tag, size = struct.unpack_from("<BH", body, at)
        value = body[at + 3 : at + 3 + size]
        if tag == 4 and len(value) >= 3 and value[2] == 1:
            stated["age"] = float(struct.unpack_from("<H", value)[0])
        elif tag == 8 and value:
            stated["sex"] = {1: "male", 2: "female"}.get(value[0], "unknown")
        at += 3 + size
    return stated
