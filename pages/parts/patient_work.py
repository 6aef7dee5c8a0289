"""What is worked out of the patient on the page: all scores and models at once, again only when something changed."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core.clinical.contraindications import answer_columns, check_contraindications
from core.clinical.d_dimer_rules import d_dimer_rules
from core.clinical.scores import input_columns, results
from core.cohort.variables import variables
from core.post_test import evidence_of, own_pre_test, pre_tests
from core.report import ReportInputs
from core.report.balances import balances
from core.report.risk import shown
from pages.parts.loaders import ecg_model, ehr_model, stored_predictions
from pages.parts.patient_memory import kept
from pages.parts.patient_models import digests, fusion_model, saved, stamp
from pages.parts.patient_recording import chosen_recording, reading_of
from pages.parts.patient_state import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.cohort.columns import Column, Table
    from core.ecg.interpretation import Reading
    from core.ehr.pipeline import EhrModel
    from core.ehr.shapley import Explanation
    from core.fusion.model import FusionModel
    from core.post_test import EcgEvidence
    from core.prediction import Prediction
    from core.report import ModelUsed
    from pages.parts.ecg_source import Chosen
    from pages.parts.patient_state import Patient


@dataclass(frozen=True)
class Worked:
    """Everything about one state of the entries.

    Attributes
    ----------
    key
        Tells it from another.
    inputs
        What the sentences and the report are made from.
    row
        The patient as a table of one row: every field, NaN where unknown.
    ours
        An example as it is, with its own recording or none: nothing here is a visitor's.
    """

    key: tuple[object, ...]
    inputs: ReportInputs
    row: pd.DataFrame
    ours: bool


def fields() -> tuple[Column, ...]:
    """All that is asked for: the catalogue, what only scores ask, and a hospital's own columns that a model knows."""
    extra = [column for column in input_columns() if column.name not in variables()]
    found = {column.name: column for column in (*(one.column() for one in variables().values()), *extra)}
    for model in saved("ehr").values():
        for column in model.encoder.columns:
            found.setdefault(column.name, column)
    return tuple(found.values())


def columns_of_a_row() -> tuple[Column, ...]:
    """Columns that a table's row may have: all fields, and answers to contraindications."""
    found = {column.name: column for column in (*fields(), *answer_columns())}
    return tuple(found.values())


def row_of(values: Mapping[str, float | str]) -> pd.DataFrame:
    """Return one row with every field that may be asked for."""
    columns = columns_of_a_row()
    index = pd.Index(["1"], name="patient_id")
    texts = [column.name for column in columns if column.kind == "categorical"]
    numbers = [column.name for column in columns if column.kind != "categorical"]
    # two blocks, not a hundred columns one by one: a hundredth of the time
    known = np.array([[float(values.get(name, np.nan)) for name in numbers]])
    words = pd.DataFrame([[values.get(name, np.nan) for name in texts]], index, texts, dtype="str")
    return pd.concat([pd.DataFrame(known, index, numbers), words], axis=1)


def work(patient: Patient, name: str) -> Worked:
    """Work everything out, or give what was worked out of the same entries before in this session.

    Parameters
    ----------
    name
        What the patient is called on screen.

    Raises
    ------
    ArtifactError
        A model cannot be loaded.
    """
    recording = chosen_recording(patient)
    key = (patient.key, name, recording.key if recording else "", own_start(), digests())
    ours = patient.is_example and own_start() is None and (recording is None or recording.synthetic)
    return kept("worked", key, lambda: _work(key, patient, name, recording, ours=ours), ours=ours)


