"""What is shown to the network in place of a recording is still a possible one."""

from __future__ import annotations

import numpy as np
import pytest

from core.ecg._attribution_occlusion import both_ends, mask_of, occlusion
from core.ecg._attribution_rate import at_interval
from core.ecg._attribution_spans import find_spans
from core.ecg.network_input import windows
from core.ecg.recording import LEADS
from tests.ecg.hearts import Heart, record, with_leads

HEART = Heart(rate_bpm=70, heights={"t": (0.20, 0.28, -0.50, -0.50, -0.50, -0.10, 0.32, 0.25)})


@pytest.fixture(scope="module")
def x():
    return windows(record(HEART))


def places(shown, wave, whole=True):
    """Where one wave lies, by beat; waves that the window's edge cuts only where asked for."""
    found = [beat.spans[wave] for beat in shown.spans[0].beats if wave in beat.spans]
    return [(start, stop) for start, stop in found if not whole or (start >= 0 and stop < 1000)]


def row(signal, lead):
    return signal[0, 0, LEADS.index(lead)]


def test_taking_nothing_out_changes_nothing(x):
    np.testing.assert_array_equal(occlusion(x).without(both_ends()[:1])[0], x)


def test_only_the_named_wave_of_the_named_lead_changes(x):
    shown = occlusion(x)
    changed = np.abs(shown.without(mask_of(("V2",), "t")[None])[0] - x) > 1e-6
    assert not np.delete(changed[0], LEADS.index("V2"), axis=0).any()
    inside = np.zeros(1000, bool)
    for start, stop in places(shown, "t", whole=False):
        inside[max(start, 0) : stop + 1] = True
    assert changed[0, LEADS.index("V2"), inside].mean() > 0.8
    assert not changed[0, LEADS.index("V2"), ~inside].any()


def test_a_t_that_the_edge_cuts_through_is_taken_out_too():
    # the first QRS lies before the recording: only the end of its inverted T is seen
    x = windows(record(HEART))
    shown = occlusion(x, "line")
    cut = [(start, stop) for start, stop in places(shown, "t", whole=False) if start < 0]
    assert len(cut) == 1
    stop = cut[0][1]
    before, after = row(x[None], "V2"), row(shown.without(mask_of(("V2",), "t")[None]), "V2")
    assert np.ptp(before[: stop + 1]) > 0.15
    assert np.ptp(after[: stop + 1]) < 1e-5


@pytest.mark.parametrize("wave", ["p", "qrs", "t"])
def test_a_line_takes_the_wave_away_without_a_step(x, wave):
    shown = occlusion(x, "line")
    flat = row(shown.without(mask_of(LEADS, wave)[None]), "II")
    for start, stop in places(shown, wave):
        assert np.ptp(np.diff(flat[start : stop + 1])) < 1e-5


def test_an_average_t_stands_upright_where_it_was_inverted(x):
    shown = occlusion(x, "average")
    start, stop = places(shown, "t")[2]
    before, after = (
        row(each, "V3")[start : stop + 1] for each in (x[None], shown.without(mask_of(("V3",), "t")[None]))
    )
    assert before.min() < -0.3
    assert after.min() > -0.15
    assert after.max() > 0.08


def test_st_comes_to_the_level_without_a_step():
    raised = record(HEART)
    signal = raised.signal.copy()
    at = np.arange(signal.shape[1]) % round(500 * 60 / 70)
    # a plateau of 0.2 mV from within the QRS to the summit of T, in V2 alone
    signal[LEADS.index("V2")] += np.interp(at, [0, 180, 200, 290, 330], [0, 0, 0.2, 0.2, 0]).astype(
        np.float32
    )
    x = windows(type(raised)(signal, 500.0, "simulated"))
    shown = occlusion(x)
    level = row(shown.without(mask_of(("V2",), "st")[None]), "V2")
    for beat in shown.spans[0].beats[1:-1]:
        start, stop = beat.spans["st"]
        np.testing.assert_allclose(level[start : stop + 1], level[beat.level_at], atol=1e-5)
        change = level - x[0, LEADS.index("V2")]
        assert np.abs(np.diff(change)).max() < 0.12


