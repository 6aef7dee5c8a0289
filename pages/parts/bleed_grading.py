"""One bleed, told fact by fact, and its grade under each published definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.clinical.bleeding_definitions import definition_effect, definition_named, facts, grades
from core.clinical.citations import cited
from core.clinical.notes import status_words
from core.text import text
from pages.parts.show import in_rows
from pages.parts.stacked_table import draw_rows

if TYPE_CHECKING:
    from core.clinical.bleeding_definitions import BleedFact, Grade
    from pages.parts.frame import Page

_MOST = {"hb_fall": 20.0, "red_cell_units": 100.0}


def definition_in_use(page: Page, outcome_definition: str) -> None:
    """Say which definition the cohort names, and how much hangs on it."""
    named = definition_named(outcome_definition)
    said = _say(page, "in_use", name=_say(page, f"definitions.{named}")) if named else _say(page, "not_named")
    found = definition_effect()
    moved = _say(
        page,
        "definition_effect",
        patients=str(found.patients),
        definitions=str(found.definitions),
        low=f"{100 * found.low:.0f}",
        high=f"{100 * found.high:.0f}",
        source=cited(found.source, page.language),
    )
    st.caption(f"{said}  \n{moved}")


def grade_a_bleed(page: Page) -> None:
    """Draw the facts of one bleed, unknown to begin with, and its grades."""
    with st.expander(_say(page, "grade.title"), icon=":material/bloodtype:"):
        st.markdown(_say(page, "grade.lead"))
        told = {}
        for fact, place in in_rows(list(facts().values()), 3):
            with place:
                told[fact.name] = _asked(page, fact)
        rows = [_row(page, name, one) for name, one in grades(told).items()]
        draw_rows(rows, _say(page, "grade.title"))


def _asked(page: Page, fact: BleedFact) -> float | None:
    label = _say(page, f"facts.{fact.name}")
    if fact.kind == "numeric":
        return st.number_input(
            f"{label} [{fact.unit}]",
            min_value=0.0,
            max_value=_MOST[fact.name],
            value=None,
            step=0.5,
            placeholder=page.say("values.unknown"),
            key=f"bleed_{fact.name}",
        )
    answers = {None: "unknown", 1.0: "yes", 0.0: "no"}
    return st.selectbox(
        label,
        list(answers),
        format_func=lambda value: page.say(f"values.{answers[value]}"),
        key=f"bleed_{fact.name}",
    )


def _row(page: Page, name: str, found: Grade) -> dict[str, str]:
    listed = page.say("shared.separator")
    possible = [_say(page, f"grades.{name}.{grade}") for grade in found.possible]
    major = {True: "values.yes", False: "values.no", None: "values.unknown"}[found.major]
    missing = [_say(page, f"facts.{one}") for one in found.missing]
    return {
        _say(page, "grade.definition"): _say(page, f"definitions.{name}"),
        _say(page, "grade.major"): page.say(major),
        _say(page, "grade.possible"): possible[0]
        if len(possible) == 1
        else _say(page, "grade.between", gravest=possible[0], mildest=possible[-1]),
        _say(page, "grade.missing"): listed.join(missing) or "–",
        _say(page, "grade.status"): status_words(found.status, page.language),
    }


def _say(page: Page, key: str, **values: str) -> str:
    return text(page.language, f"bleeding.{key}", **values)
