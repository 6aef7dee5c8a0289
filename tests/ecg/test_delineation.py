"""Onsets and offsets on hearts whose every interval is known, clean and in noise."""

from __future__ import annotations

import numpy as np
import pytest

from core.ecg.interpretation import read_ecg
from tests.ecg.hearts import HEIGHTS, RBBB, RBBB_PARTS, Heart, record
from tests.ecg.real import DATA

NAMES = ("heart_rate_bpm", "pr_ms", "qrs_ms", "qt_ms")


def hearts(n: int) -> list[Heart]:
    """Hearts of all rates, widths and heights; every fourth with a right bundle-branch block."""
    rng = np.random.default_rng(1)
    found = []
    for i in range(n):
        rate, pr, blocked = rng.uniform(50, 115), rng.uniform(125, 200), i % 4 == 3
        qt = max(400 * np.sqrt(60 / rate) * rng.uniform(0.95, 1.05), 300) + 25 * blocked
        scale = rng.uniform(0.5, 1.6, 8)
        heights = {name: tuple(np.array(values) * scale) for name, values in HEIGHTS.items()}
        found.append(
            Heart(
                rate_bpm=rate,
                pr_ms=pr,
                p_ms=min(rng.uniform(95, 120), pr - 25),
                qrs_ms=rng.uniform(122, 155) if blocked else rng.uniform(78, 112),
                qt_ms=qt,
                t_ms=rng.uniform(150, 200),
                heights=heights | RBBB if blocked else heights,
                parts=RBBB_PARTS if blocked else Heart().parts,
            )
        )
    return found


def errors(noise) -> np.ndarray:
    """Absolute errors of rate, PR, QRS and QT, (hearts, 4); every one of them must be measured."""
    rows = []
    for i, heart in enumerate(hearts(24)):
        measured = read_ecg(record(heart, noise=noise(i))).measurements
        truth = (heart.rate_bpm, heart.pr_ms, heart.qrs_ms, heart.qt_ms)
        rows.append([abs(getattr(measured, name) - value) for name, value in zip(NAMES, truth, strict=True)])
    return np.array(rows)


# median errors reached on 40 such hearts: PR 1 to 3 ms, QRS 1 to 2, QT 2 to 3; nine in ten within 7, 5 and 8
@pytest.mark.parametrize(
    ("mv", "nine_in_ten"),
    [
        (0.0, [0.2, 6.0, 6.0, 8.0]),
        (0.02, [0.2, 6.0, 6.0, 8.0]),
        (0.05, [0.2, 12.0, 8.0, 12.0]),
        (0.1, [1.0, 18.0, 18.0, 20.0]),
    ],
)
def test_intervals_in_white_noise(mv, nine_in_ten):
    found = errors(lambda i: np.random.default_rng(i).normal(0.0, mv, (8, 5000)) if mv else None)
    assert (np.median(found, axis=0) <= [0.2, 6.0, 4.0, 5.0]).all()
    assert (np.quantile(found, 0.9, axis=0) <= nine_in_ten).all()


@pytest.mark.skipif(not (DATA / "ecg-reference").is_dir(), reason="noise traces are not at ../shared/data")
@pytest.mark.parametrize(("kind", "mv"), [("MA", 0.05), ("MA", 0.1), ("BW", 0.3), ("EM", 0.05), ("EM", 0.15)])
def test_intervals_in_recorded_noise(kind, mv):
    traces = recorded_noise(kind)

    def noise(i: int) -> np.ndarray:
        rng = np.random.default_rng(i)
        starts = rng.integers(0, traces.shape[1] - 5000, 8)
        return mv * np.stack([traces[rng.integers(2), s : s + 5000] * rng.choice([-1, 1]) for s in starts])

    found = errors(noise)
    assert (np.median(found, axis=0) <= [0.2, 5.0, 3.0, 5.0]).all()
    assert (np.quantile(found, 0.9, axis=0) <= [1.0, 12.0, 8.0, 14.0]).all()


def test_p_duration_within_6_ms():
    found = [abs(read_ecg(record(h)).measurements.p_duration_ms - h.p_ms) for h in hearts(12)]
    assert np.median(found) <= 6


def test_marks_stand_where_the_waves_do():
    heart = Heart()
    waves = read_ecg(record(heart)).measurements.waves
    assert waves.p_onset < waves.p_peak < waves.p_offset < waves.qrs_onset < waves.qrs_offset
    assert waves.qrs_offset < waves.t_peak < waves.t_end
    assert abs((waves.t_peak - waves.qrs_onset) - (heart.qt_ms - heart.t_ms / 2)) <= 8


def test_without_p_there_is_no_pr():
    measured = read_ecg(record(Heart(heights={"p": (0.0,) * 8}), noise=_white())).measurements
    assert measured.pr_ms is None
    assert measured.p_axis_deg is None
    assert measured.waves.p_onset is None
    assert abs(measured.qrs_ms - 92) <= 6


def test_without_t_there_is_no_qt():
    measured = read_ecg(record(Heart(heights={"t": (0.0,) * 8}), noise=_white())).measurements
    assert measured.qt_ms is None
    assert measured.qtc_bazett_ms is None
    assert all(lead.t is None for lead in measured.leads.values())
    assert abs(measured.pr_ms - 160) <= 6


def _white() -> np.ndarray:
    return np.random.default_rng(5).normal(0.0, 0.01, (8, 5000))


def recorded_noise(kind: str) -> np.ndarray:
    """Two channels of a noise trace at 500 Hz, scaled to a standard deviation of 1."""
    from scipy.io import loadmat
    from scipy.signal import resample_poly

    raw = loadmat(DATA / "ecg-reference" / "oset_noise_and_ptb" / f"{kind}.mat")[kind][:, 1:].astype(float)
    traces = resample_poly(raw, 25, 18, axis=0).T
    return traces / traces.std()
