"""The reader's report on screen: what was understood, converted, left out or doubted."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import streamlit as st

from core.cohort.columns import NoteKind
from core.cohort.naming import GENERATOR, generator_words
from core.text import has_text
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.columns import ReadingReport
    from pages.parts.frame import Page

_ICONS = {
    "read": ":material/check_circle:",
    "converted": ":material/swap_horiz:",
    "left_out": ":material/block:",
    "doubted": ":material/help:",
}


def draw_report(page: Page, report: ReadingReport) -> None:
    """Draw the counts, and the notes in lists that fold open; doubts are open from the start."""
    counts = {"n": f"{report.n_rows:,}", "p": f"{report.n_columns:,}"}
    st.markdown(page.say("shared.report.summary", **counts, format=plain(_format(page, report.format))))
    for kind in reversed(get_args(NoteKind)):
        notes = report.of(kind)
        if not notes:
            continue
        title = page.say(f"shared.report.{kind}", n=len(notes))
        with st.expander(title, expanded=kind == "doubted", icon=_ICONS[kind]):
            # sentences, not cells: a cell would cut them off
            st.markdown("\n".join(f"- {plain(note.say(page.language))}" for note in notes))


def _format(page: Page, described: str) -> str:
    """Return ``CSV, UTF-8, comma``, or how a cohort was generated, in the reader's words."""
    if GENERATOR.fullmatch(described):
        return generator_words(described, page.language)
    parts = []
    for part in described.split(", "):
        first, _, rest = part.partition(" ")
        key = f"shared.report.formats.{first}"
        parts.append(f"{page.say(key)} {rest}".strip() if has_text(key) else part)
    return page.say("shared.separator").join(parts)
