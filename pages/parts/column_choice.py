"""How columns of an uploaded table of new patients are read: by a columns.toml, or as chosen on the Cohort page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.cohort_mapping import session_choices
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells
    from pages.parts.frame import Page


def choose_reading(page: Page, cells: Cells, key: str) -> ColumnMapping | None:
    """Draw the choice and return it; None where columns are read by their headers alone.

    Parameters
    ----------
    cells
        The uploaded table.
    key
        What the widgets' keys begin with.

    Raises
    ------
    TableError
        The file is no mapping.
    """
    from core.cohort.column_mapping import LABELS, check_choices, parse_mapping

    headers = set(map(str, cells.frame.columns))
    # new patients need no labels
    kept = {
        header: choice
        for header, choice in session_choices().items()
        if header in headers and choice.read_as not in LABELS
    }
    with st.expander(_say(page, "title"), icon=":material/rule:", expanded=bool(kept)):
        st.markdown(_say(page, "lead"))
        given = st.file_uploader(_say(page, "upload"), type="toml", key=f"{key}_columns")
        if given is not None:
            return parse_mapping(given.getvalue(), given.name)
        if not kept:
            return None
        names = plain(page.say("shared.separator").join(list(kept)[:6]))
        if st.toggle(_say(page, "session", n=len(kept), names=names), value=True, key=f"{key}_session"):
            return check_choices(kept)
    return None


def _say(page: Page, key: str, **values: object) -> str:
    return page.say(f"column_choice.{key}", **values)
