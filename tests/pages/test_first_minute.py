"""The overview's first minute: whether the data are real, and three doors, each one click from a result."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from core.text import text
from pages.parts.overview_doors import DOORS
from tests.pages import ecg_artifact, fusion_artifact

ROOT = Path(__file__).parents[2]
FILES = {
    "patient": "pages/4_patient.py",
    "evidence": "pages/7_evidence.py",
    "ecg": "pages/1_ecg.py",
    "ehr": "pages/2_ehr.py",
}


def opened(file: str, language: str = "en", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / file), default_timeout=120)
    for name, value in {"lang": language, **query}.items():
        app.query_params[name] = value
    app = app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*app.markdown, *app.caption, *app.info])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_doors_stand_above_everything_else_and_carry_the_language(tmp_path, monkeypatch, language):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened("streamlit_app.py", language)
    assert app.header[0].value == text(language, "pages_overview.doors.title")
    links = {link.proto.label: parse_qs(link.proto.query_string) for link in app.main.get("page_link")}
    for door, ways in DOORS.items():
        for way in ways:
            asked = links[text(language, f"pages_overview.doors.{door}.{way.words}")]
            assert asked == {"lang": [language]} | {name: [value] for name, value in way.address.items()}


@pytest.mark.parametrize(
    ("synthetic", "answer"),
    [((), "none"), ((True,), "synthetic"), ((False,), "real"), ((False, True), "mixed")],
)
def test_whether_it_is_real_is_told_from_the_models_that_are_there(tmp_path, monkeypatch, synthetic, answer):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    if synthetic:
        ecg_artifact.save(tmp_path, synthetic=synthetic[0])
    if len(synthetic) > 1:
        fusion_artifact.save(tmp_path, "outcome")
    words = said(opened("streamlit_app.py"))
    for one in ("none", "synthetic", "real", "mixed"):
        assert (text("en", f"pages_overview.real_data.{one}") in words) is (one == answer)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_see_a_patient_is_one_click_from_six_answers(tmp_path, monkeypatch, language):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened(FILES["patient"], language, **DOORS["patient"][0].address)
    titles = " ".join(fold.label for fold in app.expander)
    assert all(
        text(language, f"report.steps.{step}").split("：")[0].split(":")[0] in titles.replace("\\", "")
        for step in ("suspicion", "risk")
    )
    assert any("Wells" in fold.label for fold in app.expander)


def test_an_unknown_example_in_the_address_shows_the_choice(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened(FILES["patient"], example="<x>")
    assert app.button(key="patient_example_low_risk").label


def test_another_patient_is_not_overruled_by_the_address(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened(FILES["patient"], example="high_risk")
    app.button(key="patient_another").click().run()
    assert "example" not in app.query_params
    app.button(key="patient_example_low_risk").click().run()
    assert app.session_state["patient_chosen"].name == "low_risk"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_use_my_data_is_one_click_from_the_upload(tmp_path, monkeypatch, language):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened(FILES["ecg"], language, **DOORS["own"][0].address)
    assert [one.key for one in app.get("file_uploader")] == ["ecg_upload"]


def test_an_address_opens_the_tab_it_names_in_either_language(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    for language in ("zh", "en"):
        app = opened(FILES["evidence"], language, view="published")
        assert app.session_state["evidence_tabs"] == text(language, "pages_evidence.tabs.published")
        app = opened(FILES["evidence"], language, view="nothing of the kind")
        assert app.session_state["evidence_tabs"] == text(language, "pages_evidence.tabs.checks")


def test_an_address_opens_the_task_it_names(with_models):
    app = opened(FILES["ehr"], view="table", task="diagnosis")
    assert app.segmented_control(key="ehr_task").value == "diagnosis"
    assert [one.key for one in app.get("file_uploader")] == ["ehr_upload"]
