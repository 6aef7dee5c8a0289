from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.artifacts import MANIFEST, RUN, load_artifact, save_artifact, verify_artifact
from core.cohort.folder import CLASSES, synthetic_cohort
from core.cohort.synthetic import generate
from core.errors import ArtifactError, CohortError, InputError, TrainingError
from core.evaluation import Evaluation, macro_auroc
from core.training import load_ehr_model, oracle_probabilities, train, trainable, training_json
from tests.conftest import SMALL, narrow

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module", params=["diagnosis", "outcome"])
def artifact(request, trained):
    return load_artifact(trained / f"{request.param}-ehr")


def predictions(artifact) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(artifact.read("predictions.csv")), dtype={"patient_id": "str"})


def test_two_runs_with_one_seed_give_the_same_files(trained, tiny, tmp_path):
    again = train(tiny, "outcome", "ehr", tmp_path, SMALL)
    first = trained / "outcome-ehr"
    names = {path.name for path in first.iterdir()} - {RUN}
    assert names == {path.name for path in again.folder.iterdir()} - {RUN}
    assert [name for name in names if (first / name).read_bytes() != (again.folder / name).read_bytes()] == []


def test_another_seed_draws_another_test_part(trained, tiny, tmp_path):
    other = train(tiny, "outcome", "ehr", tmp_path, replace(SMALL, seed=1))
    parts = [
        set(frame.loc[frame["part"] == "test", "patient_id"])
        for frame in map(predictions, (other, load_artifact(trained / "outcome-ehr")))
    ]
    assert parts[0] != parts[1]


def test_what_is_saved_is_intact_and_has_the_contracts_keys(artifact):
    assert verify_artifact(artifact) == []
    told = training_json(artifact)
    wanted = "task modality artifact cohort_digest seed seconds n_train n_test class_counts metrics"
    assert set(wanted.split()) <= told.keys()
    classes = CLASSES[told["task"]]
    assert {"train", "resampled", "test"} <= told["class_counts"].keys()
    assert all(tuple(counts) == classes for counts in told["class_counts"].values())
    metrics = told["metrics"]
    assert {"accuracy", "macro_auroc", "classes", "confusion"} <= metrics.keys()
    assert tuple(metrics["classes"]) == classes
    assert metrics["confusion"]["labels"] == list(classes)
    figures = "auroc auprc sensitivity specificity ppv npv f1 brier calibration_slope calibration_intercept"
    for one in metrics["classes"].values():
        assert set(figures.split()) <= one.keys()
        assert one["auroc"].keys() == {"value", "low", "high"}
    json.dumps(told, allow_nan=False)


def test_the_confusion_matrix_and_macro_auroc_follow_from_the_stored_predictions(artifact):
    frame = predictions(artifact)
    test = frame[frame["part"] == "test"]
    classes = artifact.manifest["classes"]
    counts = pd.crosstab(test["truth"], test["predicted"]).reindex(classes, columns=classes, fill_value=0)
    metrics = artifact.manifest["metrics"]
    assert counts.to_numpy().tolist() == metrics["confusion"]["counts"]
    truth = test["truth"].map(dict(zip(classes, range(len(classes)), strict=True))).to_numpy()
    found = macro_auroc(truth, test[[f"p_{name}" for name in classes]].to_numpy())
    assert found == pytest.approx(metrics["macro_auroc"], abs=1e-6)


def test_the_counts_add_up_and_the_test_part_keeps_its_natural_shares(artifact):
    manifest = artifact.manifest
    counts = {part: np.array(list(one.values())) for part, one in manifest["class_counts"].items()}
    assert (counts["train"] + counts["test"] == counts["all"]).all()
    assert (counts["train"].sum(), counts["test"].sum()) == (manifest["n_train"], manifest["n_test"])
    assert (np.abs(counts["test"] - counts["all"] / 5) <= 1).all()
    assert (counts["resampled"] != counts["train"]).any()


