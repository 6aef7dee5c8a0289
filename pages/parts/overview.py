"""The parts of the overview."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.navigation import page_exists, page_label

if TYPE_CHECKING:
    from pages.parts.frame import Page

_QUESTIONS = ("ecg", "ehr", "fusion")
_IS = ("steps", "synthetic", "own_data")
_IS_NOT = ("indication", "strain", "device", "scores")


def what_it_does(page: Page) -> None:
    """Draw one card a question: what goes in, what comes out, and the way to its page."""
    st.header(page.say("does.title"), anchor=False)
    for column, name in zip(st.columns(len(_QUESTIONS)), _QUESTIONS, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(page.say(f"does.{name}.title"), anchor=False)
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


def _list(page: Page, section: str, keys: tuple[str, ...], icon: str) -> None:
    st.header(page.say(f"{section}.title"), anchor=False)
    for key in keys:
        st.markdown(f"{icon} **{page.say(f'{section}.{key}.title')}** {page.say(f'{section}.{key}.body')}")
