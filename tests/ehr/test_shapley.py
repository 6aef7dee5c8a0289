from __future__ import annotations

import numpy as np
import pytest

from core.artifacts import load_artifact, to_npz_bytes
from core.cohort.folder import restrict
from core.ehr.boosting import Growth, Trees, grow
from core.ehr.shapley import Explanation, additivity_error, by_variable, explain, sample_rows
from core.errors import ArtifactError


@pytest.fixture(scope="module")
def explanation(model, tiny):
    return explain(model, restrict(tiny, "outcome")[0].frame)


def test_base_and_contributions_add_up_to_the_margin(model, explanation):
    assert additivity_error(model, explanation) < 1e-4
    assert np.abs(explanation.values).max() > 0.01


def test_the_margins_are_the_logs_of_the_raw_probabilities(model, explanation):
    margins = explanation.base + explanation.values.sum(axis=2)
    weights = np.exp(margins)
    raw = model.main.trees.probabilities(model.encoder.design(explanation.data))
    np.testing.assert_allclose(weights / weights.sum(axis=1, keepdims=True), raw, atol=1e-5)


def test_one_value_a_variable_however_many_levels_it_has(model, explanation):
    k = len(model.classes)
    assert explanation.values.shape == (len(explanation.patient_ids), k, len(model.encoder.features))
    assert any(feature.width > 1 for feature in model.encoder.features)
    columns = np.arange(2.0 * k * len(model.encoder.owners)).reshape(2, k, -1)
    summed = by_variable(columns, model.encoder)
    np.testing.assert_allclose(summed.sum(axis=2), columns.sum(axis=2))
    for j in range(len(model.encoder.features)):
        mine = columns[:, :, model.encoder.owners == j]
        np.testing.assert_allclose(summed[:, :, j], mine.sum(axis=2))


def test_imputed_values_are_marked(model, tiny, explanation):
    frame = restrict(tiny, "outcome")[0].frame
    j = [column.name for column in model.encoder.columns].index("lactate")
    assert (explanation.observed[:, j] == frame["lactate"].notna().to_numpy()).all()
    assert not explanation.observed.all()
    assert not np.isnan(explanation.data).any()


# shap's drawing module, loaded with it, prepares its colours in a way that matplotlib is about to change
@pytest.mark.filterwarnings("ignore:The set_(bad|over|under) function:PendingDeprecationWarning")
@pytest.mark.parametrize("n_classes", [2, 3])
def test_agrees_with_the_shap_package(n_classes):
    import shap

    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 4))
    y = np.digitize(X[:, 0] + 0.5 * X[:, 1] * X[:, 2], [0.0, 1.0][: n_classes - 1])
    trees = grow(X, y, n_classes, Growth(depth=3, learning_rate=0.3, rounds=8, seed=0))
    values, base = trees.contributions(X)
    explainer = shap.TreeExplainer(trees.booster)
    theirs = explainer.shap_values(X, check_additivity=False)
    # only complete once values were asked for
    expected = np.asarray(explainer.expected_value, dtype=np.float64)
    np.testing.assert_allclose(values, np.moveaxis(np.asarray(theirs), 2, 1), atol=1e-4)
    np.testing.assert_allclose(base, expected, atol=1e-4)


def test_stored_explanations_are_those_of_test_patients(trained):
    artifact = load_artifact(trained / "outcome-ehr")
    stored = Explanation.from_arrays(artifact.read_arrays("explanation.npz"))
    assert len(stored.patient_ids) == artifact.manifest["n_test"]
    assert artifact.manifest["additivity_error"] < 1e-4


def test_the_same_explanation_gives_the_same_bytes(explanation):
    assert to_npz_bytes(explanation.to_arrays()) == to_npz_bytes(explanation.to_arrays())
    assert Explanation.from_arrays(explanation.to_arrays()).patient_ids == explanation.patient_ids


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays: arrays.pop("base"),
        lambda arrays: arrays.update(data=arrays["data"][1:]),
        lambda arrays: arrays.update(values=arrays["values"][0]),
        lambda arrays: arrays.update(base=np.array(["a", "b", "c"])),
        lambda arrays: arrays.update(patient_ids=arrays["patient_ids"][:-1]),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(explanation, damage):
    arrays = explanation.to_arrays()
    damage(arrays)
    with pytest.raises(ArtifactError):
        Explanation.from_arrays(arrays)


def test_rows_are_drawn_without_regard_to_class_and_at_most_six_hundred():
    assert sample_rows(10, seed=0).tolist() == list(range(10))
    drawn = sample_rows(5000, seed=0)
    assert len(np.unique(drawn)) == 600
    assert (drawn == sample_rows(5000, seed=0)).all()


def test_bytes_that_are_no_trees_are_refused():
    for raw in (b"", b"{", b"{}", b"not a model", bytes(range(256)), b"{L" + bytes(50)):
        with pytest.raises(ArtifactError, match="trees"):
            Trees.from_bytes(raw, 3)
