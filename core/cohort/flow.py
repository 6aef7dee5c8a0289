"""The flow of a build: how many admissions and persons are left after each step, and why others left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["kept", "left_out", "of_these"]
COLUMNS = ("part", "step", "kind", "after", "admissions", "persons")


@dataclass
class Flow:
    """Counts in the order of the steps; what is left out stands before the step that keeps the rest."""

    rows: list[tuple[str, str, Kind, str, int, int]] = field(default_factory=list)

    def add(self, part: str, step: str, kind: Kind, frame: pl.DataFrame, after: str | None = None) -> None:
        """Count the different ``hadm_id`` and ``subject_id`` of a frame.

        Parameters
        ----------
        part, step, kind
            Where the counts stand, and whether the step keeps its patients.
        frame
            Patients of the step.
        after
            Step that these patients come from; the last of the part that kept any without it.
        """
        kept = [row[1] for row in self.rows if row[0] == part and row[2] == "kept"]
        origin = after if after is not None else kept[-1] if kept else ""
        counts = frame["hadm_id"].n_unique(), frame["subject_id"].n_unique()
        self.rows.append((part, step, kind, origin, *counts))
