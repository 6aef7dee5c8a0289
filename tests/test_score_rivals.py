from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from core._training_rivals import score_rivals
from core.clinical.scores import score_points
from core.cohort.folder import synthetic_cohort
from core.cohort.synthetic import generate
from core.evaluation import auroc
from core.results import load_results


@pytest.fixture(scope="module")
def cohort():
    return synthetic_cohort(generate(400, seed=5))


@pytest.fixture(scope="module")
def lysed(cohort):
    codes = cohort.labelled("outcome")
    p = np.random.default_rng(0).dirichlet([8, 1, 1], len(codes))
    return codes, score_rivals(cohort, "outcome", codes.index, codes.to_numpy(), p)


def test_scores_of_both_outcomes_stand_beside_the_model(lysed):
    _, rows = lysed
    assert {"pesi", "spesi"} <= {row["score"] for row in rows if row["class"] == "death"}
    assert {"bacs", "pe_sard"} <= {row["score"] for row in rows if row["class"] == "bleeding"}
    json.dumps(rows, allow_nan=False)


def test_the_figure_is_the_auroc_of_the_points(cohort, lysed):
    codes, rows = lysed
    pesi = next(row for row in rows if row["score"] == "pesi")
    middle = score_points(cohort.table.frame.loc[codes.index], "pesi")["middle"].to_numpy()
    assert pesi["auroc"]["value"] == pytest.approx(auroc(codes.to_numpy() == 1, middle))
    assert pesi["n"] == len(codes)
    assert pesi["n_certain"] <= pesi["n"]


def test_a_better_model_is_seen_as_better(cohort):
    codes = cohort.labelled("outcome")
    truth = codes.to_numpy()
    p = np.full((len(truth), 3), 0.1)
    p[np.arange(len(truth)), truth] = 0.8
    rows = score_rivals(cohort, "outcome", codes.index, truth, p)
    assert all(row["difference"]["low"] > 0 for row in rows)


def test_diagnosis_has_its_own_scores(cohort):
    codes = cohort.labelled("diagnosis")
    p = np.full((len(codes), 2), 0.5)
    rows = score_rivals(cohort, "diagnosis", codes.index, codes.to_numpy(), p)
    assert "wells" in {row["score"] for row in rows}
    assert {row["class"] for row in rows} == {"pe"}


def test_a_table_without_a_scores_inputs_has_no_rivals(cohort):
    table = replace(cohort.table, frame=cohort.table.frame[["heart_rate"]].iloc[:, :0])
    codes = cohort.labelled("outcome")
    p = np.full((len(codes), 3), 1 / 3)
    assert score_rivals(replace(cohort, table=table), "outcome", codes.index, codes.to_numpy(), p) == []


def test_a_trained_model_carries_them(trained):
    assert isinstance(load_results(trained, "outcome", "ehr").artifact.manifest["scores"], list)
