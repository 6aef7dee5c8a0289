"""Colours that are drawn together stay apart for readers with each common form of colour blindness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from core.charts.style import LOWERS, RAISES, look

# Machado GM, Oliveira MM, Fernandes LAF. IEEE Trans Vis Comput Graph 2009;15:1291, severity 1, on linear RGB
SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TOGETHER = [
    ("none", "death", "bleeding"),
    ("no_pe", "pe"),
    ("raw", "recalibrated", "twin"),
    ("fusion", "ehr", "ecg"),
    ("used", "beside"),
]
# a difference that is seen at a glance; 2 or 3 is seen at all
APART = {"protanopia": 15.0, "deuteranopia": 15.0, "tritanopia": 12.0}


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB under D65."""
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    x, y, z = np.array(to_xyz) @ rgb / [0.95047, 1.0, 1.08883]
    fx, fy, fz = (np.cbrt(one) if one > 216 / 24389 else (24389 / 27 * one + 16) / 116 for one in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def difference(one: str, other: str, form: str) -> float:
    """CIE 1976 colour difference of two colours as they are seen."""
    seen = [lab(np.clip(np.array(SEEN[form]) @ linear(color), 0, 1)) for color in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def test_the_measure_knows_black_white_and_the_pair_that_is_confused():
    assert np.linalg.norm(lab(linear("#ffffff")) - lab(linear("#000000"))) == pytest.approx(100, abs=0.1)
    # a red and a green: far apart to most, and the classical confusion
    red, green = "#b0413e", "#5b7a2e"
    apart = float(np.linalg.norm(lab(linear(red)) - lab(linear(green))))
    assert apart > 70
    assert difference(red, green, "deuteranopia") < 0.45 * apart


@pytest.mark.parametrize("form", SEEN)
@pytest.mark.parametrize("names", TOGETHER, ids=" ".join)
def test_series_drawn_together_stay_apart(names, form):
    for one, other in combinations(names, 2):
        assert difference(look(one).color, look(other).color, form) >= APART[form], (one, other)


@pytest.mark.parametrize("form", SEEN)
def test_what_raises_and_what_lowers_a_risk_stay_far_apart(form):
    assert difference(LOWERS, RAISES, form) >= 50


@pytest.mark.parametrize("names", TOGETHER, ids=" ".join)
def test_a_second_sign_tells_them_apart_without_any_colour(names):
    assert len({(look(name).symbol, look(name).dash, look(name).pattern) for name in names}) == len(names)
    assert len({look(name).glyph for name in names}) == len(names)
