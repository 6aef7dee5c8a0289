"""A part that is sent again must be the one that was drawn, where it belongs, and nobody else's."""

from __future__ import annotations

import itertools

import pytest
from streamlit.testing.v1 import AppTest

_NUMBERS = itertools.count()


def _script() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from pages.parts.kept_parts import keep, kept_part

    state = st.session_state
    page = SimpleNamespace(name="probe", language=state.language)

    def draw() -> None:
        state.drawn = state.get("drawn", 0) + 1
        with st.container():
            st.markdown(f"words of {state.who}")
            st.table({"choice": [state.choice]})

    @kept_part
    def of_model(page, found, choice, *, words):
        state.models = state.get("models", 0) + 1
        st.caption(words)

    st.title("above")
    keep(page, (state.test, state.choice), draw, ours=state.ours)
    found = SimpleNamespace(artifact=SimpleNamespace(digest=f"{state.test} {state.digest}"))
    of_model(page, found, state.choice, words=f"model {state.digest}, {state.choice}")
    st.header("below")


def opened(test: str, **state: object) -> AppTest:
    app = AppTest.from_function(_script)
    start = {"test": test, "language": "en", "choice": 1, "ours": True, "who": "A", "digest": "a"}
    for name, value in {**start, **state}.items():
        app.session_state[name] = value
    return app.run()


def order(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return [element.type for element in app.main if element.type != "container"]


@pytest.fixture
def probe() -> str:
    return f"test {next(_NUMBERS)}"


@pytest.mark.parametrize("ours", [True, False])
def test_a_part_is_drawn_once_and_stands_where_it_stood(probe, ours):
    app = opened(probe, ours=ours)
    before = order(app), app.markdown[0].value, app.table[0].value.to_dict(), app.caption[0].value
    app.run().run()
    assert (order(app), app.markdown[0].value, app.table[0].value.to_dict(), app.caption[0].value) == before
    assert app.session_state.drawn == 1
    assert app.session_state.models == 1


@pytest.mark.parametrize(("name", "other"), [("choice", 2), ("language", "zh")])
def test_another_choice_or_language_is_drawn_anew(probe, name, other):
    app = opened(probe)
    app.session_state[name] = other
    app.run()
    assert app.session_state.drawn == 2
    assert app.table[0].value["choice"].tolist() == [app.session_state.choice]


def test_another_model_is_drawn_anew(probe):
    app = opened(probe)
    assert app.caption[0].value == "model a, 1"
    app.session_state["digest"] = "b"
    app.run()
    assert app.caption[0].value == "model b, 1"
    assert app.session_state.models == 2


def test_what_is_ours_is_drawn_once_for_all_visitors(probe):
    opened(probe, who="A")
    second = opened(probe, who="B")
    assert second.markdown[0].value == "words of A"
    assert "drawn" not in second.session_state


def test_a_part_that_cannot_be_drawn_is_not_kept(probe):
    app = AppTest.from_string(
        f"""
import streamlit as st
from types import SimpleNamespace
from core.errors import InputError
from pages.parts.kept_parts import keep

def draw():
    st.markdown("half")
    if not st.session_state.get("well"):
        raise InputError("errors.folder_missing", folder="x")

try:
    keep(SimpleNamespace(name="probe", language="en"), ("{probe}",), draw, ours=True)
except InputError:
    st.caption("refused")
"""
    ).run()
    assert app.caption[0].value == "refused"
    app.session_state["well"] = True
    app.run()
    assert not app.caption
    assert app.markdown[0].value == "half"


def test_what_is_a_visitors_own_is_drawn_for_that_visitor_alone(probe, monkeypatch):
    # every AppTest is the same session to Streamlit
    session = ["A"]
    monkeypatch.setattr(
        "streamlit.runtime.caching.cache_resource_api.get_session_id_or_throw", lambda: session[0]
    )
    first = opened(probe, who="A", ours=False)
    session[0] = "B"
    second = opened(probe, who="B", ours=False)
    assert second.markdown[0].value == "words of B"
    assert second.session_state.drawn == 1
    session[0] = "A"
    first.run()
    assert first.markdown[0].value == "words of A"
    assert first.session_state.drawn == 1
