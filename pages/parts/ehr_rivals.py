"""The record model beside published scores, on the same test patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from core.charts.differences import signed_interval
from core.charts.words import word
from core.evaluation import Interval
from core.text import text
from pages.parts.show import number, with_limits

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page


def draw(page: Page, found: Results) -> None:
    """Draw the table; nothing where no score could be computed."""
    rows = found.artifact.manifest.get("scores") or []
    if not rows:
        return
    st.header(page.say("rivals.title"), anchor=False)
    st.markdown(page.say("rivals.lead"))
    st.dataframe(
        pd.DataFrame([_row(page, one) for one in rows]),
        hide_index=True,
        width="stretch",
        alt=page.say("rivals.title"),
    )
    if found.synthetic:
        st.caption(page.say("rivals.note"))


def _row(page: Page, one: dict[str, Any]) -> dict[str, str]:
    name = text(page.language, f"scores.titles.{one['score']}")
    if one["status"] != "verified":
        name += page.say("rivals.unverified")
    difference = _interval(one["difference"])
    verdict = "better" if difference.low > 0 else "worse" if difference.high < 0 else "open"
    return {
        page.say("rivals.score"): name,
        page.say("rivals.predicts"): word(page.language, "classes", one["class"]),
        page.say("rivals.auroc"): with_limits(_interval(one["auroc"])),
        page.say("rivals.model"): number(_interval(one["model"]).value),
        page.say("rivals.difference"): signed_interval(
            difference.value, difference.low, difference.high, page.language, 2
        ),
        page.say("rivals.verdict"): page.say(f"rivals.{verdict}"),
        page.say("rivals.n"): f"{one['n']:,} ({one['n_certain']:,})",
    }


def _interval(limits: dict[str, float | None]) -> Interval:
    return Interval(
        *(
            float("nan") if limits[key] is None else float(limits[key] or 0)
            for key in ("value", "low", "high")
        )
    )
