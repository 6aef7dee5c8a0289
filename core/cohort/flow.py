"""The flow of a build: how many admissions and persons are left after each step, and why others left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["kept", "left_out", "of_these"]
COLUMNS = ("part", "step", "kind", "admissions", "persons")


@dataclass
class Flow:
    """Counts in the order of the steps; what is left out stands before the step that keeps the rest."""

    rows: list[tuple[str, str, Kind, int, int]] = field(default_factory=list)

    def add(self, part: str, step: str, kind: Kind, frame: pl.DataFrame) -> None:
        """Count the different ``hadm_id`` and ``subject_id`` of a frame."""
        counts = frame["hadm_id"].n_unique(), frame["subject_id"].n_unique()
        self.rows.append((part, step, kind, *counts))

    def frame(self) -> pd.DataFrame:
        """Return what ``flow.csv`` holds."""
        return pd.DataFrame(self.rows, columns=list(COLUMNS))
