"""A leak that is planted turns the check that is meant for it red."""

from __future__ import annotations

import copy
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.artifacts import save_artifact, to_json_bytes, to_npz_bytes
from core.checks import run_checks
from core.cohort.folder import restrict
from core.cohort.variables import variables
from core.ehr.encoding import fit_encoder
from core.ehr.missforest import MissForest
from core.ehr.resampling import targets
from core.results import load_results
from core.training import train
from tests.conftest import SMALL


class Copy:
    """A saved model whose files and manifest a test alters before it is saved again, digests made anew."""

    def __init__(self, root, task):
        found = load_results(root, task, "ehr")
        self.name = found.artifact.folder.name
        self.manifest = copy.deepcopy(found.artifact.manifest)
        self.files = {name: found.artifact.read(name) for name in self.manifest["files"]}
        self.run = found.artifact.run
        self.found = found

    @property
    def predictions(self) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(self.files["predictions.csv"]), dtype={"patient_id": "str"})

    def put_predictions(self, frame: pd.DataFrame) -> None:
        self.files["predictions.csv"] = frame.to_csv(index=False).encode()

    def put_encoder(self, encoder) -> None:
        rest = self.found.artifact.read_json("model.json") | {"encoder": encoder.to_json()}
        self.files["model.json"] = to_json_bytes(rest)

    def levels(self, root, cohort) -> dict[str, str]:
        kept = {name: value for name, value in self.manifest.items() if name not in ("files", "format")}
        save_artifact(root, self.name, self.files, kept, self.run)
        task, _, modality = self.name.partition("-")
        return {one.key: one.level for one in run_checks(load_results(root, task, modality), cohort)}


@pytest.fixture
def saved(trained):
    return Copy(trained, "outcome")


def test_a_copy_that_nobody_altered_passes(saved, tmp_path, tiny):
    assert "red" not in saved.levels(tmp_path, tiny).values()


def test_a_patient_copied_under_another_name_is_found(tiny, tmp_path):
    """A hospital's export repeats a row: the copies fall into both parts."""
    table, _, _ = restrict(tiny, "outcome")
    twins = table.frame.index[:40]
    new = [f"X{name}" for name in twins]
    frame = pd.concat([tiny.table.frame, tiny.table.frame.loc[twins].set_axis(new)]).rename_axis("patient_id")
    labels = pd.concat([tiny.labels, tiny.labels.loc[twins].set_axis(new)]).rename_axis("patient_id")
    doubled = replace(tiny, table=replace(tiny.table, frame=frame), labels=labels, oracle=None)
    train(doubled, "outcome", "ehr", tmp_path, SMALL)
    levels = {one.key: one.level for one in run_checks(load_results(tmp_path, "outcome", "ehr"), doubled)}
    assert levels["no_duplicates"] == "red"
    assert levels["persons_apart"] == "green"  # by name they are different patients


def test_one_identifier_in_both_parts_is_found(saved, tmp_path, tiny):
    frame = saved.predictions
    test = frame.index[frame["part"] == "test"][0]
    frame.loc[frame.index[frame["part"] == "out-of-fold"][0], "patient_id"] = frame.loc[test, "patient_id"]
    saved.put_predictions(frame)
    assert saved.levels(tmp_path, None)["persons_apart"] == "red"


def test_one_person_in_both_parts_is_found(tiny, saved, tmp_path):
    frame = saved.predictions
    first = frame.groupby("part")["patient_id"].first()
    labels = tiny.labels.assign(group=pd.Series(dtype="str"))
    labels.loc[list(first), "group"] = "one person"
    grouped = replace(tiny, labels=labels)
    saved.manifest["cohort_digest"] = grouped.digest()
    assert saved.levels(tmp_path, grouped)["persons_apart"] == "red"


def test_a_resampled_test_part_is_found(saved, tmp_path, tiny):
    """The test part is balanced: as many of each class as of the rarest."""
    frame = saved.predictions
    test = frame[frame["part"] == "test"]
    fewest = test["truth"].value_counts().min()
    balanced = test.groupby("truth").head(fewest)
    saved.put_predictions(pd.concat([balanced, frame[frame["part"] != "test"]]))
    counts = balanced["truth"].value_counts()
    saved.manifest["class_counts"]["test"] = {name: int(counts[name]) for name in saved.manifest["classes"]}
    assert saved.levels(tmp_path, tiny)["natural_prevalence"] == "red"


