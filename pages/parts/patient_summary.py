"""Step 6: what supports, what argues against, what is unknown; and the report to take away."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from core.report import patient_report
from core.report.arguments import argument_blocks
from pages.parts.file_offer import offer_file
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_block

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw the three lists and the download; the steps' own answers stand in the folds above."""
    keep(page, ("summary", *worked.key), lambda: _lists(page, worked), ours=worked.ours)
    _download(page, worked)


def _lists(page: Page, worked: Worked) -> None:
    supports, against, open_ = argument_blocks(worked.inputs, page.language)
    for column, block in zip(st.columns(2, gap="medium"), (supports, against), strict=True):
        with column.container(border=True, height="stretch"):
            draw_block(block)
    with st.container(border=True):
        draw_block(open_)
    st.caption(page.say("summary.note"))


def _download(page: Page, worked: Worked) -> None:
    made_on = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    offer_file(
        page.say("summary.download"),
        patient_report(worked.inputs, page.language, made_on).encode("utf-8"),
        page.say("summary.file"),
        "text/html",
        key="patient_report",
        primary=True,
    )
    st.caption(page.say("summary.print"))
