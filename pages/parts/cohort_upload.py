"""A table of one's own on the Cohort page, with its labels and the choices for its columns; in this session alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.folder import About, Cohort, check_common
from pages.parts.cohort_mapping import choose_columns

if TYPE_CHECKING:
    from core.cohort.class_words import ClassesRead
    from core.cohort.column_doubts import Doubt
    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.tables import Cells
    from pages.parts.frame import Page


_KEPT = ("cohort_cells", "cohort_read", "cohort_choices", "cohort_label_cells", "cohort_label_columns")


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
        forget()
        return None
    content, name = (labels.getvalue(), labels.name) if labels else (b"", "")
    found = asked(page, (ehr.getvalue(), ehr.name), (content, name))
    kept = st.session_state.get("cohort_read")
    if kept is None or kept[0] != found.key:
        st.session_state["cohort_read"] = kept = (found.key, _read(found))
    read: Cohort = kept[1]
    return read


@dataclass(frozen=True)
class Asked:
    """Tables that were given, and how they are to be read.

    Attributes
    ----------
    key
        Differs where anything of it differs.
    cells, labels, mapping
        As ``read_both`` takes them.
    """

    key: tuple[object, ...]
    cells: Cells
    labels: Cells | None
    mapping: ColumnMapping


def asked(
    page: Page, ehr: tuple[bytes, str], labels: tuple[bytes, str], beside: bytes | None = None
) -> Asked:
    """Draw the choices for a table and its labels; the page waits where one must be made.

    Parameters
    ----------
    ehr, labels
        Content and name; no content where there are no labels.
    beside
        As for ``choose_columns``.

    Raises
    ------
    InputError
        A file cannot be used.
    """
    from pages.parts.cohort_words import choose_label_columns, choose_words

    table, cells, doubts = _loaded(page, *ehr)
    mapping = choose_columns(page, doubts, table, beside)
    given, label_cells = _label_cells(*labels)
    if label_cells is not None:
        choose_label_columns(page, label_cells, mapping)
    key = (table, given, tuple(mapping.choices.items()))
    choose_words(page, _label_columns(key, cells, label_cells, mapping), mapping)
    return Asked((*key, str(mapping.words)), cells, label_cells, mapping)


def forget() -> None:
    """Let go of all that was read of a table: it goes with the table."""
    for name in _KEPT:
        st.session_state.pop(name, None)


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


def _label_cells(content: bytes, name: str) -> tuple[str, Cells | None]:
    """Return the labels table's digest and cells, in this session alone; no cells without a labels table."""
    digest = hashlib.sha256(content).hexdigest()
    kept = st.session_state.get("cohort_label_cells")
    if kept is None or kept[0] != digest:
        from core.cohort.tables import load_cells

        kept = (digest, load_cells(content, name) if content else None)
        st.session_state["cohort_label_cells"] = kept
    return kept[0], kept[1]


def _label_columns(
    key: tuple[object, ...], cells: Cells, label_cells: Cells | None, mapping: ColumnMapping
) -> tuple[ClassesRead, ...]:
    """Return the columns of the labels with their words, of the labels table or of the table itself."""
    kept = st.session_state.get("cohort_label_columns")
    if kept is None or kept[0] != key:
        from core.cohort.tables import class_columns

        if label_cells is not None:
            found = class_columns(label_cells, mapping)
        else:
            found = class_columns(cells, roles=mapping.roles_in(map(str, cells.frame.columns)))
        st.session_state["cohort_label_columns"] = kept = (key, found)
    columns: tuple[ClassesRead, ...] = kept[1]
    return columns


def _read(found: Asked) -> Cohort:
    from core.cohort.folder_files import no_labels
    from core.cohort.tables import read_both

    table, labels = read_both(found.cells, found.labels, found.mapping)
    if labels is None:
        labels = no_labels(table.frame.index)
    check_common(labels, table.frame.index)
    return Cohort(About(name=found.cells.file), table, labels)
