"""The models that are shipped, under every rule; and a fusion whose weights were chosen where they must not be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.artifacts import DEFAULT_FOLDER, list_artifacts, save_artifact, to_json_bytes
from core.checks import cohort_again, run_checks
from core.results import load_results

SHIPPED = [folder.name for folder in list_artifacts(DEFAULT_FOLDER)]
FUSIONS = [name for name in SHIPPED if name.endswith("-fusion")]


@pytest.fixture(scope="module")
def cohorts():
    """Cohorts behind the shipped models by digest, each made once."""
    made = {}
    for found in (
        load_results(DEFAULT_FOLDER, *folder.name.split("-")) for folder in list_artifacts(DEFAULT_FOLDER)
    ):
        digest = found.artifact.manifest["cohort_digest"]
        if digest not in made:
            made[digest] = cohort_again(found.artifact.manifest)
    return made


def opened(name):
    task, _, modality = name.partition("-")
    return load_results(DEFAULT_FOLDER, task, modality)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_shipped_model_fails_a_check(name, cohorts):
    found = opened(name)
    cohort = cohorts[found.artifact.manifest["cohort_digest"]]
    checks = {one.key: one for one in run_checks(found, cohort)}
    assert [one.say("en") for one in checks.values() if one.level == "red"] == []
    unreadable = {"checks.reasons.unreadable", "checks.reasons.not_stored"}
    assert [one.key for one in checks.values() if one.measured.key in unreadable] == []
    for key in ("persons_apart", "natural_prevalence", "recalibration_out_of_fold", "same_cohort"):
        assert checks[key].level == "green"


@pytest.mark.parametrize("name", FUSIONS)
def test_fusion_weights_that_do_not_come_from_out_of_fold_predictions_are_found(name, tmp_path):
    artifact = opened(name).artifact
    files = {file: artifact.read(file) for file in artifact.manifest["files"]}
    stored = json.loads(files["model.json"])
    stored["fusion"]["weights"] = [[1.3 * one for one in row] for row in stored["fusion"]["weights"]]
    files["model.json"] = to_json_bytes(stored)
    manifest = {key: value for key, value in artifact.manifest.items() if key not in ("files", "format")}
    altered = save_artifact(tmp_path, name, files, manifest, artifact.run)
    found = replace(opened(name), artifact=altered)
    checks = {one.key: one.level for one in run_checks(found)}
    assert checks["recalibration_out_of_fold"] == "red"
    assert checks["encoder_from_training"] == "unchecked"
