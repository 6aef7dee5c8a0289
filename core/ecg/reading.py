"""The door for recordings: any hospital's file in, one ``Recording`` out, told by content and never by its name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._assembling import assemble
from core.ecg.formats._recognise import read_raw
from core.ecg.formats._upload import Upload, check_bytes, plain_name, read_bytes, shown
from core.ecg.formats._wfdb import is_wfdb_header, signal_files
from core.errors import RecordingError

if TYPE_CHECKING:
    from core.ecg.formats._raw import Raw
    from core.ecg.recording import Recording

Source = Path | bytes | dict[str, bytes]
_MOST_FILES = 20
# what numpy and the standard library raise when a file makes them take more memory or steps than there are
_OVERSIZED = (MemoryError, OverflowError, RecursionError)


def read_recording(
    source: Source, name: str = "", *, unit: str | None = None, rate_hz: float | None = None
) -> Recording:
    """Read one 12-lead ECG.

    WFDB, CSV and other text, NPY, NPZ, MAT (versions 4 and 5), DICOM, HL7 aECG, GE MUSE XML, Philips Sierra XML,
    SCP-ECG and EDF. The rate stays that of the file; ``core.ecg.resampling.resampled`` changes it.

    Parameters
    ----------
    source
        Path; or the content itself (an upload); or several uploaded files by their names, where one is the header
        that names the others (WFDB).
    name
        What messages call the file; a path's own name by default.
    unit
        ``"mV"``, ``"µV"``, ``"V"`` or ``"nV"``, to correct what was guessed or wrongly stated.
    rate_hz
        Samples a second, to correct what was assumed or wrongly stated.

    Returns
    -------
    Recording
        (12, n_samples) in mV. ``assumptions`` says all that the file did not state: unit, rate, order of the leads,
        derived and missing leads, bridged gaps, a calibration tail cut off.

    Raises
    ------
    RecordingError
        The file is of no known format, damaged, larger than 200 MB or 60 minutes, shorter than 2 s, slower than
        100 Hz, has fewer than six usable leads, or holds no heart's amplitudes.
    """
    upload = _upload(source, name)
    # what overflows becomes infinite, and that is refused by name
    with np.errstate(all="ignore"):
        return assemble(_raw(upload), upload.file, unit, rate_hz)


def read_stated(source: Source, name: str = "") -> dict[str, float | str]:
    """Read what the device itself states in a file: measurements and statements, never a name or a number of a person.

    Parameters
    ----------
    source, name
        As for ``read_recording``.

    Returns
    -------
    dict
        Those of ``heart_rate_bpm``, ``pr_ms``, ``qrs_ms``, ``qt_ms``, ``qtc_ms``, ``qtc_fridericia_ms``, ``axis_deg``,
        ``p_axis_deg``, ``t_axis_deg``, ``age``, ``sex`` (male, female, unknown) and ``diagnoses`` that the file holds.

    Raises
    ------
    RecordingError
        The file cannot be read.
    """
    with np.errstate(all="ignore"):
        return dict(_raw(_upload(source, name)).stated)


def file_contents(path: Path, name: str = "") -> dict[str, bytes]:
    """Contents of the files that make one recording: the file itself, or a WFDB header with its signal files.

    Parameters
    ----------
    path, name
        As for ``read_recording``.

    Returns
    -------
    dict
        File name to content.

    Raises
    ------
    RecordingError
        A file is missing, unreadable, too large or in another folder.
    """
    upload = _upload(path, name)
    companions = signal_files(upload) if _is_header(upload.data) else ()
    return {upload.file: upload.data} | {other: upload.companion(other) for other in companions}


def _raw(upload: Upload) -> Raw:
    try:
        return read_raw(upload)
    except _OVERSIZED as error:
        raise RecordingError("errors_recording.unknown", file=upload.file) from error


def _upload(source: Source, name: str) -> Upload:
    if isinstance(source, bytes):
        file = shown(plain_name(name)) or "ECG"
        check_bytes(len(source), file)
        return Upload(file, source)
    if isinstance(source, dict):
        return _from_files(source, name)
    path = Path(source)
    file = shown(name or path.name)
    data = read_bytes(path, file)
    header = path.with_suffix(".hea")
    if path.suffix.lower() in {".dat", ".mat"} and header != path and header.is_file():
        # a signal file beside its header: the header says what the numbers mean
        text = read_bytes(header, shown(header.name))
        if _is_header(text) and path.name.encode() in text:
            return Upload(shown(header.name), text, folder=path.parent)
    return Upload(file, data, folder=path.parent)


def _from_files(files: dict[str, bytes], name: str) -> Upload:
    """One upload out of several files: the only one, or the only header."""
    called = shown(plain_name(name)) or "ECG"
    if not 0 < len(files) <= _MOST_FILES:
        raise RecordingError("errors_recording.files", file=called, n=len(files))
    check_bytes(sum(len(data) for data in files.values()), called)
    plain = {plain_name(key): data for key, data in files.items()}
    headers = [key for key, data in plain.items() if _is_header(data)]
    chosen = list(plain) if len(plain) == 1 else headers
    if len(chosen) != 1:
        raise RecordingError("errors_recording.files", file=called, n=len(files))
    companions = {key.casefold(): data for key, data in plain.items()} | plain
    return Upload(shown(plain_name(name) or chosen[0]), plain[chosen[0]], companions)


def _is_header(data: bytes) -> bool:
    return b"\0" not in data[:4096] and is_wfdb_header(data[: 1 << 16].decode("latin-1"))
