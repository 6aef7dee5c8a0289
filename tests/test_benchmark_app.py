from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import pytest

from core.benchmark import app
from core.benchmark.app_server import APP, running
from core.benchmark.app_visitor import Visitor
from core.benchmark.app_walk import PAGES, WALK, walk
from core.benchmark.app_wire import Widget, asked, fields, state_of, told
from core.benchmark.figure import Scale

if TYPE_CHECKING:
    from pathlib import Path

MODELS = APP.parent / "artifacts"
ONE_PAGE = Scale(app_starts=1, app_reruns=1, app_more_visitors=1, app_visitors=2, app_clicks=2)
COUNTER = """
import streamlit as st

left, right = st.tabs(["a", "b"], key="tabs", on_change="rerun")
if right.open:
    with right:
        st.write("second")
number = st.number_input("n", key="number", value=1.0)
choice = st.radio("r", ["x", "y"], key="radio")
pill = st.pills("p", ["u", "v"], key="pills")
if st.button("b", key="button"):
    st.error(f"{number:g} {choice} {pill} {right.open}")


@st.fragment
def part():
    if st.toggle("t", key="switch"):
        st.error("switched")


part()
"""


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    script = tmp_path / "counter.py"
    script.write_text(COUNTER, encoding="utf-8")
    return script


def test_what_is_written_is_read_back_by_streamlits_own_messages():
    from streamlit.proto.BackMsg_pb2 import BackMsg

    states = state_of(Widget("$$ID-0-n", "n", "number", (), ""), 2.5)
    states += state_of(Widget("$$ID-0-g", "g", "group", ("u", "v"), ""), "v")
    states += state_of(Widget("$$ID-0-b", "b", "button", (), ""), 1)
    message = BackMsg.FromString(
        asked(query="lang=en", page="ecg", fragment="f", states=states, address="http://127.0.0.1/ecg")
    )
    client = message.rerun_script
    assert (client.query_string, client.page_name, client.fragment_id) == ("lang=en", "ecg", "f")
    number, group, button = client.widget_states.widgets
    assert number.double_value == 2.5
    assert list(group.string_array_value.data) == ["v"]
    assert button.trigger_value is True


def test_what_streamlit_writes_is_read():
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    message.metadata.delta_path.extend([0, 300])
    message.delta.fragment_id = "f"
    message.delta.new_element.radio.id = "$$ID-0-my-key"
    message.delta.new_element.radio.options.extend(["x", "y"])
    found = told(message.SerializeToString())
    assert found.widget == Widget("$$ID-0-my-key", "my-key", "radio", ("x", "y"), "f")
    assert found.place == (0, 300)
    finished = ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN)
    assert told(finished.SerializeToString()).finished == 2


def test_an_error_on_the_page_is_a_failure_and_a_warning_is_none():
    from streamlit.proto.Alert_pb2 import Alert
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    message = ForwardMsg()
    message.delta.new_element.alert.body = "wrong"
    message.delta.new_element.alert.format = Alert.ERROR
    assert told(message.SerializeToString()).failure == "wrong"
    message.delta.new_element.alert.format = Alert.WARNING
    assert told(message.SerializeToString()).failure == ""
    message.delta.new_element.exception.type = "ValueError"
    assert told(message.SerializeToString()).failure == "ValueError"


def test_figures_tables_and_fields_are_what_a_page_is_opened_for():
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    def shown(fill):
        message = ForwardMsg()
        fill(message.delta.new_element)
        return told(message.SerializeToString()).content

    assert shown(lambda one: setattr(one.metric, "label", "AUROC"))
    assert shown(lambda one: setattr(one.plotly_chart, "spec", "{}"))
    assert shown(lambda one: setattr(one.number_input, "id", "$$ID-0-age"))
    assert shown(lambda one: setattr(one.alert, "body", "joining helps"))
    assert shown(lambda one: setattr(one.html, "body", '<table class="plain"></table>'))
    assert not shown(lambda one: setattr(one.html, "body", "<style>table{}</style>"))
    assert not shown(lambda one: setattr(one.markdown, "body", "words"))
    assert not shown(lambda one: setattr(one.heading, "body", "words"))


