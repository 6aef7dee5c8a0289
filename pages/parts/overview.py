"""The parts of the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.charts.words import word
from core.results import all_results
from pages.parts.frame import Source
from pages.parts.loaders import artifacts_folder
from pages.parts.navigation import page_exists, page_label
from pages.parts.show import number
from pages.parts.wording import plain

if TYPE_CHECKING:
    from core.results import Results
    from pages.parts.frame import Page

_QUESTIONS = ("ecg", "ehr", "fusion")
_TASKS = ("outcome", "diagnosis")
_IS = ("steps", "synthetic", "own_data")
_IS_NOT = ("indication", "strain", "device", "scores")


def results_at_a_glance(page: Page) -> None:
    """Show the results of the artifacts present, one card a task and modality; none, nothing."""
    found, problems = all_results(artifacts_folder())
    for problem in problems:
        st.warning(plain(problem.say(page.language)), icon=":material/warning:")
    if not found:
        return
    st.subheader(page.say("glance.title"), anchor=False)
    sources = {(str(one.artifact.manifest["cohort"]["name"]), one.synthetic) for one in found}
    page.show_sources([Source(name, synthetic) for name, synthetic in sorted(sources)])
    ordered = sorted(found, key=lambda one: _TASKS.index(one.task))
    for start in range(0, len(ordered), 2):
        for column, one in zip(st.columns(2), ordered[start : start + 2], strict=False):
            with column.container(border=True, height="stretch"):
                _result_card(page, one)


def _result_card(page: Page, one: Results) -> None:
    modality = str(one.artifact.manifest["modality"])
    st.markdown(f"**{page.say(f'glance.{one.task}_{modality}')}**")
    shown = [name for name in one.classes if name not in ("none", "no_pe")]
    for column, name in zip(st.columns(len(shown)), shown, strict=True):
        with column:
            interval = one.evaluation.classes[name].auroc
            st.metric(f"AUROC · {word(page.language, 'classes', name)}", number(interval.value))
            st.caption(page.say("glance.interval", low=number(interval.low), high=number(interval.high)))
    words = page.say("glance.test", n=one.evaluation.n, train=one.artifact.manifest["n_train"])
    if one.oracle is not None:
        words += page.say(
            "glance.oracle",
            value=number(one.oracle.macro_auroc.value),
            own=number(one.evaluation.macro_auroc.value),
        )
    st.caption(words)
    page.link(modality, page.say("does.open", page=page_label(modality, page.language)))


def what_it_does(page: Page) -> None:
    """Draw one card a question: what goes in, what comes out, and the way to its page."""
    st.subheader(page.say("does.title"), anchor=False)
    for column, name in zip(st.columns(len(_QUESTIONS)), _QUESTIONS, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{page.say(f'does.{name}.title')}**")
            st.markdown(page.say(f"does.{name}.body"))
            if page_exists(name):
                page.link(name, page.say("does.open", page=page_label(name, page.language)))
            else:
                st.badge(page.say("does.coming"), icon=":material/schedule:", color="gray")


def what_it_is_and_is_not(page: Page) -> None:
    """Draw the limits of use beside the uses."""
    is_column, is_not_column = st.columns(2)
    with is_column:
        _list(page, "is", _IS, ":material/check:")
    with is_not_column:
        _list(page, "is_not", _IS_NOT, ":material/close:")


def where_to_go(page: Page) -> None:
    """Draw links to the pages that explain the data and the method, as far as they exist."""
    names = [name for name in ("patient", "cohort", "training", "evidence") if page_exists(name)]
    if not names:
        return
    st.subheader(page.say("go.title"), anchor=False)
    with st.container(horizontal=True):
        for name in names:
            page.link(name)


def _list(page: Page, section: str, keys: tuple[str, ...], icon: str) -> None:
    st.subheader(page.say(f"{section}.title"), anchor=False)
    for key in keys:
        st.markdown(f"{icon} **{page.say(f'{section}.{key}.title')}** {page.say(f'{section}.{key}.body')}")
