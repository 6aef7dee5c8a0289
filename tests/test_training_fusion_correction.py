"""A fusion with a correction, from training through the saved artifact to one patient."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.artifacts import load_artifact, verify_artifact
from core.ecg.interpretation import read_ecg
from core.errors import ArtifactError
from core.fusion import growing, strategies
from core.fusion.settings import FusionSettings
from core.prediction import fusion_features, predict_ecg, predict_ehr, predict_fusion
from core.recordings import recordings_of
from core.results import load_results
from core.training import load_ecg_model, load_ehr_model, load_fusion_model, train
from tests.conftest import SMALL
from tests.test_training_ecg import TINY, few  # noqa: F401 - a fixture

QUICK = FusionSettings(fewest_patients=40, fewest_events=5, rounds=5, epochs=4, components=3)


@pytest.fixture(scope="module")
def bases(few, tmp_path_factory):  # noqa: F811
    place = tmp_path_factory.mktemp("bases")
    train(few, "diagnosis", "ehr", place, SMALL)
    train(few, "diagnosis", "ecg", place, TINY)
    return place


@pytest.fixture(scope="module", params=["embedding", "joint"])
def root(request, bases, few):  # noqa: F811
    """So few patients would keep the plain sum: here the kind and three steps are set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strategies, "_plainest", lambda *_: request.param)
        patch.setattr(growing, "_best_step", lambda *_: 3)
        train(few, "diagnosis", "fusion", bases, QUICK)
    return bases


def test_the_manifest_says_what_was_kept(root):
    artifact = load_artifact(root / "diagnosis-fusion")
    assert verify_artifact(artifact) == []
    ways = {one["name"]: one for one in artifact.manifest["strategies"]}
    assert ways[artifact.manifest["correction"]]["chosen"]
    assert ways["embedding"]["steps"] == ways["joint"]["steps"] == 3
    assert artifact.manifest["settings"]["rounds"] == 5


def test_what_each_adds_gives_the_probability_shown(root):
    found = load_results(root, "diagnosis", "fusion")
    test = found.frame("predictions").query("part == 'test'")
    counts = found.artifact.manifest["class_counts"]["train"]
    odds = np.log(counts["pe"] / counts["no_pe"]) + found.artifact.manifest["weights"]["pe"]["intercept"]
    odds = odds + test["ehr_adds_pe"] + test["ecg_adds_pe"]
    assert test["p_pe"].to_numpy() == pytest.approx((1 / (1 + np.exp(-odds))).to_numpy(), abs=1e-6)
    assert np.abs(test["p_pe"] - test["raw_pe"]).max() > 1e-4  # the correction does something


def test_a_patient_served_is_the_patient_evaluated(root, few):  # noqa: F811
    _, fusion = load_fusion_model(root, "diagnosis")
    _, ehr = load_ehr_model(root, "diagnosis")
    _, ecg = load_ecg_model(root, "diagnosis")
    test = load_results(root, "diagnosis", "fusion").frame("predictions").query("part == 'test'")
    row = test.iloc[3]
    patient = row["patient_id"]
    table = replace(few.table, frame=few.table.frame.loc[[patient]])
    readings = [(patient, read_ecg(recordings_of(few).read(patient)))]
    features = fusion_features(fusion, ehr, ecg, table, readings)
    served = predict_fusion(
        fusion,
        predict_ehr(ehr, table, "diagnosis")[0],
        predict_ecg(ecg, readings, "diagnosis")[0],
        "diagnosis",
        features[patient],
    )
    assert served.modality == "fusion"
    assert served.probabilities["pe"] == pytest.approx(row["p_pe"], abs=1e-5)


def test_too_few_patients_are_joined_by_late_fusion_alone(bases, few, tmp_path):  # noqa: F811
    shutil.copytree(bases, tmp_path / "m")
    train(few, "diagnosis", "fusion", tmp_path / "m", replace(QUICK, fewest_events=500))
    manifest = load_artifact(tmp_path / "m" / "diagnosis-fusion").manifest
    assert {one["name"] for one in manifest["strategies"]} == {"sum", "late", "ehr", "ecg"}
    assert manifest["correction"] is None


def test_a_correction_cut_off_is_refused(root, tmp_path):
    shutil.copytree(root, tmp_path / "m")
    file = tmp_path / "m" / "diagnosis-fusion" / "correction.npz"
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError):
        load_fusion_model(tmp_path / "m", "diagnosis")
