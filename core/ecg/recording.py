"""What a recording is, in the one form that core works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


@dataclass(frozen=True)
class Assumption:
    """One thing that the file did not say and the reader took for granted, shown to the user and open to correction.

    Attributes
    ----------
    key, values
        Key in ``core/text/<language>/recording.toml`` (with the file's name) and what fills its placeholders.
    """

    key: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Recording:
    """One 12-lead ECG.

    Attributes
    ----------
    signal
        float32 (12, n_samples) in mV, leads in the order of ``LEADS``; a lead that the file does not hold, and that
        cannot be derived, is NaN throughout.
    rate_hz
        Samples a second.
    source_format
        What the file was: ``wfdb``, ``csv``, ``npy``, ``npz``, ``mat``, ``dicom``, ``aecg``, ``muse``, ``philips``,
        ``scp``, ``edf`` or ``simulated``.
    assumptions
        What was taken for granted (unit, rate, derived or missing leads).
    """

    signal: NDArray[np.float32]
    rate_hz: float
    source_format: str
    assumptions: tuple[Assumption, ...] = ()

    @property
    def n_samples(self) -> int:
        """Samples of each lead."""
        return int(self.signal.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.rate_hz

    @property
    def present(self) -> tuple[str, ...]:
        """Leads that hold a signal."""
        return tuple(lead for lead, row in zip(LEADS, self.signal, strict=True) if not np.isnan(row).all())

    def lead(self, name: str) -> NDArray[np.float32]:
        """Samples of one lead in mV."""
        return np.asarray(self.signal[LEADS.index(name)], dtype=np.float32)
