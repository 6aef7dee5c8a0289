"""Step 3: guideline classes side by side, each with what stands behind it, and the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.report.severity import guideline_rows, severity_blocks
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_block
from pages.parts.wording import plain

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw one card a guideline, then the scores."""
    keep(page, ("severity", *worked.key), lambda: _draw(page, worked), ours=worked.ours)


def _draw(page: Page, worked: Worked) -> None:
    cards = guideline_rows(worked.inputs, page.language)
    for column, (title, name, said) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f":small[{plain(title)}]  \n**{plain(name)}**  \n:small[{plain(said)}]")
    draw_block(severity_blocks(worked.inputs, page.language)[-1])
