"""Step 2: the recording on ECG paper, what was read on it, and why the model says what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.charts.ecg_paper import ecg_paper
from core.report import step_blocks
from pages.parts.ecg_marks import marks_of
from pages.parts.ecg_model import draw_reasons
from pages.parts.ecg_printout import draw_legend
from pages.parts.ecg_verdict import draw_assumptions, draw_verdict
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_blocks
from pages.parts.patient_models import saved
from pages.parts.patient_recording import chosen_recording, draw_choice, sex_of
from pages.parts.patient_state import current
from pages.parts.show import show_chart

if TYPE_CHECKING:
    from core.charts.style import Chart
    from core.ecg.interpretation import Reading
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the choice of recording and, where there is one, paper, findings and reasons."""
    patient, reading = current(), worked.inputs.reading
    if patient is None:
        return
    draw_choice(page, patient)
    chosen = chosen_recording(patient)
    if reading is None or chosen is None:
        st.caption(page.say("ecg.without"))
        return
    ecg_page = replace(page, name="ecg")
    if reading.quality.problems:
        draw_verdict(ecg_page, reading)
    draw_assumptions(ecg_page, chosen.recording)
    with st.container(key="ecg_paper"):
        keep(
            page,
            ("paper", chosen.key, sex_of(chosen, patient)),
            lambda: show_chart(
                _paper(reading, page.language, synthetic=chosen.synthetic), "patient_ecg_paper"
            ),
            ours=chosen.synthetic,
        )
    if reading.quality.usable:
        draw_legend(ecg_page, reading)
    left, right = st.columns(2, gap="medium")
    with left:
        draw_blocks(step_blocks("ecg", worked.inputs, page.language))
    with right:
        draw_reasons(ecg_page, saved("ecg").get("diagnosis"), reading, chosen.key, own=not chosen.synthetic)
        page.link("ecg", page.say("ecg.more"))


def _paper(reading: Reading, language: str, *, synthetic: bool) -> Chart:
    from core.ecg.recording import LEADS

    return ecg_paper(
        dict(zip(LEADS, reading.recording.signal, strict=True)),
        reading.recording.rate_hz,
        language=language,
        layout="3x4",
        marks=marks_of(reading) if reading.quality.usable else (),
        synthetic=synthetic,
    )
