"""Attribution on scorers that are known to read one thing."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.ecg.attribution import SYSTEMS, WAVES, attribute
from core.ecg.interpretation import read_ecg
from core.ecg.network_input import windows
from core.ecg.recording import LEADS, Recording
from core.errors import RecordingError
from tests.ecg.hearts import Heart, record, with_leads
from tests.ecg.real import needs_data, vendor_recordings

HEART = Heart(rate_bpm=80)
DEEP_S = {"s": (-0.60, -0.12, -0.90, -1.30, -0.90, -0.50, -0.25, -0.10)}
INVERTED = {"t": (0.20, 0.28, -0.50, -0.50, -0.50, -0.10, 0.32, 0.25)}


def lowest_of_lead_i(x):
    return -2.0 * x[:, LEADS.index("I")].min(axis=1).astype(np.float64)


def t_of_v1_to_v3(x):
    """More for each of V1 to V3 whose T bends down, at its own places 0.25 to 0.39 s after R."""
    rows = x[:, [LEADS.index(lead) for lead in ("V1", "V2", "V3")]].astype(np.float64)
    slow = np.apply_along_axis(np.convolve, 2, rows, np.ones(9) / 9, "same")
    return -np.clip(slow, -1.0, 0.0).mean(axis=2).sum(axis=1) * 20.0


def linear(seed=0):
    weights = np.random.default_rng(seed).normal(size=(12, 1000))
    return lambda x: np.tensordot(x.astype(np.float64), weights, axes=2) * 0.01


def strongest(found):
    lead, wave = np.unravel_index(np.argmax(np.abs(found.values)), found.values.shape)
    return LEADS[lead], WAVES[wave]


def test_a_scorer_that_reads_s_of_lead_i_is_found():
    found = attribute(lowest_of_lead_i, windows(record(Heart(rate_bpm=80, heights=DEEP_S))))
    assert strongest(found) == ("I", "qrs")
    assert (found.support.wave, found.support.leads) == ("qrs", ("I",))
    assert not found.values[6:].any()
    # everything that this scorer sees is in that one stretch
    assert found.support.effect == pytest.approx(found.log_odds - found.baseline, abs=0.05)


def test_a_scorer_that_reads_t_of_v1_to_v3_is_found_as_one_stretch():
    found = attribute(t_of_v1_to_v3, windows(record(Heart(rate_bpm=80, heights=INVERTED))))
    assert (found.support.wave, found.support.leads) == ("t", ("V1", "V2", "V3"))
    assert found.support.effect > 0


def test_a_scorer_that_needs_the_whole_plane_is_told_by_all_limb_leads():
    def length(x):
        one, two = x[:, 0].astype(np.float64), x[:, 1].astype(np.float64)
        return ((one**2 + ((2 * two - one) ** 2) / 3).max(axis=1)) ** 0.5

    heights = {"r": (0.9, 0.3, 0.25, 0.45, 0.80, 1.40, 1.40, 1.00), "s": (-0.1, -1.5, *[-0.5] * 6)}
    found = attribute(length, windows(record(Heart(heights=heights))), fill="line")
    assert found.support.leads == LEADS[:6]
    assert found.support.wave == "qrs"


def test_the_same_thing_with_its_sign_turned_argues_against():
    found = attribute(lambda x: -lowest_of_lead_i(x), windows(record(Heart(rate_bpm=80, heights=DEEP_S))))
    assert (found.against.wave, found.against.leads) == ("qrs", ("I",))
    assert found.against.effect < 0
    assert found.support is None


@pytest.mark.parametrize("fill", ["line", "average"])
def test_values_of_a_linear_scorer_add_up(fill):
    found = attribute(linear(), windows(record(HEART)), fill=fill)
    # ST hands over to QRS and T where it stood off the level: the only place where two waves touch
    size = np.abs(found.values).sum()
    assert abs(found.together) < 0.03 * size
    for row, leads in zip(found.systems, SYSTEMS.values(), strict=True):
        own = found.values[[LEADS.index(lead) for lead in leads]].sum(axis=0)
        np.testing.assert_allclose(row, own, atol=0.03 * size)


def test_what_two_leads_say_only_together_is_left_over_or_shared():
    def both_deep(x):
        v1, v2 = (x[:, LEADS.index(lead)].min(axis=1).astype(np.float64) for lead in ("V1", "V2"))
        return 3.0 * v1 * v2

    found = attribute(both_deep, windows(record(HEART)))
    # pairs are shared out exactly
    assert abs(found.together) < 0.02 * np.abs(found.values).sum()
    assert np.count_nonzero(np.abs(found.values) > 1e-3) >= 2


def test_a_lead_that_was_not_recorded_has_moved_nothing():
    recording = with_leads(record(HEART), {"V3": np.nan})
    found = attribute(linear(), windows(recording))
    assert "V3" not in found.present
    assert not found.values[LEADS.index("V3")].any()
    assert "V3" not in found.trace()[1]
    assert found.values[LEADS.index("V2")].any()


def test_several_windows_are_averaged():
    x = windows(record(HEART, seconds=30.0))
    assert len(x) == 3
    each = [attribute(linear(), x[i : i + 1]) for i in range(3)]
    found = attribute(linear(), x)
    np.testing.assert_allclose(found.values, np.mean([one.values for one in each], axis=0), atol=1e-6)
    assert found.log_odds == pytest.approx(np.mean(linear()(x)))
    assert found.windows == (0, 1, 2)


def test_a_window_without_beats_is_left_out():
    x = windows(record(HEART, seconds=20.0))
    x[0] = np.random.default_rng(0).normal(size=(12, 1000)) * 1e-4
    assert attribute(linear(), x).windows == (1,)


def test_of_a_long_recording_an_even_choice_is_asked_about():
    found = attribute(lowest_of_lead_i, windows(record(HEART, seconds=60.0)))
    assert found.windows == (0, 2, 3, 5)


def test_no_beats_is_a_named_error():
    with pytest.raises(RecordingError) as caught:
        attribute(linear(), np.zeros((1, 12, 1000), np.float32))
    assert caught.value.key == "attribution.no_beats"


def test_an_unusable_recording_gets_no_attribution():
    flat = Recording(np.zeros((12, 5000), np.float32), 500.0, "simulated")
    with pytest.raises(RecordingError) as caught:
        attribute(linear(), windows(record(HEART)), quality=read_ecg(flat).quality)
    assert caught.value.key == "attribution.unusable"


def beats_a_window(x):
    """Counts the peaks of II: a scorer that sees the rate alone."""
    two = x[:, LEADS.index("II")]
    high = two > 0.5 * two.max(axis=1, keepdims=True)
    return (np.diff(high.astype(int), axis=1) == 1).sum(axis=1).astype(np.float64) / 5.0


@pytest.mark.parametrize(("bpm", "sign"), [(130, 1), (50, -1)])
def test_a_scorer_that_counts_beats_is_explained_by_the_rate(bpm, sign):
    found = attribute(beats_a_window, windows(record(Heart(rate_bpm=bpm, qt_ms=300, t_ms=150))))
    assert found.rate.bpm == pytest.approx(bpm, abs=2)
    # 10 s hold a sixth of the beats of a minute
    assert found.rate.value == pytest.approx((bpm - 75) / 6 / 5, abs=0.3)
    assert np.sign(found.rate.value) == sign
    assert np.abs(found.values).max() < abs(found.rate.value)


def test_the_trace_carries_each_leads_value_to_every_beat():
    found = attribute(lowest_of_lead_i, windows(record(Heart(rate_bpm=80, heights=DEEP_S))))
    edges, rows = found.trace()
    assert np.diff(edges).min() > 0.009
    assert edges[0] >= 0
    assert edges[-1] <= 10
    qrs = found.values[LEADS.index("I"), WAVES.index("qrs")]
    n_beats = len({span.start_s for span in found.spans if span.wave == "qrs"})
    assert n_beats >= 12
    assert np.count_nonzero(rows["I"] == qrs) == n_beats


def test_beats_seen_by_two_windows_are_drawn_once():
    found = attribute(linear(), windows(record(HEART, seconds=14.0)))
    edges, rows = found.trace(starts_s=(0.0, 4.0))
    assert np.diff(edges).min() > 0.009
    assert edges[-1] > 13
    assert {row.size for row in rows.values()} == {edges.size - 1}


def test_extrasystoles_stay_as_they_are():
    recording = record(Heart(rate_bpm=70, early_every=4))
    beats = read_ecg(recording).beats
    found = attribute(linear(), windows(recording))
    qrs = [span for span in found.spans if span.wave == "qrs"]
    early = beats.positions[~beats.dominant] / 500
    inner = [at for at in early if 0.3 < at < 9.7]
    assert inner
    assert not any(span.start_s <= at <= span.stop_s for at in inner for span in qrs)
    ends = sorted((span.start_s, span.stop_s) for span in found.spans)
    assert all(after[0] >= before[1] - 1e-9 for before, after in itertools.pairwise(ends))


@needs_data
def test_every_beat_of_real_recordings_is_taken_out():
    for recording, _ in vendor_recordings().values():
        reading = read_ecg(recording)
        found = attribute(linear(), windows(recording), quality=reading.quality)
        n_qrs = sum(span.wave == "qrs" for span in found.spans)
        assert n_qrs >= reading.beats.positions.size
        assert found.rate.bpm == pytest.approx(reading.measurements.heart_rate_bpm, abs=2)
