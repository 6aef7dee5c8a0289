"""Features for the fusion: completed record, embedding and measurements of the patients who have both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core._training_ecg import read_recordings
from core.fusion.features import PatientFeatures, joined_features
from core.progress import Progress, silent, span

if TYPE_CHECKING:
    import pandas as pd

    from core.cohort.folder import Cohort
    from core.ecg.model import EcgModel
    from core.ehr.pipeline import EhrModel

# windows of so many patients are held at a time
_CHUNK = 1_000


def patient_features(
    cohort: Cohort, ehr: EhrModel, ecg: EcgModel, patients: pd.Index, progress: Progress = silent
) -> PatientFeatures:
    """Read the patients' recordings once more and take what the two single models make of each patient.

    Parameters
    ----------
    patients
        Those whom both models have predicted: in the table, with a usable recording.

    Returns
    -------
    PatientFeatures
        In the order of ``patients``; every network's embedding of everyone, of which fitting uses but one.
    """
    assert cohort.table is not None
    record = ehr.encoder.design(ehr.complete(cohort.table.frame.loc[patients]))
    parts = []
    for start in range(0, len(patients), _CHUNK):
        some = patients[start : start + _CHUNK]
        part = span(progress, start / len(patients), min(1.0, (start + _CHUNK) / len(patients)))
        read = read_recordings(cohort, some, part, measure=True)
        parts.append(
            PatientFeatures(
                record[start : start + _CHUNK],
                ecg.embed_windows([read.cut[patient] for patient in some]),
                np.array([read.measured[patient] for patient in some]),
            )
        )
    return joined_features(parts)
