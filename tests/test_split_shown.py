from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.cohort.folder import synthetic_cohort
from core.cohort.split import deal
from core.cohort.synthetic import generate
from core.errors import CohortError
from core.split_shown import shown_split
from core.training import split_patients


@pytest.fixture(scope="module")
def cohort():
    return synthetic_cohort(generate(400, 3))


@pytest.mark.parametrize("task", ["diagnosis", "outcome"])
@pytest.mark.parametrize("seed", [0, 7])
def test_the_parts_are_those_of_training(cohort, task, seed):
    shown = shown_split(cohort, task, seed)
    test = split_patients(cohort, task, seed)
    assert shown.patients("test") == test.sum()
    assert shown.patients("train") == (~test).sum()
    assert shown.patients() + shown.without_label == shown.n_rows == 400
    assert shown.refusal is None


def test_the_folds_are_dealt_as_in_training(cohort):
    shown = shown_split(cohort, "diagnosis", 0)
    codes = cohort.labelled("diagnosis")[~split_patients(cohort, "diagnosis", 0)]
    folds = deal(codes, cohort.groups().loc[codes.index], 5, 0)
    counts = shown.folds.groupby("fold")["patients"].sum().tolist()
    assert counts == np.bincount(folds).tolist()


def test_stages_begin_with_everybody(cohort):
    stages = shown_split(cohort, "outcome", 0).stages()
    assert list(dict.fromkeys(stages["stage"])) == ["all", "train", "test"]
    totals = stages.groupby("stage")["count"].sum()
    assert totals["all"] == totals["train"] + totals["test"]


def test_rows_of_one_person_are_in_one_part(cohort):
    grouped = synthetic_cohort(generate(400, 3))
    grouped.labels["group"] = [f"g{i // 4}" for i in range(400)]
    shown = shown_split(grouped, "diagnosis", 0)
    assert (shown.several, shown.apart) == (100, 0)


def test_what_training_would_refuse_is_shown_with_the_reason(cohort):
    few = synthetic_cohort(generate(400, 3))
    bleeding = few.labels.index[few.labels["outcome"] == "bleeding"]
    few.labels.loc[bleeding[2:], "outcome"] = pd.NA
    shown = shown_split(few, "outcome", 0)
    assert shown.refusal.key == "errors.class_too_few"
    assert shown.patients(label="bleeding") == 2
    assert shown.folds.empty


def test_nobody_with_a_label_is_an_error(cohort):
    none = synthetic_cohort(generate(50, 3))
    none.labels["outcome"] = pd.Series(pd.NA, index=none.labels.index, dtype="str")
    with pytest.raises(CohortError):
        shown_split(none, "outcome", 0)
