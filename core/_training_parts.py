"""Which patients a model is fitted on: those with a label and what the modality needs, and the part they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort.folder import CLASSES, TASKS, Cohort, restrict
from core.cohort.split import persons_by_class, split_by_person
from core.errors import CohortError, InputError, TrainingError
from core.modalities import SINGLE
from core.recordings import has_recordings, recordings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_PERSONS = 5


def trainable(cohort: Cohort, task: str | None = None) -> list[tuple[str, str]]:
    """Tasks and modalities that the cohort's contents allow, of all tasks or of one.

    A synthetic cohort's folder that was written without recordings is taken at its word: they could be made again,
    but are trained on only where they are asked for.

    Raises
    ------
    InputError
        There are none: says why not, for the task that most patients have a label for.
    """
    modalities = [name for name in SINGLE if _has(cohort, name)]
    if cohort.folder is not None and cohort.recordings is None and cohort.table is not None:
        modalities = ["ehr"]
    if len(modalities) == len(SINGLE):
        modalities.append("fusion")
    if not modalities or cohort.labels[["pe", "outcome"]].isna().all(axis=None):
        raise TrainingError("errors.nothing_to_train", name=cohort.about.name)
    found: list[tuple[str, str]] = []
    refused: dict[str, InputError] = {}
    for one in TASKS if task is None else (task,):
        for modality in modalities:
            try:
                labelled_rows(cohort, one, modality)
            except InputError as error:
                refused[one] = error
            else:
                found.append((one, modality))
    if not found:
        raise refused[max(refused, key=lambda one: len(cohort.labelled(one)))]
    return found


def split_patients(cohort: Cohort, task: str, seed: int) -> pd.Series:
    """Whether each labelled patient belongs to the test part: the same for every modality.

    Returns
    -------
    Series of bool
        Index ``patient_id``: patients with a label for the task and a row of the table or a recording.
    """
    codes = cohort.labelled(task)
    known = [_patients(cohort, modality) for modality in SINGLE if _has(cohort, modality)]
    codes = codes[np.logical_or.reduce([codes.index.isin(ids) for ids in known])]
    groups = cohort.groups().loc[codes.index]
    return pd.Series(split_by_person(codes, groups, seed=seed), index=codes.index)


def _has(cohort: Cohort, modality: str) -> bool:
    return cohort.table is not None if modality == "ehr" else has_recordings(cohort)


def _patients(cohort: Cohort, modality: str) -> pd.Index:
    if modality == "ehr":
        assert cohort.table is not None
        return cohort.table.frame.index
    patients: pd.Index = pd.Index(recordings_of(cohort).rows["patient_id"].unique())
    return patients


def labelled_rows(cohort: Cohort, task: str, modality: str) -> tuple[pd.Series, pd.Series]:
    """Codes and persons of the patients that a modality has for a task, every class with persons enough."""
    if modality == "ehr":
        _, codes, groups = restrict(cohort, task)
    else:
        codes = cohort.labelled(task)
        for one in SINGLE if modality == "fusion" else (modality,):
            codes = codes[codes.index.isin(_patients(cohort, one))]
        if codes.empty:
            raise CohortError("errors.cohort_no_label", name=cohort.about.name, task=task)
        groups = cohort.groups().loc[codes.index]
    persons = persons_by_class(codes, groups)
    for code, label in enumerate(CLASSES[task]):
        if code not in persons.index:
            raise TrainingError("errors.class_absent", name=cohort.about.name, label=label, task=task)
        if persons[code] < FEWEST_PERSONS:
            raise _too_few(cohort, task, label, int(persons[code]))
    return codes, groups


def check_parts(cohort: Cohort, task: str, codes: pd.Series, test: NDArray[np.bool_]) -> None:
    """Every class in both parts: where recordings are missing or refused, it may be gone from one."""
    for code, label in enumerate(CLASSES[task]):
        n = int((codes == code).sum())
        if min((codes[test] == code).sum(), (codes[~test] == code).sum()) < 1:
            raise _too_few(cohort, task, label, n)


def _too_few(cohort: Cohort, task: str, label: str, n: int) -> TrainingError:
    return TrainingError(
        "errors.class_too_few", name=cohort.about.name, label=label, n=n, needed=FEWEST_PERSONS, task=task
    )
