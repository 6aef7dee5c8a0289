"""Every real recording at hand is drawn, in both layouts, small enough to send."""

from __future__ import annotations

import pytest

from core.charts.ecg_paper import ecg_paper
from core.ecg.reading import read_recording
from core.ecg.recording import LEADS
from tests.ecg.format_examples import HEADERS, VENDOR_FILES, needs_real_files


@needs_real_files
@pytest.mark.parametrize("layout", ["3x4", "12x1"])
def test_every_real_recording_draws_small_enough(layout):
    sizes = {}
    for path in [*HEADERS, *VENDOR_FILES]:
        recording = read_recording(path)
        leads = dict(zip(LEADS, recording.signal, strict=True))
        chart = ecg_paper(leads, recording.rate_hz, language="en", layout=layout)
        drawn = [trace for trace in chart.figure.data if trace.dx is not None]
        assert len(drawn) == len(recording.present) + (layout == "3x4"), path.name
        sizes[path.name] = len(chart.figure.to_json().encode())
    assert max(sizes.values()) < 400_000
