"""Recordings as files: examples of every format that can be made here, and the compact form of a synthetic cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.ecg.formats._write_arrays import write_csv, write_mat, write_npy, write_npz
from core.ecg.formats._write_devices import write_dicom, write_edf, write_scp, write_wfdb
from core.ecg.formats._write_xml import write_aecg, write_muse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.ecg.recording import Recording

_WRITERS: dict[str, Callable[[Recording, str], dict[str, bytes]]] = {
    "csv": write_csv,
    "npy": write_npy,
    "npz": write_npz,
    "mat": write_mat,
    "wfdb": write_wfdb,
    "edf": write_edf,
    "scp": write_scp,
    "dicom": write_dicom,
    "aecg": write_aecg,
    "muse": write_muse,
}
EXAMPLE_FORMATS = tuple(_WRITERS)
COMPACT_LEADS = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def example_files(recording: Recording, source_format: str, stem: str = "example") -> dict[str, bytes]:
    """Contents of the file or files that hold a recording in one format.

    Parameters
    ----------
    source_format
        One of ``EXAMPLE_FORMATS``.
    stem
        What the names begin with: letters, digits, ``-`` and ``_``.

    Returns
    -------
    dict
        File name to content: two for WFDB, one for all others. Device formats keep whole microvolts.

    Raises
    ------
    KeyError
        No such format is written here.
    """
    return _WRITERS[source_format](recording, stem)


def compact_files(recording: Recording, stem: str, comment: str) -> dict[str, bytes]:
    """Contents of a WFDB header and signal file with the eight leads from which the other four follow.

    Whole microvolts; ``read_recording`` derives III, aVR, aVL and aVF (Einthoven, Goldberger) from what was stored.

    Parameters
    ----------
    stem
        What the names begin with: letters, digits, ``-`` and ``_``.
    comment
        What the header says of the recording.
    """
    return write_wfdb(recording, stem, COMPACT_LEADS, comment)


def write_examples(folder: Path, recording: Recording, stem: str = "example") -> list[Path]:
    """Write a recording in every format of ``EXAMPLE_FORMATS``."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for source_format in EXAMPLE_FORMATS:
        for name, content in example_files(recording, source_format, stem).items():
            path = folder / name
            path.write_bytes(content)
            written.append(path)
    return written