def test_every_patient_has_one_prediction_and_no_test_patient_one_out_of_fold(artifact):
    frame = predictions(artifact)
    assert frame["patient_id"].is_unique
    assert frame["part"].value_counts().to_dict() == {
        "out-of-fold": artifact.manifest["n_train"],
        "test": artifact.manifest["n_test"],
    }
    probabilities = frame[[f"p_{name}" for name in artifact.manifest["classes"]]]
    assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-6)


def test_the_model_does_not_exceed_the_oracle(artifact):
    model, oracle = (Evaluation.from_json(artifact.manifest[key]) for key in ("metrics", "oracle_metrics"))
    for name, one in model.classes.items():
        assert one.auroc.value <= oracle.classes[name].auroc.high
    assert model.macro_auroc.value <= oracle.macro_auroc.high


def test_shuffled_labels_teach_nothing(tiny, tmp_path):
    # 320 rows out of fold, 132 with embolism: standard error 0.033
    rng = np.random.default_rng(11)
    labels = tiny.labels.assign(pe=rng.permutation(tiny.labels["pe"]))
    artifact = train(replace(tiny, labels=labels, oracle=None), "diagnosis", "ehr", tmp_path, SMALL)
    frame = predictions(artifact)
    rest = frame[frame["part"] == "out-of-fold"]
    truth = (rest["truth"] == "pe").to_numpy(dtype=np.int64)
    assert 0.4 < macro_auroc(truth, rest[["p_no_pe", "p_pe"]].to_numpy()) < 0.6
    assert 0.35 < artifact.manifest["metrics"]["macro_auroc"] < 0.65
    assert artifact.manifest["oracle_metrics"] is None


def test_persons_with_several_rows_stay_on_one_side(tiny, tmp_path):
    persons = [f"person {row // 3}" for row in range(len(tiny.labels))]
    cohort = replace(
        tiny, labels=tiny.labels.assign(group=pd.Series(persons, tiny.labels.index, dtype="str"))
    )
    frame = predictions(train(cohort, "diagnosis", "ehr", tmp_path, SMALL))
    sides = frame.groupby(cohort.groups().loc[frame["patient_id"]].to_numpy())["part"].nunique()
    assert sides.max() == 1


def test_progress_runs_from_nothing_to_the_whole(tiny, tmp_path):
    told: list[tuple[str, float]] = []
    train(tiny, "diagnosis", "ehr", tmp_path, SMALL, lambda *one: told.append(one))
    shares = [share for _, share in told]
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert told[-1] == ("save", 1.0)


@pytest.mark.parametrize(
    ("task", "modality", "seed", "expected"),
    [
        ("prognosis", "ehr", 0, "diagnosis, outcome"),
        ("outcome", "genome", 0, "available are: ehr, ecg, fusion"),
        ("outcome", "ehr", -1, "seed"),
        ("outcome", "ehr", 2**32, "seed"),
    ],
)
def test_what_cannot_be_trained_is_refused_before_any_work(tiny, tmp_path, task, modality, seed, expected):
    with pytest.raises(TrainingError, match=expected):
        train(tiny, task, modality, tmp_path, replace(SMALL, seed=seed))
    assert list(tmp_path.iterdir()) == []


def outcomes_changed(cohort, change):
    return replace(cohort, labels=cohort.labels.assign(outcome=change(cohort.labels["outcome"])))


def test_an_absent_class_and_one_of_too_few_persons_are_named(tiny, tmp_path):
    absent = outcomes_changed(tiny, lambda one: one.replace("bleeding", "none"))
    with pytest.raises(TrainingError, match="bleeding"):
        train(absent, "outcome", "ehr", tmp_path, SMALL)
    deaths = tiny.labels.index[tiny.labels["outcome"] == "death"][4:]
    few = outcomes_changed(tiny, lambda one: one.mask(one.index.isin(deaths), "none"))
    with pytest.raises(TrainingError, match="death has 4 persons"):
        train(few, "outcome", "ehr", tmp_path, SMALL)


