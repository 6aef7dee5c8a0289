"""Everything that is known and worked out of one patient: what the report is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.clinical.benefit_harm import Balance
    from core.clinical.contraindications import Finding
    from core.clinical.d_dimer_rules import DDimerRule
    from core.clinical.scores import Result
    from core.cohort.columns import Column
    from core.ecg.interpretation import Reading
    from core.ehr.encoding import Encoder
    from core.ehr.shapley import Explanation
    from core.post_test import EcgEvidence, PreTest
    from core.prediction import Prediction


@dataclass(frozen=True)
class ModelUsed:
    """One saved model that a figure comes from.

    Attributes
    ----------
    task, modality
        Which question, and what it reads.
    version, digest, date
        First digits of the manifest's SHA-256, all of it, and the day of training.
    cohort, synthetic
        Whom it was trained on.
    shares
        Class to its share in the training part: what is usual.
    """

    task: str
    modality: str
    version: str
    digest: str
    date: str
    cohort: str
    synthetic: bool
    shares: dict[str, float]


@dataclass(frozen=True)
class ReportInputs:
    """One patient.

    Attributes
    ----------
    name
        What the patient is called on screen; text from a file as it stands there.
    origin
        ``example``, ``form`` or ``row``.
    values
        Variable to value in the catalogue's unit; what is not known is not there.
    asked
        All variables that were asked for, in the catalogue's order.
    scores
        Published scores and guideline classes.
    diagnosis
        Embolism or not, by modality: ``ehr``, ``ecg``, ``fusion``; only what could be computed.
    outcome
        After systemic thrombolysis, likewise.
    reading, recording_name, recording_synthetic
        The ECG, what it is called, and whether it was simulated; None without one.
    stated
        What the device itself states in the ECG's file.
    findings
        Contraindications, each answered yes, no or unknown.
    pre, evidence, d_dimer
        Probabilities of embolism to start from (the first is the one in use), what the ECG is worth, and what the
        D-dimer rules say.
    balances
        Benefit and harm by starting point, as ``core.report.balances`` works them out.
    explain, encoder
        Of the record's outcome model, for this patient; explained only where it is asked for.
    models
        Which saved models served.
    unjoined
        Tasks whose fusion could not serve, because a single model has been trained again since.
    """

    name: str
    origin: str
    values: dict[str, float | str]
    asked: tuple[Column, ...]
    scores: dict[str, Result]
    diagnosis: dict[str, Prediction] = field(default_factory=dict)
    outcome: dict[str, Prediction] = field(default_factory=dict)
    reading: Reading | None = None
    recording_name: str = ""
    recording_synthetic: bool = False
    stated: Mapping[str, float | str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    pre: tuple[PreTest, ...] = ()
    evidence: EcgEvidence | None = None
    d_dimer: tuple[DDimerRule, ...] = ()
    balances: dict[str, Balance] = field(default_factory=dict)
    explain: Callable[[], Explanation] | None = None
    encoder: Encoder | None = None
    models: tuple[ModelUsed, ...] = ()
    unjoined: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Column, ...]:
        """Asked for and not known, in the catalogue's order."""
        return tuple(column for column in self.asked if column.name not in self.values)

    def model(self, task: str, modality: str) -> ModelUsed | None:
        """Return the model of a question and a modality, if it served."""
        for one in self.models:
            if (one.task, one.modality) == (task, modality):
                return one
        return None
