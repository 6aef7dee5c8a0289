"""What is laid over an ECG: brackets where something was measured, and the model's attribution, told without colour."""

from __future__ import annotations

import numpy as np
import pytest

from core.charts._ecg_marks import SIGN_INK as INK
from core.charts._ecg_marks import WAVE_INK as WAVES
from core.charts.ecg_paper import LeadTimeMap, Mark
from core.charts.style import LOWERS, RAISES
from tests.charts.test_ecg_paper import LEADS, beating, drawn


def signs_of(chart) -> list[str]:
    return sorted(
        note.text for note in chart.figure.layout.annotations if note.text in ("<b>+</b>", "<b>−</b>")
    )


def labels(chart) -> list[str]:
    return sorted(note.text for note in chart.figure.layout.annotations if note.text[3] in "①②③")


def brackets(chart):
    return [trace for trace in chart.figure.data if trace.type == "scatter" and trace.line.color == INK]


def attribution(**values: float) -> LeadTimeMap:
    edges = np.linspace(0, 10, 11)
    return LeadTimeMap(
        edges, {lead: np.where(np.arange(10) == 6, value, 0.0) for lead, value in values.items()}
    )


def bands(chart):
    return next(trace for trace in chart.figure.data if trace.type == "heatmap")


def test_no_mark_and_no_attribution_draw_nothing_more():
    assert drawn(marks=()).figure.to_json() == drawn().figure.to_json()
    empty = drawn(attribution=LeadTimeMap(np.array([]), {}))
    assert not [trace for trace in empty.figure.data if trace.type == "heatmap"]
    assert "at most 0.00 log-odds" in empty.figure.layout.title.subtitle.text


def test_a_mark_stands_above_the_wave_it_was_measured_on():
    chart = drawn(marks=[Mark("V6", 8.2, 8.4, "①")], layout="12x1")
    (lines,) = brackets(chart)
    x, y = np.asarray(lines.x, dtype=float), np.asarray(lines.y, dtype=float)
    assert (x[0], x[3]) == pytest.approx((8.2, 8.4), abs=1e-3)
    trace = [each for each in chart.figure.data if each.dx is not None][-1]
    t = trace.x0 + trace.dx * np.arange(len(trace.y))
    assert np.nanmin(y) > np.asarray(trace.y)[(t >= 8.2) & (t <= 8.4)].max()
    assert "①" in chart.alt


def test_of_many_beats_one_is_marked_and_not_the_one_under_the_name():
    marks = [Mark("V1", 0.8 * i + 0.1, 0.8 * i + 0.4, "①", beat=i) for i in range(12)]
    chart = drawn(marks=marks, layout="12x1")
    assert labels(chart) == ["<b>①</b>"]
    assert np.nanmin(np.asarray(brackets(chart)[0].x, dtype=float)) == pytest.approx(0.9, abs=1e-3)


def test_the_waves_of_one_beat_are_marked_together():
    marks = [
        Mark("II", 0.8 * i + start, 0.8 * i + end, wave, "wave", i)
        for i in range(12)
        for wave, start, end in (("P", 0.1, 0.2), ("QRS", 0.5, 0.6), ("T", 0.65, 0.95))
    ]
    (each,) = [trace for trace in drawn(marks=marks).figure.data if trace.line.color == WAVES]
    x = np.asarray(each.x, dtype=float)
    assert np.nanmax(x) - np.nanmin(x) == pytest.approx(0.85, abs=1e-3)


def boxes(chart, words: set[str]) -> list[tuple[float, float, float, float]]:
    """Left, right, bottom and top of every such word, in seconds and µV, as wide as a letter's 0.13 s."""
    found = []
    for note in chart.figure.layout.annotations:
        plain = note.text.removeprefix("<b>").removesuffix("</b>")
        if plain in words and note.yanchor in ("top", "bottom") and note.font.color in (INK, WAVES):
            half = 0.13 * len(plain) / 2
            foot = note.y - 500 if note.yanchor == "top" else note.y
            found.append((note.x - half, note.x + half, foot, foot + 500))
    return found


