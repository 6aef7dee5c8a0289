"""One patient by form: three risks, the prediction set, and which values raise or lower each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import word
from core.cohort.columns import ReadingReport, Table
from core.cohort.variables import variables
from core.ehr.explanation_frames import contribution_frame
from core.report.risk import likeliest_outside
from pages.parts.ehr_form import draw_examples, draw_form, entered, is_example
from pages.parts.force_plot import draw_force_plot
from pages.parts.kept_parts import keep
from pages.parts.loaders import ehr_model
from pages.parts.patient_memory import kept
from pages.parts.show import show_chart, waiting
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    from core.ehr.shapley import Explanation
    from core.prediction import Prediction
    from core.results import Results
    from pages.parts.frame import Page


@st.fragment
def draw(page: Page, found: Results) -> None:
    """Draw the form and, beside it, what the model says; only this part runs again when a value changes."""
    st.markdown(page.say("form.lead"))
    draw_examples(page, found.encoder)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        row = draw_form(page, found.encoder)
    with right:
        given = entered(row)
        if not given:
            st.info(page.say("form.empty"), icon=":material/edit_note:")
            return
        with waiting(page.say("form.loading"), 420):
            ours = is_example(found.encoder, given)
            key = (found.artifact.digest, *given.items())
            prediction, explanation = kept("ehr_form", key, lambda: _predict(found, row), ours=ours)
        keep(page, ("ehr_answer", *key), lambda: _answer(page, found, prediction), ours=ours)
    if not prediction.withheld:
        _reasons(page, found, explanation, key, ours=ours)


def _predict(found: Results, row: pd.DataFrame) -> tuple[Prediction, Explanation]:
    from core.ehr.shapley import explain
    from core.prediction import predict_ehr

    model = ehr_model(found.task)
    table = Table(row, model.encoder.columns, ReadingReport("form", "form", 1, row.shape[1]))
    return predict_ehr(model, table, found.task)[0], explain(model, row)


def _answer(page: Page, found: Results, prediction: Prediction) -> None:
    if not prediction.withheld:
        _risks(page, found, prediction)
    _warnings(page, prediction)
    st.caption(page.say(f"patient.note_{found.task}"))


def _risks(page: Page, found: Results, prediction: Prediction) -> None:
    counts = found.artifact.manifest["class_counts"]["train"]
    total = sum(counts.values())
    frame = pd.DataFrame(
        {
            "class": found.classes,
            "probability": [prediction.probabilities[name] for name in found.classes],
            "low": np.nan,
            "high": np.nan,
            "base_rate": [counts[name] / total for name in found.classes],
        }
    )
    chart = charts.probability_bars(frame, language=page.language, synthetic=found.synthetic)
    show_chart(chart, "ehr_patient_risk")
    words = page.say("shared.separator").join(
        word(page.language, "classes", name) for name in prediction.prediction_set
    )
    if prediction.prediction_set:
        st.markdown(page.say("patient.set", classes=words))
        if outside := likeliest_outside(prediction, page.language):
            st.caption(outside)
    else:
        st.markdown(page.say("patient.empty_set"))


def _warnings(page: Page, prediction: Prediction) -> None:
    for warning in prediction.warnings:
        values = dict(warning.values)
        if "variable" in values:
            known = variables().get(str(values["variable"]))
            values["variable"] = known.label(page.language) if known else values["variable"]
        st.warning(plain(page.say(warning.key, **values)), icon=":material/warning:")


@st.fragment
def _reasons(
    page: Page, found: Results, explanation: Explanation, key: tuple[Hashable, ...], *, ours: bool
) -> None:
    """Draw the choice of class and what speaks for and against it; another class leaves the form alone."""
    code = _class_to_explain(page, found)
    part = ("ehr_reasons", code, *key)
    keep(page, part, lambda: _waterfall(page, found, explanation, code), ours=ours)
    if st.toggle(page.say("patient.force"), key="ehr_force"):
        frame = contribution_frame(explanation, found.encoder, 0, code, page.language)
        draw_force_plot(page, frame, float(explanation.base[code]))


def _class_to_explain(page: Page, found: Results) -> int:
    name = st.segmented_control(
        page.say("patient.reasons_for"),
        found.classes,
        default=found.classes[-1],
        format_func=lambda key: word(page.language, "classes", key),
        key="ehr_patient_class",
        required=True,
    )
    return found.classes.index(name or found.classes[-1])


def _waterfall(page: Page, found: Results, explanation: Explanation, code: int) -> None:
    frame = contribution_frame(explanation, found.encoder, 0, code, page.language)
    total = float(explanation.base[code] + explanation.values[0, code].sum())
    chart = charts.waterfall(
        frame,
        float(explanation.base[code]),
        total,
        found.classes[code],
        language=page.language,
        synthetic=found.synthetic,
    )
    show_chart(chart, "ehr_waterfall")
    st.caption(page.say("patient.waterfall_note"))
