"""Familiarity inside a saved model: what a stranger is told, and that nothing else has changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.artifacts import load_artifact, to_json_bytes
from core.cohort.folder import CLASSES, restrict
from core.ehr import pipeline, storage
from core.ehr.pipeline import fit_ehr
from core.ehr.what_if import state_of, sweep, what_if
from core.errors import ArtifactError
from core.prediction import predict_ehr, predict_fusion
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def stranger(table):
    row = table.frame.iloc[[0]].copy()
    row[["age", "systolic_bp", "haemoglobin"]] = [3.0, 260.0, 30.0]
    return replace(table, frame=row)


def _predicted(model, table):
    return predict_ehr(model, table, "outcome")[0]


def test_a_stranger_gets_no_number_but_is_told_why(model, stranger):
    found = _predicted(model, stranger)
    assert found.withheld
    assert (found.probabilities, found.raw_probabilities, found.prediction_set, found.decided) == (
        {},
        {},
        (),
        None,
    )
    said = [warning.say("en") for warning in found.warnings]
    assert "This patient is too unlike those that the model was trained on: it gives no number." in said
    assert any("systolic_bp" in one for one in said)


def test_a_strangers_entry_keeps_the_contracts_keys(model, stranger):
    entry = _predicted(model, stranger).to_json()
    assert {
        "patient_id",
        "task",
        "modality",
        "probabilities",
        "raw_probabilities",
        "prediction_set",
        "warnings",
    } <= set(entry)
    assert entry["probabilities"] == {}
    assert entry["withheld"] is True


def test_patients_of_the_same_cohort_get_their_numbers(model, table):
    found = predict_ehr(model, table, "outcome")
    assert sum(one.withheld for one in found) <= len(found) / 100
    assert all(one.probabilities for one in found if not one.withheld)


def test_an_unusual_patient_gets_the_number_and_a_warning(model, table):
    edge = [
        one
        for one, standing in zip(
            predict_ehr(model, table, "outcome"),
            model.standings(model.encoder.encode(table.frame)),
            strict=True,
        )
        if standing.level == "edge" and standing.beyond == 0
    ]
    assert edge
    for one in edge:
        assert one.probabilities
        assert "warnings.edge_of_training" in [warning.key for warning in one.warnings]


def test_a_model_saved_without_familiarity_serves_as_before(trained, stranger):
    artifact = load_artifact(trained / "outcome-ehr")

    class Older:
        def __getattr__(self, name):
            return getattr(artifact, name)

        def read_json(self, name):
            stored = artifact.read_json(name)
            del stored["familiarity"]
            return stored

    older = storage.from_files(Older())
    assert {one.level for one in older.standings(np.zeros((2, len(older.encoder.features))))} == {"unknown"}
    found = _predicted(older, stranger)
    assert not found.withheld
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert not {"warnings.edge_of_training", "warnings.outside_of_training"} & {w.key for w in found.warnings}


def test_the_familiarity_of_another_model_is_refused(trained):
    artifact, other = load_artifact(trained / "outcome-ehr"), load_artifact(trained / "diagnosis-ehr")
    foreign = other.read_json("model.json")["familiarity"]
    foreign["cloud"] = {
        name: value[:-1] if name != "covariance" else value[: -len(foreign["cloud"]["center"])]
        for name, value in foreign["cloud"].items()
        if name != "shrinkage"
    } | {"shrinkage": foreign["cloud"]["shrinkage"]}

    class Mixed:
        def __getattr__(self, name):
            return getattr(artifact, name)

        def read_json(self, name):
            return artifact.read_json(name) | {"familiarity": foreign}

    with pytest.raises(ArtifactError, match="parts of different models"):
        storage.from_files(Mixed())


def test_trees_imputer_and_choice_are_the_same_bytes_with_and_without_it(tiny, monkeypatch):
    table, codes, groups = restrict(tiny, "outcome")

    def parts():
        files, rest, arrays = storage.to_parts(fit_ehr(table, codes, groups, CLASSES["outcome"], SMALL).model)
        familiarity = rest.pop("familiarity")
        return (
            files,
            to_json_bytes(rest),
            {name: value.tobytes() for name, value in arrays.items()},
            familiarity,
        )

    *with_it, familiarity = parts()
    *again, repeated = parts()
    monkeypatch.setattr(pipeline, "fit_familiarity", lambda *_: None)
    *without, nothing = parts()
    assert with_it == again == without
    assert familiarity == repeated
    assert nothing is None


def test_a_change_into_a_stranger_says_that_its_numbers_are_not_to_be_shown(model, table):
    row = table.frame.iloc[[0]]
    assert not state_of(model, row).withheld
    change = what_if(model, row, "age", 119.0)
    assert change.after.standing.variables[0] == "age"
    assert change.after.withheld == (change.after.standing.level == "outside")


def test_a_sweep_has_gaps_where_the_patient_would_be_a_stranger(model, stranger):
    columns = [f"p_{name}" for name in model.classes]
    assert sweep(model, stranger.frame, "spo2")[columns].isna().all(axis=None)


def test_the_fusion_gives_a_stranger_no_number_either(model, table, stranger):
    record = _predicted(model, stranger)
    recording = replace(_predicted(model, replace(table, frame=table.frame.iloc[[1]])), modality="ecg")
    found = predict_fusion(None, record, recording, "outcome")
    assert found.withheld
    assert found.probabilities == {}
    assert {"warnings.outside_of_training", "warnings.fusion_withheld"} <= {w.key for w in found.warnings}
