"""GE MUSE XML: usually eight stored leads, base64 of 16-bit samples, each with its own CRC-32."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import check_length, damaged, from_base64, number, required
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._upload import shown
from core.ecg.formats._xml import text_at
from core.errors import RecordingError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_STATED = {
    "heart_rate_bpm": "VentricularRate",
    "pr_ms": "PRInterval",
    "qrs_ms": "QRSDuration",
    "qt_ms": "QTInterval",
    "qtc_ms": "QTCorrected",
    "qtc_fridericia_ms": "QTcFrederica",
    "axis_deg": "RAxis",
    "p_axis_deg": "PAxis",
    "t_axis_deg": "TAxis",
}


def read_muse(root: Element, file: str) -> Raw:
    """Read the rhythm waveform of a ``RestingECG`` document.

    Raises
    ------
    RecordingError
        There is none, or its samples are damaged.
    """
    rhythms = [form for form in root.iter("Waveform") if text_at(form, "WaveformType").lower() == "rhythm"]
    if not rhythms:
        raise RecordingError("errors_recording.no_rhythm", file=file, format="MUSE")
    rhythm = max(rhythms, key=lambda form: len(form.findall("LeadData")))
    base = required(text_at(rhythm, "SampleBase"), file, "MUSE", "SampleBase", least=1)
    exponent = number(text_at(rhythm, "SampleExponent") or 0)
    if exponent is None or abs(exponent) > 6:
        raise damaged(file, "MUSE", "SampleExponent")
    channels = [_channel(lead, file) for lead in rhythm.findall("LeadData")]
    return Raw("muse", tuple(channels), base * 10.0**exponent, stated=_stated(root))


def _channel(lead: Element, file: str) -> Channel:
    label = text_at(lead, "LeadID")
    data = from_base64(text_at(lead, "WaveFormData"), file, "MUSE", label)
    if (number(text_at(lead, "LeadSampleSize") or 2)) != 2:
        raise damaged(file, "MUSE", f"{label} LeadSampleSize")
    count = required(text_at(lead, "LeadSampleCountTotal"), file, "MUSE", f"{label} LeadSampleCountTotal")
    check_length(f"{file} → {shown(label)}", "MUSE", 2 * int(count), len(data))
    sum_stated = text_at(lead, "LeadDataCRC32")
    if sum_stated.isdigit() and int(sum_stated) not in {0, zlib.crc32(data)}:
        raise damaged(file, "MUSE", f"{label} LeadDataCRC32")
    scale = required(
        text_at(lead, "LeadAmplitudeUnitsPerBit"), file, "MUSE", f"{label} LeadAmplitudeUnitsPerBit"
    )
    samples = np.frombuffer(data, dtype="<i2").astype(np.float64) * scale
    return Channel(label, samples, text_at(lead, "LeadAmplitudeUnits") or "MICROVOLTS")


def _stated(root: Element) -> dict[str, float | str]:
    measured = root.find("RestingECGMeasurements")
    stated: dict[str, float | str] = {}
    for name, tag in _STATED.items():
        if (value := number(text_at(measured, tag))) is not None:
            stated[name] = value
    if (age := number(text_at(root, "PatientDemographics/PatientAge"), least=0)) is not None:
        stated["age"] = age
    if sex := text_at(root, "PatientDemographics/Gender").lower()[:1]:
        stated["sex"] = {"m": "male", "f": "female"}.get(sex, "unknown")
    lines = [text_at(line, "StmtText") for line in root.findall("Diagnosis/DiagnosisStatement")]
    if any(lines):
        stated["diagnoses"] = shown("; ".join(line for line in lines if line), 500)
    return stated
