"""Whether the record model is worth using: its decision curve beside its twin's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.evaluation import decision_curve
from core.late import LateModule
from pages.parts.kept_parts import kept_part
from pages.parts.show import show_chart

if TYPE_CHECKING:
    import pandas as pd

    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_SERIES = {"p": "recalibrated", "raw": "raw", "twin_p": "twin"}


def draw(page: Page, found: Results) -> None:
    """Draw the decision curve of one class from the stored test predictions."""
    st.header(page.say("benefit.title"), anchor=False)
    shown = [name for name in found.classes if name not in ("none", "no_pe")]
    name = shown[0]
    if len(shown) > 1:
        name = (
            st.segmented_control(
                page.say("benefit.of"),
                shown,
                default=shown[-1],
                format_func=lambda key: word(page.language, "classes", key),
                key="ehr_benefit_class",
                required=True,
            )
            or shown[-1]
        )
    _curve(page, found, name)
    st.caption(page.say("benefit.note"))


@kept_part
def _curve(page: Page, found: Results, name: str) -> None:
    frame = found.frame("predictions")
    test = frame[frame["part"] == "test"]
    event = (test["truth"] == name).to_numpy()
    parts = [
        decision_curve(event, test[f"{key}_{name}"].to_numpy()).assign(series=series)
        for key, series in _SERIES.items()
        if f"{key}_{name}" in test
    ]
    chart = charts.net_benefit(pd.concat(parts), name, language=page.language, synthetic=found.synthetic)
    show_chart(chart, "ehr_benefit")
