from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from core.cohort.folder import Cohort, load_cohort
from core.cohort.mimic_iv import Options, build
from tests.cohort.mimic_iv.fabricated import Hospital

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., Cohort]:
    """Write a hospital, build its cohort and read it back."""

    def make(hospital: Hospital, form: str = "csv", ecg: Path | None = None, **options: object) -> Cohort:
        name = f"{len(list(tmp_path.iterdir()))}"
        out = tmp_path / f"cohort-{name}"
        build(hospital.write(tmp_path / f"mimic-{name}", form), out, ecg, Options(**options))
        return load_cohort(out)

    return make


@pytest.fixture
def values(built: Callable[..., Cohort]) -> Callable[..., pd.DataFrame]:
    """Build a cohort and return its table as text, as it stands in the file."""

    def make(hospital: Hospital, **options: object) -> pd.DataFrame:
        folder = built(hospital, **options).folder
        return pd.read_csv(folder / "ehr.csv", dtype="str").set_index("patient_id")

    return make
