"""What the results tab works on: the judged patients of a saved ECG model, and the thresholds chosen in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.clinical.reported import original_report
from core.errors import ArtifactError
from core.evaluation import Decision, decide_at, sensitivity_point

if TYPE_CHECKING:
    from core.evaluation.arrays import Events, Floats
    from core.results import Results

_SEVERITY = "severity_group"


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
    severity: pd.Series
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
        frame = _found.frame("predictions")
        test, held_out = (frame[frame["part"] == part] for part in ("test", "out-of-fold"))
        stored = _found.artifact.manifest["thresholds"]
        wanted = original_report().figures["sensitivity"].value
        return Judged(
            event=_event(test),
            probability=test["p_pe"].to_numpy(dtype=float),
            oracle=test["oracle_pe"].to_numpy(dtype=float) if "oracle_pe" in test else None,
            severity=test[_SEVERITY] if _SEVERITY in test else pd.Series("", index=test.index),
            thresholds={
                "youden": float(stored["youden"]),
                "sensitivity": float(stored["sensitivity"]["threshold"]),
                "report": _threshold_of(held_out, wanted),
            },
            target=float(stored["sensitivity"]["target"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError("errors.artifact_part", part="predictions.csv", reason=str(error)[:80]) from error


def _event(frame: pd.DataFrame) -> Events:
    return (frame["truth"] == "pe").to_numpy()


def _threshold_of(held_out: pd.DataFrame, wanted: float) -> float:
    """Where the training part's out-of-fold predictions reach a sensitivity: never looked up on the test part."""
    return sensitivity_point(_event(held_out), held_out["p_pe"].to_numpy(dtype=float), wanted).threshold
