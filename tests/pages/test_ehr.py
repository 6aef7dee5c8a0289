from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.results import load_results
from core.text import text
from pages.parts.spreadsheet import csv_bytes

PAGE = str(Path(__file__).parents[2] / "pages" / "2_ehr.py")


def opened(language: str = "zh", tab: str = "results") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["ehr_tabs"] = text(language, f"pages_ehr.tabs.{tab}")
    return app.run()


def everything(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error]
    return "\n".join(str(each.value) for each in elements)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("tab", ["results", "reasons", "patient", "table"])
def test_every_tab_draws_in_both_languages(with_models, language, tab):
    app = opened(language, tab)
    assert not app.exception
    assert not app.error
    assert text(language, "frame.notice") in everything(app)
    assert text(language, "frame.source.synthetic") in everything(app)


def test_the_figures_on_screen_are_those_of_the_artifact(with_models):
    app = opened("en")
    evaluation = load_results(with_models, "outcome", "ehr").evaluation
    shown = [metric.value for metric in app.metric]
    assert shown[0].startswith(f"{evaluation.macro_auroc.value:.2f}")
    assert shown[3].startswith(f"{evaluation.classes['bleeding'].auroc.value:.2f}")


def test_few_events_are_said(with_models):
    assert any("events" in warning.value for warning in opened("en").warning)


def test_without_a_model_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened("en")
    assert not app.exception
    assert "python -m core train" in app.info[0].value


def test_an_example_patient_gets_three_risks_and_reasons(with_models):
    app = opened("en", "patient")
    assert not app.get("plotly_chart")
    app.button(key="ehr_example_high_risk").click().run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert any("prediction set" in each.value for each in app.markdown)
    assert app.number_input(key="ehr_in_age").value == 79


def test_a_patient_unlike_those_of_the_training_gets_no_number_but_is_told_so(with_models):
    app = opened("en", "patient")
    app.button(key="ehr_example_outside").click().run()
    assert not app.exception
    assert not app.get("plotly_chart")
    assert any("too unlike" in each.value for each in app.warning)


def test_a_table_of_strangers_is_shown_without_numbers(with_models):
    from core.cohort.examples import examples

    app = opened("en", "table")
    content = examples()["outside"].frame().reset_index().to_csv(index=False).encode()
    app.file_uploader(key="ehr_upload").set_value(("children.csv", content, "text/csv")).run()
    assert not app.exception
    assert "too unlike" in app.dataframe[-1].value.to_string()


def test_an_unknown_value_stays_unknown(with_models):
    app = opened("en", "patient")
    app.button(key="ehr_example_high_risk").click().run()
    app.button(key="ehr_example_clear").click().run()
    assert app.number_input(key="ehr_in_age").value is None
    assert not app.get("plotly_chart")


def test_a_table_gets_predictions_and_a_report(with_models, tiny):
    app = opened("en", "table")
    content = tiny.table.frame.head(7).reset_index().to_csv(index=False).encode()
    app.file_uploader(key="ehr_upload").set_value(("patients.csv", content, "text/csv")).run()
    assert not app.exception
    assert list(app.dataframe[-1].value["patient_id"]) == list(tiny.table.frame.index[:7])
    assert len(app.get("download_button")) == 2


def test_a_broken_table_is_one_sentence(with_models):
    app = opened("zh", "table")
    app.file_uploader(key="ehr_upload").set_value(("x.csv", b"%PDF-1.7 ...", "text/csv")).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "\n" not in app.error[0].value


def test_an_altered_artifact_is_one_sentence(with_models, tmp_path, monkeypatch):
    import shutil

    copy = tmp_path / "artifacts"
    shutil.copytree(with_models, copy)
    (copy / "outcome-ehr" / "roc.csv").write_text("class,fpr\n", encoding="utf-8")
    monkeypatch.setenv("PE_ARTIFACTS", str(copy))
    st.cache_resource.clear()  # what an earlier page drew from the unaltered file
    app = opened("en")
    assert not app.exception
    assert "roc" in app.error[0].value


def test_a_spreadsheet_runs_no_formula_from_a_file():
    frame = pd.DataFrame({"patient_id": ["=1+1", "+a", "@x", "ok"], "=h": [-1.5, 2.0, 3.0, 4.0]})
    back = pd.read_csv(io.BytesIO(csv_bytes(frame)))
    assert list(back["patient_id"]) == ["'=1+1", "'+a", "'@x", "ok"]
    assert list(back.columns) == ["patient_id", "'=h"]
    assert back["'=h"].iloc[0] == -1.5
