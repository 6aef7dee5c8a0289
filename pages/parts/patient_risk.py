"""Step 4: three outcomes after thrombolysis, why, and what would change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from core import charts
from core.charts.words import word
from core.report.mortality import mortality_blocks
from core.report.reasons import reason_blocks
from core.report.risk import EVENTS, models_grid, no_risk, rival_blocks, shown, warning_lines
from core.text import text
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_block, draw_blocks
from pages.parts.patient_form import units_in_use
from pages.parts.patient_what_if import draw_what_if
from pages.parts.show import show_chart
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.report import ReportInputs
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw risks, reasons, what-if, models side by side and rivals; no number where the patient is too far off."""
    inputs = worked.inputs
    if not inputs.outcome:
        st.info(page.say(no_risk(inputs)), icon=":material/info:")
    elif not shown(inputs.outcome.get("ehr")):
        st.error(page.say("report.risk.withheld"), icon=":material/block:")
        _warnings(page, inputs)
    else:
        keep(page, ("risks", *worked.key), lambda: _risks(page, inputs), ours=worked.ours)
        _reasons(page, inputs)
        with st.container(border=True):
            draw_what_if(page, worked)
    keep(
        page,
        ("risk_rivals", *worked.key),
        lambda: draw_blocks((*mortality_blocks(inputs, page.language), *rival_blocks(inputs, page.language))),
        ours=worked.ours,
    )


def _risks(page: Page, inputs: ReportInputs) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _bars(page, inputs)
    with right:
        draw_block(models_grid(inputs, "outcome", page.language))
    _warnings(page, inputs)


def event_choice(page: Page, label: str, key: str) -> str:
    """Draw the choice between death and bleeding."""
    chosen = st.segmented_control(
        label,
        EVENTS,
        default=EVENTS[0],
        format_func=lambda name: word(page.language, "classes", name),
        key=key,
        required=True,
    )
    return chosen or EVENTS[0]


def _warnings(page: Page, inputs: ReportInputs) -> None:
    """Draw what to know beside the numbers, in one box."""
    said = warning_lines(inputs.outcome, page.language)
    if said:
        st.warning("\n".join(f"- {plain(one)}" for one in said), icon=":material/warning:")


def _bars(page: Page, inputs: ReportInputs) -> None:
    found, used = inputs.outcome["ehr"], inputs.model("outcome", "ehr")
    if used is None:
        return
    frame = pd.DataFrame(
        {
            "class": list(found.probabilities),
            "probability": list(found.probabilities.values()),
            "low": np.nan,
            "high": np.nan,
            "base_rate": [used.shares[name] for name in found.probabilities],
        }
    )
    chart = charts.probability_bars(frame, language=page.language, synthetic=used.synthetic)
    show_chart(chart, "patient_risk_bars")


def _reasons(page: Page, inputs: ReportInputs) -> None:
    name = event_choice(page, page.say("risk.reasons"), "patient_reasons_class")
    blocks = reason_blocks(inputs, page.language, name, units_in_use())
    for column, block in zip(st.columns(2, gap="medium"), blocks, strict=False):
        with column:
            draw_block(block)
    st.caption(text(page.language, "explanation.caution"))
