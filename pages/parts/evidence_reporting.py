"""TRIPOD+AI, filled from what exists: item by item done and where, or not and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from core.checks.reporting import STATES, Item, reporting_items, reporting_source
from pages.parts.kept_parts import kept_part
from pages.parts.navigation import page_exists, page_label
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page

_ROOT = Path(__file__).parents[2]
_LOOKS = {
    "done": ("green", "check_circle"),
    "partly": ("orange", "contrast"),
    "open": ("red", "radio_button_unchecked"),
    "not_applicable": ("gray", "block"),
}


@kept_part
def draw(page: Page, models: dict[str, Results]) -> None:  # noqa: ARG001 - every tab is drawn alike
    """Draw the tab."""
    source, status = reporting_source()
    checked = page.say(f"ecg_results.published.statuses.{status}")
    st.markdown(page.say("reporting.lead", source=plain(source), status=checked))
    items = reporting_items()
    counts = {state: sum(_state(one) == state for one in items) for state in STATES}
    st.markdown("  ".join(f"{_badge(page, state)} **{n}**" for state, n in counts.items() if n))
    table = pd.DataFrame(
        {
            page.say("reporting.item"): [_words(page, one) for one in items],
            page.say("reporting.where"): [_places(page, one) for one in items],
        }
    )
    st.table(table, border="horizontal", hide_index=True, alt=page.say("tabs.reporting"))


def _state(item: Item) -> str:
    """Return the item's state; what is said to be done but cannot be found is not."""
    found = [page_exists(place) or (_ROOT / place).exists() for place in item.where]
    return "partly" if item.state == "done" and not all(found) else item.state


def _badge(page: Page, state: str) -> str:
    colour, icon = _LOOKS[state]
    return f":{colour}-badge[:material/{icon}: {page.say(f'reporting.states.{state}')}]"


def _words(page: Page, item: Item) -> str:
    title = plain(f"{item.number} · {page.say(f'reporting.items.{item.key}.title')}")
    return f"{_badge(page, _state(item))} **{title}**\n\n{page.say(f'reporting.items.{item.key}.note')}"


def _places(page: Page, item: Item) -> str:
    named = [
        page.say("reporting.page", name=page_label(place, page.language))
        if page_exists(place)
        else f"`{place}`"
        for place in item.where
    ]
    return "\n\n".join(named) or "–"
