"""How a patient comes onto the page: a made-up example, a form, or a row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.examples import examples
from pages.parts.errors import friendly_errors
from pages.parts.patient_state import UPLOADED, choose, forget
from pages.parts.reading import draw_report
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.examples import Example
    from pages.parts.frame import Page
    from pages.parts.patient_state import Patient

_WAYS = ("example", "form", "row")
_IN_A_LINE = 3


def draw_entry(page: Page) -> None:
    """Draw the three ways in; choosing one closes this and opens the first step."""
    way = st.segmented_control(
        page.say("entry.way"),
        _WAYS,
        default=_WAYS[0],
        format_func=lambda name: page.say(f"entry.{name}"),
        key="patient_way",
        required=True,
        label_visibility="collapsed",
    )
    if way == "form":
        st.markdown(page.say("entry.form_lead"))
        st.button(
            page.say("entry.form_start"),
            key="patient_form_start",
            type="primary",
            icon=":material/edit_note:",
            on_click=choose,
            args=("form", "", {}),
        )
    elif way == "row":
        with friendly_errors(page):
            _draw_table(page)
    else:
        _draw_examples(page)


def draw_patient_line(page: Page, patient: Patient) -> None:
    """Draw who it is, and the way back."""
    # here, because it brings pandas along, which the choice of a patient does not need
    from core.clinical.contraindications import answer_columns

    who, other = st.columns([5, 1], vertical_alignment="center")
    answers = {column.name for column in answer_columns()}
    answered = sum(name in answers for name in patient.values)
    known = page.say("known", n=len(patient.values) - answered)
    if answered:  # these stand with the contraindications, here as in the report
        known = page.say("known_and_answered", known=known, n=answered)
    who.markdown(
        f":material/person: **{plain(patient_name(page, patient))}** {about(page, patient)} :gray-badge[{plain(known)}]"
    )
    with other:
        st.button(
            page.say("entry.another"),
            key="patient_another",
            on_click=forget,
            icon=":material/swap_horiz:",
            width="stretch",
        )


def patient_name(page: Page, patient: Patient) -> str:
    """Return what the patient is called on screen."""
    if patient.origin == "example":
        key = "entry.example_name" if patient.is_example else "entry.example_changed"
        name = page.say(key, name=examples()[patient.name].titles[page.language])
        # a real recording laid over made-up values: neither screen nor paper may call both an example
        return page.say("entry.example_own_ecg", name=name) if UPLOADED in st.session_state else name
    if patient.origin == "row":
        return page.say("entry.row_name", name=patient.name)
    return page.say("entry.form_name")


def about(page: Page, patient: Patient) -> str:
    """Return a few words on an example as it is; nothing of other patients."""
    if patient.origin != "example":
        return ""
    if not patient.is_example:
        # what the words say of pressure or troponin may no longer hold
        return f":gray[{plain(page.say('entry.changed'))}]"
    return f":gray[{plain(examples()[patient.name].descriptions[page.language])}]"


def _draw_examples(page: Page) -> None:
    st.markdown(page.say("entry.example_lead"))
    found = list(examples().values())
    for start in range(0, len(found), _IN_A_LINE):
        columns = st.columns(_IN_A_LINE)
        for column, one in zip(columns, found[start : start + _IN_A_LINE], strict=False):
            with column.container(border=True, height="stretch"):
                _card(page, one)


def _card(page: Page, one: Example) -> None:
    st.markdown(f"**{plain(one.titles[page.language])}**  \n{plain(one.descriptions[page.language])}")
    st.button(
        page.say("entry.take_named", name=plain(one.titles[page.language])),
        key=f"patient_example_{one.name}",
        on_click=choose,
        args=("example", one.name, {**one.values, **one.extra}),
        icon=":material/arrow_forward:",
    )


def _draw_table(page: Page) -> None:
    st.markdown(page.say("entry.row_lead"))
    upload = st.file_uploader(
        page.say("entry.upload"), key="patient_table", help=page.say("entry.upload_help")
    )
    if upload is None:
        return
    from core.cohort.tables import load_cells, table_of
    from pages.parts.column_choice import choose_reading
    from pages.parts.patient_work import columns_of_a_row

    cells = load_cells(upload.getvalue(), upload.name)
    table = table_of(cells, columns=columns_of_a_row(), mapping=choose_reading(page, cells, "patient"))
    chosen = st.selectbox(page.say("entry.which"), list(table.frame.index), key="patient_row")
    row = table.frame.loc[chosen].dropna()
    values = {str(name): value if isinstance(value, str) else float(value) for name, value in row.items()}
    st.button(
        page.say("entry.take"),
        key="patient_row_take",
        type="primary",
        on_click=choose,
        args=("row", str(chosen), values),
        icon=":material/arrow_forward:",
    )
    draw_report(page, table.report)
