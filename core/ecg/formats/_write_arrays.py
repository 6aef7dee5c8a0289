"""Example files of numbers: CSV, NPY, NPZ, MAT."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.ecg.recording import Recording


def write_csv(recording: Recording, stem: str) -> dict[str, bytes]:
    """One column a lead in mV, time in seconds first."""
    leads = recording.present
    time = np.arange(recording.n_samples) / recording.rate_hz
    header = ",".join(["time (s)", *(f"{lead} (mV)" for lead in leads)])
    table = np.column_stack([time, *(recording.lead(lead) for lead in leads)])
    lines = [",".join([f"{row[0]:.6g}", *(f"{value:.4f}" for value in row[1:])]) for row in table]
    return {f"{stem}.csv": "\n".join([header, *lines, ""]).encode()}


def write_npy(recording: Recording, stem: str) -> dict[str, bytes]:
    """12 × samples in mV; an array alone cannot say its rate."""
    stream = BytesIO()
    np.save(stream, recording.signal, allow_pickle=False)
    return {f"{stem}.npy": stream.getvalue()}


def write_npz(recording: Recording, stem: str) -> dict[str, bytes]:
    """Signal, rate, unit and lead names."""
    stream = BytesIO()
    np.savez_compressed(
        stream,
        signal=np.stack([recording.lead(lead) for lead in recording.present]),
        rate_hz=np.array(recording.rate_hz),
        unit=np.array("mV"),
        leads=np.array(recording.present),
    )
    return {f"{stem}.npz": stream.getvalue()}


def write_mat(recording: Recording, stem: str) -> dict[str, bytes]:
    """MATLAB version 5 with the names of the NPZ."""
    from scipy.io import savemat

    stream = BytesIO()
    contents = {
        "signal": np.stack([recording.lead(lead) for lead in recording.present]),
        "rate_hz": recording.rate_hz,
        "unit": "mV",
        "leads": np.array(recording.present, dtype=object),
    }
    savemat(stream, contents, do_compression=True)
    return {f"{stem}.mat": stream.getvalue()}
