"""WFDB: a text header and the signal file or files that it names, in the same upload or folder.

Format: https://wfdb.io (header(5), signal(5)).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import MAX_CHANNELS, check_length, damaged, number
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._upload import Upload, shown
from core.ecg.formats._wfdb_samples import bytes_of, samples_in, unpack
from core.ecg.recording import Assumption
from core.errors import RecordingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEFAULT_RATE_HZ = 250.0
_DEFAULT_GAIN = 200.0
_RECORD = re.compile(r"(\S+)\s+(\d{1,4})(?:\s+([\d.eE+]+)\S*)?(?:\s+(\d{1,12}))?(?:\s.*)?")
_FORMAT = re.compile(r"(\d{1,3})(?:x(\d{1,4}))?(?::\d+)?(?:\+(\d{1,9}))?")
_GAIN = re.compile(r"([\d.eE+\-]+)(?:\((-?\d+)\))?(?:/(\S+))?")


@dataclass(frozen=True)
class _Signal:
    """One line of a header."""

    file: str
    format: int
    offset: int
    gain: float = _DEFAULT_GAIN
    baseline: int = 0
    unit: str = "mV"
    checksum: int | None = None
    label: str = ""


def is_wfdb_header(text: str) -> bool:
    """Whether a text is the header of a record: a record line, and a file name and a format for each signal."""
    lines = _lines(text)
    record = _RECORD.fullmatch(lines[0]) if lines else None
    if record is None:
        return False
    if "/" in record.group(1):
        return len(lines) > 1
    if len(lines) < 2 or int(record.group(2)) < 1:
        return False
    words = lines[1].split()
    return len(words) > 1 and bool(_FORMAT.fullmatch(words[1])) and bool(re.search(r"[A-Za-z~]", words[0]))


def read_wfdb(upload: Upload) -> Raw:
    """Read the record that a header describes.

    Raises
    ------
    RecordingError
        The header or a signal file is damaged, missing or elsewhere.
    """
    text = upload.data.decode("utf-8", errors="replace")
    rate_hz, n_samples, signals = _header(text, upload.file)
    data = {name: upload.companion(name) for name in dict.fromkeys(signal.file for signal in signals)}
    channels: list[Channel] = []
    differing = []
    for name, content in data.items():
        group = [signal for signal in signals if signal.file == name]
        values, valid = _digital(group, content, n_samples, upload.file)
        for column, signal in enumerate(group):
            if not _sum_fits(signal, values[:, column]):
                differing.append(signal.label)
            physical = (values[:, column] - signal.baseline) / signal.gain
            channels.append(Channel(signal.label, np.where(valid[:, column], physical, np.nan), signal.unit))
    if len(differing) == len(signals):
        raise RecordingError("errors_recording.wfdb_other", file=upload.file, name=shown(signals[0].file))
    assumptions = [Assumption("recording.checksum_differs", {"leads": shown(", ".join(differing))})]
    return Raw("wfdb", tuple(channels), rate_hz, tuple(assumptions if differing else ()), stated_in(text))


def signal_files(upload: Upload) -> tuple[str, ...]:
    """Names of the files that hold the samples of a header.

    Raises
    ------
    RecordingError
        The header is damaged.
    """
    _, _, signals = _header(upload.data.decode("utf-8", errors="replace"), upload.file)
    return tuple(dict.fromkeys(signal.file for signal in signals))


def stated_in(text: str) -> dict[str, float | str]:
    """Age, sex and diagnosis codes of a header's comments."""
    found = {
        key.lower(): value.strip()
        for key, value in re.findall(r"^#\s*<?(\w+)>?\s*:\s*(\S.*)$", text, re.MULTILINE)
    }
    stated: dict[str, float | str] = {}
    if (age := number(found.get("age"), least=0)) is not None:
        stated["age"] = age
    if sex := found.get("sex", "").lower()[:1]:
        stated["sex"] = {"m": "male", "f": "female"}.get(sex, "unknown")
    if "dx" in found:
        stated["diagnoses"] = shown(found["dx"], 500)
    return stated


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def _header(text: str, file: str) -> tuple[float, int | None, list[_Signal]]:
    lines = _lines(text)
    record = _RECORD.fullmatch(lines[0])
    if record is None:
        raise damaged(file, "WFDB", lines[0])
    if "/" in record.group(1):
        raise RecordingError("errors_recording.wfdb_segments", file=file)
    n_signals = int(record.group(2))
    if not 0 < n_signals <= MAX_CHANNELS or len(lines) < n_signals + 1:
        raise damaged(file, "WFDB", lines[0])
    rate = number(record.group(3) or _DEFAULT_RATE_HZ, least=0)
    if rate is None:
        raise damaged(file, "WFDB", lines[0])
    signals = [_signal(line, file) for line in lines[1 : n_signals + 1]]
    return rate, int(record.group(4)) if record.group(4) else None, signals


def _signal(line: str, file: str) -> _Signal:
    words = line.split(maxsplit=8)
    layout = _FORMAT.fullmatch(words[1]) if len(words) > 1 else None
    if layout is None:
        raise damaged(file, "WFDB", line)
    if int(layout.group(2) or 1) != 1 or bytes_of(int(layout.group(1)), 2) is None:
        raise RecordingError("errors_recording.wfdb_format", file=file, found=shown(words[1]))
    signal = _Signal(words[0], int(layout.group(1)), int(layout.group(3) or 0))
    if len(words) > 2:
        signal = _with_gain(signal, words, line, file)
    if len(words) > 6 and re.fullmatch(r"-?\d{1,10}", words[6]):
        signal = replace(signal, checksum=int(words[6]))
    return replace(signal, label=words[8].strip()) if len(words) > 8 else signal


def _with_gain(signal: _Signal, words: list[str], line: str, file: str) -> _Signal:
    found = _GAIN.fullmatch(words[2])
    gain = number(found.group(1)) if found else None
    zero = words[4] if len(words) > 4 else "0"
    if found is None or gain is None or not re.fullmatch(r"[+-]?\d{1,10}", zero):
        raise damaged(file, "WFDB", line)
    baseline = int(found.group(2)[:11]) if found.group(2) else int(zero)
    return replace(signal, gain=gain or _DEFAULT_GAIN, baseline=baseline, unit=found.group(3) or "mV")


def _digital(
    group: list[_Signal], content: bytes, n_samples: int | None, file: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Sample values (n_samples, signals) of one file, and which of them are valid."""
    form, offset = group[0].format, group[0].offset
    if any((signal.format, signal.offset) != (form, offset) for signal in group):
        raise damaged(file, "WFDB", group[0].file)
    available = len(content) - offset
    if n_samples is None:
        n_samples = samples_in(form, max(available, 0)) // len(group)
    expected = bytes_of(form, n_samples * len(group))
    assert expected is not None
    check_length(f"{file} → {shown(group[0].file)}", "WFDB", expected + offset, len(content))
    values, valid = unpack(form, content[offset:], n_samples * len(group))
    return values.reshape(n_samples, len(group)), valid.reshape(n_samples, len(group))


def _sum_fits(signal: _Signal, values: NDArray[np.int64]) -> bool:
    """Whether the 16-bit sum that many headers carry is that of these samples."""
    if not signal.checksum:
        return True
    return (int(values.sum()) - signal.checksum) % 65536 == 0
