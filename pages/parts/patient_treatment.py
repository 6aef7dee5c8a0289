"""Step 5: contraindications to answer, doses, benefit and harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import charts
from core.cohort.variables import variables
from core.report.balances import STARTS, balance_blocks, ground_blocks, is_child
from core.report.doses import dose_block, drugs, window_block
from core.report.treatment import contraindication_names
from pages.parts.kept_parts import keep
from pages.parts.patient_blocks import draw_block, draw_blocks
from pages.parts.patient_state import entry_round, set_value
from pages.parts.show import show_chart
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.clinical.contraindications import Finding
    from core.report import ReportInputs
    from pages.parts.frame import Page
    from pages.parts.patient_work import Worked

_ANSWERS = ("yes", "no", "unknown")
_VALUES = {"yes": 1.0, "no": 0.0, "unknown": None}


def draw(page: Page, worked: Worked) -> None:
    """Draw the questions, then doses for the patient's weight."""
    inputs = worked.inputs
    _contraindications(page, inputs)
    draw_block(window_block(inputs, page.language))
    _doses(page, inputs)
    _balance(page, worked)


def _contraindications(page: Page, inputs: ReportInputs) -> None:
    st.markdown(f"**{page.say('report.treatment.contraindications')}**")
    for strength in ("absolute", "relative"):
        with st.container(border=True, gap="xsmall", key=f"asked_{strength}"):
            st.markdown(f"**{page.say(f'contraindications.strengths.{strength}')}**")
            for one in inputs.findings:
                if one.strength == strength:
                    _question(page, one)
    st.caption(page.say("contraindications.notes.life_threatening") + " " + page.say("treatment.derived"))


def _question(page: Page, one: Finding) -> None:
    """Draw one question; what is worked out from the record stands there already."""
    key = f"patient_ci_{one.name}_{entry_round()}"
    # the answer may have been worked out anew since the last run
    st.session_state[key] = one.answer
    derived = "" if one.stated or one.answer == "unknown" else f" :small[{page.say('treatment.from_record')}]"
    hint = f" :small[{page.say('treatment.hint')}]" if one.hints and one.answer == "unknown" else ""
    mark = ":material/warning: " if one.answer == "yes" else ""
    # two columns on a wide screen, the question above its answer on a phone
    question, control = st.columns([5, 2], vertical_alignment="center")
    name = contraindication_names([one.name], page.language)
    question.markdown(f"{mark}{plain(name)}{derived}{hint}")
    control.segmented_control(
        name,
        _ANSWERS,
        format_func=lambda answer: page.say(f"contraindications.answers.{answer}"),
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=_take,
        args=(one.name, key),
    )


def _take(name: str, key: str) -> None:
    set_value(name, _VALUES[st.session_state[key]])


def _doses(page: Page, inputs: ReportInputs) -> None:
    known = inputs.values.get("thrombolytic")
    offered = drugs()
    drug = st.segmented_control(
        page.say("treatment.drug"),
        offered,
        default=known if known in offered else offered[0],
        format_func=lambda name: variables()["thrombolytic"].level_label(name, page.language),
        key=f"patient_drug_{entry_round()}",
        required=True,
    )
    draw_block(dose_block(inputs, page.language, drug or offered[0]))


def _balance(page: Page, worked: Worked) -> None:
    """Draw benefit and harm from the starting point that is chosen."""
    inputs = worked.inputs
    starts = [one for one in STARTS if one in inputs.balances]
    if not starts:
        child = is_child(inputs.values)
        st.info(
            page.say("report.balance.adults_only" if child else "treatment.no_balance"),
            icon=":material/info:",
        )
        return
    start = st.segmented_control(
        page.say("treatment.start"),
        starts,
        default=starts[0],
        format_func=lambda name: page.say(f"treatment.starts.{name}"),
        key=f"patient_start_{entry_round()}",
        required=True,
    )
    start = start or starts[0]
    key = (start, *worked.key)
    keep(page, ("balance", *key), lambda: _from_start(page, inputs, start), ours=worked.ours)
    if st.toggle(page.say("treatment.trials"), key="patient_trials"):
        keep(page, ("trials", *key), lambda: _trials(page, inputs, start), ours=worked.ours)


def _from_start(page: Page, inputs: ReportInputs, start: str) -> None:
    said, half = balance_blocks(inputs, page.language, start)
    notes, _ = ground_blocks(inputs, page.language, (start,))
    draw_block(said)
    chart = charts.benefit_harm_icons(inputs.balances[start].frame(), language=page.language)
    show_chart(chart, "patient_icons")
    draw_block(half)
    st.warning(plain(notes.items[0]), icon=":material/balance:")


def _trials(page: Page, inputs: ReportInputs, start: str) -> None:
    notes, sources = ground_blocks(inputs, page.language, (start,))
    effects = inputs.balances[start].effects_frame(page.language)
    show_chart(charts.effect_forest(effects, language=page.language), "patient_forest")
    draw_blocks((sources, notes))
