from __future__ import annotations

import numpy as np
import pytest

from core.ecg.network_input import MOST_WINDOWS, WINDOW_SAMPLES, window_starts_s, windows
from core.ecg.recording import LEADS, Recording


def sines(seconds: float, rate_hz: float = 500.0, hertz: float = 5.0) -> Recording:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return Recording(np.tile(np.sin(2 * np.pi * hertz * t), (12, 1)).astype(np.float32), rate_hz, "npy")


@pytest.mark.parametrize(
    ("seconds", "n"), [(2.5, 1), (10, 1), (12, 1), (13, 2), (30, 3), (600, MOST_WINDOWS)]
)
def test_length_decides_how_many_windows(seconds, n):
    assert windows(sines(seconds)).shape == (n, 12, WINDOW_SAMPLES)


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 257.0, 500.0, 1000.0])
def test_any_rate_gives_the_same_window(rate_hz):
    found = windows(sines(10, rate_hz))[0, :, 100:900]
    assert found == pytest.approx(windows(sines(10, 500.0))[0, :, 100:900], abs=0.03)


def test_wander_is_taken_out_and_waves_stay():
    wander = sines(10, hertz=0.1)
    assert np.abs(windows(wander)[0, :, 200:800]).max() < 0.1
    assert np.abs(windows(sines(10))[0, :, 200:800]).max() == pytest.approx(1.0, abs=0.05)


def test_missing_and_untrusted_leads_are_flat():
    recording = sines(10)
    recording.signal[3] = np.nan
    x = windows(recording, ("V2",))
    flat = [lead for lead, row in zip(LEADS, x[0], strict=True) if not row.any()]
    assert flat == ["aVR", "V2"]
    assert np.isfinite(x).all()


def test_a_spike_does_not_rule_the_window():
    recording = sines(10)
    recording.signal[0, 2500] = 1000.0
    assert np.abs(windows(recording)).max() <= 5.0


def test_a_short_recording_is_repeated():
    x = windows(sines(2.5))[0]
    assert x[:, :250] == pytest.approx(x[:, 250:500])


@pytest.mark.parametrize("seconds", [2.5, 10, 13, 30, 600])
def test_every_window_has_its_beginning(seconds):
    recording = sines(seconds)
    starts = window_starts_s(recording)
    assert len(starts) == len(windows(recording))
    assert starts[0] == 0
    assert seconds <= 10 or starts[-1] + 10 == pytest.approx(seconds)
