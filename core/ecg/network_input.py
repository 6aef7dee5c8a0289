"""What a network sees of a recording: cleaned windows of one length at one rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ as MEASURING_RATE_HZ
from core.ecg.filtering import at_measuring_rate, cleaned
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.recording import Recording

INPUT_RATE_HZ = 100
WINDOW_S = 10
WINDOW_SAMPLES = INPUT_RATE_HZ * WINDOW_S
MOST_WINDOWS = 12
# what lies beyond is no heart; a single spike would otherwise rule the window
_LARGEST_MV = 5.0
# a rest shorter than this is not worth a window of its own
_SHORTEST_REST_S = 2.5


def windows(recording: Recording, untrusted: tuple[str, ...] = ()) -> NDArray[np.float32]:
    """Cut a recording into windows.

    Wander and hum are taken out as before measuring, then the rate is brought down to 100 Hz. A recording shorter than
    a window is repeated until the window is full, so that its rate is kept; one longer gives several windows, the last
    one ending with the recording, and of more than ``MOST_WINDOWS`` an even choice.

    Parameters
    ----------
    recording
        Any length and rate.
    untrusted
        Leads that the quality gate rejects; they count as missing.

    Returns
    -------
    ndarray of float32, (n_windows, 12, 1000)
        mV, leads in the order of ``LEADS``; a missing lead is 0.
    """
    from scipy.signal import resample_poly

    step = MEASURING_RATE_HZ // INPUT_RATE_HZ
    clean = cleaned(at_measuring_rate(recording))
    known = np.asarray(~np.isnan(clean).any(axis=1))
    known[[LEADS.index(lead) for lead in untrusted]] = False
    signal = np.zeros((len(LEADS), -(-clean.shape[1] // step)))
    if known.any():
        signal[known] = resample_poly(clean[known], 1, step, axis=1, padtype="line")
    signal = np.clip(signal, -_LARGEST_MV, _LARGEST_MV).astype(np.float32)
    starts = _starts(signal.shape[1])
    if signal.shape[1] <= WINDOW_SAMPLES:
        return np.resize(signal.T, (WINDOW_SAMPLES, len(LEADS))).T[None].copy()
    return np.stack([signal[:, start : start + WINDOW_SAMPLES] for start in starts])


def window_starts_s(recording: Recording) -> tuple[float, ...]:
    """Seconds from the recording's beginning at which each of its windows begins."""
    return tuple(start / INPUT_RATE_HZ for start in _starts(int(recording.duration_s * INPUT_RATE_HZ)))


def _starts(n_samples: int) -> list[int]:
    if n_samples <= WINDOW_SAMPLES:
        return [0]
    starts = list(range(0, n_samples - WINDOW_SAMPLES + 1, WINDOW_SAMPLES))
    if n_samples - (starts[-1] + WINDOW_SAMPLES) >= _SHORTEST_REST_S * INPUT_RATE_HZ:
        starts.append(n_samples - WINDOW_SAMPLES)
    if len(starts) > MOST_WINDOWS:
        chosen = np.linspace(0, len(starts) - 1, MOST_WINDOWS).round().astype(int)
        starts = [starts[place] for place in chosen]
    return starts
