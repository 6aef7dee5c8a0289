"""Recordings of a cohort brought into the form that the ECG model is fitted on, patient by patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.ecg.interpretation import read_ecg
from core.ecg.measured_vector import measured_vector
from core.ecg.network_input import windows
from core.ecg.simulator import draw_truth
from core.errors import RecordingError, TrainingError
from core.progress import Progress, silent
from core.recordings import read_each, recordings_digest, recordings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.ecg.recording import Recording

    Floats = NDArray[np.float64]
    Windows = NDArray[np.float32]

SEVERITY_GROUPS = ("none", "mild", "severe")
_MOST_WINDOWS = 24


@dataclass(frozen=True)
class ReadRecordings:
    """All usable recordings of a cohort's patients.

    Attributes
    ----------
    cut
        Patient to windows (n, 12, 1000); several recordings of a patient one after the other.
    measured
        Patient to the measurements of the first recording; empty where recordings were not measured.
    n_recordings, n_unusable
        Recordings looked at, and those that could not be read or that the quality gate refused.
    digest
        See ``core.recordings.recordings_digest``.
    simulated
        Whether the simulator made them.
    """

    cut: dict[str, Windows]
    measured: dict[str, Floats]
    n_recordings: int
    n_unusable: int
    digest: str
    simulated: bool


def read_recordings(
    cohort: Cohort, patients: pd.Index, progress: Progress = silent, *, measure: bool = False
) -> ReadRecordings:
    """Read and cut the recordings of some patients.

    Files pass the quality gate and are measured; simulated recordings are whole by construction and skip it, and are
    measured only where that is asked for.

    Raises
    ------
    CohortError
        The cohort has no recordings.
    TrainingError
        None of them is usable.
    """
    source = recordings_of(cohort)
    rows = source.rows[source.rows["patient_id"].isin(patients)]
    transform = _checked if not source.simulated else _measured if measure else _cut
    found, refused = read_each(source, rows.index, transform, progress)
    if not found:
        raise TrainingError("errors.no_usable_recording", name=cohort.about.name, n=len(rows))
    cut: dict[str, list[Windows]] = {}
    measured: dict[str, Floats] = {}
    for recording_id, (x, vector) in found.items():
        patient = str(rows.loc[recording_id, "patient_id"])
        cut.setdefault(patient, []).append(x)
        if vector is not None:
            measured.setdefault(patient, vector)
    return ReadRecordings(
        {patient: np.concatenate(parts)[:_MOST_WINDOWS] for patient, parts in cut.items()},
        measured,
        len(rows),
        len(refused),
        recordings_digest(source, list(found)),
        source.simulated,
    )


def _cut(recording: Recording) -> tuple[Windows, Floats | None]:
    return windows(recording), None


def _measured(recording: Recording) -> tuple[Windows, Floats | None]:
    return windows(recording), measured_vector(read_ecg(recording))


def _checked(recording: Recording) -> tuple[Windows, Floats | None]:
    reading = read_ecg(recording)
    if not reading.quality.usable:
        raise RecordingError("quality.unusable")
    return windows(recording, reading.quality.untrusted), measured_vector(reading)


def known_truth(cohort: Cohort, patients: pd.Index) -> pd.DataFrame | None:
    """What the simulator knows of each patient's recording: the ideal reader's probability, and the severity group.

    Returns
    -------
    DataFrame or None
        ``p_pe`` and ``severity_group`` (``none``, ``mild`` or ``severe`` embolism); None for recordings that the
        simulator did not make.
    """
    about = cohort.about
    if not about.synthetic or about.seed is None or cohort.oracle is None:
        return None
    known = cohort.oracle.reindex(patients)
    numbers = pd.to_numeric(patients.to_series().str.removeprefix("S"), errors="coerce")
    if known["stratum"].isna().any() or numbers.isna().any():
        return None
    rows = []
    for number, stratum, severity in zip(numbers, known["stratum"], known["severity"], strict=True):
        _, truth = draw_truth(about.seed, int(number), stratum=stratum, severity=float(severity))
        group = "none" if stratum == "control" else "severe" if truth["severe"] else "mild"
        rows.append((truth["p_pe"], group))
    return pd.DataFrame(rows, index=patients, columns=["p_pe", "severity_group"])
