"""One patient's beat on eight independent leads: drawn from the figures of real beats, then made to show its signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ecg import _simulator_shape as shape
from core.ecg._simulator_figures import SEGMENTS, figures
from core.ecg._simulator_settings import assumptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg._simulator_signs import Signs

    Floats = NDArray[np.float64]

MARGIN_MS = 8.0
"""The drawn QRS begins and ends this much outside its marks, in the quiet."""

_TAIL_MS = 160
_TRIES = 60


@dataclass(frozen=True)
class Intervals:
    """Durations in ms of the patient's beat at the mean rate."""

    pr: float
    p: float
    qrs: float
    qt: float


@dataclass(frozen=True)
class Beat:
    """One beat at 1 sample a ms, leads I II V1 ... V6, mV.

    Attributes
    ----------
    atrial
        (8, n) P wave, its first sample ``intervals.pr`` + 10 ms before the QRS onset.
    ventricular
        (8, n) QRS and T, its first sample ``MARGIN_MS`` before the QRS onset.
    axis
        Frontal QRS axis in degrees, from areas.
    """

    atrial: Floats
    ventricular: Floats
    axis: float


def draw_intervals(
    rng: np.random.Generator, signs: Signs, sex: str, age: float, heart_rate: float
) -> Intervals:
    """PR, P, QRS and QT of one patient; QT by Fridericia's rule from QTc."""
    given = assumptions()["intervals"]
    by_rate = given["pr_ms"]["per_beat_a_minute"] * (heart_rate - 70)
    pr = _normal(rng, given["pr_ms"], sex, by_rate + given["pr_ms"]["per_year"] * (age - 55))
    p = min(_normal(rng, given["p_ms"], sex), pr - 24)
    qrs, block = _normal(rng, given["qrs_ms"], sex), rng.random()
    for name, there in (("incomplete", signs.incomplete_rbbb), ("complete", signs.complete_rbbb)):
        low, high = given[f"{name}_rbbb_ms"]
        qrs = low + block * (high - low) if there else qrs
    qtc = _normal(rng, given["qtc_ms"], sex) + max(qrs - 110, 0) * 0.5
    return Intervals(pr, p, qrs, qtc * (60 / heart_rate) ** (1 / 3))


def draw_beat(rng: np.random.Generator, signs: Signs, intervals: Intervals) -> Beat:
    """Draw shapes until one shows the signs asked for and no other."""
    table = figures()
    scores = rng.standard_normal((_TRIES, table["score_root"].shape[1])).clip(-2.6, 2.6)
    scores = scores @ table["score_root"].T + table["score_mean"]
    wanted = _draw_sizes(rng)
    for row in scores:
        segments = _decoded(row)
        shown = shape.with_signs(segments, signs, wanted, intervals.qrs)
        if shown is not None:
            break
    else:
        shown = shape.with_signs(_decoded(table["score_mean"]), signs, wanted, intervals.qrs, strict=False)
    assert shown is not None
    return _in_time(shown, intervals)


def _draw_sizes(rng: np.random.Generator) -> dict[str, float]:
    """How large each sign will be, should it be there."""
    sizes: dict[str, float] = {}
    given: dict[str, Any] = assumptions()["shape"]
    for name, span in given.items():
        if isinstance(span, list):
            sizes[name] = float(rng.uniform(*span))
        elif isinstance(span, dict):
            u = rng.random()
            sizes |= {f"{name}_{kind}": low + u * (high - low) for kind, (low, high) in span.items()}
    return sizes


def _normal(rng: np.random.Generator, given: dict[str, float], sex: str, shift: float = 0.0) -> float:
    value = given["male" if sex == "male" else "female"] + shift + given["sd"] * rng.standard_normal()
    return float(np.clip(value, given["low"], given["high"]))


def _decoded(scores: Floats) -> shape.Segments:
    """Segments in mV from one row of scores."""
    table, found, at = figures(), {}, 0
    logs = scores[-2 * len(SEGMENTS) :].reshape(-1, 2)
    for name, (log_size, summit) in zip(SEGMENTS, logs, strict=True):
        axes = table[f"{name}_axes"]
        values = table[f"{name}_mean"] + np.tensordot(scores[at : at + len(axes)], axes, axes=1)
        at += len(axes)
        size = np.exp(log_size) / np.sqrt((values**2).mean())
        found[name] = (values * size, float(np.clip(summit, 0.3, 0.75)))
    p, qrs, t = (found[name][0] for name in SEGMENTS)
    return shape.Segments(p, qrs, t, {name: found[name][1] for name in SEGMENTS})


def _in_time(segments: shape.Segments, intervals: Intervals) -> Beat:
    """Segments stretched to the patient's intervals, 1 ms steps, joined without a step."""
    atrial = _stretched(segments.p, "p", segments.summits["p"], intervals.p + 20)
    native = segments.qrs_ms or intervals.qrs
    qrs = _stretched(segments.qrs, "qrs", segments.summits["qrs"], native + 2 * MARGIN_MS)
    t = _stretched(segments.t, "t", segments.summits["t"], intervals.qt + 16 - intervals.qrs - MARGIN_MS)
    if segments.qrs_ms:
        qrs = shape.with_late_force(qrs, segments, intervals.qrs + 2 * MARGIN_MS)
    fade = np.exp(-np.arange(t.shape[1]) / 35.0)
    qrs -= qrs[:, :1] * np.exp(-np.arange(qrs.shape[1]) / 6.0)
    t = t + (qrs[:, -1:] - t[:, :1]) * fade
    tail = t[:, -1:] * np.cos(np.linspace(0, np.pi / 2, _TAIL_MS)) ** 2
    area = qrs[:2].sum(axis=1)
    return Beat(atrial, np.hstack([qrs, t[:, 1:], tail]), shape.axis_of(*area))


def _stretched(values: Floats, name: str, summit: float, duration_ms: float) -> Floats:
    at = np.arange(int(duration_ms) + 1) / duration_ms
    place = np.interp(at, [0, summit, 1], [0, SEGMENTS[name].summit, 1]) * (values.shape[1] - 1)
    low = np.minimum(place.astype(int), values.shape[1] - 2)
    share = place - low
    stretched: Floats = values[:, low] * (1 - share) + values[:, low + 1] * share
    return stretched
