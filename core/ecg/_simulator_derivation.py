"""From reference recordings to the few figures that the simulator ships: means, components and covariances.

Run once where the reference data lie: ``python -m core.ecg._simulator_derivation ../shared/data``. No recording and
no beat of a person is kept: a person enters only through means over all and through products of deviations.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.ecg._simulator_figures import FIGURES, NOISE_HZ, SEGMENTS
from core.ecg.beats import Beats, find_beats
from core.ecg.delineation import Waves, delineate
from core.ecg.filtering import RATE_HZ, at_measuring_rate, cleaned, smoothed
from core.ecg.recording import LEADS, Recording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEP_MS = 1000 / RATE_HZ
_INDEPENDENT = [LEADS.index(lead) for lead in ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")]
_COMPONENTS = {"p": 6, "qrs": 14, "t": 10}
_MARGIN_MS = 8.0
_PHASE_UNITS_PER_MV = 2000.0
_PHASE_WEIGHT = 0.15
"""Most people of the OSET set had an infarction: they widen the space of shapes, and hardly move its middle."""


# fmt: off
_MEASURED_AGAIN = np.array([
    1.09, 0.08, -0.58, -1.2, -1.89, -1.59, -1.21, -1.23, -0.97, -1.01,
    -0.86, -0.66, -0.37, -0.23, -0.06, -0.09, 0.08, 0.2, 0.24, 0.0,
])
# fmt: on
"""Log power by which real recordings exceeded simulated ones when both were measured alike: what the beats themselves
vary (below 40 Hz) would else count twice, and what windowing and rounding take away (elsewhere) be missed."""


def derive(recordings: Sequence[Recording], phase_beats: Sequence[Floats] = ()) -> dict[str, Floats]:
    """Figures of shape and noise over recordings and ready beats.

    Parameters
    ----------
    recordings
        Real recordings, one a person.
    phase_beats
        (12, 250) beats over one cycle in mV, R at the middle (OSET).
    """
    people, spectra = [], []
    for recording in recordings:
        signal = at_measuring_rate(recording)
        beats = find_beats(cleaned(signal))
        waves = delineate(beats)
        people.append(_segments(beats.median, waves))
        spectra.append(_noise_spectrum(signal, beats, waves))
    weights = [1.0] * len(people) + [_PHASE_WEIGHT] * len(phase_beats)
    people.extend(_segments(*_cycle(beat)) for beat in phase_beats)
    marked = [k for k, person in enumerate(people) if person is not None]
    shapes = _shape_figures([p for p in people if p is not None], np.array(weights)[marked])
    return {**shapes, **_noise_figures(spectra)}


def _segments(median: Floats, waves: Waves) -> dict[str, Floats] | None:
    """P, QRS and ST-T of one person on their grids, each with size and the place of its summit; None if unmarked."""
    marks = (waves.p_onset, waves.p_peak, waves.qrs_onset, waves.qrs_offset, waves.t_peak, waves.t_end)
    if any(mark is None for mark in marks):
        return None
    p_on, p_peak, on, off, t_peak, t_end = (float(mark) for mark in marks if mark is not None)
    beat = median[_INDEPENDENT]
    time = np.arange(beat.shape[1]) * _STEP_MS
    beat = beat - beat[:, (time >= on - 18) & (time <= on - 4)].mean(axis=1, keepdims=True)
    qrs_time = (time > on) & (time < off)
    summit = float(time[qrs_time][np.argmax((beat[:, qrs_time] ** 2).sum(axis=0))])
    t_end = min(t_end + 16, time[-1])
    windows = {
        "p": (smoothed(beat, 30.0), p_on - 10, p_peak, float(waves.p_offset or on) + 10),
        "qrs": (beat, on - _MARGIN_MS, summit, off + _MARGIN_MS),
        "t": (smoothed(beat, 25.0), off + _MARGIN_MS, t_peak, t_end),
    }
    found: dict[str, Floats] = {}
    for name, (rows, first, middle, last) in windows.items():
        if not first < middle < last or first < 0:
            return None
        at = np.interp(
            np.linspace(0, 1, SEGMENTS[name].points), [0, SEGMENTS[name].summit, 1], [first, middle, last]
        )
        values = np.array([np.interp(at, time, row) for row in rows])
        values = _grounded(values) if name == "p" else values
        size = float(np.sqrt((values**2).mean()))
        found[name] = values / size
        found[name + "_log"] = np.array([np.log(size), (middle - first) / (last - first)])
    return found


def _grounded(values: Floats) -> Floats:
    """A straight line taken out so that both ends stand at zero."""
    share = np.linspace(0, 1, values.shape[1])
    return values - values[:, -1:] * share - values[:, :1] * (1 - share)


def _cycle(beat: Floats) -> tuple[Floats, Waves]:
    """A beat over one cycle brought to ms, the cycle's length chosen so that QTc (Fridericia) is 415 ms."""
    rr, noise = 0.8, np.full(12, 0.005)
    for _ in range(4):
        n = round(rr * RATE_HZ)
        place = (np.arange(n + n // 8) / n + 0.1) * beat.shape[1]
        window = np.array([np.interp(place, np.arange(2 * row.size), np.tile(row, 2)) for row in beat])
        beats = Beats(np.arange(8) * n, np.ones(8, dtype=bool), window, round(0.4 * n), noise)
        waves = delineate(beats)
        if waves.t_end is None or waves.qrs_onset is None:
            break
        share = (waves.t_end - waves.qrs_onset) / 1000 / rr
        rr = float(np.clip((0.415 / share) ** 1.5, 0.5, 1.3))
    return window, waves


def _shape_figures(people: list[dict[str, Floats]], weights: Floats) -> dict[str, Floats]:
    scores: list[Floats] = []
    figures: dict[str, Floats] = {}
    for name, wanted in _COMPONENTS.items():
        rows = np.array([person[name].ravel() for person in people])
        mean = np.average(rows, axis=0, weights=weights)
        _, _, axes = np.linalg.svd((rows - mean) * np.sqrt(weights)[:, None], full_matrices=False)
        axes = axes[: min(wanted, len(people) - 1)]
        scores.append((rows - mean) @ axes.T)
        figures[f"{name}_mean"] = mean.reshape(8, -1)
        figures[f"{name}_axes"] = axes.reshape(len(axes), 8, -1)
    scores.extend(np.array([person[name + "_log"] for person in people]) for name in _COMPONENTS)
    table = np.hstack(scores)
    middle = np.average(table, axis=0, weights=weights)
    return figures | {"score_mean": middle, "score_root": _root(_shrunk(table, weights))}


def _shrunk(table: Floats, weights: Floats, share: float = 0.10) -> Floats:
    """Weighted covariance, its correlations drawn towards zero by ``share``."""
    covariance = np.cov(table.T, aweights=weights)
    shrunk: Floats = (1 - share) * covariance + share * np.diag(np.diag(covariance))
    return shrunk


def _root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _noise_spectrum(signal: Floats, beats: Beats, waves: Waves) -> Floats:
    """Log power density (mV²/Hz) at ``NOISE_HZ`` of what the median beat leaves, mean of the logs over leads."""
    rest = signal - np.median(signal, axis=1, keepdims=True)
    start = int((waves.p_onset or (waves.qrs_onset or 0) - 60) / _STEP_MS)
    stop = int((waves.t_end or beats.median.shape[1] * _STEP_MS) / _STEP_MS)
    ends = beats.median[:, [start, stop - 1]]
    part = beats.median[:, start:stop] - np.linspace(ends[:, 0], ends[:, 1], stop - start, axis=1)
    for position in beats.positions:
        first = position - beats.zero + start
        low, high = max(first, 0), min(first + part.shape[1], rest.shape[1])
        if high > low:
            rest[:, low:high] -= part[:, low - first : high - first]
    rest = rest[_INDEPENDENT]
    window = np.hanning(rest.shape[1])
    power = np.abs(np.fft.rfft(rest * window, axis=1)) ** 2
    density = 2 * power / (RATE_HZ * (window**2).sum())
    frequency = np.fft.rfftfreq(rest.shape[1], 1 / RATE_HZ)
    edges = np.sqrt(
        np.concatenate([[NOISE_HZ[0] ** 2 / NOISE_HZ[1]], NOISE_HZ]) * np.concatenate([NOISE_HZ, [260.0]])
    )
    mains = (np.abs(frequency - 50) < 1) | (np.abs(frequency - 60) < 1)
    return np.array(
        [
            np.log(density[:, (frequency >= a) & (frequency < b) & ~mains].mean(axis=1)).mean()
            for a, b in itertools.pairwise(edges)
        ]
    )


def _noise_figures(spectra: list[Floats]) -> dict[str, Floats]:
    table = np.array(spectra)
    return {
        "noise_mean": table.mean(axis=0) + _MEASURED_AGAIN,
        "noise_root": _root(_shrunk(table, np.ones(len(table)), 0.05)),
    }


def read_wfdb_mat(header: Path) -> Recording:
    """Read one record of the 2021 challenge (MATLAB v4 beside its header)."""
    from scipy.io import loadmat

    lines = header.read_text(encoding="utf-8").splitlines()
    gain = np.array([float(line.split()[2].split("(")[0].split("/")[0]) for line in lines[1:13]])
    values = loadmat(str(header.with_suffix(".mat")))["val"] / gain[:, None]
    return Recording(values.astype(np.float32), float(lines[0].split()[2]), "wfdb")


def read_phase_beats(folder: Path) -> list[Floats]:
    """Mean beats of the OSET parameter files (PTB), mV."""
    from scipy.io import loadmat

    files = sorted(folder.glob("params_*.mat"))
    return [
        np.array([lead["mean"].item() for lead in loadmat(str(file), squeeze_me=True)["params"]])
        / _PHASE_UNITS_PER_MV
        for file in files
    ]


def _main(folder: Path) -> None:
    headers = [h for h in sorted((folder / "ecg-wfdb").glob("*.hea")) if h.stem != "E07510"]
    phase = read_phase_beats(folder / "ecg-reference/oset_ecg_parameters/ptb-dataset")
    figures = derive([read_wfdb_mat(header) for header in headers], phase)
    np.savez_compressed(FIGURES, allow_pickle=False, **{k: v.astype(np.float32) for k, v in figures.items()})


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
