"""Example files of devices' binary formats: WFDB, EDF, SCP-ECG, DICOM; samples are whole microvolts."""

from __future__ import annotations

import binascii
import struct
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._leads import LEAD_CODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.recording import Recording

_MOST = 32_767
_CODES = {lead: code for code, lead in LEAD_CODES.items()}
_ECG_STORAGE = "1.2.840.10008.5.1.4.1.1.9.1.1"
# under 2.25, where anybody may take a number
_EXAMPLE_UID = "2.25.310912374401"


def microvolts(recording: Recording, leads: tuple[str, ...] | None = None) -> NDArray[np.int16]:
    """Leads (n_leads, n_samples) as whole microvolts; by default those that hold a signal."""
    rows = np.stack([recording.lead(lead) for lead in leads or recording.present]).astype(np.float64)
    return np.clip(np.rint(rows * 1000), -_MOST, _MOST).astype("<i2")


def write_wfdb(
    recording: Recording, stem: str, leads: tuple[str, ...] | None = None, comment: str = ""
) -> dict[str, bytes]:
    """Header and signal file of format 16; by default with the leads that hold a signal."""
    leads = leads or recording.present
    values = microvolts(recording, leads)
    lines = [f"{stem} {len(values)} {recording.rate_hz:g} {recording.n_samples}"]
    for lead, row in zip(leads, values, strict=True):
        checksum = int(row.astype(np.int64).sum() + 32768) % 65536 - 32768
        lines.append(f"{stem}.dat 16 1000(0)/mV 16 0 {row[0]} {checksum} 0 {lead}")
    header = "\n".join([*lines, *([f"# {comment}"] if comment else []), ""]).encode()
    return {f"{stem}.hea": header, f"{stem}.dat": np.ascontiguousarray(values.T).tobytes()}


def write_edf(recording: Recording, stem: str) -> dict[str, bytes]:
    """Records of one second where the rate allows it, else one record."""
    values = microvolts(recording)
    n, rate = len(values), recording.rate_hz
    whole = rate == int(rate) and recording.n_samples % int(rate) == 0
    per_record = int(rate) if whole else recording.n_samples
    n_records = recording.n_samples // per_record
    fields: list[tuple[int, list[str]]] = [
        (16, [f"ECG {lead}" for lead in recording.present]), (80, ["electrode"] * n), (8, ["uV"] * n),
        (8, [str(-_MOST)] * n), (8, [str(_MOST)] * n), (8, [str(-_MOST)] * n), (8, [str(_MOST)] * n),
        (80, [""] * n), (8, [str(per_record)] * n), (32, [""] * n),
    ]  # fmt: skip
    start = [("0", 8), ("X X X X", 80), ("Startdate X X X X", 80), ("01.01.00", 8), ("00.00.00", 8)]
    start += [(str(256 * (n + 1)), 8), ("", 44), (str(n_records), 8)]
    start += [(f"{per_record / rate:.8g}"[:8], 8), (str(n), 4)]
    header = "".join(text.ljust(width) for text, width in start)
    header += "".join(text.ljust(width) for width, texts in fields for text in texts)
    records = values.reshape(n, n_records, per_record).transpose(1, 0, 2)
    return {f"{stem}.edf": header.encode("ascii") + np.ascontiguousarray(records).tobytes()}


def write_scp(recording: Recording, stem: str) -> dict[str, bytes]:
    """Sections 0, 1, 3 and 6; samples plain, which the standard allows for up to 32,767 a lead: the rest is cut off."""
    values = microvolts(recording)[:, :_MOST]
    n, last = values.shape
    codes = [_CODES[lead] for lead in recording.present]
    leads = struct.pack("<BB", n, 4 | n << 3) + b"".join(struct.pack("<IIB", 1, last, code) for code in codes)
    rhythm = struct.pack("<HHBB", 1000, round(1e6 / recording.rate_hz), 0, 0)
    rhythm += struct.pack(f"<{n}H", *[2 * last] * n) + values.tobytes()
    return {f"{stem}.scp": scp_file({1: b"\xff\x00\x00", 3: leads, 6: rhythm})}


def scp_file(bodies: dict[int, bytes]) -> bytes:
    """Put sections behind their pointers, with their checksums."""
    sections, pointers = [], []
    at = 6 + 16 + 12 * 10
    for number in range(1, 12):
        body = bodies.get(number, b"")
        padded = body + b"\0" * (len(body) % 2)
        section = _scp_section(number, padded) if body else b""
        pointers.append(struct.pack("<HII", number, len(section), at + 1 if section else 0))
        sections.append(section)
        at += len(section)
    own = struct.pack("<HII", 0, 16 + 12 * 10, 7)
    content = b"".join([_scp_section(0, own + b"".join(pointers), reserved=b"SCPECG"), *sections])
    counted = struct.pack("<I", len(content) + 6) + content
    return struct.pack("<H", binascii.crc_hqx(counted, 0xFFFF)) + counted


def _scp_section(number: int, body: bytes, reserved: bytes = b"\0" * 6) -> bytes:
    counted = struct.pack("<HIBB", number, len(body) + 16, 20, 20) + reserved + body
    return struct.pack("<H", binascii.crc_hqx(counted, 0xFFFF)) + counted


def write_dicom(recording: Recording, stem: str) -> dict[str, bytes]:
    """12-lead ECG storage, explicit little endian, without any person's data."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian

    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = len(recording.present)
    group.NumberOfWaveformSamples = recording.n_samples
    group.SamplingFrequency = f"{recording.rate_hz:g}"
    group.MultiplexGroupLabel = "RHYTHM"
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    group.ChannelDefinitionSequence = [_dicom_channel(lead) for lead in recording.present]
    group.WaveformData = np.ascontiguousarray(microvolts(recording).T).tobytes()
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = _ECG_STORAGE, _EXAMPLE_UID
    dataset.Modality, dataset.PatientName, dataset.PatientID = "ECG", "", ""
    dataset.WaveformSequence = [group]
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = UID(_ECG_STORAGE)
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(_EXAMPLE_UID)
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return {f"{stem}.dcm": stream.getvalue()}


def _dicom_channel(lead: str) -> object:
    from pydicom.dataset import Dataset

    def code(value: str, scheme: str, meaning: str) -> Dataset:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
        return item

    channel = Dataset()
    channel.ChannelSourceSequence = [code(f"2:{_CODES[lead]}", "MDC", f"Lead {lead}")]
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor = "1", "1"
    channel.ChannelSensitivityUnitsSequence = [code("uV", "UCUM", "microvolt")]
    channel.ChannelBaseline, channel.ChannelSampleSkew = "0", "0"
    channel.WaveformBitsStored = 16
    return channel
