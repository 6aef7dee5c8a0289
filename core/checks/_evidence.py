"""What the rules look at: a saved model's manifest and predictions, and its cohort where it is at hand."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.checks._verdict import unchecked
from core.cohort.folder import restrict

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from core.checks._verdict import Verdict
    from core.cohort.columns import Table
    from core.cohort.folder import Cohort
    from core.results import Results

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """Patients of one part.

    Attributes
    ----------
    frame
        Their rows of ``predictions.csv``.
    truth
        (n,) class codes.
    """

    frame: pd.DataFrame
    truth: Codes
    classes: tuple[str, ...]

    def probabilities(self, key: str = "p") -> Floats:
        """Probabilities (n, k) of a series: ``p``, ``raw``, ``twin_p``, ``twin_raw``, ``oracle``."""
        return self.frame[[f"{key}_{name}" for name in self.classes]].to_numpy(dtype=np.float64)

    def has(self, key: str) -> bool:
        """Whether the series was stored for these patients."""
        names = [f"{key}_{name}" for name in self.classes]
        return set(names) <= set(self.frame.columns) and not self.frame[names].isna().to_numpy().any()


@dataclass(frozen=True)
class Evidence:
    """One saved model under examination.

    Attributes
    ----------
    found
        Its stored results.
    given
        The cohort handed in, whatever it is.
    digest
        That cohort's digest; empty without one.
    """

    found: Results
    given: Cohort | None = None
    digest: str = ""

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says."""
        return self.found.artifact.manifest

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the task."""
        return self.found.classes

    @property
    def is_ehr(self) -> bool:
        """Whether the model reads the health record alone."""
        return bool(self.manifest["modality"] == "ehr")

    @property
    def is_ecg(self) -> bool:
        """Whether the model reads recordings alone."""
        return bool(self.manifest["modality"] == "ecg")

    @property
    def is_fusion(self) -> bool:
        """Whether the model joins two saved ones."""
        return bool(self.manifest["modality"] == "fusion")

    def not_a_table(self, reason: str) -> Verdict:
        """Say why a rule on tables does not apply: a fusion's own models are checked by themselves."""
        return unchecked("see_bases" if self.is_fusion else reason)

    @property
    def cohort(self) -> Cohort | None:
        """The cohort the model was trained on, if it is at hand: another one proves nothing."""
        return self.given if self.digest == self.manifest.get("cohort_digest") else None

    @functools.cached_property
    def model(self) -> dict[str, Any]:
        """What ``model.json`` says."""
        stored: dict[str, Any] = self.found.artifact.read_json("model.json")
        return stored

    @functools.cached_property
    def predictions(self) -> pd.DataFrame:
        """The stored predictions."""
        return self.found.frame("predictions")

    @functools.cached_property
    def test(self) -> Part:
        """The test part."""
        return self._part("test")

    @functools.cached_property
    def train(self) -> Part:
        """The training part, with its out-of-fold predictions."""
        return self._part("out-of-fold")

    def _part(self, name: str) -> Part:
        frame = self.predictions[self.predictions["part"] == name]
        return Part(frame, self.codes(frame["truth"]), self.classes)

    def codes(self, names: pd.Series) -> Codes:
        """Class codes of class names; -1 for a name that is no class."""
        known = {name: code for code, name in enumerate(self.classes)}
        return np.asarray(names.map(known).fillna(-1), dtype=np.int64)

    @functools.cached_property
    def table(self) -> Table | None:
        """Rows of the cohort's table with the columns that the task allows; None without cohort or table."""
        if self.cohort is None or self.cohort.table is None:
            return None
        return restrict(self.cohort, self.found.task)[0]

    def rows(self, part: Part | None = None) -> Table:
        """Return the table of one part, or of both."""
        assert self.table is not None
        wanted = self.predictions["patient_id"] if part is None else part.frame["patient_id"]
        frame = self.table.frame
        return replace(self.table, frame=frame[frame.index.isin(wanted)])
