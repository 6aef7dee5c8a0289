"""Charts of thresholds, prevalence and subgroups show the numbers that were given."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from core import charts
from tests.charts import examples


def trace(figure, **wanted):
    return next(
        one for one in figure.data if all(getattr(one, key) == value for key, value in wanted.items())
    )


def test_the_point_stands_at_its_sensitivity_and_specificity_with_both_intervals():
    given = examples.at_threshold()
    point = trace(charts.roc_at_threshold(**given, language="en").figure, name="threshold")
    assert point.x[0] == pytest.approx(0.29)
    assert point.y[0] == pytest.approx(0.6)
    assert point.y[0] + point.error_y.array[0] == pytest.approx(0.67)
    assert point.y[0] - point.error_y.arrayminus[0] == pytest.approx(0.52)
    # limits of 1 - specificity: 1 - .76 and 1 - .65
    assert point.x[0] - point.error_x.arrayminus[0] == pytest.approx(0.24)
    assert point.x[0] + point.error_x.array[0] == pytest.approx(0.35)


def test_reported_and_published_points_differ_by_symbol_and_are_named():
    figure = charts.roc_at_threshold(**examples.at_threshold(), language="zh").figure
    report, study = trace(figure, hovertext=("Report",)), trace(figure, hovertext=("Wysokinski 2024",))
    assert (report.x[0], report.y[0]) == pytest.approx((0.146, 0.419))
    assert report.marker.symbol != study.marker.symbol
    assert "原报告" in figure.layout.title.subtitle.text


def test_without_others_and_oracle_only_the_model_is_drawn():
    given = examples.at_threshold() | {"published": None, "oracle": None}
    figure = charts.roc_at_threshold(**given, language="en").figure
    assert len(figure.data) == 4, "diagonal, band, curve, point"
    assert "published" not in figure.layout.title.subtitle.text


def test_histogram_shares_add_up_in_each_class_and_point_apart():
    given = examples.class_probabilities()
    figure = charts.probability_histogram(given, threshold=0.4, language="en").figure
    up, down = figure.data
    assert up.customdata.sum() == pytest.approx(100, abs=1e-3)
    assert down.customdata.sum() == pytest.approx(100, abs=1e-3)
    np.testing.assert_allclose(up.y, up.customdata)
    np.testing.assert_allclose(down.y, -down.customdata)
    assert figure.layout.shapes[0].x0 == pytest.approx(40)
    assert all("-" not in tick for tick in figure.layout.yaxis.ticktext)


def test_histogram_sends_no_patients_value():
    given = examples.class_probabilities()
    sent = json.loads(charts.probability_histogram(given, threshold=0.4, language="en").figure.to_json())
    assert f"{given['probability'].iloc[0]:.6f}" not in json.dumps(sent)
    assert len(charts.probability_histogram(given, threshold=0.4, language="en").figure.data[0].x) == 25


def test_post_test_lines_are_marked_at_the_chosen_prevalence():
    chart = charts.post_test_probability(examples.post_test(), prevalence=0.1, language="en")
    marks = [one.text[0] for one in chart.figure.data if one.mode == "markers+text"]
    # odds 1/9 times 2.87 and .68
    assert marks == ["<b>24</b>", "<b>7</b>"]
    assert "24 of 100 after a positive" in chart.alt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_subgroups_too_few_to_judge_are_grey_hollow_and_said(language):
    chart = charts.subgroup_aurocs(examples.subgroups(), "AUROC", language=language)
    severe, mild, *_ = chart.figure.data
    assert severe.marker.symbol == "circle"
    assert mild.marker.symbol == "circle-open"
    assert mild.marker.color != severe.marker.color
    assert {"zh": "例数太少", "en": "too few"}[language] in chart.figure.layout.annotations[1].text


def test_subgroup_intervals_and_best_possible_are_those_given():
    figure = charts.subgroup_aurocs(examples.subgroups(), "AUROC", language="en").figure
    dot = figure.data[0]
    assert dot.x[0] + dot.error_x.array[0] == pytest.approx(0.88)
    assert dot.x[0] - dot.error_x.arrayminus[0] == pytest.approx(0.8)
    np.testing.assert_allclose(figure.data[-1].x, [0.86, 0.64, 0.73])
    without = charts.subgroup_aurocs(examples.subgroups().drop(columns="reference"), "AUROC", language="en")
    assert "best possible" not in without.alt


def test_an_undefined_subgroup_is_a_dash_and_not_a_crash():
    frame = examples.subgroups()
    frame.loc[1, ["auroc", "low", "high", "reference"]] = np.nan
    chart = charts.subgroup_aurocs(frame, "AUROC", language="en")
    assert "轻度肺栓塞: –" in chart.alt


def test_labels_from_files_carry_no_markup():
    nasty = '<a href="x">K+</a>'
    groups = charts.subgroup_aurocs(examples.subgroups().assign(label=nasty), "AUROC", language="en").figure
    published = pd.DataFrame(
        {"label": [nasty], "sensitivity": [0.5], "specificity": [0.5], "kind": ["published"]}
    )
    given = examples.at_threshold() | {"published": published}
    roc = charts.roc_at_threshold(**given, language="en").figure
    for figure in (groups, roc):
        assert "<a href" not in figure.to_json().encode().decode("unicode_escape", errors="ignore")


@pytest.mark.parametrize(("end", "side"), [(0.0, "right"), (0.2, "left")])
def test_the_legend_stands_where_no_model_passes(end, side):
    thresholds = np.linspace(0.01, 0.4, 40)
    curve = pd.DataFrame(
        {
            "series": "fusion",
            "threshold": thresholds,
            "model": np.linspace(0.4, end, 40),
            "treat_all": np.linspace(0.4, 0.02, 40),
        }
    )
    layout = charts.net_benefit(curve, "pe", language="en").figure.layout
    assert layout.legend.xanchor == side
    # neither does the line of acting on nobody
    least, most = layout.yaxis.range
    assert layout.legend.y > -least / (most - least)