def overlaps(one, other) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@pytest.mark.parametrize("pace", [1.0, 0.7], ids=["60 a minute", "120 a minute"])
def test_the_words_under_a_beat_cover_neither_one_another_nor_a_bracket(pace):
    waves = (("P", 0.1, 0.2), ("QRS", 0.24, 0.33), ("ST–T", 0.33, 0.33 + 0.31 * pace))
    marks = [Mark("II", 0.8 + start, 0.8 + end, wave, "wave") for wave, start, end in waves]
    chart = drawn(marks=marks)
    found = boxes(chart, {wave for wave, *_ in waves})
    assert len(found) == 3
    assert not any(overlaps(one, other) for i, one in enumerate(found) for other in found[:i])
    (line,) = [trace for trace in chart.figure.data if trace.line.color == WAVES]
    y = np.asarray(line.y, dtype=float)
    # all brackets in one line, the words in no more than two below it: rows leave room for these
    assert np.unique(y[np.isfinite(y)]).size == 2
    assert len({bottom for _, _, bottom, _ in found}) == 2
    assert max(top for *_, top in found) <= np.nanmin(y) + 1


def test_brackets_of_signs_that_cross_stand_clear_of_each_others_words():
    # the first on a tall wave, the second beside it on a flat one
    leads = beating()
    leads["V1"] = np.where(np.arange(leads["V1"].size) < 0.93 * 500, 0.55, 0.0)
    marks = [Mark("V1", 0.85, 0.95, "①"), Mark("V1", 0.94, 1.06, "②")]
    chart = drawn(leads=leads, marks=marks, layout="12x1")
    one, other = boxes(chart, {"①", "②"})
    assert not overlaps(one, other)


def test_in_3x4_a_mark_falls_on_the_leads_own_stretch():
    marks = [Mark("V1", 0.8 * i + 0.1, 0.8 * i + 0.4, "①", beat=i) for i in range(12)]
    x = np.asarray(brackets(drawn(marks=marks))[0].x, dtype=float)
    assert np.nanmin(x) >= 5.0
    assert np.nanmax(x) <= 7.5


def test_marks_of_one_stretch_share_a_bracket_and_others_stand_above_one_another():
    chart = drawn(
        marks=[Mark("III", 1.0, 1.3, "①"), Mark("III", 1.0, 1.3, "②"), Mark("III", 0.9, 1.5, "③")],
        layout="12x1",
    )
    assert labels(chart) == ["<b>①②</b>", "<b>③</b>"]
    heights = np.asarray(brackets(chart)[0].y, dtype=float)[[1, 6]]
    assert heights[0] != heights[1]


def test_a_mark_on_a_lead_that_was_not_recorded_is_left_out():
    leads = beating()
    leads["V1"] = np.full_like(leads["V1"], np.nan)
    chart = drawn(leads=leads, marks=[Mark("V1", 5.5, 5.8, "①"), Mark("nowhere", 1, 2, "②")])
    assert labels(chart) == []


def test_attribution_stands_in_the_row_of_its_lead_and_says_its_direction_by_sign():
    chart = drawn(attribution=attribution(V1=0.8, V6=-0.4), layout="12x1")
    z = np.asarray(bands(chart).z, dtype=float)[::2][::-1]  # rows from the top
    assert np.nanmax(z[LEADS.index("V1")]) == pytest.approx(0.8)
    assert np.nanmin(z[LEADS.index("V6")]) == pytest.approx(-0.4)
    assert np.isnan(z[LEADS.index("II")]).all()
    assert signs_of(chart) == ["<b>+</b>", "<b>−</b>"]
    under = chart.figure.layout.title.subtitle.text
    assert all(sign in under for sign in ("+", "−", RAISES, LOWERS, "+0.80"))


def test_in_3x4_attribution_shows_only_where_the_lead_is_shown():
    z = np.asarray(bands(drawn(attribution=attribution(V1=0.8, I=0.5))).z, dtype=float)
    # V1 stands in the third column, which holds the seventh second; I stands in the first, which does not
    assert np.nanmax(z) == pytest.approx(0.8)
    assert np.sum(z == np.float32(0.5)) == 0


def test_what_hardly_moves_the_odds_stays_pale_and_unsigned():
    chart = drawn(attribution=attribution(V1=0.01), layout="12x1")
    assert bands(chart).zmax == pytest.approx(0.1)
    assert signs_of(chart) == []


def test_rows_make_room_for_their_brackets():
    marks = [Mark("V2", 1.0, 1.0 + 0.1 * k, "①②③"[k - 1]) for k in (1, 2, 3)]
    assert drawn(marks=marks, layout="12x1").figure.layout.height > drawn(layout="12x1").figure.layout.height


def test_unknown_stretches_have_no_colour():
    values = {"V1": np.array([np.nan] * 6 + [0.5, np.nan, np.nan, np.nan])}
    chart = drawn(attribution=LeadTimeMap(np.linspace(0, 10, 11), values), layout="12x1")
    z = np.asarray(bands(chart).z, dtype=float)
    assert np.isfinite(z).sum() == 1
    assert signs_of(chart) == ["<b>+</b>"]
