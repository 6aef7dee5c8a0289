"""A table of one's own on the Cohort page, with its labels and the choices for its columns; in this session alone."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.folder import About, Cohort, check_common
from pages.parts.cohort_mapping import choose_columns

if TYPE_CHECKING:
    from core.cohort.column_doubts import Doubt
    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells
    from pages.parts.frame import Page


def uploaded(page: Page) -> Cohort | None:
    """Draw the uploads and return their cohort; None while no table has been given.

    Raises
    ------
    InputError
        An uploaded file cannot be used.
    """
    left, right = st.columns(2)
    with left:
        ehr = st.file_uploader(page.say("source.ehr"), key="cohort_ehr", help=page.say("source.formats"))
    with right:
        labels = st.file_uploader(
            page.say("source.labels"), key="cohort_labels", help=page.say("source.labels_help")
        )
    if ehr is None:
        # what was read of a table goes with it
        for name in ("cohort_cells", "cohort_read", "cohort_choices"):
            st.session_state.pop(name, None)
        return None
    table, cells, doubts = _loaded(page, ehr.getvalue(), ehr.name)
    mapping = choose_columns(page, doubts, table)
    label_content = labels.getvalue() if labels is not None else b""
    key = (table, hashlib.sha256(label_content).hexdigest(), tuple(mapping.choices.items()))
    kept = st.session_state.get("cohort_read")
    if kept is None or kept[0] != key:
        cohort = _read(cells, mapping, label_content, labels.name if labels is not None else "")
        st.session_state["cohort_read"] = kept = (key, cohort)
    read: Cohort = kept[1]
    return read


def _loaded(page: Page, content: bytes, name: str) -> tuple[str, Cells, tuple[Doubt, ...]]:
    """Return the table's digest, cells and doubts, in this session alone: no visitor meets another's file."""
    table = hashlib.sha256(content).hexdigest()
    kept = st.session_state.get("cohort_cells")
    if kept is None or kept[0] != table:
        from core.cohort.column_doubts import column_doubts
        from core.cohort.tables import load_cells

        with st.spinner(page.say("source.reading")):
            cells = load_cells(content, name)
            kept = (table, cells, column_doubts(cells))
        st.session_state["cohort_cells"] = kept
    return kept[0], kept[1], kept[2]


def _read(cells: Cells, mapping: ColumnMapping, label_content: bytes, label_name: str) -> Cohort:
    from core.cohort.folder_files import no_labels
    from core.cohort.tables import mapped_labels, read_labels, table_of

    table = table_of(cells, mapping=mapping)
    given = read_labels(label_content, label_name) if label_content else None
    labels = mapped_labels(cells, mapping, given)
    if labels is None:
        labels = no_labels(table.frame.index)
    check_common(labels, table.frame.index)
    return Cohort(About(name=cells.file), table, labels)
