"""What resampling does: the same pipeline with and without it, the strengths that were tried, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.charts.words import word
from core.late import LateModule
from pages.parts.kept_parts import kept_part
from pages.parts.show import number, show_chart, stacked_limits

if TYPE_CHECKING:
    import pandas as pd

    from core.evaluation import Evaluation
    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")


def draw(page: Page, found: Results) -> None:
    """Draw the models with and without resampling side by side, the strengths tried, and the calibration of a class."""
    _models(page, found)
    left, right = st.columns([2, 3])
    with left:
        _strengths(page, found)
    with right:
        name = st.segmented_control(
            page.say("calibration.of"),
            found.classes,
            default=found.classes[-1],
            format_func=lambda key: word(page.language, "classes", key),
            key="ehr_calibration_class",
            required=True,
        )
        _calibration(page, found, name or found.classes[-1])


@kept_part
def _models(page: Page, found: Results) -> None:
    st.header(page.say("resampling.title"), anchor=False)
    st.markdown(page.say("resampling.lead"))
    with st.container(key="short_ehr_resampling"):
        st.table(
            _comparison(page, found), border="horizontal", hide_index=True, alt=page.say("resampling.title")
        )


@kept_part
def _strengths(page: Page, found: Results) -> None:
    st.table(_trials(page, found), border="horizontal", hide_index=True, alt=page.say("resampling.title"))
    choice = found.artifact.manifest["choice"]
    st.caption(
        page.say(
            "resampling.choice",
            strength=f"{choice['strength']:g}",
            depth=choice["depth"],
            rounds=choice["rounds"],
        )
    )


@kept_part
def _calibration(page: Page, found: Results, name: str) -> None:
    series = {"raw": "raw", "p": "recalibrated", "twin_p": "twin"}
    curves = found.frame("calibration")
    curves = curves[(curves["class"] == name) & curves["series"].isin(series)]
    test = found.frame("predictions")
    test = test[test["part"] == "test"]
    predictions = pd.concat(
        [pd.DataFrame({"series": shown, "predicted": test[f"{key}_{name}"]}) for key, shown in series.items()]
    )
    chart = charts.calibration_curve(
        curves.assign(series=curves["series"].map(series)),
        name,
        predictions=predictions,
        language=page.language,
        synthetic=found.synthetic,
    )
    show_chart(chart, "ehr_calibration")


def _comparison(page: Page, found: Results) -> pd.DataFrame:
    models: dict[str, Evaluation] = {"raw": found.raw, "recalibrated": found.evaluation}
    if found.twin is not None:
        models["twin"] = found.twin
    if found.oracle is not None:
        models["oracle"] = found.oracle
    return pd.DataFrame(
        [
            {
                page.say("resampling.model"): page.say(f"resampling.{key}"),
                page.say("metrics.macro_auroc"): stacked_limits(one.macro_auroc, page.language),
                page.say("resampling.brier"): number(one.brier, 3),
                page.say("resampling.skill"): number(one.brier_skill, 3),
            }
            for key, one in models.items()
        ]
    )


def _trials(page: Page, found: Results) -> pd.DataFrame:
    trials = [
        one
        for one in found.artifact.manifest["choice"]["trials"]
        if one["strength"] > 0 or one["depth"] == found.artifact.manifest["choice"]["depth"]
    ]
    return pd.DataFrame(
        [
            {
                page.say("resampling.strength"): f"{one['strength']:g}",
                page.say("resampling.cv_auroc"): number(one["macro_auroc"]),
                page.say("resampling.cv_loss"): number(one["log_loss"], 3),
            }
            for one in trials
        ]
    )