def test_a_resampled_test_part_is_found_even_where_all_counts_were_adapted(saved, tmp_path, tiny):
    counts = saved.manifest["class_counts"]
    frame = saved.predictions
    rare = frame[(frame["part"] == "test") & (frame["truth"] == "bleeding")]
    copies = [rare.assign(patient_id=rare["patient_id"] + f"-{k}") for k in range(8)]
    saved.put_predictions(pd.concat([frame, *copies]))
    counts["test"]["bleeding"] += 8 * len(rare)
    counts["all"]["bleeding"] += 8 * len(rare)
    assert saved.levels(tmp_path, None)["natural_prevalence"] == "red"


@pytest.mark.parametrize("name", ["输血量", "Length of stay", "Hb nadir 48h"])
def test_a_predictor_from_after_the_start_of_lysis_is_found(saved, tmp_path, tiny, name):
    encoder = saved.found.encoder
    late = replace(encoder.features[0], column=replace(encoder.features[0].column, name=name, known=False))
    saved.put_encoder(replace(encoder, features=(late, *encoder.features[1:])))
    assert saved.levels(tmp_path, tiny)["predictors_in_time"] == "red"


def test_a_treatment_among_the_predictors_of_the_diagnosis_is_found(trained, tmp_path, tiny):
    saved = Copy(trained, "diagnosis")
    encoder = saved.found.encoder
    late = replace(encoder.features[0], column=variables()["thrombolytic"].column())
    saved.put_encoder(replace(encoder, features=(late, *encoder.features[1:])))
    assert saved.levels(tmp_path, tiny)["predictors_in_time"] == "red"


def test_an_own_column_of_unknown_time_is_to_be_looked_at(saved, tmp_path, tiny):
    encoder = saved.found.encoder
    own = replace(
        encoder.features[0], column=replace(encoder.features[0].column, name="病房评分", known=False)
    )
    saved.put_encoder(replace(encoder, features=(own, *encoder.features[1:])))
    assert saved.levels(tmp_path, None)["predictors_in_time"] == "amber"


@pytest.mark.parametrize("is_at_hand", [True, False])
def test_an_imputer_fitted_on_all_rows_is_found(saved, tmp_path, tiny, is_at_hand):
    table, _, _ = restrict(tiny, "outcome")
    encoder = saved.found.encoder
    imputer = MissForest(n_trees=3, max_iterations=1, seed=0, threads=1)
    imputer.fit(encoder.encode(table.frame), encoder.n_levels)
    saved.files["imputer.npz"] = to_npz_bytes(imputer.to_arrays())
    levels = saved.levels(tmp_path, tiny if is_at_hand else None)
    assert levels["imputer_from_training"] == "red"
    assert levels["encoder_from_training"] == "green"


@pytest.mark.parametrize("is_at_hand", [True, False])
def test_an_encoder_fitted_on_all_rows_is_found(saved, tmp_path, tiny, is_at_hand):
    saved.put_encoder(fit_encoder(restrict(tiny, "outcome")[0]))
    levels = saved.levels(tmp_path, tiny if is_at_hand else None)
    assert levels["encoder_from_training"] == "red"


def test_resampling_before_the_split_is_found(saved, tmp_path, tiny):
    counts, classes = saved.manifest["class_counts"], saved.manifest["classes"]
    every = np.array([counts["all"][name] for name in classes])
    wanted = targets(every, saved.manifest["choice"]["strength"])
    counts["resampled"] = dict(zip(classes, map(int, wanted), strict=True))
    assert saved.levels(tmp_path, tiny)["resampler_from_training"] == "red"


def test_recalibration_on_the_test_part_is_found(saved, tmp_path, tiny):
    from core.evaluation import fit_recalibration

    frame, classes = saved.predictions, saved.manifest["classes"]
    test = frame[frame["part"] == "test"]
    truth = test["truth"].map({name: code for code, name in enumerate(classes)}).to_numpy()
    fitted = fit_recalibration(test[[f"raw_{name}" for name in classes]].to_numpy(), truth)
    rest = saved.found.artifact.read_json("model.json") | {"recalibration": fitted.to_json()}
    saved.files["model.json"] = to_json_bytes(rest)
    frame[[f"p_{name}" for name in classes]] = fitted.apply(
        frame[[f"raw_{name}" for name in classes]].to_numpy()
    )
    saved.put_predictions(frame)
    assert saved.levels(tmp_path, tiny)["recalibration_out_of_fold"] == "red"


