"""The simulated ECG of an example patient: a file like any other to all that reads it, and labelled synthetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort.examples import examples

if TYPE_CHECKING:
    from core.ecg.recording import Recording

_SEED = 20_260_101


def example_recording(name: str) -> Recording | None:
    """Make the ECG of an example patient, at the heart rate, age and sex that the example states.

    Parameters
    ----------
    name
        Of ``core.cohort.examples.examples()``.

    Returns
    -------
    Recording or None
        Ten seconds at 500 Hz, the same bytes every time; None where the example has no recording.

    Raises
    ------
    KeyError
        No such example.
    """
    from core.ecg.simulator import simulate

    example = examples()[name]
    if example.recording is None:
        return None
    return simulate(
        _SEED,
        example.recording.number,
        stratum=example.recording.stratum,
        severity=example.recording.severity,
        sex=str(example.values["sex"]),
        age=float(example.values["age"]),
        heart_rate=float(example.values["heart_rate"]),
    ).recording
