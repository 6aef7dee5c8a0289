"""The method checks of one model: how many passed, then every rule with what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.checks import LEVELS, SECTIONS
from pages.parts.evidence_data import checks_of, choose_model
from pages.parts.show import waiting
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.checks import Check
    from core.results import Results
    from pages.parts.frame import Page

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
    with waiting(page.say("checks_tab.working"), 900):
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
    st.caption(page.say("checks_tab.note"))


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
