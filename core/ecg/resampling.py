"""One rate for whatever comes after reading."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.ecg.recording import Recording

# ratios of whole numbers up to this describe every pair of usual rates exactly (500/257 Hz, 1000/977 Hz …)
_LARGEST_FACTOR = 1000


def resampled(recording: Recording, rate_hz: float) -> Recording:
    """Bring a recording to another rate, once, by a polyphase filter.

    Parameters
    ----------
    rate_hz
        Samples a second, above 0.

    Returns
    -------
    Recording
        Same duration to within one sample; leads that hold no signal stay NaN.

    Raises
    ------
    ValueError
        ``rate_hz`` is not above 0.
    """
    if not rate_hz > 0:
        raise ValueError(rate_hz)
    if rate_hz == recording.rate_hz:
        return recording
    from scipy.signal import resample_poly

    ratio = (Fraction(rate_hz) / Fraction(recording.rate_hz)).limit_denominator(_LARGEST_FACTOR)
    n_samples = -(-recording.n_samples * ratio.numerator // ratio.denominator)
    signal = np.full((recording.signal.shape[0], n_samples), np.nan, dtype=np.float32)
    known = ~np.isnan(recording.signal).any(axis=1)
    if known.any():
        # "line" leaves a drifting baseline without a step at either end
        rows = recording.signal[known].astype(np.float64)
        signal[known] = resample_poly(rows, ratio.numerator, ratio.denominator, axis=1, padtype="line")
    return replace(recording, signal=signal, rate_hz=float(rate_hz))
