"""Whether a recording can be read: what is wrong with it, lead by lead, and whether that forbids a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.beats import Beats
    from core.ecg.measurements import Measurements
    from core.ecg.recording import Recording

SHORTEST_S = 2.5
FEWEST_BEATS = 2
FEWEST_LEADS = 6
"""Below any of these nothing is read at all."""

FLAT_MV = 0.03
WANDER_MV = 1.0
HIGH_FREQUENCY_MV = 0.06
NOISY_DB = 12.0
LOST_DB = 2.0


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    key
        Key in ``core/text/<language>/quality.toml``, without the file's name.
    lead
        Lead concerned, None for the whole recording.
    values
        What fills the placeholders of the sentence, beside ``lead``.
    """

    key: str
    lead: str | None = None
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Quality:
    """The verdict.

    Attributes
    ----------
    usable
        Whether the recording is read at all; an unusable one gets no probability.
    problems
        What was found, the gravest first.
    untrusted
        Leads from which nothing is measured.
    """

    usable: bool
    problems: tuple[Problem, ...] = ()
    untrusted: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """``usable`` and the problems as ``{"key", "lead", ...values}``."""
        return {
            "usable": self.usable,
            "problems": [{"key": p.key, "lead": p.lead, **p.values} for p in self.problems],
        }


def assess(recording: Recording) -> Quality:
    """Quality of a recording on its own, measured from scratch.

    ``interpretation.read_ecg`` returns the same verdict with everything else.
    """
    from core.ecg.interpretation import read_ecg

    return read_ecg(recording).quality


def signal_problems(recording: Recording) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """What the samples alone show, before any beat is looked for, and the leads to leave out."""
    problems: list[Problem] = []
    untrusted: list[str] = []
    if recording.duration_s < SHORTEST_S:
        problems.append(
            Problem("too_short", None, {"seconds": round(recording.duration_s, 1), "least": SHORTEST_S})
        )
    for lead, row in zip(LEADS, recording.signal, strict=True):
        found = _row_problem(lead, row, recording.rate_hz)
        if found:
            problems.append(found)
            if found.key != "clipped":
                untrusted.append(lead)
    return tuple(problems), tuple(untrusted)


