"""An ECG on paper: the scale is true, nothing is lost or made up, and the figure stays small."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.charts._ecg_lines import thinned
from core.charts.ecg_paper import LeadTimeMap, Mark, ecg_paper, fitting_layout
from core.text import LANGUAGES, text

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def beating(seconds: float = 10.0, rate_hz: float = 500.0) -> dict[str, np.ndarray]:
    """Twelve leads with an R of 1 mV (and the lead's number in hundredths) every 0.8 s."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = (time - 0.3) % 0.8
    beat = np.exp(-((np.minimum(phase, 0.8 - phase) / 0.012) ** 2))
    rng = np.random.default_rng(1)
    return {
        lead: ((1 + number / 100) * beat + rng.normal(0, 0.01, time.size)).astype(np.float32)
        for number, lead in enumerate(LEADS)
    }


def drawn(**changes):
    given = {"leads": beating(), "rate_hz": 500.0, "language": "en", **changes}
    leads, rate_hz = given.pop("leads"), given.pop("rate_hz")
    return ecg_paper(leads, rate_hz, **given)


def lines(chart):
    return [trace for trace in chart.figure.data if trace.dx is not None]


def names(chart):
    return [note.text for note in chart.figure.layout.annotations]


def times(trace):
    return trace.x0 + trace.dx * np.arange(len(trace.y))


@pytest.mark.parametrize(("layout", "count"), [("3x4", 13), ("12x1", 12)])
def test_every_lead_is_one_line_of_whole_microvolts(layout, count):
    chart = drawn(layout=layout)
    assert len(lines(chart)) == count
    assert {np.asarray(trace.y).dtype for trace in lines(chart)} == {np.dtype(np.int16)}
    assert all(f"<b>{lead}</b>" in names(chart) for lead in LEADS)


@pytest.mark.parametrize("layout", ["3x4", "12x1"])
def test_the_figure_is_small_with_everything_on_it(layout):
    edges = np.linspace(0, 10, 101)
    rng = np.random.default_rng(2)
    chart = drawn(
        layout=layout,
        attribution=LeadTimeMap(edges, {lead: rng.normal(0, 0.2, 100) for lead in LEADS}),
        marks=[Mark(lead, 0.8 * i, 0.8 * i + 0.4, "①", beat=i) for lead in LEADS for i in range(12)],
        caliper=(1.0, 1.8),
    )
    assert len(chart.figure.to_json().encode()) < 400_000


@pytest.mark.parametrize("layout", ["3x4", "12x1"])
def test_a_millimetre_is_the_same_across_and_up(layout):
    figure = drawn(layout=layout).figure
    # 1 s is 25 mm and 1,000 µV are 10 mm
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.yaxis.scaleratio == pytest.approx((10 / 1000) / 25)
    assert figure.layout.xaxis.dtick * 25 == pytest.approx(5)
    assert figure.layout.yaxis.dtick / 1000 * 10 == pytest.approx(5)
    assert figure.layout.xaxis.minor.dtick * 25 == pytest.approx(1)
    assert figure.layout.yaxis.minor.dtick / 1000 * 10 == pytest.approx(1)


def test_the_calibration_pulse_is_one_millivolt_for_200_ms():
    pulse = next(trace for trace in drawn().figure.data if "200 ms" in str(trace.hovertemplate))
    x, y = np.asarray(pulse.x[:6], dtype=float), np.asarray(pulse.y[:6], dtype=float)
    assert y.max() - y.min() == 1000
    assert x[3] - x[2] == pytest.approx(0.2, abs=1e-5)


def test_peaks_stand_where_and_as_high_as_they_were_recorded():
    for layout in ("3x4", "12x1"):
        for trace, lead in zip(
            lines(drawn(layout=layout)), ("I", "aVR") if layout == "3x4" else LEADS, strict=False
        ):
            recorded = beating()[lead]
            begin, end = times(trace)[0], times(trace)[-1]
            part = recorded[round(begin * 500) : round(end * 500) + 1]
            y = np.asarray(trace.y, dtype=float)
            assert np.ptp(y) == pytest.approx(1000 * np.ptp(part), abs=2)
            at = round(float(times(trace)[y.argmax()]) * 500)
            # thinned to one pair a bucket, a value stands at most a bucket off its time
            assert recorded[at - 2 : at + 3].max() == pytest.approx(part.max(), abs=0.001)


def test_the_columns_of_3x4_follow_one_another_in_time():
    starts = [times(trace)[0] for trace in lines(drawn())[:4]]
    assert starts == pytest.approx([0, 2.5, 5, 7.5], abs=0.01)


def test_a_window_begins_where_it_is_asked_to():
    chart = drawn(leads=beating(60.0), start_s=30.0, layout="12x1")
    assert times(lines(chart)[0])[[0, -1]] == pytest.approx([30, 40], abs=0.01)
    late = drawn(leads=beating(60.0), start_s=59.0, layout="12x1")
    assert times(lines(late)[0])[[0, -1]] == pytest.approx([50, 60], abs=0.01)


def test_thinning_keeps_every_extreme():
    rng = np.random.default_rng(3)
    values = rng.normal(size=10_001)
    kept, step = thinned(values, 1000)
    assert len(kept) <= 1004
    assert step == pytest.approx(10_001 / 1000 * 1.0, rel=0.1)
    assert (kept.min(), kept.max()) == (values.min(), values.max())


def test_a_missing_lead_is_named_and_not_drawn():
    leads = beating()
    leads["V3"] = np.full_like(leads["V3"], np.nan)
    chart = drawn(leads=leads, layout="12x1")
    assert len(lines(chart)) == 11
    assert text("en", "ecg_paper.missing", lead="V3") in names(chart)
    assert "V3" in chart.alt


def test_a_gap_stays_a_gap():
    leads = beating()
    leads["II"][1000:1500] = np.nan
    chart = drawn(leads=leads, layout="12x1")
    second = lines(chart)[1]
    y = np.asarray(second.y, dtype=float)
    here = (times(second) > 2.05) & (times(second) < 2.95)
    assert np.isnan(y[here]).all()
    assert np.isfinite(y[~here]).any()


def test_rows_are_far_enough_apart_for_their_waves():
    tall = {lead: 3 * row for lead, row in beating().items()}
    bottoms = drawn(leads=tall, layout="12x1").figure.layout.height
    assert bottoms > drawn(layout="12x1").figure.layout.height


def test_a_short_recording_is_drawn_as_twelve_rows():
    assert fitting_layout(2.5, "3x4") == "12x1"
    assert len(lines(drawn(leads=beating(2.5)))) == 12


def test_nothing_recorded_is_said():
    empty = {lead: np.full(10, np.nan, np.float32) for lead in LEADS}
    assert drawn(leads=empty).alt == text("en", "charts.nothing")
    assert drawn(leads={}).alt == text("en", "charts.nothing")


def test_a_level_far_from_zero_and_absurd_heights_still_draw():
    leads = {lead: row + 400 for lead, row in beating().items()}
    assert np.ptp(np.asarray(lines(drawn(leads=leads))[0].y, dtype=float)) < 1200
    wild = {lead: 1000 * row for lead, row in beating().items()}
    assert json.loads(drawn(leads=wild).figure.to_json())


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_in_the_language_and_scale_under_the_title(language):
    chart = drawn(language=language, note="raw")
    under = chart.figure.layout.title.subtitle.text
    assert chart.title == text(language, "ecg_paper.title")
    assert "25 mm/s · 10 mm/mV · raw" in under
    assert text(language, "charts.synthetic") not in under
    assert (
        text(language, "charts.synthetic")
        in drawn(language=language, synthetic=True).figure.layout.title.subtitle.text
    )
    assert "25 mm/s" in chart.alt
    for axis in (chart.figure.layout.xaxis, chart.figure.layout.yaxis):
        assert "mV" in axis.title.text or "s" in axis.title.text


def test_the_caliper_says_interval_and_rate():
    chart = drawn(caliper=(2.0, 1.2))
    assert any("800 ms · 75/min" in words for words in names(chart))
    assert "800 ms" in chart.alt
    assert len(chart.figure.layout.shapes) == 2
    assert drawn(caliper=(1.0, 1.0)).alt.endswith("0 ms.")


def test_the_same_input_gives_the_same_figure():
    assert drawn().figure.to_json() == drawn().figure.to_json()
