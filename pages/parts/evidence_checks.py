"""The method checks of one model: how many passed, then every rule with what was measured."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from core.checks import LEVELS, SECTIONS, rules
from core.late import LateModule
from pages.parts.evidence_data import checks_of, choose_model, is_checked, state_of
from pages.parts.kept_parts import drawn_before, kept_part
from pages.parts.plain_table import draw_table
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from core.checks import Check
    from core.results import Results
    from pages.parts.frame import Page
    from pages.parts.plain_table import Line
else:
    pd = LateModule("pandas")

_LOOKS = {
    "red": ("red", "cancel"),
    "amber": ("orange", "error"),
    "green": ("green", "check_circle"),
    "unchecked": ("gray", "help"),
}


def draw(page: Page, models: dict[str, Results]) -> None:
    """Draw the tab."""
    st.markdown(page.say("checks_tab.lead"))
    found = choose_model(page, models)
    if found is None:
        return
    place, state = st.empty(), state_of(found)
    if not (is_checked(found) or drawn_before(page, _draw_answers, found, state)):
        with place.container(), st.spinner(page.say("checks_tab.working")):
            _draw_questions(page)
            checks_of(found)
    with place.container():
        _draw_answers(page, found, state)


def _draw_questions(page: Page) -> None:
    """Draw what is asked: it is known at once, the answers take seconds."""
    for section in SECTIONS:
        st.header(page.say(f"checks.sections.{section}"), anchor=False)
        asked = [one for one in rules() if one.section == section]
        rows: list[tuple[str, list[list[Line]]]] = [
            (f"{one.number} · {one.title(page.language)}", [[("small", page.say("checks_tab.pending"))]])
            for one in asked
        ]
        head = [page.say("checks_tab.asked"), page.say("checks_tab.result")]
        draw_table(head, rows, page.say(f"checks.sections.{section}"))


@kept_part
def _draw_answers(
    page: Page,
    found: Results,
    state: Hashable,  # noqa: ARG001 - the key: a file that has changed is checked anew
) -> None:
    checks = checks_of(found)
    st.markdown(_summary(page, checks))
    for section in SECTIONS:
        rows = [one for one in checks if one.section == section]
        st.header(page.say(f"checks.sections.{section}"), anchor=False)
        st.table(
            _table(page, rows),
            border="horizontal",
            hide_index=True,
            alt=page.say(f"checks.sections.{section}"),
        )
    when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    st.caption(f"{page.say('checks_tab.note')} {page.say('checks_tab.when', when=when)}")


def badge(page: Page, level: str) -> str:
    """Return a level as a badge: colour, icon and word."""
    colour, icon = _LOOKS[level]
    return f":{colour}-badge[:material/{icon}: {page.say(f'checks.levels.{level}')}]"


def _summary(page: Page, checks: tuple[Check, ...]) -> str:
    counts = {level: sum(one.level == level for one in checks) for level in LEVELS}
    parts = [f"{badge(page, level)} **{n}**" for level, n in counts.items() if n]
    return page.say("checks_tab.summary", n=len(checks)) + " " + "  ".join(parts)


def _table(page: Page, checks: list[Check]) -> pd.DataFrame:
    """One row a rule, in two columns: a phone shows both."""
    return pd.DataFrame(
        {
            page.say("checks_tab.check"): [_measured(page, one) for one in checks],
            page.say("checks_tab.limit"): [_limit(page, one) for one in checks],
        }
    )


def _measured(page: Page, check: Check) -> str:
    title = plain(f"{check.number} · {check.title(page.language)}")
    return f"{badge(page, check.level)} **{title}**\n\n{plain(check.say(page.language))}"


def _limit(page: Page, check: Check) -> str:
    basis = [check.source] if check.source else []
    basis.append(page.say(f"checks.statuses.{check.status}"))
    return f"{plain(check.limit(page.language))}\n\n:gray[{plain(' · '.join(basis))}]"
