"""The record model beside published scores, on the same test patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.kept_parts import kept_part
from pages.parts.score_rivals import draw_table, rivals_of

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page


@kept_part
def draw(page: Page, found: Results) -> None:
    """Draw the table; nothing where no score could be computed.

    Raises
    ------
    ArtifactError
        What is stored is no comparison.
    """
    rivals = rivals_of(found.artifact.manifest)
    if not rivals:
        return
    st.header(page.say("rivals.title"), anchor=False)
    st.markdown(page.say("rivals.lead"))
    draw_table(page, rivals, synthetic=found.synthetic)
