from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.artifacts import load_artifact, verify_artifact
from core.cohort.folder import load_cohort
from core.demo import save_with_recordings
from core.ecg.interpretation import read_ecg
from core.ecg.network_settings import Layout, NetworkSettings
from core.errors import ArtifactError, CohortError, InputError, TrainingError
from core.evaluation import Evaluation
from core.prediction import predict_ecg
from core.prediction_files import predict_files
from core.progress import silent
from core.recordings import recordings_of
from core.results import load_results
from core.training import load_ecg_model, split_patients, train, training_json
from tests.conftest import SMALL

TINY = NetworkSettings(
    n_folds=2,
    epochs=2,
    least_steps=8,
    most_epochs=2,
    layout=Layout(widths=(8, 8), stem_kernel=15, stem_stride=8, kernel=5),
    rivals=(),
)


@pytest.fixture(scope="module")
def few(tiny):
    """120 of the tiny cohort's patients, recordings made again."""
    ids = tiny.labels.index[:120]
    assert tiny.table is not None
    assert tiny.oracle is not None
    table = replace(tiny.table, frame=tiny.table.frame.loc[ids])
    return replace(tiny, table=table, labels=tiny.labels.loc[ids], oracle=tiny.oracle.loc[ids])


@pytest.fixture(scope="module")
def folder(few, tmp_path_factory):
    place = tmp_path_factory.mktemp("cohorts") / "with-ecg"
    save_with_recordings(few, place, silent, workers=1)
    return place


