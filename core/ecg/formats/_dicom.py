"""DICOM waveforms (12-lead, general and ambulatory ECG), read by pydicom.

Format: DICOM PS3.3, C.10.9 Waveform Module; channel codes from ISO 11073-10101 or EN 1064.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg.formats._leads import lead_of, lead_of_code
from core.ecg.formats._limits import MAX_CHANNELS, check_length, damaged, number, required
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._upload import shown
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._upload import Upload

_DEFLATED = b"1.2.840.10008.1.2.1.99"
_TYPES = {("SS", 16): "<i2", ("US", 16): "<u2", ("SB", 8): "i1", ("UB", 8): "u1", ("SL", 32): "<i4"}
# EN 1064 measurement codes and the names that other makers write
_STATED = {
    "pr interval": "pr_ms",
    "qrs duration": "qrs_ms",
    "qt interval": "qt_ms",
    "qtc interval": "qtc_ms",
    "p axis": "p_axis_deg",
    "qrs axis": "axis_deg",
    "t axis": "t_axis_deg",
    "heart rate": "heart_rate_bpm",
    "ventricular heart rate": "heart_rate_bpm",
    "ventricular rate": "heart_rate_bpm",
    "rr interval": "rr_ms",
}
# what pydicom is known to raise on damaged content, besides its own errors of these kinds
_FAULTS = (
    ValueError, LookupError, TypeError, AttributeError, EOFError, OSError, ArithmeticError, RuntimeError, MemoryError,
    struct.error, zlib.error,
)  # fmt: skip


def read_dicom(upload: Upload) -> Raw:
    """Read the multiplex group with the most leads; of equals, the longest.

    Raises
    ------
    RecordingError
        The file is damaged, packed, or holds no waveform.
    """
    from pydicom import dcmread
    from pydicom.errors import BytesLengthException, InvalidDicomError

    if _DEFLATED in upload.data:
        raise RecordingError("errors_recording.packing", file=upload.file, format="DICOM", found="Deflated")
    try:
        # pydicom warns of oddities that do no harm here
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(BytesIO(upload.data))
            groups = list(dataset.get("WaveformSequence") or [])
            return _read(groups, dataset, upload.file)
    except RecordingError:
        raise
    except (InvalidDicomError, BytesLengthException, *_FAULTS) as error:
        raise damaged(upload.file, "DICOM", "data set") from error


def _read(groups: list[Any], dataset: Any, file: str) -> Raw:
    if not groups and ("PixelData" in dataset or "Rows" in dataset):
        modality = shown(str(dataset.get("Modality") or "?"), 20)
        raise RecordingError("errors_recording.image", file=file, modality=modality)
    if not groups:
        raise RecordingError("errors_recording.no_rhythm", file=file, format="DICOM")
    group = max(groups, key=_rank)
    channels = _channels(group, file)
    rate = required(group.SamplingFrequency, file, "DICOM", "SamplingFrequency", least=1e-3)
    return Raw("dicom", channels, rate, stated=_stated(dataset))


def _rank(group: Any) -> tuple[int, int]:
    named = [channel for channel in group.ChannelDefinitionSequence if lead_of(_label(channel))]
    return len(named), int(group.NumberOfWaveformSamples)


def _channels(group: Any, file: str) -> tuple[Channel, ...]:
    definitions = list(group.ChannelDefinitionSequence)
    n_channels, n_samples = int(group.NumberOfWaveformChannels), int(group.NumberOfWaveformSamples)
    kind = _TYPES.get((str(group.WaveformSampleInterpretation), int(group.WaveformBitsAllocated)))
    if kind is None:
        found = f"{group.WaveformSampleInterpretation} {group.WaveformBitsAllocated}"
        raise RecordingError("errors_recording.packing", file=file, format="DICOM", found=shown(found))
    if not 0 < n_channels <= MAX_CHANNELS or n_channels != len(definitions):
        raise damaged(file, "DICOM", "NumberOfWaveformChannels")
    data = bytes(group.WaveformData)
    expected = n_channels * n_samples * np.dtype(kind).itemsize
    check_length(file, "DICOM", expected + expected % 2, len(data))
    values = np.frombuffer(data[:expected], dtype=kind).reshape(n_samples, n_channels).astype(np.float64)
    padding = group.get("WaveformPaddingValue")
    if isinstance(padding, bytes) and len(padding) >= np.dtype(kind).itemsize:
        values[values == float(np.frombuffer(padding, dtype=kind, count=1)[0])] = np.nan
    return tuple(
        _channel(definition, column, file)
        for definition, column in zip(definitions, np.ascontiguousarray(values.T), strict=True)
    )


def _channel(definition: Any, values: NDArray[np.float64], file: str) -> Channel:
    label = _label(definition)
    if "ChannelSensitivity" not in definition:
        return Channel(label, values, None)
    gain = required(definition.ChannelSensitivity, file, "DICOM", f"{label} ChannelSensitivity")
    factor = definition.get("ChannelSensitivityCorrectionFactor")
    gain *= required(factor, file, "DICOM", f"{label} correction") if factor is not None else 1.0
    baseline = number(definition.get("ChannelBaseline") or 0) or 0.0
    units = definition.get("ChannelSensitivityUnitsSequence")
    return Channel(label, values * gain + baseline, str(units[0].CodeValue) if units else None)


def _label(definition: Any) -> str:
    """Name of a channel: its code where that is a lead, else its meaning or label."""
    source = definition.get("ChannelSourceSequence")
    code = str(source[0].get("CodeValue", "")) if source else ""
    meaning = str(source[0].get("CodeMeaning", "")) if source else ""
    given = str(definition.get("ChannelLabel") or "")
    return lead_of(code) or lead_of(meaning) or lead_of_code(code) or meaning or given


def _stated(dataset: Any) -> dict[str, float | str]:
    stated: dict[str, float | str] = {}
    statements = []
    for note in dataset.get("WaveformAnnotationSequence") or []:
        if text := note.get("UnformattedTextValue"):
            statements.append(str(text))
        concept = note.get("ConceptNameCodeSequence")
        meaning = str(concept[0].get("CodeMeaning", "")) if concept else ""
        name = _STATED.get(meaning.lower().removesuffix(" global"))
        value = number(note.get("NumericValue"))
        if name and value is not None:
            stated.setdefault(name, value)
    rr_ms = stated.pop("rr_ms", 0.0)
    if isinstance(rr_ms, float) and rr_ms > 0:
        stated.setdefault("heart_rate_bpm", 60000.0 / rr_ms)
    age = str(dataset.get("PatientAge") or "")
    if age[:-1].isdigit() and age[-1] == "Y":
        stated["age"] = float(age[:-1])
    if sex := str(dataset.get("PatientSex") or ""):
        stated["sex"] = {"M": "male", "F": "female"}.get(sex[:1].upper(), "unknown")
    if statements:
        stated["diagnoses"] = shown("; ".join(statements), 500)
    return stated
