"""Complications on the Cohort page: how many patients had each kind, or what the labels would have to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.cohort.complications import against_outcome, complication_counts, kind_names, recorded_kinds
from core.text import text
from pages.parts.bleed_grading import definition_in_use, grade_a_bleed
from pages.parts.stacked_table import draw_rows

if TYPE_CHECKING:
    from core.cohort.folder import Cohort
    from pages.parts.frame import Page


def complications(page: Page, cohort: Cohort) -> None:
    """Draw the counts and shares of the kinds that the labels carry; say so where they carry none."""
    _counts(page, cohort)
    definition_in_use(page, cohort.about.outcome_definition)
    grade_a_bleed(page)


def _counts(page: Page, cohort: Cohort) -> None:
    labels = cohort.labels
    names = {name: _say(page, f"kinds.{name}") for name in kind_names()}
    if not recorded_kinds(labels):
        listed = page.say("shared.separator").join(names.values())
        st.info(_say(page, "page.none", kinds=listed), icon=":material/label_off:")
        return
    st.markdown(_say(page, "page.lead"))
    rows = [
        {
            _say(page, "page.kind"): names[str(row.kind)],
            _say(page, "page.rate"): _share(row.rate, row.low, row.high)
            if row.n_known
            else _say(page, "page.not_recorded"),
            _say(page, "page.happened"): f"{row.n_yes:,}" if row.n_known else "–",
            _say(page, "page.known"): f"{row.n_known:,}",
        }
        for row in complication_counts(labels).itertuples()
    ]
    draw_rows(rows, page.say("tabs.complications"))
    doubted = against_outcome(labels)
    if doubted:
        st.warning(_say(page, "page.against_outcome", n=f"{doubted:,}"), icon=":material/help:")


def _share(rate: float, low: float, high: float) -> str:
    return f"{100 * rate:.1f}% ({100 * low:.1f}–{100 * high:.1f})"


def _say(page: Page, key: str, **values: str) -> str:
    return text(page.language, f"complications.{key}", **values)
