"""Example patients as the report takes them, without any saved model: what models say is made up here."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.clinical.contraindications import check_contraindications
from core.clinical.d_dimer_rules import d_dimer_rules
from core.clinical.scores import results
from core.cohort.examples import examples
from core.cohort.variables import variables
from core.evaluation import Interval
from core.post_test import EcgEvidence, pre_tests
from core.prediction import Prediction
from core.report import ModelUsed, ReportInputs
from core.report.balances import balances

RISKS = {"none": 0.7, "death": 0.1, "bleeding": 0.2}
MODEL = ModelUsed(
    "outcome",
    "ehr",
    "0123456789ab",
    "0123456789ab" * 5 + "cdef",
    "2026-01-02",
    "made-up cohort",
    synthetic=True,
    shares={"none": 0.82, "death": 0.09, "bleeding": 0.09},
)


def said(modality: str = "ehr", *, withheld: bool = False, **changes: Any) -> Prediction:
    """Return a prediction of the outcome after thrombolysis."""
    fields: dict[str, Any] = {
        "patient_id": "1",
        "task": "outcome",
        "modality": modality,
        "probabilities": {} if withheld else RISKS,
        "raw_probabilities": {},
        "prediction_set": () if withheld else ("none", "bleeding"),
        "decided": None,
        "warnings": (),
        "withheld": withheld,
    }
    return Prediction(**(fields | changes))


def evidence(ratio: float) -> EcgEvidence:
    """Return an ECG worth a likelihood ratio, observed exactly so."""
    return EcgEvidence(0.5, 0.5, ratio, (0.4, 0.6), 50, 50, Interval(ratio, ratio, ratio))


def inputs_of(example_name: str, /, *, without: tuple[str, ...] = (), **changes: Any) -> ReportInputs:
    """Return an example patient, some values changed or taken out."""
    example = examples()[example_name]
    known = {key: value for key, value in {**example.values, **example.extra}.items() if key not in without}
    frame = example.frame().drop(columns=[key for key in without if key in example.frame()])
    values = {key: value for key, value in changes.items() if key in variables()}
    for key, value in values.items():
        frame[key] = value if isinstance(value, str) else np.float64(value)
    known |= values
    found = results(frame)[0]
    outcome = changes.get("outcome", {"ehr": said()})
    risks = outcome["ehr"].probabilities if "ehr" in outcome else {}
    fields: dict[str, Any] = {
        "name": "somebody",
        "origin": "example",
        "values": known,
        "asked": tuple(one.column() for one in variables().values()),
        "scores": found,
        "outcome": outcome,
        "findings": check_contraindications(frame)[0],
        "pre": pre_tests(frame),
        "d_dimer": d_dimer_rules(frame),
        "balances": balances(found, risks, known, "a model"),
        "models": (MODEL,),
    }
    own = {key: value for key, value in changes.items() if key not in variables()}
    return ReportInputs(**(fields | own))
