"""Nothing of the test part reaches the model: refitting after altering it gives the same files, byte for byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.artifacts import to_json_bytes, to_npz_bytes
from core.cohort.folder import CLASSES, restrict
from core.cohort.split import deal, split_by_person
from core.cohort.variables import variables
from core.ehr import pipeline, storage, tuning
from core.ehr.missforest import MissForest
from core.ehr.pipeline import fit_ehr
from tests.conftest import SMALL


def model_files(cohort, test: np.ndarray) -> dict[str, bytes]:
    """Fit as the training door does, with the split given, and store."""
    table, codes, groups = restrict(cohort, "outcome")
    part = replace(table, frame=table.frame[~test])
    fitted = fit_ehr(part, codes[~test], groups[~test], CLASSES["outcome"], SMALL)
    binary, rest, imputer = storage.to_parts(fitted.model)
    return {**binary, "model.json": to_json_bytes(rest), "imputer.npz": to_npz_bytes(imputer)}


@pytest.fixture(scope="module")
def split(tiny):
    _, codes, groups = restrict(tiny, "outcome")
    return split_by_person(codes, groups, seed=0)


@pytest.fixture(scope="module")
def files(tiny, split):
    return model_files(tiny, split)


def altered(cohort, rows: pd.Index, change):
    frame = cohort.table.frame.copy()
    frame.loc[rows] = change(frame.loc[rows])
    return replace(cohort, table=replace(cohort.table, frame=frame))


def worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Absurd numbers, new levels, nothing missing."""
    return rows.apply(lambda column: "strange" if column.dtype == "str" else 1e6)


def test_values_of_the_test_part_do_not_reach_the_model(tiny, split, files):
    rows = restrict(tiny, "outcome")[0].frame.index[split]
    assert model_files(altered(tiny, rows, worst), split) == files


def test_the_order_of_the_test_part_does_not_reach_the_model(tiny, split, files):
    rows = restrict(tiny, "outcome")[0].frame.index[split]
    turned = altered(tiny, rows, lambda part: part[::-1].set_axis(part.index))
    assert model_files(turned, split) == files


def test_labels_of_the_test_part_do_not_reach_the_model(tiny, split, files):
    rows = restrict(tiny, "outcome")[0].frame.index[split]
    labels = tiny.labels.copy()
    labels.loc[rows, "outcome"] = "death"
    assert model_files(replace(tiny, labels=labels), split) == files


def test_the_oracle_does_not_reach_the_model(tiny, split, files):
    assert model_files(replace(tiny, oracle=None), split) == files


def test_a_value_of_the_training_part_does_reach_the_model(tiny, split, files):
    row = restrict(tiny, "outcome")[0].frame.index[~split][:1]
    assert model_files(altered(tiny, row, worst), split) != files


def test_the_imputer_sees_neither_the_outcome_nor_held_out_rows(tiny, split, monkeypatch):
    seen: list[np.ndarray] = []
    fit = MissForest.fit

    def watched(self, X, n_levels):
        seen.append(np.array(X))
        return fit(self, X, n_levels)

    monkeypatch.setattr(MissForest, "fit", watched)
    model_files(tiny, split)
    table, codes, _ = restrict(tiny, "outcome")
    n_train = int((~split).sum())
    assert [len(X) for X in seen[-1:]] == [n_train]
    assert sum(n_train - len(X) for X in seen[:-1]) == n_train  # every row is held out once
    y = codes[~split].to_numpy()
    for column in seen[-1].T:
        assert not any(np.array_equal(column == column.max(), y == code) for code in range(3))
    assert seen[-1].shape[1] == len(table.columns)


def test_resampling_sees_training_rows_of_its_fold_alone(tiny, split, monkeypatch):
    sizes: list[int] = []
    natural = tuning.resample

    def watched(X, y, *rest):
        sizes.append(len(y))
        return natural(X, y, *rest)

    monkeypatch.setattr(tuning, "resample", watched)
    monkeypatch.setattr(pipeline, "resample", watched)
    model_files(tiny, split)
    _, codes, groups = restrict(tiny, "outcome")
    n = int((~split).sum())
    folds = np.bincount(deal(codes[~split], groups[~split], SMALL.n_folds, SMALL.seed))
    tried = len(SMALL.depths) + len(SMALL.strengths)
    assert sizes == [*(n - folds).tolist() * tried, n]


def test_early_stopping_watches_rows_at_natural_prevalence(tiny, split, monkeypatch):
    watched_counts = np.zeros(3, dtype=int)
    grow = tuning.grow_watched

    def watched(design, codes, held_out, *rest):
        watched_counts[:] += np.bincount(held_out[1], minlength=3)
        return grow(design, codes, held_out, *rest)

    monkeypatch.setattr(tuning, "grow_watched", watched)
    model_files(tiny, split)
    _, codes, _ = restrict(tiny, "outcome")
    tried = len(SMALL.depths) + len(SMALL.strengths)
    assert (watched_counts == tried * np.bincount(codes[~split])).all()


def test_the_diagnosis_model_uses_nothing_that_imaging_or_treatment_tells(trained):
    from core.training import load_ehr_model

    known = {
        task: {variables()[c.name].known for c in load_ehr_model(trained, task)[1].encoder.columns}
        for task in CLASSES
    }
    assert known["diagnosis"] == {"suspicion"}
    assert "treatment" in known["outcome"]


def test_persons_are_never_on_both_sides_of_a_fold(tiny, split):
    _, codes, _ = restrict(tiny, "outcome")
    persons = pd.Series([f"p{row // 3}" for row in range(len(codes))], index=codes.index)
    folds = deal(codes, persons, 3, seed=0)
    assert pd.Series(folds).groupby(persons.to_numpy()).nunique().max() == 1
