from __future__ import annotations

import struct

import numpy as np
import pytest

from core.ecg.formats._write_devices import microvolts, scp_file
from core.ecg.reading import read_recording, read_stated
from core.ecg.recording import LEADS
from core.errors import RecordingError
from tests.ecg.format_examples import example

VALUES = microvolts(example()).astype(int)
STEP_US, NANOVOLTS = 4000, 1000
CODES = [1, 2, 61, 62, 63, 64, 3, 4, 5, 6, 7, 8]


def differences(row: np.ndarray, order: int) -> np.ndarray:
    """First samples as they are, then differences."""
    return np.concatenate([row[:order], np.diff(row, order)]) if order else row


def huffman(values: np.ndarray) -> bytes:
    """Pack by the table of annex C."""
    bits = []
    for value in values.tolist():
        if abs(value) <= 8:
            sign = "" if value == 0 else ("1" if value < 0 else "0")
            bits.append("1" * abs(value) + "0" + sign)
        elif -128 <= value < 128:
            bits.append("1111111110" + f"{value & 0xFF:08b}")
        else:
            bits.append("1111111111" + f"{value & 0xFFFF:016b}")
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def block(rows, order: int, pack) -> bytes:
    parts = [pack(differences(row, order)) for row in rows]
    head = struct.pack("<HHBB", NANOVOLTS, STEP_US, order, 0)
    return head + struct.pack(f"<{len(parts)}H", *map(len, parts)) + b"".join(parts)


def plain(values: np.ndarray) -> bytes:
    return values.astype("<i2").tobytes()


def leads_section(n_samples: int, flags: int = 4) -> bytes:
    return struct.pack("<BB", 12, flags) + b"".join(struct.pack("<IIB", 1, n_samples, code) for code in CODES)


DEFAULT_TABLE = struct.pack("<H", 19999)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_every_way_of_storing_gives_the_same_samples(order, packed):
    sections = {3: leads_section(VALUES.shape[1]), 6: block(VALUES, order, huffman if packed else plain)}
    if packed:
        sections[2] = DEFAULT_TABLE
    recording = read_recording(scp_file(sections))
    assert (recording.source_format, recording.rate_hz, recording.present) == ("scp", 250, LEADS)
    np.testing.assert_allclose(recording.signal, VALUES / 1000, atol=1e-6)


def test_a_table_of_its_own_with_a_second_table_to_change_to():
    """0 is one bit; a prefix changes to a table whose only entry is sixteen plain bits; that is never left."""
    first = struct.pack("<BBBhI", 1, 1, 1, 0, 0) + struct.pack("<BBBhI", 1, 1, 0, 2, 1)
    second = struct.pack("<BBBhI", 1, 17, 1, 0, 0)
    tables = struct.pack("<H", 2) + struct.pack("<H", 2) + first + struct.pack("<H", 1) + second

    def pack(values):
        text = "1" + "".join("0" + f"{value & 0xFFFF:016b}" for value in values.tolist())
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")

    sections = {2: tables, 3: leads_section(VALUES.shape[1]), 6: block(VALUES, 0, pack)}
    np.testing.assert_allclose(read_recording(scp_file(sections)).signal, VALUES / 1000, atol=1e-6)


def test_reference_beats_are_put_back():
    beat = np.rint(300 * np.hanning(50)).astype(int)
    beats = np.tile(beat, (12, 1))
    fiducial, at = 25, [200, 400, 600]
    residual = VALUES.copy()
    for fiducial_at in at:
        start = fiducial_at - fiducial  # sample 1 of the beat lies here, counted from 0
        residual[:, start : start + 50] -= beat
    places = b"".join(struct.pack("<HIII", 0, f - fiducial + 1, f, f - fiducial + 50) for f in at)
    places += struct.pack("<HIII", 1, 1, 30, 60)
    sections = {
        3: leads_section(VALUES.shape[1], flags=5),
        4: struct.pack("<HHH", 200, fiducial, 4) + places,
        5: block(beats, 0, plain),
        6: block(residual, 0, plain),
    }
    np.testing.assert_allclose(read_recording(scp_file(sections)).signal, VALUES / 1000, atol=1e-6)


def test_age_and_sex_are_read_and_names_are_not():
    tags = (
        struct.pack("<BH", 0, 6)
        + b"Smith\0"
        + struct.pack("<BHHB", 4, 3, 61, 1)
        + struct.pack("<BHB", 8, 1, 2)
    )
    sections = {1: tags + b"\xff\0\0", 3: leads_section(VALUES.shape[1]), 6: block(VALUES, 0, plain)}
    assert read_stated(scp_file(sections)) == {"age": 61, "sex": "female"}


def test_thinned_data_are_refused():
    body = bytearray(block(VALUES, 0, plain))
    body[5] = 1
    with pytest.raises(RecordingError, match="bimodal"):
        read_recording(scp_file({3: leads_section(VALUES.shape[1]), 6: bytes(body)}))


def test_a_lead_that_claims_more_samples_than_its_bytes_is_refused_before_memory_is_taken():
    sections = {3: leads_section(2**32 - 2), 6: block(VALUES, 0, plain)}
    with pytest.raises(RecordingError, match="section 6"):
        read_recording(scp_file(sections))
