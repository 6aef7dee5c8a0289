"""A synthetic cohort as one ZIP file: the folder that ``python -m core demo`` writes, to be downloaded or uploaded."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from core.progress import Progress, silent

if TYPE_CHECKING:
    from core.cohort.synthetic import SyntheticPatients

# 80 kB a recording: what a small server's memory and a visitor's patience allow
MOST_WITH_ECG = 500
_TIME = (1980, 1, 1, 0, 0, 0)


def packed_name(patients: SyntheticPatients) -> str:
    """Return what the cohort's folder is called inside the ZIP file, and the file itself but for its ending."""
    return f"synthetic-{patients.preset}-{len(patients.ehr)}-seed{patients.seed}"


def pack_synthetic(patients: SyntheticPatients, progress: Progress = silent, *, ecg: bool) -> bytes:
    """Write a synthetic cohort as a ZIP file that the training page and ``unpack_cohort`` take.

    The same patients give the same bytes. They stand on disk for a moment: nobody is one of them.

    Parameters
    ----------
    ecg
        With the recordings, 80 kB a patient; meant for at most ``MOST_WITH_ECG``.

    Raises
    ------
    CohortError
        The disk is full or cannot be written.
    """
    from core.demo import write_demo

    name = packed_name(patients)
    out = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="cohort-") as place:
        folder = Path(place) / name
        write_demo(patients, folder, progress, ecg=ecg)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                # a fixed time: the same cohort is the same file
                entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", _TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return out.getvalue()
