from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

# before anything that computes is loaded: threads that wait for each other make tiny fits a hundred times slower
os.environ.setdefault("OMP_NUM_THREADS", "1")
# every test draws for itself; tests/pages/test_drawn_before.py switches it on
os.environ["PE_KEEP_DRAWN"] = "0"

from core.cohort.folder import Cohort, restrict, synthetic_cohort
from core.cohort.synthetic import generate
from core.ehr.tuning import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.columns import Table
    from core.ehr.pipeline import EhrModel

SMALL = Settings(
    n_folds=3,
    depths=(1, 2),
    strengths=(0.1, 1.0),
    most_rounds=20,
    patience=10,
    n_trees=5,
    max_iterations=2,
    fold_trees=3,
    fold_iterations=1,
)
FEW_COLUMNS = (
    "age",
    "sex",
    "cancer",
    "syncope",
    "smoking",
    "systolic_bp",
    "spo2",
    "lactate",
    "haemoglobin",
    "thrombolytic",
    "full_dose",
)


def narrow(cohort: Cohort, names: tuple[str, ...] = FEW_COLUMNS) -> Cohort:
    """The same patients with few columns: fits take a fraction of a second."""
    assert cohort.table is not None
    columns = tuple(column for column in cohort.table.columns if column.name in names)
    frame = cohort.table.frame[[column.name for column in columns]]
    return replace(cohort, table=replace(cohort.table, frame=frame, columns=columns))


@pytest.fixture(scope="session")
def small() -> Settings:
    return SMALL


@pytest.fixture(scope="session")
def tiny() -> Cohort:
    """400 synthetic patients with few columns."""
    return narrow(synthetic_cohort(generate(400, seed=5)))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny: Cohort) -> Path:
    """Folder with both models of the tiny cohort; tests that alter it copy it first."""
    from core.training import train

    root = tmp_path_factory.mktemp("trained")
    for task in ("diagnosis", "outcome"):
        train(tiny, task, "ehr", root, SMALL)
    return root


@pytest.fixture(scope="session")
def model(trained: Path) -> EhrModel:
    """The tiny cohort's model of the outcome, as it is loaded."""
    from core.training import load_ehr_model

    return load_ehr_model(trained, "outcome")[1]


@pytest.fixture(scope="session")
def table(tiny: Cohort) -> Table:
    """The tiny cohort's patients with an outcome."""
    return restrict(tiny, "outcome")[0]
