from __future__ import annotations

import numpy as np
import pytest

from core import charts
from core.charts.swarm import MOST_POINTS, swarm_offsets
from tests.charts import examples


def swarm(**changes):
    return charts.beeswarm(
        **{"points": examples.points(), "class_name": "bleeding", "language": "en"} | changes
    )


def test_two_traces_at_most_and_one_where_nothing_was_imputed():
    assert len(swarm().figure.data) == 2
    assert len(swarm(points=examples.points().assign(observed=True)).figure.data) == 1


def test_imputed_values_are_hollow():
    seen, filled = swarm().figure.data
    assert filled.marker.symbol == "circle-open"
    assert seen.marker.symbol is None
    given = examples.points()
    top = given["feature"].isin(
        given.groupby("feature")["shap"].apply(lambda s: s.abs().mean()).nlargest(20).index
    )
    assert len(filled.x) == (top & ~given["observed"]).sum()


def test_twenty_rows_of_four_hundred_points_stay_small():
    figure = swarm(points=examples.points(20, 400)).figure
    assert sum(len(trace.x) for trace in figure.data) == 8000
    assert figure.data[0].x.dtype == figure.data[0].y.dtype == np.float32
    assert len(figure.to_json()) < 600_000


def test_rows_are_thinned_evenly_and_say_so():
    given = examples.points(3, 1000)
    chart = swarm(points=given)
    row = given[given["feature"] == "f0"]["shap"].to_numpy(dtype=np.float32)
    drawn = np.concatenate([trace.x for trace in chart.figure.data])
    assert len(drawn) == 3 * MOST_POINTS
    assert row.min() in drawn
    assert row.max() in drawn
    assert "400 of 1,000 patients" in chart.figure.layout.title.subtitle.text


def test_rows_are_ordered_by_mean_absolute_shap():
    given = examples.points()
    figure = swarm(points=given, top=4).figure
    strength = given.assign(size=given["shap"].abs()).groupby("feature")["size"].mean().nlargest(4)
    labels = given.drop_duplicates("feature").set_index("feature")["label"][strength.index]
    shown = [words.replace("<br>", " ") for words in figure.layout.yaxis.ticktext]
    assert len(shown) == 4
    assert all(words[:12] == label[:12] for words, label in zip(shown, labels, strict=True))


def test_points_stay_within_their_row():
    for trace in swarm().figure.data:
        assert np.all(np.abs(trace.y - np.round(trace.y)) <= 0.421)


def test_equal_values_stack_and_lone_ones_do_not():
    offsets = swarm_offsets(np.array([0.0] * 5 + [1.0]), 0.0, 1.0)
    np.testing.assert_allclose(sorted(offsets[:5]), [-0.14, -0.07, 0, 0.07, 0.14])
    assert offsets[5] == 0


@pytest.mark.parametrize("values", [np.zeros(0), np.zeros(1), np.zeros(500)])
def test_rows_without_spread(values):
    assert np.all(np.abs(swarm_offsets(values, 0.0, 0.0)) <= 0.42)


def test_alternative_text_says_where_high_values_lead():
    given = examples.points(2, 100).assign(value=lambda f: f["shap"].rank(pct=True))
    assert "Systolic blood pressure [mmHg]: high values raise the risk" in swarm(points=given).alt
    falling = given.assign(value=lambda f: 1 - f["value"])
    assert "high values lower the risk" in swarm(points=falling).alt


def test_values_without_order_take_the_middle_colour():
    figure = swarm(points=examples.points().assign(value=np.nan)).figure
    assert set(figure.data[0].marker.color) == {0.5}
