"""The numbers in a figure are the numbers that were given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core import charts
from tests.charts import examples


def test_confusion_matrix_shows_counts_and_row_shares():
    given = examples.confusion()
    figure = charts.confusion_matrix(**given, language="en").figure
    heat, words = figure.data
    np.testing.assert_allclose(heat.z, given["counts"] / given["counts"].sum(axis=1, keepdims=True))
    np.testing.assert_array_equal(np.reshape(words.customdata, (3, 3)), given["counts"])
    assert words.text[0] == "<b>242</b><br>71%"
    assert list(figure.layout.yaxis.range) == [2.5, -0.5], "the first class stands on top"


def test_confusion_matrix_of_a_class_without_patients():
    chart = charts.confusion_matrix(("no_pe", "pe"), np.array([[5, 1], [0, 0]]), language="en")
    assert chart.figure.data[1].text[2] == "<b>0</b><br>–"


def test_roc_curves_keep_their_points_and_cap_the_first_threshold():
    figure = charts.roc_curves(examples.roc(), examples.AREAS, language="en").figure
    death = next(trace for trace in figure.data if trace.name == "Death")
    given = examples.roc().query("`class` == 'death'")
    np.testing.assert_allclose(death.x, given["fpr"], atol=1e-6)
    np.testing.assert_allclose(death.y, given["tpr"], atol=1e-6)
    assert death.customdata[0] == 1
    assert "0.78 (0.71–0.85)" in figure.layout.annotations[0].text


def test_roc_curves_of_a_large_cohort_keep_both_ends():
    figure = charts.roc_curves(examples.roc(5000), examples.AREAS, language="en").figure
    death = next(trace for trace in figure.data if trace.name == "Death")
    assert len(death.x) == 1000
    assert (death.x[0], death.x[-1]) == (0, 1)


def test_precision_recall_baseline_is_the_prevalence():
    given = examples.everything()["precision_recall"]
    figure = charts.precision_recall(**given, language="en").figure
    assert list(figure.data[3].y) == [0.07, 0.07]
    assert "0.30 (0.20–0.41)" in figure.data[2].name


def test_class_flow_shows_shares_of_the_stage_and_counts():
    figure = charts.class_flow(examples.flow(), language="en").figure
    bars = figure.data[0]
    assert list(bars.customdata[:4]) == [1700, 1360, 600, 340]
    np.testing.assert_allclose(bars.x[4:8], [7.2, 7.1875, 100 / 3, 7.25])
    assert bars.text[6] == "600 (33%)"
    assert list(bars.marker.pattern.shape[4:8]) == ["", "", "/", ""], "the resampled rows alone are hatched"
    natural = [shape.x0 for shape in figure.layout.shapes]
    np.testing.assert_allclose(natural, [85.0, 7.2, 7.8])


def test_shap_summary_orders_by_the_sum_over_classes():
    given = examples.importance()
    figure = charts.shap_summary(given, language="en", top=5).figure
    order = given.groupby("feature")["mean_abs"].sum().sort_values(ascending=False).index[:5]
    for trace, name in zip(figure.data, examples.CLASSES, strict=True):
        part = given[given["class"] == name].set_index("feature")["mean_abs"][order]
        np.testing.assert_allclose(trace.x, part, rtol=1e-6)


def test_waterfall_runs_from_base_to_total():
    given = examples.waterfall()
    figure = charts.waterfall(**given, language="en").figure
    bars = figure.data[0]
    assert len(bars.x) == 11
    starts = np.asarray(bars.base, dtype=float)
    np.testing.assert_allclose(starts[0], -1.8)
    np.testing.assert_allclose(starts[-1] + bars.x[-1], given["total"])
    np.testing.assert_allclose(starts[1:], (starts + bars.x)[:-1])
    assert np.all(np.diff(np.abs(bars.x[:10])) <= 0)


def test_waterfall_refuses_contributions_that_do_not_add_up():
    given = examples.waterfall() | {"total": 3.0}
    with pytest.raises(ValueError, match=r"not the total 3\.0000"):
        charts.waterfall(**given, language="en")


def test_probability_bars_speak_of_patients_in_a_hundred():
    chart = charts.probability_bars(examples.risks(), language="en")
    np.testing.assert_allclose(chart.figure.data[0].x, [78, 0.3, 21.7])
    np.testing.assert_allclose(chart.figure.data[0].error_x.array[0], 7)
    np.testing.assert_allclose(chart.figure.data[1].x, [85, 7, 8])
    assert "Bleeding: 22 of 100 (14–31) · all ▲ 8" in chart.alt
    assert "Death: <1 of 100 · all" in chart.alt
    assert "死亡：100 人中 <1 人" in charts.probability_bars(examples.risks(), language="zh").alt


def test_missingness_puts_the_most_missing_first_within_each_group():
    given = examples.missing()
    figure = charts.missingness(given, language="en").figure
    first = given[given["group"] == "Vital signs"].sort_values("share", ascending=False)
    np.testing.assert_allclose(figure.data[0].x[: len(first)], first["share"] * 100)
    assert [note.text for note in figure.layout.annotations] == [
        "<b>Vital signs</b>",
        "<b>Laboratory</b>",
        "<b>影像</b>",
    ]


def test_imputation_error_keeps_numbers_and_categories_apart():
    figure = charts.imputation_error(examples.errors(), language="en").figure
    numeric, categorical = figure.data
    assert list(numeric.x) == [0.42, 0.61, 0.77, 0.83, 0.95, 1.04]
    assert list(categorical.x) == [0.12, 0.23, 0.31]
    assert numeric.marker.symbol != categorical.marker.symbol


def test_distribution_sends_quartiles_and_no_patient():
    given = examples.values()
    figure = charts.distribution(given, "x", language="en", unit="/min", reference=(None, 100)).figure
    box = next(trace for trace in figure.data if trace.type == "box")
    none = given.loc[given["class"] == "none", "value"]
    np.testing.assert_allclose([box.q1[0], box.median[0], box.q3[0]], np.percentile(none, [25, 50, 75]))
    assert max(len(trace.x) for trace in figure.data if trace.x is not None) == 240
    assert figure.layout.shapes[0].x1 == 100
    assert figure.layout.shapes[0].x0 == figure.layout.xaxis.range[0], "open below"


def test_distribution_leaves_out_what_is_no_number():
    given = pd.DataFrame({"class": ["pe", "pe", "no_pe"], "value": [1.0, np.inf, np.nan]})
    assert "PE (n = 1): median 1" in charts.distribution(given, "x", language="en").alt


def test_level_shares_are_shares_of_the_class():
    figure = charts.level_shares(examples.levels(), "Malignancy", language="en").figure
    np.testing.assert_allclose(figure.data[0].x[:3], [100 * 300 / 420, 100 * 12 / 43, 100 * 20 / 45])


def test_learning_curve_draws_intervals_and_the_best_possible():
    given = examples.learning()
    figure = charts.learning_curve(given, language="en").figure
    none = given[given["class"] == "none"]
    np.testing.assert_allclose(figure.data[0].y, none["auroc"])
    np.testing.assert_allclose(figure.data[0].error_y.array, none["high"] - none["auroc"])
    np.testing.assert_allclose(figure.data[1].y, none["oracle"])
    assert figure.data[1].line.dash == "dot"


def test_calibration_curve_counts_every_patient_once():
    given = examples.everything()["calibration_curve"]
    figure = charts.calibration_curve(**given, language="en").figure
    raw = given["curve"].query("series == 'raw'")
    line = next(trace for trace in figure.data if trace.name == "Raw")
    np.testing.assert_allclose(line.x, raw["predicted"] * 100, rtol=1e-6)
    np.testing.assert_allclose(line.y, raw["observed"] * 100, rtol=1e-6)
    steps = [trace for trace in figure.data if trace.yaxis == "y2"]
    # the last height is drawn twice, so that the last bar has its width
    assert [sum(trace.y[:-1]) for trace in steps] == [400, 400, 400]
