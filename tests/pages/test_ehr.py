from __future__ import annotations

import io
import shutil
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.learning_curve import load_learning_curve
from core.results import load_results
from core.text import text
from pages.parts.spreadsheet import csv_bytes

ROOT = Path(__file__).parents[2]
PAGE = str(ROOT / "pages" / "2_ehr.py")
CURVE = "learning-curve-outcome-ehr.json"


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


def test_the_learning_curve_has_a_table_of_words_beside_it(with_models, tmp_path, monkeypatch):
    shutil.copytree(with_models, tmp_path, dirs_exist_ok=True)
    shutil.copy(ROOT / "artifacts" / CURVE, tmp_path / CURVE)
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = opened("en")
    assert not app.exception
    assert not app.dataframe
    rows = load_learning_curve(tmp_path / CURVE).rows
    largest = rows[(rows["class"] == "macro") & (rows["series"] == "main")].iloc[-1]
    last = app.table[-1].value.iloc[-1]
    assert last.iloc[0] == f"{largest.n_patients:,}"
    assert last.iloc[2].startswith(f"{largest.fraction:.0%}  \n{largest.fraction_low:.0%}")


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


COLUMNS = """
[[column]]
header = "血色素值"
read_as = "haemoglobin"
unit = "g/dL"
"""


def own_table(tiny) -> bytes:
    """New patients in a hospital's own form: haemoglobin under a header of its own, in g/dL."""
    frame = tiny.table.frame.head(7).assign(血色素值=6.5).drop(columns="haemoglobin")
    return frame.reset_index().to_csv(index=False).encode()


def limits_said(app) -> str:
    return " ".join(each.value for each in app.markdown)


def test_a_table_is_read_by_the_mapping_that_is_given_with_it(with_models, tiny):
    app = opened("en", "table")
    app.file_uploader(key="ehr_upload").set_value(("own.csv", own_table(tiny), "text/csv")).run()
    before = app.dataframe[-1].value
    app.file_uploader(key="ehr_columns").set_value(("columns.toml", COLUMNS.encode(), "text/plain")).run()
    assert not app.exception
    assert "× 10" in limits_said(app)
    assert not app.dataframe[-1].value.equals(before)


def test_choices_of_the_cohort_page_are_offered_and_can_be_switched_off(with_models, tiny):
    from core.cohort.column_mapping import Choice

    app = opened("zh", "table")
    choices = {"血色素值": Choice("haemoglobin", "g/dL"), "elsewhere": Choice("age")}
    app.session_state["cohort_choices"] = (("x", "y"), choices, {})
    app.file_uploader(key="ehr_upload").set_value(("own.csv", own_table(tiny), "text/csv")).run()
    toggle = app.toggle(key="ehr_session")
    assert "血色素值" in toggle.label
    assert "elsewhere" not in toggle.label
    assert "× 10" in limits_said(app)
    toggle.set_value(False).run()
    assert "× 10" not in limits_said(app)
    assert not app.exception


@pytest.mark.parametrize("mapping", [b"x", b'[[column]]\nheader = "other"\nread_as = "age"\n'])
def test_a_mapping_that_does_not_fit_is_one_sentence(with_models, tiny, mapping):
    app = opened("zh", "table")
    app.file_uploader(key="ehr_upload").set_value(("own.csv", own_table(tiny), "text/csv")).run()
    app.file_uploader(key="ehr_columns").set_value(("columns.toml", mapping, "text/plain")).run()
    assert not app.exception
    assert len(app.error) == 1


def test_a_recording_given_as_a_table_is_sent_to_its_page(with_models):
    app = opened("en", "table")
    app.file_uploader(key="ehr_upload").set_value(("a.dcm", bytes(128) + b"DICM" + bytes(90), "x/y")).run()
    assert "ECG page" in app.error[0].value
