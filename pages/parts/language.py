"""Which language a page speaks, and its switch: the address decides (``?lang=en``), then the browser."""

from __future__ import annotations

import streamlit as st

from core.text import LANGUAGES, text

PARAMETER = "lang"
_WIDGET = "language_switch"
_REMEMBERED = "language_chosen"


def resolve(address: str | None, chosen: str | None, browser: str | None) -> str:
    """Decide on a language.

    Parameters
    ----------
    address
        What the address asks for (``?lang=…``); anything but a known language is ignored.
    chosen
        What the visitor chose before in this session.
    browser
        The browser's locale such as ``"zh-CN"``; None if it did not say, then Chinese, the first audience's.

    Examples
    --------
    >>> resolve("en", "zh", "zh-CN"), resolve("fr", None, "zh-Hant-TW"), resolve(None, None, "de-DE")
    ('en', 'zh', 'en')
    """
    for asked in (address, chosen):
        if asked in LANGUAGES:
            return asked
    return "zh" if not browser or browser.lower().startswith("zh") else "en"


def current_language() -> str:
    """Return the language of this run, and remember it where the address names one."""
    address = st.query_params.get(PARAMETER)
    if address in LANGUAGES:
        st.session_state[_REMEMBERED] = address
    return resolve(address, st.session_state.get(_REMEMBERED), st.context.locale)


def address_parameters(language: str) -> dict[str, str]:
    """Return what a link to another page carries so that the language stays."""
    return {PARAMETER: language}


def draw_switch(language: str) -> None:
    """Draw the switch; choosing writes the address, which alone decides.

    The widget is not bound to the address by Streamlit itself: that would write the shown words
    (``?lang=中文``) and drop the parameter where it equals the browser's language, so that a shared link
    could open in another one.
    """
    st.session_state[_WIDGET] = language
    st.segmented_control(
        text(language, "frame.language.label"),
        LANGUAGES,
        format_func=lambda each: text(each, "frame.language.own_name"),
        required=True,
        key=_WIDGET,
        on_change=_write_address,
        label_visibility="collapsed",
    )


def _write_address() -> None:
    language = st.session_state[_WIDGET]
    st.session_state[_REMEMBERED] = language
    st.query_params[PARAMETER] = language
