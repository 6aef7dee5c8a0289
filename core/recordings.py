"""A cohort's recordings: where each comes from, reading one or hundreds of thousands, and their digest.

Two sources end in one form: the files of a cohort folder, and the simulator, which makes any synthetic patient's
recording again from the cohort's seed and the patient's number.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from core._processes import each
from core._recording_origin import FileOrigin, Origin, SimulatedOrigin, attempt, fingerprint
from core.cohort._cells import clip
from core.cohort._recording_names import file_stem
from core.errors import CohortError, RecordingError
from core.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from core.cohort.folder import Cohort
    from core.ecg.recording import Recording

Value = TypeVar("Value")
_NUMBERED = re.compile(r"S(\d{6,12})")


@dataclass(frozen=True)
class RecordingSource:
    """The recordings of one cohort.

    Attributes
    ----------
    rows
        Index ``recording_id`` (text, unique): the file's stem, or its path where stems repeat; of a simulated
        recording the patient's identifier. Column ``patient_id`` (may repeat), then ``path`` and what else ``ecg.csv``
        says, or ``number``, ``stratum``, ``severity``, ``sex`` and ``age``.
    folder
        The folder that the paths begin at, the cohort's own unless ``cohort.toml`` names another; None for simulated
        recordings.
    seed
        The cohort's seed; None for files.
    """

    rows: pd.DataFrame
    folder: Path | None = None
    seed: int | None = None

    @property
    def simulated(self) -> bool:
        """Whether the recordings are made again by the simulator rather than read from files."""
        return self.folder is None

    def read(self, recording_id: str) -> Recording:
        """Read or make one recording.

        Raises
        ------
        RecordingError
            It cannot be read.
        KeyError
            There is no such recording in ``rows``.
        """
        return self.origins([recording_id])[0].read()

    def origins(self, ids: Iterable[str]) -> list[Origin]:
        """Where recordings come from, in the order asked for.

        Raises
        ------
        KeyError
            There is no such recording in ``rows``.
        """
        rows = self.rows.loc[list(ids)]
        if self.folder is not None:
            given = [_given(rows, name) for name in ("path", "unit", "rate_hz")]
            return [FileOrigin(self.folder, *row) for row in zip(*given, strict=True)]
        seed = self.seed or 0
        columns = [rows[name].tolist() for name in ("number", "stratum", "severity", "sex", "age")]
        return [SimulatedOrigin(seed, *row) for row in zip(*columns, strict=True)]


def has_recordings(cohort: Cohort) -> bool:
    """Whether a cohort has recordings, as files or to be made again."""
    return _has_files(cohort) or _can_simulate(cohort)


def recordings_of(cohort: Cohort) -> RecordingSource:
    """Return the recordings of a cohort: those of its files, or of a synthetic cohort without files the simulator's.

    A simulated recording follows from the cohort's seed, the patient's number, stratum and severity, and sex and age
    where the table knows them. The ECG's heart rate and the record's are drawn independently of each other, given
    stratum and severity: two moments of the same patient. So the published rates of tachycardia hold in the ECG.

    Raises
    ------
    CohortError
        The cohort has no recordings.
    """
    if _has_files(cohort):
        return _from_files(cohort)
    if _can_simulate(cohort):
        return _from_simulator(cohort)
    raise CohortError("errors_recordings.none", name=cohort.about.name)


def read_one(
    source: Path | bytes | dict[str, bytes],
    name: str = "",
    *,
    unit: str | None = None,
    rate_hz: float | None = None,
) -> Recording:
    """Read one recording that a person gave, as ``core.ecg.reading.read_recording`` does.

    Raises
    ------
    RecordingError
        It cannot be read; a table of patients given by mistake is called one.
    """
    from core.cohort.tables import holds_patients
    from core.ecg.reading import read_recording

    try:
        return read_recording(source, name, unit=unit, rate_hz=rate_hz)
    except RecordingError as error:
        # several files are a header with its signals
        files = source if isinstance(source, dict) else {"": source}
        (called, only), *others = files.items() if files else (("", b""),)
        if others or not holds_patients(only):
            raise
        file = name or called or (only.name if isinstance(only, Path) else "ECG")
        raise RecordingError("errors_signatures.patients", file=clip(file, 80)) from error


def read_each(
    source: RecordingSource,
    ids: Iterable[str],
    transform: Callable[[Recording], Value],
    progress: Progress = silent,
    *,
    workers: int | None = None,
) -> tuple[dict[str, Value], dict[str, RecordingError]]:
    """Read recordings and keep of each what a function makes of it; many are read in worker processes.

    Parameters
    ----------
    ids
        Recordings of the source.
    transform
        A function of a module (not of a notebook or script, else nothing runs beside it) whose result can be sent
        between processes. It may raise a ``RecordingError`` to refuse a recording.
    progress
        Told the stage ``read`` and the share done.
    workers
        Processes; by default as many as ``core.threads`` says when there are hundreds of recordings, else one.

    Returns
    -------
    values, errors
        By recording_id, in the order of ``ids``; the same for any number of workers. Every id is in one of the two.

    Raises
    ------
    InputError
        A worker was ended from outside.
    """
    wanted = list(ids)
    results = each(
        functools.partial(attempt, transform),
        source.origins(wanted),
        workers,
        functools.partial(progress, "read"),
    )
    values: dict[str, Value] = {}
    errors: dict[str, RecordingError] = {}
    for recording_id, (kept, error) in zip(wanted, results, strict=True):
        if error is not None:
            errors[recording_id] = error
        else:
            values[recording_id] = kept[0]
    return values, errors


def recordings_digest(
    source: RecordingSource, ids: Iterable[str], progress: Progress = silent, *, workers: int | None = None
) -> str:
    """SHA-256 over recordings, to stand beside ``Cohort.digest`` where a model was fitted on them.

    Of files: identifier, patient, path, size and the SHA-256 of the bytes. Of simulated ones: all that their bytes
    follow from. The order of ``ids`` does not matter.

    Parameters
    ----------
    ids
        Recordings that were used; reading all their files takes as long as reading them once more.

    Raises
    ------
    RecordingError
        A file cannot be opened any more.
    InputError
        A worker was ended from outside.
    """
    wanted = sorted(ids)
    if source.simulated:
        workers = 1  # nothing is read
    patients = source.rows["patient_id"].loc[wanted]
    prints = each(fingerprint, source.origins(wanted), workers, functools.partial(progress, "digest"))
    digest = hashlib.sha256()
    for recording_id, patient_id, origin in zip(wanted, patients, prints, strict=True):
        digest.update(json.dumps([recording_id, patient_id, *origin]).encode() + b"\n")
    return digest.hexdigest()


def _given(rows: pd.DataFrame, name: str) -> list[Any]:
    """Values of a column, None where there is none."""
    values = rows[name].tolist() if name in rows else [None] * len(rows)
    return [None if pd.isna(value) or value == "" else value for value in values]


def _has_files(cohort: Cohort) -> bool:
    return cohort.recordings is not None and cohort.folder is not None


def _can_simulate(cohort: Cohort) -> bool:
    about = cohort.about
    return (
        cohort.recordings is None
        and cohort.oracle is not None
        and about.synthetic
        and about.seed is not None
        and bool(cohort.oracle.index.str.fullmatch(_NUMBERED.pattern).all())
    )


def _from_files(cohort: Cohort) -> RecordingSource:
    assert cohort.recordings is not None
    rows = cohort.recordings.reset_index()
    stems = [file_stem(path.rpartition("/")[2]) for path in rows["path"]]
    unique = len(set(stems)) == len(stems)
    rows.index = pd.Index(stems if unique else rows["path"], dtype="str", name="recording_id")
    return RecordingSource(rows, folder=cohort.recordings_folder)


def _from_simulator(cohort: Cohort) -> RecordingSource:
    assert cohort.oracle is not None
    rows = cohort.oracle[["stratum", "severity"]].copy()
    known = (
        cohort.table.frame.reindex(rows.index) if cohort.table is not None else pd.DataFrame(index=rows.index)
    )
    rows.insert(0, "patient_id", rows.index)
    rows.insert(1, "number", [int(_NUMBERED.fullmatch(name)[1]) for name in rows.index])  # type: ignore[index]
    defaults = SimulatedOrigin(0, 0, "", 0.0)
    for name in ("sex", "age"):
        default = getattr(defaults, name)
        rows[name] = known[name].fillna(default) if name in known else default
    return RecordingSource(rows.rename_axis("recording_id"), seed=cohort.about.seed)
