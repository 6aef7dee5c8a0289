"""A small recording to write and read, and where the real ones lie."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from core.ecg.recording import LEADS, Recording

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
WFDB = SHARED / "ecg-wfdb"
VENDOR = SHARED / "ecg-vendor"
needs_real_files = pytest.mark.skipif(
    not (WFDB.is_dir() and VENDOR.is_dir()), reason="shared/data is not beside this checkout"
)
HEADERS = sorted(WFDB.glob("*.hea")) if WFDB.is_dir() else []
VENDOR_FILES = sorted(VENDOR.iterdir()) if VENDOR.is_dir() else []


@functools.cache
def example(seconds: float = 3.0, rate_hz: float = 250.0, seed: int = 7) -> Recording:
    """Twelve leads of Gaussian beats in whole microvolts, Einthoven exact to 1 µV."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    phase = (np.arange(n) / rate_hz) % 0.8 - 0.4
    basis = np.stack(
        [np.exp(-((phase - at) ** 2) / (2 * w**2)) for at, w in ((-0.16, 0.03), (0, 0.012), (0.2, 0.05))]
    )
    weights = rng.normal([0.1, 0.9, 0.25], [0.03, 0.4, 0.1], (8, 3))
    one, two, *chest = np.rint(1000 * (weights @ basis) + rng.normal(0, 5, (8, n))) / 1000
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    signal = np.stack([*limb, *chest]).astype(np.float32)
    assert signal.shape == (len(LEADS), n)
    return Recording(signal, rate_hz, "simulated")


def keys(recording: Recording) -> set[str]:
    """What was taken for granted, without the catalogue's name."""
    return {assumption.key.removeprefix("recording.") for assumption in recording.assumptions}


def as_csv(table: np.ndarray, header: str = "", delimiter: str = ",", digits: int = 4) -> bytes:
    """Text of a table (rows as they lie)."""
    lines = [delimiter.join(f"{value:.{digits}f}" for value in row) for row in table]
    return "\n".join([*([header] if header else []), *lines, ""]).encode()