def test_a_cut_off_chosen_on_the_test_part_is_found(trained, tmp_path, tiny):
    from core.evaluation import youden_point

    saved = Copy(trained, "diagnosis")
    test = saved.predictions[saved.predictions["part"] == "test"]
    cut = float(youden_point((test["truth"] == "pe").to_numpy(), test["p_pe"].to_numpy()).threshold)
    rest = saved.found.artifact.read_json("model.json") | {"weights": [cut, 1 - cut]}
    saved.files["model.json"] = to_json_bytes(rest)
    assert saved.levels(tmp_path, tiny)["decisions_out_of_fold"] == "red"


def test_metrics_made_better_by_hand_are_found(saved, tmp_path, tiny):
    saved.manifest["metrics"]["classes"]["death"]["auroc"]["value"] += 0.01
    levels = saved.levels(tmp_path, tiny)
    assert levels["metrics_follow"] == "red"


def test_predictions_better_than_the_best_possible_are_found(saved, tmp_path, tiny):
    frame, classes = saved.predictions, saved.manifest["classes"]
    is_test = (frame["part"] == "test").to_numpy()
    for name in classes:
        frame.loc[is_test, f"p_{name}"] = np.where(frame.loc[is_test, "truth"] == name, 0.9, 0.05)
    saved.put_predictions(frame)
    levels = saved.levels(tmp_path, tiny)
    assert levels["oracle_bound"] == "red"
    assert levels["test_against_out_of_fold"] == "red"


def test_sets_that_miss_too_often_are_found(saved, tmp_path, tiny):
    rest = saved.found.artifact.read_json("model.json")
    rest["conformal"]["thresholds"] = [0.01] * 3
    rest["conformal"]["n"] = [1000] * 3
    saved.files["model.json"] = to_json_bytes(rest)
    assert saved.levels(tmp_path, None)["coverage"] == "red"


def test_shap_values_that_do_not_add_up_are_found(saved, tmp_path, tiny):
    explained = saved.found.explanation
    arrays = replace(explained, values=explained.values * 1.1).to_arrays()
    saved.files["explanation.npz"] = to_npz_bytes(arrays)
    assert saved.levels(tmp_path, None)["additivity"] == "red"


def test_explaining_rows_that_are_no_test_patients_is_found(saved, tmp_path, tiny):
    explained = saved.found.explanation
    names = tuple(f"resampled {place}" for place in range(len(explained.patient_ids)))
    saved.files["explanation.npz"] = to_npz_bytes(replace(explained, patient_ids=names).to_arrays())
    assert saved.levels(tmp_path, None)["explained_patients"] == "red"


def test_risks_that_are_far_too_high_are_found(saved, tmp_path, tiny):
    for one in saved.manifest["metrics"]["classes"].values():
        one["calibration_intercept_interval"] = {"value": -2.0, "low": -2.3, "high": -1.7}
        one["calibration_slope_interval"] = {"value": 0.3, "low": 0.2, "high": 0.4}
    levels = saved.levels(tmp_path, tiny)
    assert (levels["calibration_intercept"], levels["calibration_slope"]) == ("red", "red")


def test_figures_without_an_interval_are_found(saved, tmp_path, tiny):
    for one in saved.manifest["metrics"]["classes"].values():
        one["auroc"] |= {"low": None, "high": None}
    assert saved.levels(tmp_path, tiny)["intervals_given"] == "red"


def test_a_forecast_worse_than_the_class_shares_is_found(saved, tmp_path, tiny):
    saved.manifest["metrics"]["brier_skill"] = -0.1
    assert saved.levels(tmp_path, tiny)["better_than_shares"] == "red"


def test_a_file_altered_after_saving_is_found_and_said(saved, tmp_path, tiny):
    saved.levels(tmp_path, tiny)
    (tmp_path / saved.name / "predictions.csv").write_text("patient_id\n", encoding="utf-8")
    checks = {one.key: one for one in run_checks(load_results(tmp_path, "outcome", "ehr"), tiny)}
    assert checks["files_intact"].level == "red"
    assert "predictions.csv" in checks["files_intact"].say("zh")
    assert checks["metrics_follow"].level == "unchecked"


def test_a_record_without_a_seed_or_with_other_versions_is_found(saved, tmp_path, tiny):
    saved.manifest["versions"]["numpy"] = "0.0.1"
    assert saved.levels(tmp_path, tiny)["versions_recorded"] == "amber"
    del saved.manifest["versions"]
    assert saved.levels(tmp_path, tiny)["versions_recorded"] == "red"
