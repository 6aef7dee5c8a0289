"""The tabs of a page, and addresses that open one of them: ``/evidence?view=checks`` in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamlit.delta_generator import DeltaGenerator

    from pages.parts.frame import Page

PARAMETER = "view"


def draw_tabs(page: Page, names: Sequence[str], key: str) -> Sequence[DeltaGenerator]:
    """Draw a page's tabs; only the open one is to be filled (``tab.open``).

    Streamlit's own binding would write the shown words into the address (``?view=结果``), so that a link could not
    be opened in the other language: here the address holds the tab's name.

    Parameters
    ----------
    names
        Names of the tabs, whose words are ``tabs.<name>``.
    key
        Key of the widget.
    """
    labels = {name: page.say(f"tabs.{name}") for name in names}
    first = _begins_with(page.language, key)
    tabs = st.tabs(list(labels.values()), default=labels.get(first), on_change="rerun", key=key)
    st.session_state[f"{key}_now"] = next(
        (name for name, tab in zip(names, tabs, strict=True) if tab.open), ""
    )
    return tabs


def _begins_with(language: str, key: str) -> str:
    """Return which tab is open before one is pressed; an empty word stands for the first.

    To Streamlit tabs with other words are other tabs: at a change of language they begin with the one that is open.
    In between it must not change, since tabs that begin with another one are drawn anew as well.
    """
    asked = st.query_params.get(PARAMETER, "")
    before = st.session_state.get(f"{key}_first")
    if before is None or before["asked"] != asked:
        before = {"asked": asked, "language": language, "name": asked}
    elif before["language"] != language:
        before = {"asked": asked, "language": language, "name": st.session_state.get(f"{key}_now", "")}
    st.session_state[f"{key}_first"] = before
    return str(before["name"])


def asked_for(parameter: str, known: Sequence[str], otherwise: str) -> str:
    """Return what the address asks for where it is one of the known names."""
    asked = st.query_params.get(parameter, "")
    return asked if asked in known else otherwise


def choose_task(page: Page, tasks: Sequence[str]) -> str:
    """Let one of a modality's tasks be chosen (``?task=diagnosis`` opens it); of one there is no choice.

    Parameters
    ----------
    tasks
        Tasks with a saved model, at least one; the first is shown first.
    """
    first = asked_for("task", tasks, tasks[0])
    if len(tasks) == 1:
        return first
    chosen = st.segmented_control(
        page.say("question"),
        tasks,
        default=first,
        format_func=lambda name: page.say(f"tasks.{name}"),
        key=f"{page.name}_task",
        required=True,
    )
    return chosen or first
