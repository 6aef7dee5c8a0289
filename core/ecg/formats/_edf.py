"""EDF and EDF+: a header of fixed-width text, then records of 16-bit samples.

Format: Kemp et al. 1992, doi 10.1016/0013-4694(92)90009-7; Kemp and Olivan 2003, doi 10.1016/S1388-2457(03)00123-8.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._leads import lead_of
from core.ecg.formats._limits import MAX_CHANNELS, check_length, damaged, required
from core.ecg.formats._raw import Channel, Raw
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.formats._upload import Upload

_FIXED = 256
# width of each field that stands once a signal, in the order of the header
_FIELDS = {
    "label": 16, "transducer": 80, "unit": 8, "physical_min": 8, "physical_max": 8,
    "digital_min": 8, "digital_max": 8, "prefilter": 80, "n_samples": 8, "reserved": 32,
}  # fmt: skip


@dataclass(frozen=True)
class _Signal:
    label: str
    unit: str
    n: int
    scale: float
    offset: float


def is_edf(data: bytes) -> bool:
    """Whether the first field is the version of EDF, and the number of signals fits the header's length."""
    count, length = data[252:256].strip(), data[184:192].strip()
    return (
        data[:8] == b"0       " and count.isdigit() and length.isdigit()
        and int(length) == _FIXED * (int(count) + 1)
    )  # fmt: skip


def read_edf(upload: Upload) -> Raw:
    """Read the signals of the most usual rate among those named for leads.

    Raises
    ------
    RecordingError
        The header is damaged, the file is cut off, or the recording has interruptions.
    """
    data, file = upload.data, upload.file
    signals = _signals(data, file)
    if data[192:197] == b"EDF+D":
        raise RecordingError("errors_recording.interrupted", file=file, format="EDF")
    duration = required(_text(data[244:252]), file, "EDF", "duration", least=1e-6)
    per_record = sum(signal.n for signal in signals)
    start = _FIXED * (len(signals) + 1)
    n_records = int(required(_text(data[236:244]), file, "EDF", "records", least=-1))
    if n_records == -1:
        n_records = (len(data) - start) // (2 * per_record)
    check_length(file, "EDF", start + 2 * per_record * n_records, len(data))
    values = np.frombuffer(data, dtype="<i2", offset=start).reshape(n_records, per_record)
    kept = _of_one_rate(signals)
    channels, at = [], 0
    for signal in signals:
        if signal in kept:
            channels.append(_channel(signal, values[:, at : at + signal.n]))
        at += signal.n
    return Raw("edf", tuple(channels), kept[0].n / duration if kept else None)


def _signals(data: bytes, file: str) -> list[_Signal]:
    n = int(_text(data[252:256]) or 0)
    if not 0 < n <= MAX_CHANNELS or len(data) < _FIXED * (n + 1):
        raise damaged(file, "EDF", "header")
    columns, at = {}, _FIXED
    for name, width in _FIELDS.items():
        columns[name] = [_text(data[at + i * width : at + (i + 1) * width]) for i in range(n)]
        at += n * width
    return [_signal({name: column[i] for name, column in columns.items()}, file) for i in range(n)]


def _signal(fields: dict[str, str], file: str) -> _Signal:
    def value(name: str, least: float = -1e12) -> float:
        return required(fields[name], file, "EDF", f"{fields['label']} {name}", least=least)

    span = value("digital_max") - value("digital_min")
    if span <= 0:
        raise damaged(file, "EDF", f"{fields['label']} digital_max")
    scale = (value("physical_max") - value("physical_min")) / span
    offset = value("physical_min") - scale * value("digital_min")
    return _Signal(fields["label"], fields["unit"], int(value("n_samples", 1)), scale, offset)


def _of_one_rate(signals: list[_Signal]) -> list[_Signal]:
    leads = [signal for signal in signals if lead_of(signal.label)]
    candidates = leads or [signal for signal in signals if "annotation" not in signal.label.lower()]
    usual = Counter(signal.n for signal in candidates).most_common(1)
    return [signal for signal in candidates if signal.n == usual[0][0]] if usual else []


def _channel(signal: _Signal, values: NDArray[np.int16]) -> Channel:
    physical = values.astype(np.float64).ravel() * signal.scale + signal.offset
    return Channel(signal.label, physical, signal.unit)


def _text(field: bytes) -> str:
    return field.decode("latin-1").strip(" \0")
