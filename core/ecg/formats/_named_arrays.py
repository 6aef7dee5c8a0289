"""Signal, rate, unit and lead names among the named arrays of an NPZ or MAT file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ecg.formats._limits import MAX_CHANNELS, number
from core.ecg.formats._raw import Channel, Raw
from core.ecg.formats._units import split_unit
from core.ecg.formats._upload import shown
from core.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_SIGNAL = ("signal", "signals", "ecg", "data", "val", "values", "x", "p_signal", "leads_data", "arr_0")
_RATE = (
    "rate_hz",
    "fs",
    "sampling_rate",
    "samplingrate",
    "sample_rate",
    "samplerate",
    "sfreq",
    "freq",
    "frequency",
    "hz",
)
_UNIT = ("unit", "units")
_LEADS = ("leads", "lead_names", "leadnames", "sig_name", "labels", "lead", "channels")
_STATED = {"age": "age", "sex": "sex", "gender": "sex"}


def read_named(found: Mapping[str, NDArray[np.generic] | list[str]], kind: str, file: str) -> Raw:
    """Make a recording out of named arrays.

    Parameters
    ----------
    found
        Name (of a struct's field: after its last dot) to numbers or to a list of texts.

    Raises
    ------
    RecordingError
        No array is a signal.
    """
    arrays = {name: value for name, value in found.items() if isinstance(value, np.ndarray)}
    texts = {_last(name): value for name, value in found.items() if isinstance(value, list)}
    name = _signal_name(arrays, file)
    signal = as_leads(arrays[name], file)
    numbers = {_last(key): value for key, value in arrays.items() if value.size == 1 and key != name}
    rates = [number(numbers[key].item(), least=0) for key in _RATE if key in numbers]
    labels = next((texts[key] for key in _LEADS if key in texts and len(texts[key]) == len(signal)), None)
    unit = next((texts[key][0] for key in _UNIT if texts.get(key)), None)
    stated: dict[str, float | str] = {}
    for key, plain in _STATED.items():
        if key in numbers and (value := number(numbers[key].item(), least=0)) is not None:
            stated[plain] = value
        elif texts.get(key):
            stated[plain] = {"m": "male", "f": "female"}.get(texts[key][0].strip().lower()[:1], "unknown")
    return Raw(kind, channels_of(signal, labels, unit), next(iter(rates), None), stated=stated)


def channels_of(
    signal: NDArray[np.float64], labels: list[str] | None, unit: str | None = None
) -> tuple[Channel, ...]:
    """Channels of an array (n_leads, n_samples), their names parted from the units that they carry."""
    named = [split_unit(label) for label in labels] if labels else [("", None)] * len(signal)
    return tuple(Channel(label, row, own or unit) for (label, own), row in zip(named, signal, strict=True))


def as_leads(array: NDArray[np.generic], file: str) -> NDArray[np.float64]:
    """Array of numbers as (n_leads, n_samples), whichever way it lies.

    Raises
    ------
    RecordingError
        It holds no real numbers, or has not two axes of which one is short enough to be the leads.
    """
    if array.dtype.kind not in "fiu":
        raise RecordingError("errors_recording.not_numbers", file=file, found=shown(array.dtype))
    squeezed = array.squeeze()
    if squeezed.ndim != 2 or min(squeezed.shape) > MAX_CHANNELS:
        raise RecordingError("errors_recording.shape", file=file, found=" × ".join(map(str, array.shape)))
    n, m = squeezed.shape
    return np.asarray(squeezed if n < m else squeezed.T, dtype=np.float64)


def _signal_name(arrays: Mapping[str, NDArray[np.generic]], file: str) -> str:
    usable = {
        name: array
        for name, array in arrays.items()
        if array.dtype.kind in "fiu" and array.squeeze().ndim == 2 and min(array.squeeze().shape) >= 2
    }
    for name in sorted(usable, key=lambda name: (_last(name) not in _SIGNAL, -usable[name].size)):
        return name
    listed = ", ".join(f"{name} {' × '.join(map(str, array.shape))}" for name, array in arrays.items())
    raise RecordingError("errors_recording.no_signal", file=file, found=shown(listed, 80) or "–")


def _last(name: str) -> str:
    return name.rpartition(".")[2].lower()
