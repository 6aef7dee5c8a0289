"""A visitor's file is that visitor's alone: no other session sees it, and no log tells of it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from streamlit import error_util
from streamlit.testing.v1 import AppTest

from core.ecg.writing import example_files
from core.text import text
from tests.ecg.format_examples import example
from tests.pages import hostile

PAGES = Path(__file__).parents[2] / "pages"
MARK = "Zhang3-4711"
TABLE = hostile.csv_of(
    hostile.table(40).assign(
        patient_id=[f"{MARK}-{n}" for n in range(40)], ward=[f"{MARK} w"] * 20 + ["b"] * 20
    )
)
BROKEN = f"patient_id,age\n{MARK},70\n{MARK},64\n".encode()


def opened(page: str, **state: object) -> AppTest:
    app = AppTest.from_file(str(PAGES / page), default_timeout=120)
    app.query_params["lang"] = "en"
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def visited(content: bytes, tab: str = "report") -> AppTest:
    app = opened("5_cohort.py", cohort_kind="upload", cohort_tabs=text("en", f"pages_cohort.tabs.{tab}"))
    app.file_uploader(key="cohort_ehr").set_value((f"{MARK}.csv", content, "text/csv"))
    return app.run()


def recorded() -> AppTest:
    (header, content), (signals, samples) = example_files(example(5.0), "wfdb", "r").items()
    app = opened("1_ecg.py", ecg_source="upload", ecg_tabs=text("en", "pages_ecg.tabs.recording"))
    files = [(header, content + f"#Dx: {MARK}\n".encode(), "text/plain"), (signals, samples, "text/plain")]
    app.file_uploader(key="ecg_upload").set_value(files)
    return app.run()


def test_another_session_sees_nothing_of_an_upload():
    for mine, page, state in (
        (visited(TABLE), "5_cohort.py", {"cohort_kind": "upload"}),
        (
            recorded(),
            "1_ecg.py",
            {"ecg_source": "upload", "ecg_tabs": text("en", "pages_ecg.tabs.recording")},
        ),
    ):
        assert not mine.exception
        assert MARK in hostile.seen(mine).replace("\\", "")
        other = opened(page, **state)
        assert not other.exception
        assert MARK not in hostile.seen(other).replace("\\", "")


@pytest.mark.parametrize("content", [TABLE, BROKEN], ids=["read", "refused"])
def test_no_log_tells_of_a_table(content, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        app = visited(content)
    assert MARK in hostile.seen(app).replace("\\", "")
    said = capfd.readouterr()
    assert MARK not in caplog.text + said.out + said.err


def test_no_log_tells_of_a_recording(caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        assert MARK in hostile.seen(recorded()).replace("\\", "")
    said = capfd.readouterr()
    assert MARK not in caplog.text + said.out + said.err


def test_a_mistake_in_the_code_is_logged_by_kind_and_place(caplog, capfd):
    opened("5_cohort.py")  # any page puts the filter in its place
    try:
        try:
            float(MARK)
        except ValueError as error:
            raise RuntimeError(MARK) from error
    except RuntimeError as error:
        error_util._log_uncaught_app_exception(error)
    said = capfd.readouterr()
    assert MARK not in caplog.text + said.out + said.err
    assert "builtins.RuntimeError" in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "test_visitors.py" in caplog.text
