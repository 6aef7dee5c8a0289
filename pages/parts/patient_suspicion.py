"""Step 1: how likely embolism is before imaging, and how the models move it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.report.risk import models_grid
from core.report.suspicion import ct_blocks, post_test_frame, rule_blocks
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_block, draw_blocks
from pages.parts.patient_state import OWN, entry_round
from pages.parts.show import show_chart
from pages.parts.wording import plain

_USUAL = 20

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the way to CT, the probability before and after the ECG, then the rules and models behind."""
    keep(page, ("way_to_ct", *worked.key), lambda: _way_to_ct(page, worked), ours=worked.ours)
    _own_start(page)
    keep(page, ("suspicion", *worked.key), lambda: _behind(page, worked), ours=worked.ours)


def _way_to_ct(page: Page, worked: Worked) -> None:
    way, *table = ct_blocks(worked.inputs, page.language)
    draw_block(way)
    for one in table:
        _before_and_after(page, worked)
        st.caption(plain(one.note))


def _behind(page: Page, worked: Worked) -> None:
    if worked.inputs.diagnosis:
        draw_block(models_grid(worked.inputs, "diagnosis", page.language))
    draw_blocks(rule_blocks(worked.inputs, page.language))


def _before_and_after(page: Page, worked: Worked) -> None:
    synthetic = any(one.synthetic for one in worked.inputs.models)
    frame = post_test_frame(worked.inputs, page.language)
    chart = charts.post_test_steps(frame, language=page.language, synthetic=synthetic)
    show_chart(chart, "patient_post_test")


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
