"""The patient's values, a group at a time: units that can be switched, usual ranges, arrows, all of it optional."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.cohort import display_units
from core.cohort.columns import unit_words
from core.cohort.variables import GROUPS, variables
from core.report.value_words import column_label, range_words, side_of
from pages.parts.patient_state import entry_round, set_value
from pages.parts.patient_work import fields
from pages.parts.show import in_rows
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.cohort.columns import Column
    from pages.parts.frame import Page
    from pages.parts.patient_state import Patient

_COLUMNS = 3
_SWITCH = "patient_units"


def draw_values(page: Page, patient: Patient) -> None:
    """Draw one group of fields; a changed field is the patient's at once."""
    groups = _groups()
    group = st.pills(
        page.say("form.group"),
        list(groups),
        default="vital_signs" if "vital_signs" in groups else next(iter(groups)),
        format_func=lambda name: _group_words(page, patient, name, groups[name]),
        key="patient_group",
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    for column, place in in_rows(groups.get(group or "", ()), _COLUMNS):
        with place:
            if column.kind == "numeric":
                _number(page, patient, column)
            else:
                _choice(page, patient, column)
    switch = st.toggle(page.say("form.units"), value=conventional_units(), key=f"{_SWITCH}_toggle")
    if switch != conventional_units():
        st.session_state[_SWITCH] = switch
        st.rerun()
    st.caption(page.say("form.note"))


def conventional_units() -> bool:
    """Whether values are shown in the units of laboratories that use mg/dL; kept while the form is folded."""
    return bool(st.session_state.get(_SWITCH))


def _groups() -> dict[str, list[Column]]:
    """Fields by group in the catalogue's order; what only the scores ask for, and a hospital's own, at the end."""
    found: dict[str, list[Column]] = {name: [] for name in (*GROUPS, "asked", "own")}
    for column in fields():
        known = variables().get(column.name)
        found[known.group if known else "own" if column.zh or column.kind != "binary" else "asked"].append(
            column
        )
    return {name: columns for name, columns in found.items() if columns}


def _group_words(page: Page, patient: Patient, name: str, columns: list[Column]) -> str:
    filled = sum(column.name in patient.values for column in columns)
    return page.say(f"form.groups.{name}", filled=filled, all=len(columns))


def _key(column: Column, unit: str = "") -> str:
    return f"patient_in_{column.name}_{entry_round()}{'_' + unit if unit else ''}"


def unit_in_use(column: Column) -> str:
    """Return the unit a field is shown in: the catalogue's own, or that of laboratories that use mg/dL."""
    if not column.known or not column.unit:
        return column.unit
    return display_units.conventional(column.name) if conventional_units() else column.unit


def units_in_use() -> dict[str, str]:
    """Return every variable's unit on screen, where it is not the catalogue's own."""
    if not conventional_units():
        return {}
    return {name: display_units.conventional(name) for name, one in variables().items() if one.unit}


def _number(page: Page, patient: Patient, column: Column) -> None:
    unit, value = unit_in_use(column), patient.values.get(column.name)
    number = float(value) if isinstance(value, int | float) else None
    if number is not None and column.known:
        number = display_units.to_display(column.name, number, unit)
    decimals = display_units.decimals(column.name, unit) if column.known else 2
    key = _key(column, unit)
    # a field that begins with a default cannot be emptied again: what is known goes in by its key
    st.session_state.setdefault(key, number)
    words = f" [{unit_words(unit, page.language)}]" if unit else ""
    entered = st.number_input(
        plain(column_label(column, page.language) + words),
        value=None,
        step=10.0**-decimals,
        format=f"%.{decimals}f",
        key=key,
        placeholder=page.say("values.unknown"),
        on_change=_take_number,
        args=(column, unit, key, page.language),
    )
    if not column.known:
        return
    problem = (
        "" if entered is None else display_units.entry_problem(column.name, entered, unit, page.language)
    )
    if problem:
        st.error(plain(problem))
    else:
        _usual(page, patient, column, unit)


def _take_number(column: Column, unit: str, key: str, language: str) -> None:
    """Take a typed number, unless it cannot be: then the field says why and the patient stays as before."""
    typed = st.session_state.get(key)
    if typed is None or not column.known:
        set_value(column.name, typed)
    elif not display_units.entry_problem(column.name, float(typed), unit, language):
        set_value(column.name, display_units.from_display(column.name, float(typed), unit))


def _usual(page: Page, patient: Patient, column: Column, unit: str) -> None:
    """Draw the usual range under a field, with an arrow and a word where the value lies outside."""
    sex = patient.values.get("sex")
    limits = display_units.reference(column.name, str(sex) if sex else None, unit)
    if limits is None:
        return
    side = side_of(column.name, patient.values.get(column.name), sex)
    mark = f"**{page.say(f'form.{side}')}** · " if side in ("low", "high") else ""
    st.caption(mark + page.say("form.usual", range=plain(range_words(limits))))


def _choice(page: Page, patient: Patient, column: Column) -> None:
    levels = list(column.levels)
    value = patient.values.get(column.name)
    chosen = levels[int(value >= 0.5)] if isinstance(value, float) else value
    key = _key(column)
    st.session_state.setdefault(key, chosen if chosen in levels else None)
    st.selectbox(
        plain(column_label(column, page.language)),
        levels,
        index=None,
        format_func=lambda level: level_words(page, column, level),
        key=key,
        placeholder=page.say("values.unknown"),
        on_change=_take_choice,
        args=(column, key),
    )


def _take_choice(column: Column, key: str) -> None:
    chosen = st.session_state.get(key)
    if column.kind == "binary" and chosen is not None:
        chosen = float(column.levels.index(chosen))
    set_value(column.name, chosen)


def level_words(page: Page, column: Column, level: str) -> str:
    """Return one level of a choice in words."""
    known = variables().get(column.name) if column.known else None
    if column.kind == "binary" and column.levels == ("no", "yes"):
        return page.say(f"values.{level}")
    return known.level_label(level, page.language) if known else level
