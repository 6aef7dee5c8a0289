"""A real hospital's table with none of the project's own shape: 275 admissions of 100 people (MIMIC-IV demo)."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.cohort.folder import load_cohort, restrict
from core.cohort.split import split_by_person
from core.cohort.tables import read_table
from core.prediction import predict_ehr
from core.training import load_ehr_model, train, trainable
from tests.conftest import SMALL

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "mimic-iv-demo-table"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="shared/data is not beside this checkout")


@pytest.fixture(scope="module")
def cohort():
    return load_cohort(FOLDER)


@pytest.fixture(scope="module")
def root(cohort, tmp_path_factory):
    root = tmp_path_factory.mktemp("real")
    train(cohort, "outcome", "ehr", root, SMALL)
    return root


def test_it_is_read_without_its_person_number_and_allows_the_outcome_alone(cohort):
    assert len(cohort.table.frame) == 275
    assert "subject_id" not in cohort.table.frame
    assert not cohort.about.synthetic
    assert trainable(cohort) == [("outcome", "ehr")]


def test_no_person_stands_on_both_sides_and_every_class_does(cohort):
    _, codes, groups = restrict(cohort, "outcome")
    assert groups.nunique() < len(groups)
    test = split_by_person(codes, groups, seed=0)
    assert not set(groups[test]) & set(groups[~test])
    assert set(codes[test]) == set(codes[~test]) == {0, 1, 2}


def test_it_trains_and_its_intervals_are_honest_about_so_few_deaths(root):
    model = load_ehr_model(root, "outcome")[0]
    manifest = model.manifest
    assert manifest["cohort"]["synthetic"] is False
    assert manifest["oracle_metrics"] is None
    assert manifest["n_train"] + manifest["n_test"] == 275
    death = manifest["metrics"]["classes"]["death"]
    assert death["events"] < 8
    assert death["auroc"]["high"] - death["auroc"]["low"] > 0.2
    frame = pd.read_csv(io.BytesIO(model.read("predictions.csv")))
    assert np.isfinite(frame.filter(regex="^(p|raw)_").to_numpy()).all()


def test_its_rows_are_predicted_one_by_one_as_together(root, cohort):
    model = load_ehr_model(root, "outcome")[1]
    table = read_table(FOLDER / "ehr.csv", columns=model.encoder.columns)
    together = predict_ehr(model, table, "outcome")
    assert len(together) == 275
    alone = predict_ehr(model, replace(table, frame=table.frame.iloc[[11]]), "outcome")
    assert alone == [together[11]]
