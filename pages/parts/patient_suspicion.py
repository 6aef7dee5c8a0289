"""Step 1: how likely embolism is before imaging, and how the models move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.report.risk import models_grid
from core.report.suspicion import ct_blocks, rule_blocks
from pages.parts.patient_blocks import draw_block, draw_blocks
from pages.parts.patient_state import OWN, entry_round

_USUAL = 20

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the way to CT, the probability before and after the ECG, then the rules and models behind."""
    draw_blocks(ct_blocks(worked.inputs, page.language))
    _own_start(page)
    if worked.inputs.diagnosis:
        draw_block(models_grid(worked.inputs, "diagnosis", page.language))
    draw_blocks(rule_blocks(worked.inputs, page.language))


def _own_start(page: Page) -> None:
    """Draw the visitor's own estimate beside the published frequencies."""
    key = f"patient_own_{entry_round()}"
    if st.toggle(page.say("suspicion.own"), value=st.session_state.get(OWN) is not None, key=f"{key}_on"):
        percent = st.slider(
            page.say("suspicion.share"),
            min_value=1,
            max_value=90,
            value=int(st.session_state.get(OWN) or _USUAL),
            format="%d%%",
            key=key,
        )
    else:
        percent = None
    if percent != st.session_state.get(OWN):
        st.session_state[OWN] = percent
        st.rerun()
