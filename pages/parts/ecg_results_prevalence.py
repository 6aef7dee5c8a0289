"""What a positive and a negative result mean where embolism is more or less common."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.clinical.citations import cited
from core.clinical.reported import original_report, settings
from core.evaluation import (
    PREVALENCES,
    implied_prevalence,
    post_test,
    predictive_values_at,
    prevalence_frame,
)
from core.late import LateModule
from pages.parts.kept_parts import kept_part
from pages.parts.show import figure_row, of_100_limits, risk_limits, show_chart, unbroken
from pages.parts.wording import plain

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.reported import Setting
    from core.evaluation import Decision
    from core.results import Results
    from pages.parts.frame import Page
else:
    pd = LateModule("pandas")

_SLIDER, _CHOICE = "ecg_prevalence", "ecg_prevalence_choice"
_PATIENTS = 1000


def draw(page: Page, found: Results, decision: Decision) -> None:
    """Draw the slider and what follows from it; runs inside the threshold's fragment."""
    st.header(page.say("ecg_results.prevalence.title"), anchor=False)
    st.markdown(page.say("ecg_results.prevalence.lead"))
    prevalence = _ask(page, decision)
    _at(page, found, decision.threshold, prevalence, decision=decision)


@kept_part
def _at(
    page: Page,
    found: Results,
    threshold: float,  # noqa: ARG001 - the decision's
    prevalence: float,
    *,
    decision: Decision,
) -> None:
    _values(page, decision, prevalence)
    chart = charts.post_test_probability(
        prevalence_frame(decision.measures),
        prevalence=prevalence,
        ticks=(*(one.prevalence for one in settings()), 0.6, float(PREVALENCES[-1])),
        language=page.language,
        synthetic=found.synthetic,
    )
    show_chart(chart, "ecg_post_test")
    table = _settings_table(page, decision, synthetic=found.synthetic)
    with st.container(key="worded_ecg_prevalence"):
        st.table(table, border="horizontal", hide_index=True, alt=page.say("ecg_results.prevalence.title"))
    st.caption(page.say("ecg_results.prevalence.note"))


def _ask(page: Page, decision: Decision) -> float:
    """Let the reader choose a prevalence; at first it is that of the test part, so that the table above agrees."""
    least, most = (round(100 * float(end)) for end in (PREVALENCES[0], PREVALENCES[-1]))
    presets = [round(100 * one.prevalence) for one in settings()]
    buttons = st.container()
    percent = st.slider(
        page.say("ecg_results.prevalence.slider"),
        min_value=least,
        max_value=most,
        value=min(max(round(100 * decision.prevalence.value), least), most),
        key=_SLIDER,
        bind="query-params",
    )
    st.session_state[_CHOICE] = percent if percent in presets else None
    buttons.segmented_control(
        page.say("ecg_results.prevalence.choice"),
        presets,
        format_func=lambda one: page.say("ecg_results.prevalence.preset", share=f"{one}%"),
        key=_CHOICE,
        on_change=_choose,
    )
    meant = [one for one in settings() if round(100 * one.prevalence) == percent]
    for one in meant:
        st.caption(f"{_describe(page, one)} · {_source(page, one)}")
    return percent / 100


def _choose() -> None:
    chosen = st.session_state[_CHOICE]
    if chosen is not None:
        st.session_state[_SLIDER] = chosen


def _values(page: Page, decision: Decision, prevalence: float) -> None:
    found = decision.measures
    ppv, npv = predictive_values_at(found, prevalence)
    shown = {"ppv": ppv, "npv": npv, "missed": post_test(found.lr_negative, prevalence)}
    with figure_row("ecg_prevalence"):
        for name, one in shown.items():
            words = unbroken(risk_limits(one, page.language))
            st.metric(page.say(f"ecg_results.prevalence.{name}"), words, border=True)
    if not (math.isfinite(ppv.value) and math.isfinite(npv.value)):
        st.info(page.say("ecg_results.prevalence.undefined"), icon=":material/info:")
    events = prevalence * _PATIENTS
    tp = found.sensitivity.value * events
    fp = (1 - found.specificity.value) * (_PATIENTS - events)
    if math.isfinite(tp + fp):
        facts = {"events": events, "positive": tp + fp, "tp": tp, "negative": _PATIENTS - tp - fp}
        facts["fn"] = events - tp
        whole = {name: round(value) for name, value in facts.items()}
        st.markdown(page.say("ecg_results.prevalence.natural", **whole))


def _settings_table(page: Page, decision: Decision, *, synthetic: bool) -> pd.DataFrame:
    """Three columns, the source below its setting: it fits a phone."""
    own = f"  \n{page.say('ecg_results.synthetic')}" if synthetic else ""
    rows = []
    for one in settings():
        ppv, npv = predictive_values_at(decision.measures, one.prevalence)
        rows.append(
            {
                page.say("ecg_results.prevalence.setting"): _setting_words(page, one),
                f"{page.say('ecg_results.prevalence.ppv_of_100')}{own}": unbroken(of_100_limits(ppv)),
                f"{page.say('ecg_results.prevalence.npv_of_100')}{own}": unbroken(of_100_limits(npv)),
            }
        )
    return pd.DataFrame(rows)


def _setting_words(page: Page, setting: Setting) -> str:
    words = f"**{setting.prevalence:.0%}** {plain(_describe(page, setting))}"
    return f"{words}  \n:small[{plain(_source(page, setting))}]"


def _describe(page: Page, setting: Setting) -> str:
    share = setting.reported
    if share is None:
        figures = original_report().figures
        share = implied_prevalence(
            *(figures[name].value for name in ("accuracy", "sensitivity", "specificity"))
        )
    return page.say(f"ecg_results.prevalence.settings.{setting.key}", reported=f"{share:.1%}")


def _source(page: Page, setting: Setting) -> str:
    status = page.say(f"ecg_results.published.statuses.{setting.status}")
    return status if setting.status == "computed" else f"{cited(setting.source, page.language)} ({status})"