def test_trainable_is_what_would_pass_and_nothing_else(tiny):
    every = [(task, modality) for task in ("diagnosis", "outcome") for modality in ("ehr", "ecg", "fusion")]
    assert trainable(tiny) == every
    assert trainable(tiny, "outcome") == every[3:]
    two = outcomes_changed(tiny, lambda one: one.replace("bleeding", "none"))
    assert trainable(two) == every[:3]
    assert trainable(replace(tiny, table=None)) == [(task, "ecg") for task in ("diagnosis", "outcome")]
    with pytest.raises(InputError, match="holds nothing that can be trained"):
        trainable(replace(tiny, table=None, oracle=None))
    in_folder = replace(tiny, folder=Path("c"))
    assert trainable(in_folder) == every[::3]
    one_class = replace(two, labels=two.labels.assign(pe=pd.Series(pd.NA, two.labels.index, dtype="Int8")))
    with pytest.raises(TrainingError, match="bleeding"):
        trainable(one_class)


def test_a_cohort_without_labels_for_the_task_says_so(tiny, tmp_path):
    without = outcomes_changed(tiny, lambda one: one.mask(one.notna()))
    with pytest.raises(CohortError, match="outcome"):
        train(without, "outcome", "ehr", tmp_path, SMALL)


def test_a_model_under_another_tasks_name_is_refused(trained, tmp_path):
    shutil.copytree(trained / "diagnosis-ehr", tmp_path / "outcome-ehr")
    with pytest.raises(ArtifactError, match="another task"):
        load_ehr_model(tmp_path, "outcome")
    with pytest.raises(TrainingError, match="no such task"):
        load_ehr_model(tmp_path, "../outcome")


@pytest.mark.parametrize("other", ["trees.ubj", "imputer.npz", "model.json"])
def test_parts_of_different_models_are_refused_in_words(trained, tmp_path, other):
    outcome, diagnosis = (load_artifact(trained / f"{task}-ehr") for task in ("outcome", "diagnosis"))
    files = {name: outcome.read(name) for name in outcome.manifest["files"]}
    mixed = files | {other: diagnosis.read(other)}
    save_artifact(tmp_path, "outcome-ehr", mixed, {"task": "outcome"}, {})
    with pytest.raises(ArtifactError):
        load_ehr_model(tmp_path, "outcome")


def test_a_manifest_without_results_is_refused_in_words(tmp_path):
    artifact = save_artifact(tmp_path, "outcome-ehr", {}, {"task": "outcome", "metrics": {}}, {})
    with pytest.raises(ArtifactError, match=MANIFEST):
        training_json(artifact)


def test_oracle_probabilities_add_up_in_the_order_of_the_task(tiny):
    oracle = tiny.oracle.dropna()
    known = oracle_probabilities(oracle, "outcome")
    assert known.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert known[:, 1] == pytest.approx(oracle["p_death"].to_numpy(), abs=1e-5)
    assert oracle_probabilities(oracle, "diagnosis")[:, 1] == pytest.approx(oracle["p_pe"].to_numpy())


def test_an_oracle_that_knows_other_patients_is_left_out(tiny, tmp_path):
    other = narrow(synthetic_cohort(generate(40, seed=1)))
    cohort = replace(tiny, oracle=other.oracle.set_axis([f"X{row}" for row in range(40)]))
    assert train(cohort, "diagnosis", "ehr", tmp_path, SMALL).manifest["oracle_metrics"] is None


def test_opening_a_model_does_not_load_the_resampling_library(trained):
    code = (
        "import sys; from pathlib import Path; from core.training import load_ehr_model;"
        f"load_ehr_model(Path({str(trained)!r}), 'outcome'); print('imblearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert done.stdout.split() == [b"False"]
