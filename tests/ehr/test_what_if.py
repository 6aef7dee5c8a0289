from __future__ import annotations

import numpy as np
import pytest

from core.cohort.columns import ReadingReport, Table
from core.ehr.encoding import OTHER
from core.ehr.shapley import explain
from core.ehr.what_if import allowed, changed, state_of, sweep, what_if
from core.errors import InputError
from core.prediction import predict_ehr


@pytest.fixture(scope="module")
def row(tiny):
    frame = tiny.table.frame
    return frame[frame["lactate"].isna()].iloc[[0]]


def _predicted(model, frame):
    table = Table(frame, model.encoder.columns, ReadingReport("", "", 1, 1))
    return predict_ehr(model, table, "outcome")[0]


def test_a_state_says_what_prediction_and_explanation_say(model, row):
    state, prediction, explanation = state_of(model, row), _predicted(model, row), explain(model, row)
    assert dict(zip(model.classes, state.probabilities, strict=True)) == prediction.probabilities
    assert state.prediction_set == prediction.prediction_set
    assert state.decided == prediction.decided
    np.testing.assert_array_equal(state.explanation.values, explanation.values)
    np.testing.assert_array_equal(state.explanation.observed, explanation.observed)


@pytest.mark.parametrize(
    ("variable", "value", "stored"),
    [
        ("age", 88.0, 88.0),
        ("lactate", 6.2, 6.2),
        ("cancer", 1.0, 1.0),
        ("cancer", "yes", 1.0),
        ("sex", "male", "male"),
        ("haemoglobin", None, np.nan),
        ("sex", None, None),
    ],
)
def test_changing_a_value_gives_what_a_patient_with_that_value_gets(model, row, variable, value, stored):
    edited = row.copy()
    edited[variable] = edited[variable].astype(object)
    edited[variable] = [stored]
    edited = edited.astype(row.dtypes.to_dict())
    change = what_if(model, row, variable, value)
    expected = _predicted(model, edited)
    assert dict(zip(model.classes, change.after.probabilities, strict=True)) == expected.probabilities
    before = _predicted(model, row)
    assert dict(zip(model.classes, change.before.probabilities, strict=True)) == before.probabilities


def test_a_state_at_hand_gives_the_same_change(model, row):
    fresh, kept = what_if(model, row, "age", 90.0), what_if(model, row, "age", 90.0, state_of(model, row))
    np.testing.assert_array_equal(fresh.shap, kept.shap)
    np.testing.assert_array_equal(fresh.after.probabilities, kept.after.probabilities)


def test_two_rows_are_compared_however_many_values_differ(model, row):
    other = row.assign(age=30.0, systolic_bp=70.0)
    change = changed(model, row, other)
    np.testing.assert_array_equal(change.after.probabilities, state_of(model, other).probabilities)
    assert np.abs(change.shap).max() > 0


def test_the_changes_of_the_contributions_add_up_to_the_margins(model, row):
    change = what_if(model, row, "systolic_bp", 70.0)
    raw = [
        model.main.trees.margins(model.encoder.design(one.explanation.data))[0]
        for one in (change.before, change.after)
    ]
    np.testing.assert_allclose(change.shap.sum(axis=1), raw[1] - raw[0], atol=1e-5)


def test_the_same_value_changes_nothing(model, row):
    change = what_if(model, row, "age", float(row["age"].iloc[0]))
    assert not change.shap.any()
    assert change.shap_frame(model, 1, "en").empty
    assert (change.probability_frame(model)["change"] == 0).all()


def test_what_has_changed_is_listed_with_the_largest_change_first(model, row):
    change = what_if(model, row, "haemoglobin", 70.0)
    frame = change.shap_frame(model, 1, "en")
    assert frame["change"].abs().is_monotonic_decreasing
    assert (frame["change"] != 0).all()
    np.testing.assert_allclose(frame["after"] - frame["before"], frame["change"])
    assert change.probability_frame(model)["change"].sum() == pytest.approx(0, abs=1e-9)


def test_an_imputed_value_that_moves_with_the_changed_one_is_listed_as_imputed(model, row):
    frame = what_if(model, row, "haemoglobin", 70.0).shap_frame(model, 1, "en").set_index("feature")
    assert list(frame.index) == ["haemoglobin", "lactate"]
    assert frame.loc["haemoglobin", "value_after"] == "70 g/L"
    assert list(frame["observed_after"]) == [True, False]
    assert frame.loc["lactate", "value_before"] != frame.loc["lactate", "value_after"]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("age", 300.0, "age = 300.0 lies outside what is plausible (0 to 120)"),
        ("age", float("inf"), "outside what is plausible"),
        ("sex", "neither", "sex: neither is none of the levels that the model knows"),
        ("cancer", 0.5, "cancer: 0.5 is none of the levels"),
        ("shoe_size", 43.0, "The model does not use shoe_size"),
    ],
)
def test_a_value_that_nobody_has_is_refused_in_one_sentence(model, row, variable, value, said):
    with pytest.raises(InputError, match=said.replace("(", r"\(").replace(")", r"\)")):
        what_if(model, row, variable, value)


def test_a_sweep_stays_within_what_was_seen_in_training(model, row):
    found = sweep(model, row, "age", n=9)
    feature = next(one for one in model.encoder.features if one.column.name == "age")
    assert found["value"].iloc[0] == feature.low == allowed(feature)[0]
    assert found["value"].iloc[-1] == feature.high
    assert found["value"].is_monotonic_increasing
    assert len(found) == 9
    np.testing.assert_allclose(found[[f"p_{name}" for name in model.classes]].sum(axis=1), 1)


def test_a_point_of_a_sweep_is_what_the_edit_gives(model, row):
    found = sweep(model, row, "lactate", n=5).iloc[2]
    change = what_if(model, row, "lactate", float(found["value"]))
    np.testing.assert_array_equal(found[[f"p_{name}" for name in model.classes]], change.after.probabilities)


def test_a_sweep_of_levels_tries_each_that_can_be_chosen(model, row):
    assert list(sweep(model, row, "cancer")["level"]) == ["no", "yes"]
    feature = next(one for one in model.encoder.features if one.column.name == "thrombolytic")
    assert list(sweep(model, row, "thrombolytic")["level"]) == [
        each for each in feature.levels if each != OTHER
    ]


def test_values_that_could_not_be_told_apart_are_tried_once(model, row):
    values = sweep(model, row, "spo2", n=400)["value"]
    assert values.is_unique
    assert len(values) < 100
