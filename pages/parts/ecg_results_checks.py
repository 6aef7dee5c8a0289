"""Whom the model recognises, and whether its probabilities can be believed: AUROC by severity, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core import charts
from core.clinical.citations import cited
from core.clinical.reported import published_ecg_models
from core.evaluation import FEW_EVENTS, FEWEST_EVENTS, against_all_controls, subgroup_aurocs
from core.late import LateModule
from pages.parts.kept_parts import kept_part
from pages.parts.show import number, show_chart, signed_limits, with_limits

if TYPE_CHECKING:
    import pandas as pd

    from core.results import Results
    from pages.parts.ecg_results_data import Judged
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_SEVERITIES = ("severe", "mild")


@kept_part
def draw(page: Page, found: Results, *, held: Judged) -> None:
    """Draw both sections."""
    _severity(page, found, held)
    _calibration(page, found)


def _severity(page: Page, found: Results, held: Judged) -> None:
    st.header(page.say("ecg_results.severity.title"), anchor=False)
    st.markdown(_strain_sentence(page))
    groups = against_all_controls(held.event, held.severity, _SEVERITIES)
    frame = subgroup_aurocs(held.event, held.probability, groups, held.oracle)
    frame["label"] = [page.say(f"ecg_results.severity.{name}") for name in frame["group"]]
    title = page.say("ecg_results.severity.chart")
    chart = charts.subgroup_aurocs(frame, title, language=page.language, synthetic=found.synthetic)
    show_chart(chart, "ecg_severity")
    if len(groups) == 1:
        st.info(page.say("ecg_results.severity.unknown"), icon=":material/info:")
    else:
        severe = int((held.event & (np.array(held.severity) == "severe")).sum())
        st.markdown(page.say("ecg_results.severity.mix", share=f"{severe / held.event.sum():.0%}"))
    controls = int((~held.event).sum())
    st.caption(page.say("ecg_results.severity.note", n=controls, few=FEW_EVENTS, needed=FEWEST_EVENTS))


def _strain_sentence(page: Page) -> str:
    """Say what the ECG sees, with the two published figures of one model on both questions."""
    studies = {one.key: one for one in published_ecg_models()}
    whole, strain = studies["wysokinski"], studies["wysokinski_strain"]
    return page.say(
        "ecg_results.severity.lead",
        any=with_limits(whole.figures["auroc"]),
        strain=with_limits(strain.figures["auroc"]),
        source=cited(strain.source, page.language),
        status=page.say(f"ecg_results.published.statuses.{strain.status}"),
    )


def _calibration(page: Page, found: Results) -> None:
    st.header(page.say("ecg_results.calibration.title"), anchor=False)
    show_chart(_calibration_chart(found, page.language), "ecg_calibration")
    figures = found.evaluation.classes["pe"]
    st.caption(
        page.say(
            "ecg_results.calibration.note",
            slope=signed_limits(figures.calibration_slope, page.language),
            intercept=signed_limits(figures.calibration_intercept, page.language),
            brier=number(figures.brier, 3),
            ece=number(figures.ece, 3),
        )
    )


def _calibration_chart(found: Results, language: str) -> charts.Chart:
    series = {"raw": "raw", "p": "recalibrated"}
    curves = found.frame("calibration")
    curves = curves[(curves["class"] == "pe") & curves["series"].isin(series)]
    test = found.frame("predictions")
    test = test[test["part"] == "test"]
    predictions = [
        pd.DataFrame({"series": shown, "predicted": test[f"{key}_pe"]}) for key, shown in series.items()
    ]
    return charts.calibration_curve(
        curves.assign(series=curves["series"].map(series)),
        "pe",
        predictions=pd.concat(predictions),
        language=language,
        synthetic=found.synthetic,
    )
