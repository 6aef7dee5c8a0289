from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from pages.parts.views import draw_tabs

    language = st.session_state["spoken"]
    page = SimpleNamespace(language=language, say=lambda key: f"{language} {key}")
    st.text([tab.open for tab in draw_tabs(page, ("first", "second", "third"), "probe_tabs")].index(True))


@pytest.fixture
def app():
    opened = AppTest.from_function(script)
    opened.session_state["spoken"] = "zh"
    return opened


def opened_tab(app: AppTest) -> int:
    return int(app.run().text[0].value)


def test_the_first_tab_is_open_and_an_address_may_ask_for_another(app):
    assert opened_tab(app) == 0
    app.query_params["view"] = "second"
    assert opened_tab(app) == 1
    app.query_params["view"] = "unheard-of"
    assert opened_tab(app) == 0


def test_a_tab_stays_open_through_changes_of_language_whatever_the_address_asked_for(app):
    app.query_params["view"] = "second"
    assert opened_tab(app) == 1
    app.session_state["probe_tabs"] = "zh tabs.third"
    assert opened_tab(app) == 2
    for language in ("en", "zh", "en"):
        app.session_state["spoken"] = language
        assert opened_tab(app) == 2
        assert opened_tab(app) == 2
