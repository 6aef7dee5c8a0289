"""Why the model says what it says, over the test patients: three classes in one chart, then twenty for each event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.ehr.explanation_frames import importance_frame, swarm_frame
from pages.parts.kept_parts import kept_part
from pages.parts.show import show_chart

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page


@kept_part
def draw(page: Page, found: Results) -> None:
    """Draw the section from stored SHAP values."""
    st.markdown(page.say("reasons.lead", n=len(found.explanation.patient_ids)))
    show_chart(_summary(found, page.language), "ehr_shap_summary")
    for name in _events(found):
        st.header(page.say("reasons.top", name=word(page.language, "classes", name)), anchor=False)
        show_chart(_swarm(found, name, page.language), f"ehr_swarm_{name}")
    st.caption(page.say("reasons.note", error=f"{found.artifact.manifest['additivity_error']:.1e}"))


def _events(found: Results) -> tuple[str, ...]:
    """Bleeding first, then death, as the report asks; for the diagnosis the embolism."""
    return ("bleeding", "death") if found.task == "outcome" else ("pe",)


def _summary(found: Results, language: str) -> charts.Chart:
    frame = importance_frame(found.explanation, found.encoder, found.classes, language)
    return charts.shap_summary(frame, language=language, synthetic=found.synthetic)


def _swarm(found: Results, name: str, language: str) -> charts.Chart:
    frame = swarm_frame(found.explanation, found.encoder, found.classes.index(name), language)
    return charts.beeswarm(frame, name, language=language, synthetic=found.synthetic)
