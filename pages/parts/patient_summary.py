"""Step 6: what supports, what argues against, what is unknown; and the report to take away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from core.report import STEPS, patient_report, step_answer, step_blocks
from pages.parts.patient_blocks import draw_block
from pages.parts.wording import plain

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the steps' answers, the three lists and the download."""
    inputs, language = worked.inputs, page.language
    said = []
    for name in STEPS[:-1]:
        answer = step_answer(name, inputs, language)
        said.append(f"- **{plain(page.say(f'report.steps.{name}'))}** · {plain(answer.line)}")
    st.markdown("\n".join(said))
    supports, against, open_ = step_blocks("summary", inputs, language)
    for column, block in zip(st.columns(2, gap="medium"), (supports, against), strict=True):
        with column.container(border=True, height="stretch"):
            draw_block(block)
    with st.container(border=True):
        draw_block(open_)
    st.caption(page.say("summary.note"))
    _download(page, worked)


def _download(page: Page, worked: Worked) -> None:
    made_on = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    st.download_button(
        page.say("summary.download"),
        patient_report(worked.inputs, page.language, made_on).encode("utf-8"),
        page.say("summary.file"),
        "text/html",
        key="patient_report",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(page.say("summary.print"))
