"""What is known of a patient beyond the two probabilities: completed record, network embedding, measurements."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PatientFeatures:
    """Features of patients who have both a record and a usable recording.

    Attributes
    ----------
    record
        (n, d) columns of the health-record model's completed design.
    embedding
        (n, networks, e) what each network pools of the recording before its last layer.
    measured
        (n, m) intervals, axes and amplitudes; NaN what could not be measured.
    """

    record: Floats
    embedding: Floats
    measured: Floats

    def __len__(self) -> int:
        return len(self.record)

    def rows(self, which: NDArray[Any]) -> PatientFeatures:
        """Some of the patients."""
        return PatientFeatures(self.record[which], self.embedding[which], self.measured[which])

    def typical(self) -> PatientFeatures:
        """Means over the patients as one row: the baseline from which a modality's part is counted."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a measurement that nobody has stays unknown
            measured = np.nanmean(self.measured, axis=0)
        return PatientFeatures(
            self.record.mean(axis=0)[None], self.embedding.mean(axis=0)[None], measured[None]
        )

    def with_record(self, record: Floats) -> PatientFeatures:
        """The same ECGs beside another record (1, d)."""
        return PatientFeatures(np.broadcast_to(record, self.record.shape), self.embedding, self.measured)

    def with_ecg(self, other: PatientFeatures) -> PatientFeatures:
        """The same records beside another patient's ECG."""
        return PatientFeatures(
            self.record,
            np.broadcast_to(other.embedding, self.embedding.shape),
            np.broadcast_to(other.measured, self.measured.shape),
        )


def joined_features(parts: list[PatientFeatures]) -> PatientFeatures:
    """Patients of several parts, one after the other."""
    return PatientFeatures(
        np.concatenate([part.record for part in parts]),
        np.concatenate([part.embedding for part in parts]),
        np.concatenate([part.measured for part in parts]),
    )
