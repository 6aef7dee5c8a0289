"""Column names, levels, identifiers and a cohort's own words are data on every page, never Markdown."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.ecg.writing import example_files
from core.mutation.seeds import result_files
from core.text import text
from tests.conftest import SMALL
from tests.ecg.format_examples import example
from tests.pages import hostile

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture(scope="module")
def hostile_models(tmp_path_factory):
    """Both health-record models of a hostile cohort."""
    from core.training import train

    root = tmp_path_factory.mktemp("hostile")
    patients = hostile.cohort(root / "cohort")
    for task in ("diagnosis", "outcome"):
        train(patients, task, "ehr", root / "models", SMALL)
    return root / "models"


def opened(page: str, view: str = "", **state: object) -> AppTest:
    place = PAGES / page if page[0].isdigit() else PAGES.parent / page
    app = AppTest.from_file(str(place), default_timeout=120)
    app.query_params["lang"] = "en"
    if view:
        app.query_params["view"] = view
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


@pytest.mark.parametrize(
    ("page", "view"),
    [
        ("streamlit_app.py", ""),
        *(("2_ehr.py", view) for view in ("results", "reasons", "patient", "table")),
        ("3_fusion.py", ""),
        ("4_patient.py", ""),
        ("6_training.py", ""),
        *(("7_evidence.py", view) for view in ("checks", "card", "data", "reporting")),
    ],
)
def test_a_models_own_words_are_data(hostile_models, monkeypatch, page, view):
    monkeypatch.setenv("PE_ARTIFACTS", str(hostile_models))
    app = opened(page, view)
    assert not app.exception
    assert hostile.acting(app) == []


def test_the_words_are_there_to_be_seen(hostile_models, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(hostile_models))
    assert "e.x" in hostile.seen(opened("2_ehr.py", "patient")).replace("\\", "")


@pytest.mark.parametrize("tab", ["report", "missing", "distribution", "complications"])
def test_an_uploaded_tables_words_are_data(tab):
    app = opened("5_cohort.py", cohort_kind="upload", cohort_tabs=text("en", f"pages_cohort.tabs.{tab}"))
    upload(app, "cohort_ehr", hostile.COHORT + ".csv", hostile.csv_of(hostile.table()))
    assert not app.exception
    assert app.metric
    assert hostile.acting(app) == []


def test_the_files_of_a_cohort_folder_are_data(tmp_path):
    hostile.cohort(tmp_path / "cohort")
    files = {path.name: path.read_bytes() for path in (tmp_path / "cohort").iterdir()}
    made = result_files()
    for name, column in (("flow.csv", "part"), ("table_one.csv", "task")):
        frame = pd.read_csv(io.BytesIO(made[name]))
        words = [f"{hostile.NAME} {place}" for place in range(len(frame))]
        files[name] = hostile.csv_of(
            frame.assign(**{column: words, "step": hostile.NAME, "variable": hostile.NAME})
        )
    app = opened("5_cohort.py", cohort_kind="folder")
    app.file_uploader(key="cohort_folder").set_value(
        [(name, content, "text/csv") for name, content in files.items()]
    )
    app.run()
    assert not app.exception
    assert not app.error
    assert hostile.acting(app) == []


def test_a_recordings_header_and_name_are_data():
    (header, content), (signals, samples) = example_files(example(5.0), "wfdb", "r").items()
    said = f"#Age: {hostile.NAME}\n#Sex: {hostile.NAME}\n#Dx: {hostile.NAME}\n".encode()
    named = content.replace(b" V6\n", f" {hostile.NAME}\n".encode()) + said
    app = opened("1_ecg.py", "recording", ecg_source="upload")
    app.file_uploader(key="ecg_upload").set_value(
        [(header, named, "text/plain"), (signals, samples, "application/octet-stream")]
    )
    app.run()
    assert not app.exception
    assert not app.error
    assert "(http" in hostile.seen(app).replace("\\", "").replace("\u2060", "")
    assert hostile.acting(app) == []


def test_a_refused_recordings_words_are_data():
    app = opened("1_ecg.py", "recording", ecg_source="upload")
    upload(app, "ecg_upload", f"{hostile.NAME}.csv", f"{hostile.NAME},{hostile.NAME}\n".encode() * 9)
    assert app.error
    assert hostile.acting(app) == []


def test_a_row_taken_as_the_patient_is_data():
    app = opened("4_patient.py", patient_way="row")
    upload(app, "patient_table", f"{hostile.NAME}.csv", hostile.csv_of(hostile.table(3)))
    app.button(key="patient_row_take").click().run()
    assert not app.exception
    assert "w" in hostile.seen(app)
    assert hostile.acting(app) == []


def test_a_table_to_predict_is_data(hostile_models, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(hostile_models))
    app = opened("2_ehr.py", "table")
    upload(app, "ehr_upload", hostile.COHORT + ".csv", hostile.csv_of(hostile.table(12)))
    assert not app.exception
    assert hostile.acting(app) == []


def upload(app: AppTest, key: str, name: str, content: bytes) -> None:
    app.file_uploader(key=key).set_value((name, content, "text/csv"))
    app.run()
