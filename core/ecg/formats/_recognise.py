"""What kind of file this is, by its content: a file's ending is what somebody called it, not what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from core.ecg.formats._aecg import read_aecg
from core.ecg.formats._dicom import read_dicom
from core.ecg.formats._edf import is_edf, read_edf
from core.ecg.formats._matlab import is_mat4, read_mat4, read_mat5
from core.ecg.formats._muse import read_muse
from core.ecg.formats._numpy import is_npz, read_npy, read_npz
from core.ecg.formats._philips import read_philips
from core.ecg.formats._scp import is_scp, read_scp
from core.ecg.formats._text import read_text
from core.ecg.formats._upload import Upload, shown
from core.ecg.formats._wfdb import is_wfdb_header, read_wfdb
from core.ecg.formats._xml import looks_like_xml, parse_xml
from core.errors import RecordingError
from core.file_signatures import COMPRESSED, DOCUMENTS, is_pickle

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.ecg.formats._raw import Raw

Kind = Literal["wfdb", "csv", "npy", "npz", "mat4", "mat5", "dicom", "scp", "edf", "xml"]
_PACKED = COMPRESSED | {b"PK": "ZIP"}
_OTHER = DOCUMENTS | {
    b"\xd0\xcf\x11\xe0": "Office",
    b"PAR1": "Parquet",
}
_ROOTS = {"RestingECG": read_muse, "restingecgdata": read_philips, "AnnotatedECG": read_aecg}


def read_raw(upload: Upload) -> Raw:
    """Read the channels of a file of any known format.

    Raises
    ------
    RecordingError
        The content is of no known format, or damaged.
    """
    return _READERS[recognise(upload)](upload)


def recognise(upload: Upload) -> Kind:
    """Tell the formats apart by their marks.

    Raises
    ------
    RecordingError
        It is something else.
    """
    data, file = upload.data, upload.file
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise RecordingError("errors_recording.empty", file=file)
    marked = _by_mark(data)
    if marked is not None:
        return marked
    _refuse_others(data, file)
    if looks_like_xml(data):
        return "xml"
    if is_mat4(data):
        return "mat4"
    head = data[: 1 << 16].decode("latin-1")
    if "\0" not in head and is_wfdb_header(head):
        return "wfdb"
    if "\0" in head and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordingError("errors_recording.unknown", file=file)
    if re.search(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]", head.removeprefix("ÿþ").removeprefix("þÿ")[:4096]) and (
        "\0" not in head
    ):
        raise RecordingError("errors_recording.unknown", file=file)
    return "csv"


def _by_mark(data: bytes) -> Kind | None:
    if data.startswith(b"\x93NUMPY"):
        return "npy"
    if data.startswith(b"PK") and is_npz(data):
        return "npz"
    if data[124:128] in {b"\x00\x01IM", b"\x01\x00MI"}:
        return "mat5"
    if data[128:132] == b"DICM":
        return "dicom"
    if is_edf(data):
        return "edf"
    return "scp" if is_scp(data) else None


def _refuse_others(data: bytes, file: str) -> None:
    if data.startswith(b"MATLAB 7.3") or b"\x89HDF\r\n\x1a\n" in data[:1024]:
        raise RecordingError("errors_recording.hdf5", file=file)
    for mark, kind in _PACKED.items():
        if data.startswith(mark):
            raise RecordingError("errors_recording.packed", file=file, kind=kind)
    for mark, kind in _OTHER.items():
        if data.startswith(mark):
            raise RecordingError("errors_recording.other", file=file, kind=kind)
    if is_pickle(data):
        raise RecordingError("errors_recording.other", file=file, kind="Python pickle")


def _read_xml(upload: Upload) -> Raw:
    root = parse_xml(upload.data, upload.file)
    reader = _ROOTS.get(root.tag)
    if reader is None:
        raise RecordingError("errors_recording.other", file=upload.file, kind=f"XML <{shown(root.tag, 30)}>")
    return reader(root, upload.file)


_READERS: dict[Kind, Callable[[Upload], Raw]] = {
    "wfdb": read_wfdb,
    "csv": read_text,
    "npy": read_npy,
    "npz": read_npz,
    "mat4": read_mat4,
    "mat5": read_mat5,
    "dicom": read_dicom,
    "scp": read_scp,
    "edf": read_edf,
    "xml": _read_xml,
}
