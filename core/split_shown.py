"""The parts that training would make of a cohort, without training: who is usable, training and test part, folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core._training_parts import check_parts, labelled_rows, split_patients
from core.cohort.folder import CLASSES
from core.cohort.split import deal
from core.ehr.tuning import Settings, number_of_folds
from core.errors import InputError

if TYPE_CHECKING:
    from core.cohort.folder import Cohort

TRAIN, TEST = "train", "test"


@dataclass(frozen=True)
class ShownSplit:
    """What becomes of a cohort's rows for one task, with the table as what is learnt from.

    Attributes
    ----------
    task
        ``diagnosis`` or ``outcome``.
    n_rows
        Rows of the table.
    without_label
        Rows of the table that have no label for the task.
    without_row
        Labels of patients whom the table lacks.
    counts
        ``part`` (train, test), ``class``, ``patients`` (rows), ``persons`` (each counted in every class it has).
    folds
        ``fold`` (from 1), ``class``, ``patients``: how cross-validation deals the training part; empty where training
        would refuse.
    several
        Persons with more than one row.
    apart
        Persons with rows in both parts: 0, or the split is wrong.
    refusal
        Why training would refuse; None where it would not.
    """

    task: str
    n_rows: int
    without_label: int
    without_row: int
    counts: pd.DataFrame
    folds: pd.DataFrame
    several: int
    apart: int
    refusal: InputError | None

    def patients(self, part: str | None = None, label: str | None = None) -> int:
        """Patients of a part, of a class, of both, or of all."""
        chosen = self.counts
        if part is not None:
            chosen = chosen[chosen["part"] == part]
        if label is not None:
            chosen = chosen[chosen["class"] == label]
        return int(chosen["patients"].sum())

    def stages(self) -> pd.DataFrame:
        """Classes of all usable patients, of the training and of the test part, as ``charts.class_flow`` takes them."""
        named = self.counts.rename(columns={"part": "stage", "patients": "count"})[
            ["stage", "class", "count"]
        ]
        whole = named.groupby("class", sort=False, as_index=False)["count"].sum().assign(stage="all")
        stages: pd.DataFrame = pd.concat([whole[named.columns], named], ignore_index=True)
        return stages


def shown_split(cohort: Cohort, task: str, seed: int) -> ShownSplit:
    """Split a cohort with a table as ``train`` would with this seed.

    Raises
    ------
    CohortError
        Nobody in the table has a label for the task.
    """
    assert cohort.table is not None
    known = cohort.labelled(task)
    there = known.index.isin(cohort.table.frame.index)
    refusal: InputError | None = None
    try:
        codes, groups = labelled_rows(cohort, task, "ehr")
    except InputError as error:
        if not there.any():
            raise
        refusal, codes = error, known[there]
        groups = cohort.groups().loc[codes.index]
    test = split_patients(cohort, task, seed).loc[codes.index].to_numpy(dtype=bool)
    if refusal is None:
        try:
            check_parts(cohort, task, codes, test)
        except InputError as error:
            refusal = error
    rows = pd.DataFrame({"code": codes, "person": groups, "part": np.where(test, TEST, TRAIN)})
    persons = pd.DataFrame({"test": test}).groupby(groups.to_numpy())["test"].agg(["min", "max", "size"])
    return ShownSplit(
        task=task,
        n_rows=len(cohort.table.frame),
        without_label=len(cohort.table.frame) - len(codes),
        without_row=int((~there).sum()),
        counts=_counts(rows, task),
        folds=_folds(rows[~test], task, seed) if refusal is None else _no_folds(),
        several=int((persons["size"] > 1).sum()),
        apart=int((persons["min"] != persons["max"]).sum()),
        refusal=refusal,
    )


def _counts(rows: pd.DataFrame, task: str) -> pd.DataFrame:
    found = [
        (part, name, len(there), there["person"].nunique())
        for part in (TRAIN, TEST)
        for code, name in enumerate(CLASSES[task])
        for there in [rows[(rows["part"] == part) & (rows["code"] == code)]]
    ]
    return pd.DataFrame(found, columns=["part", "class", "patients", "persons"])


def _folds(train: pd.DataFrame, task: str, seed: int) -> pd.DataFrame:
    number = number_of_folds(train["code"].to_numpy(dtype=np.int64), train["person"], Settings())
    fold_of = deal(train["code"], train["person"], number, seed)
    found = [
        (fold + 1, name, int(((fold_of == fold) & (train["code"] == code)).sum()))
        for fold in range(number)
        for code, name in enumerate(CLASSES[task])
    ]
    return pd.DataFrame(found, columns=_no_folds().columns)


def _no_folds() -> pd.DataFrame:
    return pd.DataFrame(columns=["fold", "class", "patients"])