@pytest.mark.parametrize("page", ["", "patient", "training"])
def test_these_pages_open_without_pandas(page):
    with running(APP, MODELS) as server, Visitor(server.port) as visitor:
        assert visitor.open(page).failures == ()
        assert server.loaded(["pandas", "pyarrow"]) in ([], None)


def test_fields_of_fixed_width_are_stepped_over():
    message = struct.pack("<Bd", 1 << 3 | 1, 1.5) + struct.pack("<Bf", 2 << 3 | 5, 1.5) + b"\x18\x07"
    assert [number for number, _ in fields(message)] == [1, 2, 3]


def test_a_visitor_chooses_types_and_presses_in_a_session_that_remembers(counter):
    with running(counter, MODELS) as server, Visitor(server.port) as visitor:
        assert visitor.open("").failures == ()
        assert math.isnan(visitor.again().titled)  # this page has no heading
        for key, choice in (("tabs", 1), ("number", 4.0), ("radio", 1), ("pills", 0)):
            assert visitor.click(key, choice).failures == ()
        assert visitor.click("button").failures == ("4 y u True",)
        assert visitor.again().failures == ()


def test_a_click_in_a_part_of_the_page_runs_that_part_alone(counter):
    with running(counter, MODELS) as server, Visitor(server.port) as visitor:
        whole = visitor.open("")
        part = visitor.click("switch")
        assert part.failures == ("switched",)
        assert part.size < whole.size


def test_two_visitors_do_not_share_a_session(counter):
    with running(counter, MODELS) as server, Visitor(server.port) as one, Visitor(server.port) as other:
        one.open("")
        other.open("")
        one.click("number", 7.0)
        assert other.click("button").failures == ("1 x None False",)


def test_a_key_that_is_not_there_is_named(counter):
    with running(counter, MODELS) as server, Visitor(server.port) as visitor:
        visitor.open("")
        with pytest.raises(KeyError, match="absent"):
            visitor.click("absent")


def test_the_walk_reaches_every_page_of_the_app_and_none_shows_an_error():
    files = {path.stem.split("_", 1)[1] for path in (APP.parent / "pages").glob("[0-9]*_*.py")}
    assert set(PAGES) == {"", *files}
    with running(APP, MODELS) as server, Visitor(server.port) as visitor:
        seen = list(walk(visitor))
    assert [(place, view.failures) for place, view in seen if view.failures] == []
    assert len(seen) == len(PAGES) + sum(map(len, WALK.values()))


def test_first_views_and_redraws_are_measured():
    started = {one.name: one for one in app.start(ONE_PAGE, MODELS, ("training",))}
    assert started["app_start_training"].value > 0
    assert "until the title is" in started["app_start_training"].detail
    assert "nan" not in started["app_start_training"].detail
    assert 0 < started["app_first_figures_training"].value <= started["app_start_training"].value
    assert started["app_start_libraries"].value in (0, None)
    assert started["app_start_failures"].value == 0
    again = {one.name: one for one in app.rerun(ONE_PAGE, MODELS, ("training",))}
    assert again["app_rerun_training"].unit == "ms"
    assert again["app_rerun_failures"].value == 0


def test_a_visitor_who_breaks_off_is_a_failure_and_holds_nobody_up(monkeypatch):
    def gives_up(visitor, begin=0):
        if begin == 0:
            raise ConnectionError("gone")
        while True:
            yield "place", app.View(0.1, (), 0)

    monkeypatch.setattr(app, "walk", gives_up)
    meeting = app.threading.Barrier(2)
    with app.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(app._clicks, None, n, meeting, 3) for n in (0, 1)]
        gone, stayed = (job.result() for job in jobs)
    assert gone[-1].failures == ("ConnectionError gone",)
    assert [view.failures for view in stayed] == [(), (), ()]