def _row_problem(lead: str, row: NDArray[np.float32], rate_hz: float) -> Problem | None:
    there = row[np.isfinite(row)].astype(np.float64)
    if there.size < 0.5 * row.size or there.size == 0:
        return Problem("missing", lead)
    n = max(1, int(there.size / rate_hz))
    # A lead counts as flat by its liveliest second but two: single spikes do not make it alive.
    spans = np.sort(np.ptp(there[: n * (there.size // n)].reshape(n, -1), axis=1))
    if spans[max(0, spans.size - 3)] < FLAT_MV:
        return Problem("flat", lead, {"span_mv": round(float(spans[-1]), 3)})
    share = _share_stuck(there, rate_hz)
    if share > 0.3:
        return Problem("flat", lead, {"span_mv": 0.0})
    runs = _clipped_runs(there, rate_hz)
    if runs >= 3:
        return Problem("clipped", lead, {"level_mv": round(float(np.abs(there).max()), 2), "times": runs})
    return None


def _share_stuck(row: NDArray[np.float64], rate_hz: float) -> float:
    """Share of samples in runs of 200 ms or more that do not change at all."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(row) != 0, [True]]))
    lengths = np.diff(starts)
    return float(lengths[lengths >= 0.2 * rate_hz].sum() / row.size)


def _clipped_runs(row: NDArray[np.float64], rate_hz: float) -> int:
    """How often the signal stays for 10 ms (at least three samples) at its own highest or lowest value."""
    least = max(3, round(0.01 * rate_hz))
    count, middle = 0, float(np.median(row))
    for extreme in (row.max(), row.min()):
        if abs(extreme - middle) < 0.3:
            continue
        at = np.concatenate([[False], row == extreme, [False]])
        edges = np.flatnonzero(np.diff(at.astype(np.int8)))
        count += int((edges[1::2] - edges[::2] >= least).sum())
    return count


def lead_problems(
    raw: NDArray[np.float64], clean: NDArray[np.float64], beats: Beats
) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """What the beats show about each lead: noise against signal, wander, a lead without a heart in it.

    Parameters
    ----------
    raw, clean
        (12, n) in mV at ``filtering.RATE_HZ``, before and after cleaning.
    """
    problems: list[Problem] = []
    untrusted: list[str] = []
    wander, fast = _wander_mv(raw), _fast_noise_mv(clean)
    for i, lead in enumerate(LEADS):
        if np.isnan(clean[i]).any():
            continue
        snr = _snr_db(beats, i)
        noise = float(beats.noise_mv[i])
        if snr is not None and snr < LOST_DB and noise > 0.05:
            problems.append(Problem("disconnected", lead, {"snr_db": round(snr, 1)}))
            untrusted.append(lead)
        elif (snr is not None and snr < NOISY_DB and noise > 0.03) or fast[i] > HIGH_FREQUENCY_MV:
            values = {
                "snr_db": None if snr is None else round(snr, 1),
                "noise_mv": round(max(noise, fast[i]), 3),
            }
            problems.append(Problem("noisy", lead, values))
        if wander[i] > WANDER_MV:
            problems.append(Problem("wander", lead, {"span_mv": round(float(wander[i]), 2)}))
    return tuple(problems), tuple(untrusted)


def _snr_db(beats: Beats, i: int) -> float | None:
    """Root mean square of the lead's QRS in the median beat over what single beats leave around it, in dB."""
    if beats.median.shape[1] == 0 or not np.isfinite(beats.noise_mv[i]):
        return None
    half = RATE_HZ // 20
    qrs = beats.median[i, max(0, beats.zero - half) : beats.zero + half]
    if qrs.size == 0:
        return None
    strength = float(np.sqrt(((qrs - np.median(beats.median[i])) ** 2).mean()))
    return float(20 * np.log10(max(strength, 1e-4) / max(float(beats.noise_mv[i]), 1e-4)))


def _wander_mv(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Span of what lies below 0.7 Hz: means over 0.7 s."""
    width = int(0.7 * RATE_HZ)
    n = raw.shape[1] // width
    if n < 2:
        return np.zeros(raw.shape[0])
    means = raw[:, : n * width].reshape(raw.shape[0], n, width).mean(axis=2)
    return np.asarray(np.ptp(means, axis=1))


def _fast_noise_mv(clean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Robust standard deviation of second differences between beats, in the scale of white noise."""
    second = np.diff(clean, n=2, axis=1)
    return np.asarray(1.4826 * np.median(np.abs(second[:, ::4]), axis=1) / np.sqrt(6.0))


def count_problem(beats: Beats) -> tuple[Problem, ...]:
    """Too few beats to speak of a rhythm or a median."""
    n = int(beats.positions.size)
    return () if n >= FEWEST_BEATS else (Problem("too_few_beats", None, {"beats": n, "least": FEWEST_BEATS}),)


def swap_problems(measured: Measurements) -> tuple[Problem, ...]:
    """Limb electrodes that were probably exchanged.

    Right and left arm: P and QRS of I point down, aVR points up, while V6 points up (in dextrocardia V6 is small or
    down). Right arm and left leg: P and QRS of II point down and aVR points up. Exchanges of the left arm with the
    leg leave a likely recording behind and cannot be told from one tracing.
    """
    net = {lead: w.r + w.r2 - w.q - w.s - w.s2 for lead, w in measured.leads.items()}
    p = {lead: w.p for lead, w in measured.leads.items() if w.p is not None}
    if not {"I", "II", "aVR", "V6"} <= net.keys() or not {"I", "II", "aVR"} <= p.keys():
        return ()
    if p["aVR"] <= 0.02 or net["aVR"] <= 0:
        return ()
    if p["I"] < -0.02 and net["I"] < 0 and net["V6"] > 0:
        return (Problem("swapped_arms", "I"),)
    if p["II"] < -0.02 and net["II"] < 0:
        return (Problem("swapped_right_arm_leg", "II"),)
    return ()


def verdict(problems: tuple[Problem, ...], untrusted: tuple[str, ...]) -> Quality:
    """Usable unless too short, with too few beats, or with fewer than six leads left."""
    forbidding = {"too_short", "too_few_beats"}
    left = len(LEADS) - len(set(untrusted))
    if left < FEWEST_LEADS:
        problems = (Problem("too_few_leads", None, {"leads": left, "least": FEWEST_LEADS}), *problems)
    usable = left >= FEWEST_LEADS and not any(problem.key in forbidding for problem in problems)
    order = {"too_few_leads": 0, "too_short": 0, "too_few_beats": 0}
    return Quality(usable, tuple(sorted(problems, key=lambda problem: order.get(problem.key, 1))), untrusted)