@pytest.mark.parametrize("fill", ["line", "average"])
def test_whatever_is_taken_out_einthovens_law_holds(x, fill):
    masks = np.random.default_rng(0).random((20, 12, 4)) < 0.3
    for signal in occlusion(x, fill).without(masks)[:, 0]:
        one, two, three, avr, avl, avf = signal[:6]
        np.testing.assert_allclose(three, two - one, atol=2e-3)
        np.testing.assert_allclose(avr, -(one + two) / 2, atol=2e-3)
        np.testing.assert_allclose(avl, one - two / 2, atol=2e-3)
        np.testing.assert_allclose(avf, two - one / 2, atol=2e-3)


@pytest.mark.parametrize("lead", LEADS[:6])
def test_a_wave_taken_out_of_one_limb_lead_is_gone_from_it_and_stays_at_right_angles(x, lead):
    other = {"I": "aVF", "II": "aVL", "III": "aVR", "aVR": "III", "aVL": "II", "aVF": "I"}[lead]
    shown = occlusion(x, "line")
    alone, plane = shown.without(np.stack([mask_of((lead,), "qrs"), mask_of(LEADS[:6], "qrs")]))[:, 0]
    np.testing.assert_allclose(alone[LEADS.index(lead)], plane[LEADS.index(lead)], atol=2e-3)
    np.testing.assert_allclose(alone[LEADS.index(other)], x[0, LEADS.index(other)], atol=2e-3)


def test_with_a_limb_lead_missing_each_stands_alone():
    x = windows(with_leads(record(HEART), {"III": np.nan}))
    changed = occlusion(x).without(mask_of(("I",), "qrs")[None])[0] - x
    assert changed[0, 0].any()
    assert not changed[0, 1:].any()


def test_order_of_taking_waves_out_does_not_matter(x):
    """A mask is what is out, whatever was first: the union of two masks is both."""
    shown = occlusion(x)
    one, two = mask_of(("V1",), "t"), mask_of(("V5",), "qrs")
    signal = shown.without(np.stack([one, two, one | two]))
    np.testing.assert_allclose(signal[2] - x, (signal[0] - x) + (signal[1] - x), atol=1e-6)


@pytest.mark.parametrize("bpm", [50, 75, 110, 150])
def test_waves_lie_where_the_heart_put_them(bpm):
    heart = Heart(
        rate_bpm=bpm, qt_ms=330 if bpm > 100 else 390, t_ms=150 if bpm > 100 else 190, pr_ms=140, p_ms=90
    )
    x = windows(record(heart))
    beats = find_spans(x[0]).beats
    assert len(beats) >= bpm / 6 - 2
    onset = -0.4 * 60000 / bpm
    for beat in beats[1:-1]:
        start, stop = beat.spans["qrs"]
        late = (10.0 * start - onset) % (60000 / bpm)
        early = min(late, 60000 / bpm - late)
        assert early <= 30
        assert 80 <= 10 * (stop - start) <= 150
        assert beat.spans["p"][1] <= start + 1


def test_a_beat_at_the_very_edge_is_taken_out_like_the_others():
    # the first QRS begins 60 ms after the recording does
    late = record(HEART, seconds=11.0)
    skipped = round(0.6 * 500 * 60 / 70) - 30
    x = windows(type(late)(late.signal[:, skipped : skipped + 5000], 500.0, "simulated"))
    shown = occlusion(x, "line")
    first = places(shown, "qrs", whole=False)[0]
    assert first[0] < 12
    after = row(shown.without(mask_of(("V2",), "qrs")[None]), "V2")
    assert np.ptp(x[0, LEADS.index("V2"), :20]) > 0.8
    assert np.ptp(after[:20]) < 0.15


def test_the_same_beats_at_another_rate_keep_their_waves(x):
    spans = find_spans(x[0])
    for rr in (60, 80, 110):
        again = find_spans(at_interval(x[0], spans, rr)[0])
        assert again.rr == pytest.approx(rr, abs=1)
        before, after = (found.beats[3].spans["qrs"] for found in (spans, again))
        assert before[1] - before[0] == pytest.approx(after[1] - after[0], abs=2)