def _work(
    key: tuple[object, ...], patient: Patient, name: str, recording: Chosen | None, *, ours: bool
) -> Worked:
    row = row_of(patient.values)
    reading = reading_of(recording, patient) if recording else None
    diagnosis, outcome = (
        _predictions(task, row, reading, (recording, patient.values.get("sex")))
        for task in ("diagnosis", "outcome")
    )
    model = ehr_model("outcome") if "ehr" in outcome else None
    found = results(row)[0]
    start = own_start()
    inputs = ReportInputs(
        name=name,
        origin=patient.origin,
        values=dict(patient.values),
        asked=fields(),
        scores=found,
        diagnosis=diagnosis,
        outcome=outcome,
        reading=reading,
        recording_name=recording.name if recording else "",
        recording_synthetic=bool(recording and recording.synthetic),
        stated=recording.stated if recording else {},
        findings=check_contraindications(row)[0],
        pre=(*(() if start is None else (own_pre_test(start),)), *pre_tests(row)),
        evidence=_evidence(diagnosis.get("ecg")),
        d_dimer=d_dimer_rules(row),
        balances=balances(found, _shown(outcome.get("ehr")), patient.values, _source()),
        explain=None if model is None else functools.cache(functools.partial(_explained, model, row)),
        encoder=None if model is None else model.encoder,
        unjoined=tuple(
            task
            for task, served in (("diagnosis", diagnosis), ("outcome", outcome))
            if len(served) == 2 and task in saved("fusion") and fusion_model(task) is None
        ),
        models=_stamps({"diagnosis": diagnosis, "outcome": outcome}),
    )
    return Worked(key, inputs, row, ours)


def _predictions(
    task: str, row: pd.DataFrame, reading: Reading | None, of: tuple[Chosen | None, object]
) -> dict[str, Prediction]:
    """What each modality says; of an unusable recording a prediction without a number."""
    found: dict[str, Prediction] = {}
    if task in saved("ehr") and row.notna().any(axis=None):
        found["ehr"] = _by_record(ehr_model(task), row, task)
    recording, sex = of
    if task in saved("ecg") and reading is not None and recording is not None:
        from pages.parts.ecg_model import probability

        model = saved("ecg")[task]
        key = (model.artifact.digest, recording.key, sex)
        # of a demonstration's recording it is nobody's, whatever the patient's record says
        make = functools.partial(probability, model, reading)
        found["ecg"] = kept(f"ecg_{task}", key, make, ours=recording.synthetic)
    fusion = fusion_model(task) if len(found) == 2 and task in saved("fusion") else None
    if fusion is not None and found["ecg"].probabilities:
        found["fusion"] = _joined(fusion, found, row, reading, task)
    return found


def _joined(
    fusion: FusionModel, found: dict[str, Prediction], row: pd.DataFrame, reading: Reading | None, task: str
) -> Prediction:
    from core.prediction import fusion_features, predict_fusion

    model = ehr_model(task)
    readings = [] if reading is None else [(str(row.index[0]), reading)]
    features = fusion_features(fusion, model, ecg_model(task), _table(model, row), readings)
    return predict_fusion(fusion, found["ehr"], found["ecg"], task, features.get(str(row.index[0])))


def _table(model: EhrModel, row: pd.DataFrame) -> Table:
    from core.cohort.columns import ReadingReport, Table

    return Table(row, model.encoder.columns, ReadingReport("", "", 1, row.shape[1]))


def _by_record(model: EhrModel, row: pd.DataFrame, task: str) -> Prediction:
    from core.prediction import predict_ehr

    return predict_ehr(model, _table(model, row), task)[0]


def own_start() -> float | None:
    """Return the visitor's own estimate of embolism before the ECG, 0 to 1; None where the scores are taken."""
    percent = st.session_state.get(OWN)
    return None if percent is None else percent / 100


def _evidence(said: Prediction | None) -> EcgEvidence | None:
    """What the ECG's probability is worth, by the model's stored test predictions."""
    if said is None or not shown(said):
        return None
    model, p = saved("ecg")["diagnosis"], said.probabilities["pe"]
    share = stamp(model).shares["pe"]
    key = (model.artifact.digest, p)
    return kept(
        "evidence", key, lambda: evidence_of(p, share, stored_predictions(model, model.artifact.digest))
    )


def _shown(said: Prediction | None) -> dict[str, float]:
    return said.probabilities if said is not None and shown(said) else {}


def _source() -> str:
    model = saved("ehr").get("outcome")
    return "" if model is None else f"{model.artifact.folder.name} {model.artifact.version}"


def _explained(model: EhrModel, row: pd.DataFrame) -> Explanation:
    from core.ehr.shapley import explain

    return explain(model, row)


def _stamps(found: dict[str, dict[str, Prediction]]) -> tuple[ModelUsed, ...]:
    return tuple(stamp(saved(modality)[task]) for task, served in found.items() for modality in served)
