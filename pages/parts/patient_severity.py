"""Step 3: guideline classes side by side, and the scores behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.report import step_blocks
from core.report.severity import guideline_cards
from pages.parts.patient_blocks import draw_blocks
from pages.parts.wording import plain

if TYPE_CHECKING:
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked


def draw(page: Page, worked: Worked) -> None:
    """Draw one card a guideline, then what stands behind each, and the scores."""
    cards = guideline_cards(worked.inputs, page.language)
    for column, (title, name, said) in zip(st.columns(len(cards)), cards, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f":small[{plain(title)}]  \n**{plain(name)}**  \n:small[{plain(said)}]")
    draw_blocks(step_blocks("severity", worked.inputs, page.language))
