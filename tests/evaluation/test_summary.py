from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.evaluation import Evaluation, evaluate
from core.evaluation.classification import class_counts, measures

CLASSES = ("none", "death", "bleeding")
CONTRACT = {
    "auroc", "auprc", "sensitivity", "specificity", "ppv", "npv", "f1", "brier", "calibration_slope",
    "calibration_intercept",
}  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(forecast):
    return evaluate(*forecast, forecast.probabilities.argmax(axis=1), CLASSES)


def strict_json(evaluation):
    return json.loads(json.dumps(evaluation.to_json(), allow_nan=False))


def test_json_holds_all_that_the_contract_names(evaluation):
    stored = strict_json(evaluation)
    assert {"accuracy", "macro_auroc", "classes", "confusion"} <= set(stored)
    assert isinstance(stored["accuracy"], float)
    assert isinstance(stored["macro_auroc"], float)
    assert list(stored["classes"]) == list(CLASSES)
    for figures in stored["classes"].values():
        assert set(figures) >= CONTRACT
        assert set(figures["auroc"]) == {"value", "low", "high"}
        assert all(isinstance(figures[name], float) for name in CONTRACT - {"auroc"})
    assert stored["confusion"]["labels"] == list(CLASSES)


def test_figures_follow_from_the_matrix_shown(evaluation, forecast):
    assert evaluation.confusion.sum() == evaluation.n == len(forecast.truth)
    assert evaluation.confusion.sum(axis=1).tolist() == np.bincount(forecast.truth).tolist()
    for code, one in enumerate(evaluation.classes.values()):
        assert one.measures == measures(class_counts(evaluation.confusion, code))
        assert one.events == evaluation.confusion[code].sum()


def test_evaluation_survives_json_in_any_order(evaluation):
    stored = json.loads(json.dumps(evaluation.to_json(), sort_keys=True))
    again = Evaluation.from_json(stored)
    assert again.to_json() == evaluation.to_json()
    assert list(again.classes) == list(CLASSES)


def test_same_seed_same_figures(evaluation, forecast):
    again = evaluate(*forecast, forecast.probabilities.argmax(axis=1), CLASSES)
    assert again.to_json() == evaluation.to_json()


def test_an_absent_class_has_no_auroc_and_nothing_is_nan_in_json():
    truth = np.array([0] * 10 + [1] * 4)
    probabilities = np.random.default_rng(0).dirichlet(np.ones(3), 14)
    stored = strict_json(evaluate(truth, probabilities, probabilities.argmax(axis=1), CLASSES))
    assert stored["classes"]["bleeding"]["auroc"] == {"value": None, "low": None, "high": None}
    assert stored["classes"]["bleeding"]["sensitivity"] is None
    assert stored["classes"]["bleeding"]["calibration_slope"] is None
    assert stored["macro_auroc"] is None
    assert stored["classes"]["death"]["auroc"]["low"] is not None
    assert math.isnan(Evaluation.from_json(stored).classes["bleeding"].auroc.value)


def test_one_patient_is_evaluated():
    stored = strict_json(evaluate(np.array([1]), np.array([[0.3, 0.7]]), np.array([1]), ("no_pe", "pe")))
    assert stored["accuracy"] == 1
    assert stored["n"] == 1
    assert stored["macro_auroc"] is None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.sampled_from([0, 0.1, 0.5, 1.0])), min_size=1)
)
def test_anything_of_the_right_shape_is_evaluated(rows):
    truth, predicted, p = (np.array(column) for column in zip(*rows, strict=True))
    found = evaluate(truth, np.column_stack([1 - p, p]), predicted, ("no_pe", "pe"), n_bootstrap=20)
    assert strict_json(found)["n"] == len(rows)


@pytest.mark.parametrize(
    ("truth", "probabilities", "predicted", "sentence"),
    [
        ([], np.empty((0, 2)), [], "No patient"),
        ([0, 1], np.full((3, 2), 0.5), [0, 1], "do not belong together"),
        ([0, 1], np.full((2, 2), 0.5), [0], "do not belong together"),
        ([0, 2], np.full((2, 2), 0.5), [0, 1], "do not belong together"),
        ([0, 1], np.array([[0.5, 0.5], [np.nan, 0.5]]), [0, 1], "no_pe for patient 2"),
        ([0, 1], np.array([[0.5, 1.5], [0.5, 0.5]]), [0, 1], "pe for patient 1"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(truth, probabilities, predicted, sentence):
    with pytest.raises(InputError, match=sentence):
        evaluate(np.array(truth), probabilities, np.array(predicted), ("no_pe", "pe"))


def test_importing_the_room_loads_neither_scipy_nor_scikit_learn():
    code = (
        "import sys, core.evaluation; print([m for m in ('scipy', 'sklearn', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
