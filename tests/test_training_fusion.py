from __future__ import annotations

import shutil

import pytest

from core.artifacts import load_artifact, verify_artifact
from core.demo import save_with_recordings
from core.errors import ArtifactError
from core.prediction import predict_fusion
from core.prediction_files import predict_files
from core.progress import silent
from core.results import load_results
from core.training import load_fusion_model, train, training_json
from tests.conftest import SMALL
from tests.test_training_ecg import TINY, few  # noqa: F401 - a fixture


@pytest.fixture(scope="module")
def root(few, tmp_path_factory):  # noqa: F811
    place = tmp_path_factory.mktemp("three")
    train(few, "diagnosis", "ehr", place, SMALL)
    train(few, "diagnosis", "ecg", place, TINY)
    train(few, "diagnosis", "fusion", place)
    return place


def test_the_fusion_stands_on_the_two_models_of_its_folder(root):
    artifact, model = load_fusion_model(root, "diagnosis")
    assert verify_artifact(artifact) == []
    assert model.bases == {name: load_artifact(root / f"diagnosis-{name}").digest for name in ("ehr", "ecg")}
    assert training_json(artifact)["modality"] == "fusion"


def test_all_three_are_judged_on_the_same_patients(root):
    found = load_results(root, "diagnosis", "fusion")
    test = found.frame("predictions").query("part == 'test'")
    for modality in ("ehr", "ecg"):
        own = load_results(root, "diagnosis", modality)
        frame = own.frame("predictions").query("part == 'test'").set_index("patient_id")
        assert set(frame.index) == set(test["patient_id"])
        assert test[f"{modality}_pe"].to_numpy() == pytest.approx(
            frame["p_pe"].loc[test["patient_id"]].to_numpy(), abs=1e-6
        )
        stored = found.artifact.manifest["base_metrics"][modality]["classes"]["pe"]["auroc"]["value"]
        assert stored == pytest.approx(own.evaluation.classes["pe"].auroc.value, abs=1e-3)


def test_differences_are_paired_and_say_against_whom(root):
    rows = load_results(root, "diagnosis", "fusion").artifact.manifest["comparisons"]
    assert [(row["against"], row["class"]) for row in rows] == [("ehr", "pe"), ("ecg", "pe")]
    assert all(
        row["difference"]["low"] <= row["difference"]["value"] <= row["difference"]["high"] for row in rows
    )


def test_predict_serves_fusion_and_falls_back(root, few, tmp_path):  # noqa: F811
    place = tmp_path / "c"
    save_with_recordings(few, place, silent, workers=1)
    for file in sorted((place / "ecg").iterdir())[:4]:
        file.unlink()
    table = (place / "ehr.csv").read_text(encoding="utf-8").splitlines()
    rows = [row.replace("S000060", "s 000060") for row in table[:-3]]
    (place / "ehr.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told: list[str] = []
    found = predict_files(root, place / "ehr.csv", place / "ecg", "diagnosis", told.append)
    assert len(found) == len({one.patient_id for one in found}) == 120
    served = {one.patient_id: one for one in found}
    assert served["S000001"].modality == "ehr"
    assert "alone" in served["S000001"].warnings[-1].say("en")
    assert served["S000120"].modality == "ecg"
    both = served["S000050"]
    assert both.modality == "fusion"
    assert sum(both.probabilities.values()) == pytest.approx(1.0)
    assert served["s 000060"].modality == "fusion"
    assert any("S000060 → s 000060" in line for line in told)


def test_a_fused_patient_is_what_the_weights_say(root):
    _, model = load_fusion_model(root, "diagnosis")
    frame = load_results(root, "diagnosis", "fusion").frame("predictions")
    row = frame[frame["part"] == "test"].iloc[0]

    def of(modality):
        from core.prediction import Prediction

        p = {"no_pe": row[f"{modality}_no_pe"], "pe": row[f"{modality}_pe"]}
        return Prediction("x", "diagnosis", modality, p, p, (), "pe", ())

    fused = predict_fusion(model, of("ehr"), of("ecg"), "diagnosis")
    assert fused.probabilities["pe"] == pytest.approx(row["p_pe"], abs=1e-6)


def test_a_base_that_was_trained_again_is_refused(root, few, tmp_path):  # noqa: F811
    shutil.copytree(root, tmp_path / "m")
    from dataclasses import replace

    train(few, "diagnosis", "ecg", tmp_path / "m", replace(TINY, seed=1))
    with pytest.raises(ArtifactError, match="diagnosis-ecg"):
        load_fusion_model(tmp_path / "m", "diagnosis")
