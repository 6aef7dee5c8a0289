"""Example files of every format that can be made here, to download and to show how a recording should look."""

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
