from __future__ import annotations

import numpy as np
import pytest

from core.evaluation import (
    auroc,
    calibration_frame,
    decision_frame,
    operating_point,
    precision_recall_frame,
    roc_frame,
    threshold_table,
)

CLASSES = ("none", "death", "bleeding")


def test_roc_frame_has_at_most_200_points_a_class_and_the_right_area(large_forecast):
    frame = roc_frame(*large_forecast, CLASSES, n_bootstrap=50)
    assert frame.columns.tolist() == ["class", "fpr", "tpr", "low", "high", "threshold"]
    assert frame.groupby("class").size().max() <= 200
    for code, name in enumerate(CLASSES):
        part = frame[frame["class"] == name]
        expected = auroc(large_forecast.truth == code, large_forecast.probabilities[:, code])
        assert np.trapezoid(part["tpr"], part["fpr"]) == pytest.approx(expected, abs=2e-3)
        assert (part["low"] <= part["high"]).all()


def test_curves_leave_an_absent_class_out(forecast):
    rows = forecast.truth != 2
    truth, probabilities = forecast.truth[rows], forecast.probabilities[rows]
    assert set(roc_frame(truth, probabilities, CLASSES, n_bootstrap=10)["class"]) == {"none", "death"}
    assert set(precision_recall_frame(truth, probabilities, CLASSES)["class"]) == {"none", "death"}
    assert set(calibration_frame(truth, probabilities, CLASSES)["class"]) == set(CLASSES)


def test_one_class_only_gives_empty_curves_with_their_columns():
    truth, probabilities = np.zeros(3, int), np.full((3, 2), 0.5)
    assert roc_frame(truth, probabilities, ("a", "b")).columns[0] == "class"
    assert len(roc_frame(truth, probabilities, ("a", "b"))) == 0
    assert len(precision_recall_frame(truth, probabilities, ("a", "b"))) == 0


def test_precision_recall_frame_carries_the_chance_level(forecast):
    frame = precision_recall_frame(*forecast, CLASSES)
    share = np.mean(forecast.truth == 1)
    assert frame.loc[frame["class"] == "death", "prevalence"].unique() == pytest.approx([share])
    assert frame.groupby("class").size().max() <= 200
    assert frame.groupby("class")["recall"].max().tolist() == [1, 1, 1]


def test_calibration_and_decision_frames_put_the_class_first(forecast):
    for frame in (calibration_frame(*forecast, CLASSES), decision_frame(*forecast, CLASSES)):
        assert frame.columns[0] == "class"
        assert frame["class"].unique().tolist() == list(CLASSES)


def test_threshold_table_agrees_with_single_operating_points(forecast):
    event, p = forecast.truth == 1, forecast.probabilities[:, 1]
    table = threshold_table(event, p, np.array([0.1, 0.3])).set_index("threshold")
    point = operating_point(event, p, 0.1)
    assert table.loc[0.1, "sensitivity"] == point.sensitivity.value
    assert table.loc[0.1, "specificity_low"] == point.specificity.low
    assert table.loc[0.1, "false_alarms_per_event"] == pytest.approx(9)
    assert table.loc[0.1, "flagged"] == np.mean(p >= 0.1)
