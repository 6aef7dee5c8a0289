"""Whether a recording can be read: what is wrong with it, lead by lead, and whether that forbids a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.ecg.filtering import RATE_HZ, moving_mean
from core.ecg.recording import LEADS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ecg.beats import Beats
    from core.ecg.lead_waves import LeadWaves
    from core.ecg.measurements import Measurements
    from core.ecg.recording import Recording

SHORTEST_S = 2.5
LOWEST_HZ = 80.0
FEWEST_BEATS = 2
FEWEST_LEADS = 6
"""Below any of these nothing is read at all."""

FLAT_MV = 0.03
WANDER_MV = 1.0
HIGH_FREQUENCY_MV = 0.06
NOISY_DB = 12.0
LOST_DB = 2.0
LARGEST_MV = 30.0
"""No heart moves the middle lead by more than this: the unit must be wrong."""

LONGEST_GAP_S = 0.3
_FORBIDDING = {"too_short", "too_coarse", "too_few_leads", "implausible", "too_few_beats", "no_common_beat"}


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
    if recording.rate_hz < LOWEST_HZ:
        problems.append(Problem("too_coarse", None, {"rate_hz": recording.rate_hz, "least": LOWEST_HZ}))
    if problems:
        return tuple(problems), ()
    for lead, row in zip(LEADS, recording.signal, strict=True):
        found = _row_problem(lead, row, recording.rate_hz)
        if found:
            problems.append(found)
            if found.key not in {"clipped", "gap"}:
                untrusted.append(lead)
    return (*_unit_problem(recording), *problems), tuple(untrusted)


def _unit_problem(recording: Recording) -> tuple[Problem, ...]:
    spans = [float(np.ptp(row[np.isfinite(row)])) for row in recording.signal if np.isfinite(row).any()]
    span = float(np.median(spans)) if spans else 0.0
    return (Problem("implausible", None, {"span_mv": f"{span:.3g}"}),) if span > LARGEST_MV else ()


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
    holes = _runs(~np.isfinite(row)) / rate_hz
    if holes.size and holes.max() > LONGEST_GAP_S:
        return Problem("gap", lead, {"seconds": round(float(holes.max()), 1)})
    return None


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Lengths of the stretches in which a flag holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return np.asarray(edges[1::2] - edges[::2], dtype=np.int64)


def _share_stuck(row: NDArray[np.float64], rate_hz: float) -> float:
    """Share of samples in runs of 1.5 s or more that do not change at all; a rest between two beats is shorter."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(row) != 0, [True]]))
    lengths = np.diff(starts)
    return float(lengths[lengths >= 1.5 * rate_hz].sum() / row.size)


def _clipped_runs(row: NDArray[np.float64], rate_hz: float) -> int:
    """How often the signal stays for 10 ms (at least three samples) at its own highest or lowest value."""
    least = max(3, round(0.01 * rate_hz))
    count, middle = 0, float(np.median(row))
    for extreme in (row.max(), row.min()):
        if abs(extreme - middle) < 0.3:
            continue
        count += int((_runs(row == extreme) >= least).sum())
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
    wander, fast, mains = _wander_mv(raw), _fast_noise_mv(clean), _mains_mv(raw)
    for i, lead in enumerate(LEADS):
        if np.isnan(clean[i]).any():
            continue
        snr = _snr_db(beats, i)
        noise = float(beats.noise_mv[i])
        drowned = mains[i] > 0.15 and _qrs_mv(beats, i) < 0.5 * mains[i]
        if snr is not None and ((snr < LOST_DB and noise > 0.05) or drowned):
            problems.append(Problem("disconnected", lead, {"snr_db": round(snr, 1)}))
            untrusted.append(lead)
        elif (snr is not None and snr < NOISY_DB and noise > 0.06) or fast[i] > HIGH_FREQUENCY_MV:
            values: dict[str, object] = {
                "snr_db": None if snr is None else round(snr, 1),
                "noise_mv": round(float(np.fmax(noise, fast[i])), 3),  # without like beats noise is NaN
            }
            problems.append(Problem("noisy", lead, values))
        if wander[i] > WANDER_MV:
            problems.append(Problem("wander", lead, {"span_mv": round(float(wander[i]), 2)}))
    return tuple(problems), tuple(untrusted)


def _qrs_mv(beats: Beats, i: int) -> float:
    """Root mean square of the lead's QRS in the median beat."""
    half = RATE_HZ // 20
    qrs = beats.median[i, max(0, beats.zero - half) : beats.zero + half]
    return float(np.sqrt(((qrs - np.median(beats.median[i])) ** 2).mean())) if qrs.size else 0.0


def _snr_db(beats: Beats, i: int) -> float | None:
    """QRS over what single beats leave around the median beat, in dB."""
    if beats.median.shape[1] == 0 or not np.isfinite(beats.noise_mv[i]):
        return None
    return float(20 * np.log10(max(_qrs_mv(beats, i), 1e-4) / max(float(beats.noise_mv[i]), 1e-4)))


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


def _mains_mv(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Robust standard deviation of what a mean over 20 ms takes away: mains hum and what is faster."""
    rest = raw - moving_mean(raw, 20.0)
    return np.asarray(1.4826 * np.median(np.abs(rest[:, ::3]), axis=1))


def beat_problems(beats: Beats, spikes: int) -> tuple[Problem, ...]:
    """Too few beats to speak of a rhythm, no two alike (then they are probably no beats), or a pacemaker's spikes."""
    n, alike = int(beats.positions.size), int(beats.dominant.sum())
    if n < FEWEST_BEATS:
        return (Problem("too_few_beats", None, {"beats": n, "least": FEWEST_BEATS}),)
    if alike < max(2, 0.3 * n):
        return (Problem("no_common_beat", None, {"beats": n, "alike": alike}),)
    return (Problem("paced", None, {"spikes": spikes}),) if spikes >= max(2, 0.3 * n) else ()


def swap_problems(measured: Measurements) -> tuple[Problem, ...]:
    """Limb electrodes that were probably exchanged.

    Right and left arm: P and QRS of I point down while those of V6 point up (in dextrocardia V6 points down, in
    right axis deviation P of I stays up). Right arm and left leg: P and QRS of II point down, those of aVR up.
    Exchanges of the left arm with the leg leave a likely recording behind and cannot be told from one tracing.
    """
    down = {lead for lead, w in measured.leads.items() if w.p is not None and w.p < -0.03 and _net_mv(w) < 0}
    up = {lead for lead, w in measured.leads.items() if w.p is not None and w.p > 0.02 and _net_mv(w) > 0}
    if "II" in down and "aVR" in up:
        return (Problem("swapped_right_arm_leg", "II"),)
    if "I" in down and "V6" in up:
        return (Problem("swapped_arms", "I"),)
    return ()


def _net_mv(waves: LeadWaves) -> float:
    return waves.r + waves.r2 - waves.q - waves.s - waves.s2


def verdict(problems: tuple[Problem, ...], untrusted: tuple[str, ...]) -> Quality:
    """Usable unless something forbids it or fewer than six leads are left."""
    left = len(LEADS) - len(set(untrusted))
    if left < FEWEST_LEADS:
        problems = (Problem("too_few_leads", None, {"leads": left, "least": FEWEST_LEADS}), *problems)
    ordered = sorted(problems, key=lambda problem: problem.key not in _FORBIDDING)
    return Quality(not any(problem.key in _FORBIDDING for problem in problems), tuple(ordered), untrusted)
