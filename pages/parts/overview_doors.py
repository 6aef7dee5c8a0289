"""The first minute: whether this is real data, and three doors, each one click from a result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.navigation import page_exists
from pages.parts.notice import draw_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pages.parts.frame import Page
    from pages.parts.notice import Source


@dataclass(frozen=True)
class Way:
    """One link of a door.

    Attributes
    ----------
    words
        Its words are ``doors.<door>.<words>``.
    page
        Where it leads.
    address
        What is open there: a tab, an example.
    icon
        A sign of its own, where the page's would mislead.
    """

    words: str
    page: str
    address: Mapping[str, str] = field(default_factory=dict)
    icon: str | None = None


# the first of each is the way in, drawn as a button; the others are plain links below it
DOORS: dict[str, tuple[Way, ...]] = {
    "patient": (
        Way("enter", "patient", {"example": "intermediate_high"}),
        Way("high", "patient", {"example": "high_risk"}),
        Way("contraindicated", "patient", {"example": "contraindicated"}),
        Way("own", "patient", icon=":material/edit_note:"),
    ),
    "evidence": (
        Way("enter", "evidence", {"view": "checks"}, ":material/fact_check:"),
        Way("fusion", "fusion", {"view": "results"}),
        Way("order", "ehr", {"view": "order"}, ":material/shuffle:"),
        Way("published", "evidence", {"view": "published"}),
    ),
    "own": (
        Way("enter", "ecg", {"view": "recording", "source": "upload"}, ":material/upload_file:"),
        Way("table", "ehr", {"view": "table"}),
        Way("cohort", "cohort"),
        Way("training", "training"),
    ),
}


def is_it_real(page: Page, sources: Sequence[Source]) -> None:
    """Answer from the models that are there what is asked first: whether the patients are real."""
    kinds = {one.synthetic for one in sources}
    answer = (
        "none" if not kinds else "mixed" if len(kinds) > 1 else "synthetic" if kinds == {True} else "real"
    )
    with st.container(border=True, key="real_data", gap="xsmall"):
        st.markdown(f"**{page.say('real_data.question')}** {page.say(f'real_data.{answer}')}")
        draw_sources(sources, page.language)


def three_doors(page: Page) -> None:
    """Draw the doors side by side; a phone has them below one another."""
    st.header(page.say("doors.title"), anchor=False)
    for column, (name, ways) in zip(st.columns(len(DOORS)), DOORS.items(), strict=True):
        with column.container(border=True, height="stretch", key=f"door_{name}"):
            st.subheader(page.say(f"doors.{name}.title"), anchor=False)
            st.markdown(page.say(f"doors.{name}.body"))
            there = [way for way in ways if page_exists(way.page)]
            for place, way in enumerate(there):
                with st.container(key=f"{'enter' if place == 0 else 'also'}_{name}_{way.words}"):
                    words = page.say(f"doors.{name}.{way.words}")
                    page.link(way.page, words, icon=way.icon, **way.address)
