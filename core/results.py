"""Finished results as they were stored: what a page draws at first sight, without loading any model library."""

from __future__ import annotations

import csv
import functools
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core._manifest_kinds import missing_entry
from core.artifacts import Artifact, artifact_name, load_artifact
from core.ehr.encoding import Encoder
from core.ehr.shapley import Explanation
from core.errors import ArtifactError
from core.evaluation import Evaluation
from core.late import LateModule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd
else:
    pd = LateModule("pandas")


@dataclass(frozen=True)
class Results:
    """One saved model's results; parts are read when they are asked for, each checked against the manifest.

    Attributes
    ----------
    artifact
        Where they come from.
    evaluation
        Of the model on the test part.
    twin
        Health record only: of its twin without resampling; of another modality None.
    raw
        Of the model before recalibration.
    oracle
        Synthetic cohorts: of the generator's own probabilities on the same patients.
    """

    artifact: Artifact
    evaluation: Evaluation
    twin: Evaluation | None
    raw: Evaluation
    oracle: Evaluation | None

    @property
    def task(self) -> str:
        """``diagnosis`` or ``outcome``."""
        return str(self.artifact.manifest["task"])

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the task."""
        return tuple(self.artifact.manifest["classes"])

    @property
    def synthetic(self) -> bool:
        """Whether the patients were generated."""
        return self.artifact.manifest["cohort"].get("synthetic") is True

    @functools.cached_property
    def encoder(self) -> Encoder:
        """The model's variables."""
        stored: dict[str, Any] = self.artifact.read_json("model.json")
        return Encoder.from_json(stored["encoder"])

    @functools.cached_property
    def explanation(self) -> Explanation:
        """SHAP values of test patients."""
        return Explanation.from_arrays(self.artifact.read_arrays("explanation.npz"))

    def columns(self, name: str, wanted: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Return a stored table as text, column by column: what a page needs of it at first sight, without pandas.

        Parameters
        ----------
        name
            As for ``frame``.
        wanted
            Names of the columns, those that are there; all without it.

        Raises
        ------
        ArtifactError
            It is missing or altered, or no table.
        """
        content = self.artifact.read(f"{name}.csv")
        try:
            header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
            chosen = [key for key in header if wanted is None or key in set(wanted)]
            places = [header.index(key) for key in chosen]
            return {key: [row[at] for row in rows] for key, at in zip(chosen, places, strict=True)}
        except (ValueError, IndexError, csv.Error) as error:
            raise ArtifactError("errors.artifact_part", part=f"{name}.csv", reason=str(error)[:80]) from error

    def frame(self, name: str) -> pd.DataFrame:
        """Return a stored table: ``predictions``, ``roc`` or ``calibration``."""
        content = self.artifact.read(f"{name}.csv")
        try:
            return pd.read_csv(
                io.BytesIO(content), dtype={"patient_id": "str"}, keep_default_na=False, na_values=[""]
            )
        except (ValueError, pd.errors.ParserError) as error:
            raise ArtifactError("errors.artifact_part", part=f"{name}.csv", reason=str(error)[:80]) from error


def load_results(root: Path, task: str, modality: str) -> Results:
    """Open the results of one saved model.

    Raises
    ------
    ArtifactError
        It is not there, or its manifest cannot be used.
    """
    return _results(load_artifact(root / artifact_name(task, modality)))


def _results(artifact: Artifact) -> Results:
    manifest = artifact.manifest
    missing = missing_entry(manifest)
    if missing is not None:
        raise ArtifactError("errors.artifact_part", part="manifest.json", reason=f"{missing}: missing")
    try:
        oracle, twin = manifest["oracle_metrics"], manifest.get("twin_metrics")
        return Results(
            artifact=artifact,
            evaluation=Evaluation.from_json(manifest["metrics"]),
            twin=None if twin is None else Evaluation.from_json(twin),
            raw=Evaluation.from_json(manifest["raw_metrics"]),
            oracle=None if oracle is None else Evaluation.from_json(oracle),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError("errors.artifact_part", part="manifest.json", reason=str(error)[:80]) from error
