"""Deletion curves, the comparison of methods and the check against random weights, on toy scorers."""

from __future__ import annotations

import numpy as np
import pytest

from core.benchmark.attribution import attribution_figures
from core.ecg.attribution import attribute
from core.ecg.attribution_faithfulness import (
    CHOSEN,
    METHODS,
    compare_methods,
    deletion_curve,
    occlusion,
    randomisation_similarity,
    summary,
)
from core.ecg.network_input import windows
from core.ecg.recording import LEADS
from tests.ecg.hearts import Heart, record

DEEP_S = {"s": (-0.60, -0.12, -0.90, -1.30, -0.90, -0.50, -0.25, -0.10)}


def random_network(seed):
    """One layer of filters over all leads, rectified and averaged: what an untrained network sees."""
    rng = np.random.default_rng(seed)
    filters, weights = rng.normal(size=(6, 12, 9)), rng.normal(size=6)

    def score(x):
        cut = np.lib.stride_tricks.sliding_window_view(x.astype(np.float64), 9, axis=2)
        passed = np.maximum(np.einsum("nlsk,flk->nfs", cut, filters, optimize=True), 0.0)
        return passed.mean(axis=2) @ weights

    return score


def depth_of_i(x):
    return -2.0 * x[:, LEADS.index("I")].min(axis=1).astype(np.float64)


@pytest.fixture(scope="module")
def x():
    return windows(record(Heart(rate_bpm=80, heights=DEEP_S)))


def test_taking_out_what_matters_first_beats_chance(x):
    shown = occlusion(x)
    curve = deletion_curve(depth_of_i, shown, attribute(depth_of_i, x).values)
    assert curve.gain > 0.1
    assert curve.log_odds[0] == pytest.approx(depth_of_i(x)[0])
    assert curve.log_odds[-1] == pytest.approx(curve.random[-1])
    # the first unit taken out is the one that this scorer reads
    assert curve.log_odds[1] < curve.log_odds[0] - 0.3


def test_the_opposite_order_is_worse_than_chance(x):
    values = attribute(depth_of_i, x).values
    assert deletion_curve(depth_of_i, occlusion(x), -values).gain < 0


def test_what_argues_against_can_be_taken_out_first(x):
    score = random_network(3)
    shown = occlusion(x)
    values = METHODS["both"](score, shown)
    assert deletion_curve(score, shown, values, against=True).gain > 0
    assert deletion_curve(score, shown, -values, against=True).gain < 0


def test_the_chosen_method_is_what_attribute_does(x):
    score = random_network(1)
    np.testing.assert_allclose(METHODS[CHOSEN](score, occlusion(x)), attribute(score, x).values, atol=1e-9)


def test_every_method_of_a_linear_scorer_agrees(x):
    weights = np.random.default_rng(0).normal(size=(12, 1000)) * 0.01
    found = {
        name: METHODS[name](lambda rows: np.tensordot(rows.astype(np.float64), weights, axes=2), occlusion(x))
        for name in ("removed", "alone", "both", "sampled")
    }
    size = np.abs(found["both"]).max()
    for values in found.values():
        np.testing.assert_allclose(values[6:], found["both"][6:], atol=0.05 * size)
        # among the limb leads sampling shares out by another rule: only their sum is the same
        np.testing.assert_allclose(values[:6].sum(axis=0), found["both"][:6].sum(axis=0), atol=0.05 * size)


def test_tiles_that_know_no_beats_find_the_same_lead(x):
    values = METHODS["tiles"](depth_of_i, occlusion(x))
    assert np.abs(values[0]).max() > 0.01
    assert not values[1:].any()


def test_methods_are_compared_row_by_row(x):
    methods = {
        "both": METHODS["both"],
        "chance": lambda score, shown: np.random.default_rng(0).normal(size=(12, 4)),
    }
    frame = compare_methods(depth_of_i, [x, x], methods, n_random=2)
    assert len(frame) == 2 * 2 * 2 * 2
    table = summary(frame)
    assert table["method"].iloc[0] == "both"
    best = table.iloc[0]
    assert best["low"] <= best["gain"] <= best["high"]
    assert best["better"] == 1.0


def test_another_networks_map_is_another_map(x):
    maps = [attribute(random_network(seed), x).values for seed in range(6)]
    assert randomisation_similarity(maps[0], maps[0]) == pytest.approx(1.0)
    assert randomisation_similarity(maps[0], -maps[0]) == pytest.approx(-1.0)
    assert randomisation_similarity(maps[0], -maps[0], absolute=True) == pytest.approx(1.0)
    others = [randomisation_similarity(maps[0], other) for other in maps[1:]]
    assert abs(np.median(others)) < 0.5


def test_a_map_that_says_nothing_resembles_none():
    assert randomisation_similarity(np.zeros((12, 4)), np.arange(48.0).reshape(12, 4)) == 0.0


def test_figures_name_chance_other_methods_and_time():
    methods = {name: METHODS[name] for name in ("both", "removed")}
    figures = attribution_figures(depth_of_i, n_recordings=2, repeats=1, methods=methods)
    found = {each.name: each for each in figures}
    assert set(found) == {
        "attribution_gain_over_chance",
        "attribution_better_than_chance",
        "attribution_against_best_other",
        "attribution_one_recording",
    }
    assert found["attribution_one_recording"].target == "<= 500"
    assert "removed/line" in found["attribution_against_best_other"].detail
