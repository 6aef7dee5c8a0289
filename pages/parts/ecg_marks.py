"""From the median beat back to the recording: where on the print-out each sign and each wave was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.charts.ecg_paper import Mark

if TYPE_CHECKING:
    from core.ecg.interpretation import Reading

_NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_RHYTHM_LEAD = "II"


def sign_numbers(reading: Reading) -> dict[str, str]:
    """Return the circled number of every sign that is present and has a place on the trace."""
    present = [sign.name for sign in reading.signs.values() if sign.present and sign.window_ms is not None]
    return dict(zip(present, _NUMBERS, strict=False))


def marks_of(reading: Reading) -> list[Mark]:
    """Brackets on every beat of the dominant kind: signs that are present, and P, QRS and ST–T in lead II.

    What is not of one lead (a long QTc, low voltage) is marked in lead II alone.
    """
    numbers = sign_numbers(reading)
    found = []
    for beat, begins in enumerate(_beats(reading)):
        for name, label in numbers.items():
            sign = reading.signs[name]
            assert sign.window_ms is not None
            leads = sign.leads if len(sign.leads) < len(reading.recording.signal) else (_RHYTHM_LEAD,)
            low, high = sign.window_ms
            found += [
                Mark(lead, begins + low / 1000, begins + high / 1000, label, "sign", beat) for lead in leads
            ]
        found += [
            Mark(_RHYTHM_LEAD, begins + low / 1000, begins + high / 1000, wave, "wave", beat)
            for wave, low, high in _waves(reading)
        ]
    return found


def _beats(reading: Reading) -> list[float]:
    """Where the median beat's window begins around each beat of the dominant kind, in seconds."""
    from core.ecg.filtering import RATE_HZ

    beats = reading.beats
    return [float(at - beats.zero) / RATE_HZ for at in beats.positions[beats.dominant]]


def _waves(reading: Reading) -> list[tuple[str, float, float]]:
    marks = reading.measurements.waves
    ends = (
        ("P", marks.p_onset, marks.p_offset),
        ("QRS", marks.qrs_onset, marks.qrs_offset),
        # where T begins is not measured
        ("ST–T", marks.qrs_offset, marks.t_end),
    )
    return [(wave, low, high) for wave, low, high in ends if low is not None and high is not None]
