"""Icons add up to 100 patients and show the rounded figures; the forest marks what is doubted."""

from __future__ import annotations

import pandas as pd
import pytest

from core import charts
from core.charts.benefit_harm import ratio_words
from core.charts.words import width
from core.clinical.benefit_harm import balance
from core.text import text


def drawn(before: float, after: float) -> dict[str, int]:
    frame = pd.DataFrame(
        [("death", "lysis", before, after)], columns=["outcome", "comparison", "before", "after"]
    )
    figure = charts.benefit_harm_icons(frame, language="en").figure
    names = {
        text("en", f"charts_benefit_harm.icons.{one}"): one
        for one in ("either", "avoided", "caused", "neither")
    }
    return {names[trace.hovertemplate.split(":")[0]]: len(trace.x) for trace in figure.data}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (7.7, 4.7, {"either": 5, "avoided": 3, "neither": 92}),
        (3.42, 9.34, {"either": 3, "caused": 6, "neither": 91}),
        (0.19, 0.6, {"caused": 1, "neither": 99}),
        (0.1, 0.2, {"neither": 100}),
        (100.0, 100.0, {"either": 100}),
        # 4.4 and 3.6 both round to 4: no whole patient is spared, and none is drawn
        (4.4, 3.6, {"either": 4, "neither": 96}),
    ],
)
def test_icons_are_whole_patients_and_add_up(before, after, expected):
    assert drawn(before, after) == expected
    assert sum(expected.values()) == 100


def test_the_figures_themselves_stand_above_the_icons():
    chart = charts.benefit_harm_icons(balance({"death": 0.077}).frame(), language="en")
    said = [note.text for note in chart.figure.layout.annotations]
    assert said[0] == "<b>Death: 7.7 → 4.7</b>"
    assert "0.19 → 0.60" in said[2]
    assert "without thrombolysis → with thrombolysis" in chart.alt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_of_a_heading_is_wider_than_a_phone(language):
    chart = charts.benefit_harm_icons(balance({"death": 0.077}).frame(), language=language)
    said = [note.text.removeprefix("<b>").removesuffix("</b>") for note in chart.figure.layout.annotations]
    assert max(width(line) for one in said for line in one.split("<br>")) <= 36
    assert "<br>" not in chart.alt


def test_half_the_dose_has_a_title_of_its_own():
    frame = balance({"death": 0.077}).frame("half_dose")
    for language in ("zh", "en"):
        chart = charts.benefit_harm_icons(frame, language=language)
        assert chart.title == text(language, "charts_benefit_harm.icons.title_half")
        assert "100 mg" in chart.alt


def test_the_forest_marks_doubted_ratios_and_only_these():
    found = balance({"death": 0.077})
    chart = charts.effect_forest(found.effects_frame("en"), language="en")
    names = [str(one) for one in chart.figure.layout.yaxis.ticktext]
    assert "Marti 2015" in names
    assert "†Chatterjee, &gt;65 y" in names
    assert text("en", "charts_benefit_harm.forest.doubted") in chart.figure.layout.title.subtitle.text
    checked = found.effects_frame("en").query("status == 'verified'")
    assert "†" not in charts.effect_forest(checked, language="en").figure.layout.title.subtitle.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("comparison", ["lysis", "half_dose"])
def test_every_study_name_fits_beside_the_forest(language, comparison):
    frame = balance({"death": 0.077, "recurrence": 0.03}).effects_frame(language, comparison)
    names = charts.effect_forest(frame, language=language).figure.layout.yaxis.ticktext
    assert not [one for one in names if "…" in one]


def test_a_ratio_without_an_interval_is_written_alone():
    assert ratio_words(4.63, float("nan"), float("nan")) == "4.63"
    assert ratio_words(0.59, 0.36, 0.96) == "0.59 (0.36–0.96)"
