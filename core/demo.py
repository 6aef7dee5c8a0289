"""A synthetic cohort on disk, with its recordings: what ``python -m core demo`` writes."""

from __future__ import annotations

import functools
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from core._processes import each
from core.cohort.folder import Cohort, save_cohort, synthetic_cohort
from core.errors import CohortError
from core.progress import Progress, silent, span
from core.recordings import recordings_of

if TYPE_CHECKING:
    from pathlib import Path

    from core._recording_origin import Origin
    from core.cohort.synthetic import SyntheticPatients

_FOLDER = "ecg"
_COMMENT = "Synthetic recording, simulated: no person was recorded."
_BYTES_EACH = 80_400


@dataclass(frozen=True)
class _Job:
    """One recording to be written."""

    folder: Path
    stem: str
    origin: Origin


def write_demo(
    patients: SyntheticPatients, folder: Path, progress: Progress = silent, *, ecg: bool = True
) -> str:
    """Write generated patients as a cohort folder, and say in one line what was written.

    Raises
    ------
    CohortError
        The folder is not empty, cannot be written or is too small.
    InputError
        A worker was ended from outside.
    """
    cohort = synthetic_cohort(patients)
    if ecg:
        size = save_with_recordings(cohort, folder, progress)
    else:
        save_cohort(cohort, folder)
    made = f"preset {patients.preset}, seed {patients.seed}, signal factor {patients.signal:g}"
    recordings = f"{len(patients.ehr)} synthetic recordings ({size / 1e6:.0f} MB)" if ecg else "no recordings"
    return f"{folder}: {len(patients.ehr)} synthetic patients, {recordings}; {made}"


def save_with_recordings(
    cohort: Cohort, folder: Path, progress: Progress = silent, *, workers: int | None = None
) -> int:
    """Write a synthetic cohort with its recordings, whole or not at all; the same cohort gives the same bytes.

    Every recording is a WFDB pair ``ecg/<patient_id>.hea`` and ``.dat``: 10 s at 500 Hz, eight leads in whole
    microvolts.

    Parameters
    ----------
    cohort
        A synthetic cohort whose recordings can be made again (``core.recordings.recordings_of``).
    progress
        Told the stages ``simulate`` and ``save`` and the share done.
    workers
        Processes; by default as many as ``core.threads`` says.

    Returns
    -------
    int
        Bytes of the recordings.

    Raises
    ------
    CohortError
        The cohort has no recordings to be made, or the folder is not empty, cannot be written or is too small.
    InputError
        A worker was ended from outside.
    """
    source = recordings_of(cohort)
    ids = source.rows.index
    _check_space(folder, len(ids) * _BYTES_EACH)
    paths = pd.DataFrame({"path": f"{_FOLDER}/" + ids + ".hea"}, index=pd.Index(ids, name="patient_id"))
    sizes: list[int] = []

    def write_all(place: Path) -> None:
        (place / _FOLDER).mkdir()
        jobs = [
            _Job(place / _FOLDER, stem, origin) for stem, origin in zip(ids, source.origins(ids), strict=True)
        ]
        told = functools.partial(span(progress, 0.0, 0.99), "simulate")
        sizes.extend(each(_write, jobs, workers, told))
        progress("save", 0.99)

    save_cohort(replace(cohort, recordings=paths), folder, also=write_all)
    progress("save", 1.0)
    return sum(sizes)


def _write(job: _Job) -> int:
    from core.ecg.writing import compact_files

    files = compact_files(job.origin.read(), job.stem, _COMMENT)
    for name, content in files.items():
        (job.folder / name).write_bytes(content)
    return sum(map(len, files.values()))


def _check_space(folder: Path, needed: int) -> None:
    place = next((parent for parent in folder.absolute().parents if parent.is_dir()), None)
    free = shutil.disk_usage(place).free if place is not None else needed
    if free < needed:
        raise CohortError(
            "errors_recordings.space", folder=folder, needed=round(needed / 1e6), free=round(free / 1e6)
        )
