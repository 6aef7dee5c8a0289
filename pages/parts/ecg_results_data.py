"""What the results tab works on: the judged patients of a saved ECG model, and the thresholds chosen in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.clinical.reported import original_report
from core.errors import ArtifactError
from core.evaluation import Decision, decide_at, sensitivity_point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.evaluation.arrays import Events, Floats
    from core.results import Results

_SEVERITY = "severity_group"
_COLUMNS = frozenset({"part", "truth", "p_pe", "oracle_pe", _SEVERITY})


@dataclass(frozen=True)
class Judged:
    """Test patients of one model, and the thresholds that were fixed before they were looked at.

    Attributes
    ----------
    event
        (n,) who has embolism.
    probability, oracle
        (n,) the model's, and for synthetic patients the generator's own.
    severity
        (n,) ``severe``, ``mild``, ``none`` or empty where not known.
    thresholds
        How it was chosen (``youden``, ``sensitivity``, ``report``) to threshold.
    target
        The share of events that ``sensitivity`` aims at.
    """

    event: Events
    probability: Floats
    oracle: Floats | None
    severity: tuple[str, ...]
    thresholds: dict[str, float]
    target: float

    def decide(self, threshold: float) -> Decision:
        """Flag the test patients at or above a threshold."""
        return decide_at(self.event, self.probability, threshold)


@st.cache_resource(show_spinner=False, max_entries=4)
def judged(_found: Results, digest: str) -> Judged:  # noqa: ARG001 - the digest is the key
    """Read the predictions of a saved model.

    Raises
    ------
    ArtifactError
        They, or the thresholds, are not those of an ECG model.
    """
    try:
        table = {
            name: np.array(cells, dtype=str)
            for name, cells in _found.columns("predictions", _COLUMNS).items()
        }
        test, held_out = (
            {name: cells[table["part"] == part] for name, cells in table.items()}
            for part in ("test", "out-of-fold")
        )
        stored = _found.artifact.manifest["thresholds"]
        wanted = original_report().figures["sensitivity"].value
        return Judged(
            event=test["truth"] == "pe",
            probability=_numbers(test["p_pe"]),
            oracle=_numbers(test["oracle_pe"]) if "oracle_pe" in test else None,
            severity=tuple(test.get(_SEVERITY, np.full(len(test["truth"]), "")).tolist()),
            thresholds={
                "youden": float(stored["youden"]),
                "sensitivity": float(stored["sensitivity"]["threshold"]),
                "report": _threshold_of(held_out, wanted),
            },
            target=float(stored["sensitivity"]["target"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError("errors.artifact_part", part="predictions.csv", reason=str(error)[:80]) from error


def _numbers(cells: NDArray[np.str_]) -> Floats:
    return np.where(cells == "", "nan", cells).astype(float)


def _threshold_of(held_out: dict[str, NDArray[np.str_]], wanted: float) -> float:
    """Where the training part's out-of-fold predictions reach a sensitivity: never looked up on the test part."""
    return sensitivity_point(held_out["truth"] == "pe", _numbers(held_out["p_pe"]), wanted).threshold
