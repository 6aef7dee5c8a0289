"""The theme and the charts' colours: readable, and told apart without colour."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from core.charts.style import INK, LOWERS, NEUTRAL, RAISES, look

THEME = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))[
    "theme"
]
CLASSES = ("none", "death", "bleeding", "no_pe", "pe")


def luminance(color: str) -> float:
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("part", ["main", "sidebar"])
def test_text_and_links_reach_aa(mode, part):
    theme = THEME[mode]
    grounds = theme if part == "main" else theme["sidebar"]
    for ground in (grounds["backgroundColor"], grounds["secondaryBackgroundColor"]):
        assert contrast(theme["textColor"], ground) >= 4.5
        assert contrast(theme["linkColor"], ground) >= 4.5
    assert contrast(theme["primaryColor"], grounds["backgroundColor"]) >= 3
    assert contrast("#ffffff", theme["primaryColor"]) >= 4.5, "the words on a primary button"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    "color", [*(look(name).color for name in (*CLASSES, "fusion", "ehr", "ecg")), LOWERS, RAISES, NEUTRAL]
)
def test_chart_colours_stand_out_on_both_grounds(mode, color):
    assert contrast(color, THEME[mode]["backgroundColor"]) >= 3


@pytest.mark.parametrize("name", CLASSES)
def test_white_numbers_read_on_class_colours(name):
    assert contrast("#ffffff", look(name).color) >= 4.5


@pytest.mark.parametrize(
    "together",
    [
        ("none", "death", "bleeding"),
        ("no_pe", "pe"),
        ("raw", "recalibrated", "twin"),
        ("fusion", "ehr", "ecg"),
    ],
)
def test_what_is_drawn_together_differs_by_more_than_colour(together):
    assert len({look(name).symbol for name in together}) == len(together)
    assert len({look(name).glyph for name in together}) == len(together)


def test_streamlit_draws_other_charts_in_the_class_colours():
    assert THEME["chartCategoricalColors"][:5] == [look(name).color for name in CLASSES]


def test_ink_is_what_streamlits_frontend_replaces():
    from streamlit.elements.lib import streamlit_plotly_theme

    assert streamlit_plotly_theme.GRAY_90 == INK


def test_nothing_is_loaded_from_the_network():
    assert "http" not in str(THEME)