@pytest.fixture(scope="module")
def root(few, tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    train(few, "diagnosis", "ecg", place, TINY)
    return place


def test_the_street_from_cohort_to_results(root, few):
    artifact, model = load_ecg_model(root, "diagnosis")
    assert verify_artifact(artifact) == []
    manifest = artifact.manifest
    assert manifest["n_train"] + manifest["n_test"] == 120
    assert manifest["class_counts"]["resampled"] == manifest["class_counts"]["train"]
    assert manifest["recordings"]["simulated"] is True
    assert manifest["cohort_digest"] == few.digest()
    told = training_json(artifact)
    json.dumps(told, allow_nan=False)
    assert list(told["metrics"]["classes"]) == ["no_pe", "pe"]
    found = load_results(root, "diagnosis", "ecg")
    assert found.twin is None
    assert found.oracle is not None
    assert model.classes == ("no_pe", "pe")


def test_predictions_file_holds_both_parts_and_what_the_simulator_knows(root, few):
    frame = load_results(root, "diagnosis", "ecg").frame("predictions")
    assert set(frame["part"]) == {"test", "out-of-fold"}
    assert not frame["patient_id"].duplicated().any()
    of_control = few.labels["pe"].loc[frame["patient_id"]].to_numpy() == 0
    assert ((frame["severity_group"] == "none") == of_control).all()
    assert ((frame["truth"] == "no_pe") == of_control).all()
    assert frame[["p_no_pe", "p_pe"]].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert frame["oracle_pe"].between(0, 1).all()


def test_figures_of_the_manifest_follow_from_the_stored_predictions(root):
    from core.evaluation import auroc

    found = load_results(root, "diagnosis", "ecg")
    frame = found.frame("predictions").query("part == 'test'")
    area = auroc((frame["truth"] == "pe").to_numpy(), frame["p_pe"].to_numpy())
    assert found.evaluation.classes["pe"].auroc.value == pytest.approx(area, abs=1e-6)


def test_record_and_recording_hold_out_the_same_patients(few, root, tmp_path):
    train(few, "diagnosis", "ehr", tmp_path, SMALL)
    parts = [
        load_results(place, "diagnosis", modality).frame("predictions").set_index("patient_id")["part"]
        for place, modality in ((tmp_path, "ehr"), (root, "ecg"))
    ]
    assert (parts[0].sort_index() == parts[1].sort_index()).all()
    assert (parts[0] == "test").sum() == split_patients(few, "diagnosis", SMALL.seed).sum()


def test_labels_of_the_test_part_do_not_reach_the_model(few, root, tmp_path, monkeypatch):
    test = split_patients(few, "diagnosis", TINY.seed)
    ids = test.index[test]
    labels = few.labels.copy()
    labels.loc[ids, "pe"] = 1 - labels.loc[ids, "pe"]
    # dealing looks at the labels, so the parts are held where they were
    monkeypatch.setattr("core.training.split_patients", lambda *_: test)
    train(replace(few, labels=labels), "diagnosis", "ecg", tmp_path, TINY)
    turned, before = (load_artifact(place / "diagnosis-ecg") for place in (tmp_path, root))
    for name in ("network.onnx", "model.json"):
        assert turned.read(name) == before.read(name)
    areas = [
        Evaluation.from_json(one.manifest["metrics"]).classes["pe"].auroc.value for one in (turned, before)
    ]
    assert sum(areas) == pytest.approx(1.0)


def test_outcome_of_three_classes_trains_too(tiny, tmp_path):
    artifact = train(tiny, "outcome", "ecg", tmp_path, TINY)
    assert list(training_json(artifact)["metrics"]["classes"]) == ["none", "death", "bleeding"]
    assert artifact.manifest["thresholds"] is None
    assert artifact.manifest["oracle_metrics"] is None
    Evaluation.from_json(artifact.manifest["metrics"])


def test_files_of_a_folder_train_and_pass_the_quality_gate(folder, tmp_path):
    place = tmp_path / "cohort"
    shutil.copytree(folder, place)
    flat = min((place / "ecg").glob("*.dat"))
    flat.write_bytes(b"\0" * flat.stat().st_size)
    artifact = train(load_cohort(place), "diagnosis", "ecg", tmp_path, TINY)
    assert artifact.manifest["recordings"]["n"] == 120
    assert artifact.manifest["recordings"]["n_unusable"] >= 1
    assert flat.stem not in set(load_results(tmp_path, "diagnosis", "ecg").frame("predictions")["patient_id"])


def test_own_recordings_with_a_table_of_labels_are_enough(folder, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(folder / "ecg", own)
    labels = pd.read_csv(folder / "labels.csv")[["patient_id", "pe"]]
    labels.rename(columns={"patient_id": "file"}).to_csv(own / "labels.csv", index=False)
    artifact = train(load_cohort(own), "diagnosis", "ecg", tmp_path / "models", TINY)
    assert artifact.manifest["oracle_metrics"] is None
    assert artifact.manifest["cohort"]["synthetic"] is False
    assert "severity_group" not in load_results(tmp_path / "models", "diagnosis", "ecg").frame("predictions")


def test_no_usable_recording_says_so(folder, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    for file in (broken / "ecg").glob("*.dat"):
        file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises(TrainingError, match="could be used"):
        train(load_cohort(broken), "diagnosis", "ecg", tmp_path / "models", TINY)


def test_a_cohort_without_recordings_says_so(few, tmp_path):
    with pytest.raises(CohortError):
        train(replace(few, oracle=None), "diagnosis", "ecg", tmp_path, TINY)


def test_predict_reads_a_folder_and_a_file(root, folder):
    told: list[str] = []
    every = predict_files(root, None, folder / "ecg", None, told.append)
    assert [one.modality for one in every] == ["ecg"] * 120
    usable = [one for one in every if one.probabilities]
    assert all(abs(sum(one.probabilities.values()) - 1) < 1e-9 for one in usable)
    chosen = usable[3]
    (alone,) = predict_files(
        root, None, folder / "ecg" / f"{chosen.patient_id}.hea", "diagnosis", told.append
    )
    assert alone.probabilities["pe"] == pytest.approx(chosen.probabilities["pe"], abs=1e-6)


def test_predict_by_table_and_recording_gives_both(root, few, folder, tmp_path):
    shutil.copytree(root, tmp_path / "models")
    train(few, "diagnosis", "ehr", tmp_path / "models", SMALL)
    found = predict_files(
        tmp_path / "models", folder / "ehr.csv", folder / "ecg", "diagnosis", lambda _: None
    )
    assert {one.modality for one in found} == {"ehr", "ecg"}


@pytest.mark.parametrize("ecg", ["none", "empty"])
def test_predict_from_nothing_is_a_sentence(root, tmp_path, ecg):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError):
        predict_files(root, None, tmp_path / ecg, None, lambda _: None)


def test_predict_without_a_model_says_which(folder, tmp_path):
    with pytest.raises(ArtifactError, match="diagnosis-ecg"):
        predict_files(tmp_path, None, folder / "ecg", None, lambda _: None)


def test_an_unusable_recording_gets_no_probability(root, few):
    _, model = load_ecg_model(root, "diagnosis")
    good = recordings_of(few).read(few.labels.index[5])
    flat = replace(good, signal=np.zeros_like(good.signal))
    first, second = predict_ecg(model, [("flat", read_ecg(flat)), ("good", read_ecg(good))], "diagnosis")
    assert first.probabilities == {}
    assert first.decided is None
    assert "cannot be read" in first.warnings[0].say("en")
    assert second.probabilities["pe"] > 0
    json.dumps(first.to_json())


def test_missing_leads_are_said(root, few):
    _, model = load_ecg_model(root, "diagnosis")
    good = recordings_of(few).read(few.labels.index[5])
    good.signal[8] = np.nan
    (one,) = predict_ecg(model, [("x", read_ecg(good))], "diagnosis")
    assert "V3" in one.warnings[0].say("zh")
