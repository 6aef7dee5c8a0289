from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.examples import examples
from core.report import STEPS, patient_report
from core.text import text

PAGE = str(Path(__file__).parents[2] / "pages" / "4_patient.py")


def opened(language: str = "en", example: str = "") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.query_params["lang"] = language
    app.run()
    if example:
        app.button(key=f"patient_example_{example}").click().run()
    assert not app.exception
    return app


def unfold(app: AppTest, *steps: str, values: str = "") -> AppTest:
    for step in STEPS:
        app.session_state[f"patient_step_{step}"] = step in steps
    app.session_state["patient_values"] = bool(values)
    if values:
        app.session_state["patient_group"] = values
    app.run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error]
    tables = [table.value.to_string() for table in app.table]
    return "\n".join([*(str(each.value) for each in elements), *tables])


def headings(app: AppTest) -> dict[str, str]:
    """Label of each step's fold."""
    labels = [fold.label for fold in app.expander]
    return {
        step: next(label for label in labels if text("en", f"report.steps.{step}")[:6] in label)
        for step in STEPS
    }


def field(app: AppTest, name: str):
    return next(one for one in app.number_input if one.key.startswith(f"patient_in_{name}_"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_view_offers_every_example_and_no_figure(with_models, language):
    app = opened(language)
    keys = {button.key for button in app.button}
    assert {f"patient_example_{name}" for name in examples()} <= keys
    assert not app.expander
    assert text(language, "frame.notice") in everything(app)
    assert text(language, "frame.source.synthetic") in everything(app)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("example", list(examples()))
def test_every_example_goes_through_all_six_steps(with_models, language, example):
    app = unfold(opened(language, example), *STEPS, values="laboratory")
    assert not app.error or example == "outside"
    assert len(app.get("download_button")) == 1


def test_a_folded_step_tells_its_answer_and_how_sure_it_is_in_words(with_models):
    found = headings(unfold(opened("en", "intermediate_high")))
    assert "answered" in found["severity"]
    assert "ESC 2019 intermediate\\-high risk" in found["severity"]
    assert "of 100" in found["risk"]


def test_the_first_step_is_open_and_leads_to_the_next(with_models):
    app = opened("en", "intermediate_high")
    assert [app.session_state[f"patient_step_{step}"] for step in STEPS] == [True] + [False] * 5
    app.button(key="patient_next_suspicion").click().run()
    assert [app.session_state[f"patient_step_{step}"] for step in STEPS[:3]] == [False, True, False]


def test_one_changed_value_changes_the_answers(with_models):
    app = unfold(opened("en", "intermediate_high"), values="vital_signs")
    assert "intermediate\\-high risk" in headings(app)["severity"]
    field(app, "systolic_bp").set_value(80.0).run()
    assert "ESC 2019 high risk" in headings(app)["severity"]
    assert "attention" in headings(app)["severity"]


def test_a_value_taken_away_leaves_a_range(with_models):
    app = unfold(opened("en", "intermediate_high"), values="vital_signs")
    field(app, "systolic_bp").set_value(None).run()
    assert "still open" in headings(app)["severity"]


def test_a_value_that_cannot_be_is_one_sentence_and_changes_nothing(with_models):
    app = unfold(opened("en", "intermediate_high"), values="vital_signs")
    before = headings(app)
    field(app, "heart_rate").set_value(9000.0).run()
    assert len(app.error) == 1
    assert "\n" not in app.error[0].value
    assert headings(app) == before


def test_units_are_switched_and_typed_values_come_back(with_models):
    app = unfold(opened("en", "intermediate_high"), values="laboratory")
    grams = field(app, "haemoglobin").value
    next(one for one in app.toggle if "mg/dL" in one.label).set_value(True).run()
    shown = field(app, "haemoglobin")
    assert "g/dL" in shown.label
    assert shown.value == pytest.approx(grams / 10)
    shown.set_value(9.0).run()
    assert app.session_state["patient_chosen"].values["haemoglobin"] == pytest.approx(90.0)


def test_a_contraindication_that_is_answered_asks_for_attention(with_models):
    app = unfold(opened("en", "intermediate_high"), "treatment", "summary")
    assert "Every contraindication is answered no" in headings(app)["treatment"]
    control = next(one for one in app.get("button_group") if "active_bleeding" in one.key)
    control.set_value("yes").run()
    assert "Active bleeding" in headings(app)["treatment"]
    assert "attention" in headings(app)["treatment"]
    # the fold's label has changed, and it is still open
    assert any("active_bleeding" in one.key for one in app.get("button_group"))


def test_open_steps_stay_open_in_the_other_language(with_models):
    app = unfold(opened("en", "intermediate_high"), "severity", values="vital_signs")
    app.query_params["lang"] = "zh"
    app.run()
    assert [fold.proto.expanded for fold in app.expander] == [True, False, False, True, False, False, False]


def test_an_empty_form_draws_every_step_and_shows_no_risk(with_models):
    app = opened("en")
    app.session_state["patient_way"] = "form"
    app.run()
    app.button(key="patient_form_start").click().run()
    app = unfold(app, *STEPS, values="demographics")
    assert text("en", "report.risk.nothing_known") in everything(app)
    assert "still open" in headings(app)["suspicion"]


def test_a_row_of_a_table_becomes_the_patient(with_models):
    app = opened("en")
    app.session_state["patient_way"] = "row"
    app.run()
    content = b"patient_id,age,sex,SBP,creatinine [mg/dL]\nA1,71,male,118,1.0\n<b>B2</b>,50,female,99,2.0\n"
    app.file_uploader(key="patient_table").set_value(("ward.csv", content, "text/csv")).run()
    app.selectbox(key="patient_row").set_value("<b>B2</b>").run()
    app.button(key="patient_row_take").click().run()
    assert not app.exception
    values = app.session_state["patient_chosen"].values
    assert (values["age"], values["sex"], values["systolic_bp"]) == (50.0, "female", 99.0)
    assert values["creatinine"] == pytest.approx(176.84)
    assert r"\<b\>B2\</b\>" in everything(app)


def test_a_row_is_read_by_the_mapping_that_is_given_with_its_table(with_models):
    app = opened("zh")
    app.session_state["patient_way"] = "row"
    app.run()
    content = "patient_id,age,血色素值\nA1,71,6.5\n".encode()
    app.file_uploader(key="patient_table").set_value(("ward.csv", content, "text/csv")).run()
    mapping = '[[column]]\nheader = "血色素值"\nread_as = "haemoglobin"\nunit = "g/dL"\n'.encode()
    app.file_uploader(key="patient_columns").set_value(("columns.toml", mapping, "text/plain")).run()
    app.button(key="patient_row_take").click().run()
    assert not app.exception
    assert app.session_state["patient_chosen"].values["haemoglobin"] == pytest.approx(65)


def test_a_broken_table_is_one_sentence(with_models):
    app = opened("zh")
    app.session_state["patient_way"] = "row"
    app.run()
    app.file_uploader(key="patient_table").set_value(("x.csv", b"%PDF-1.7 ...", "text/csv")).run()
    assert not app.exception
    assert len(app.error) == 1


def test_a_stranger_gets_no_probability(with_models):
    app = unfold(opened("en", "outside"), "risk", "summary")
    assert "no number" in headings(app)["risk"]
    assert text("en", "report.risk.withheld") in everything(app)
    report = patient_report(app.session_state["patient_kept"]["worked"][1].inputs, "en")
    assert "<svg" not in report


def test_what_if_shows_before_and_after(with_models):
    app = unfold(opened("en", "high_risk"), "risk")
    choice = next(one for one in app.multiselect if one.key.startswith("patient_what_if"))
    choice.set_value(["age"]).run()
    slider = next(one for one in app.slider if "age" in one.key)
    assert slider.value == 79
    slider.set_value(slider.min).run()
    assert not app.exception
    header = list(app.table[-1].value.columns) if len(app.table) else []
    assert {"Now", "If so", "Change"} <= {name for table in app.table for name in table.value.columns} | set(
        header
    )


def test_scores_and_guidelines_stand_without_any_model(tmp_path, monkeypatch):
    monkeypatch.setenv("PE_ARTIFACTS", str(tmp_path))
    app = unfold(opened("en", "high_risk"), *STEPS)
    assert "python -m core train" in app.info[0].value
    assert "ESC 2019 high risk" in headings(app)["severity"]
    assert text("en", "report.risk.no_model") in everything(app)


def test_no_value_of_a_patient_stands_in_the_address(with_models):
    app = unfold(opened("en", "high_risk"), *STEPS, values="vital_signs")
    field(app, "heart_rate").set_value(133.0).run()
    assert set(app.query_params) <= {"lang"}


def test_another_patient_starts_anew(with_models):
    app = unfold(opened("en", "high_risk"), values="vital_signs")
    field(app, "heart_rate").set_value(150.0).run()
    app.button(key="patient_another").click().run()
    app.button(key="patient_example_high_risk").click().run()
    app = unfold(app, values="vital_signs")
    assert field(app, "heart_rate").value == examples()["high_risk"].values["heart_rate"]


def test_the_report_of_the_page_names_its_models(with_models):
    app = opened("en", "intermediate_high")
    inputs = app.session_state["patient_kept"]["worked"][1].inputs
    report = patient_report(inputs, "en")
    assert {one.task for one in inputs.models} == {"diagnosis", "outcome"}
    assert all(one.digest in report for one in inputs.models)


def test_an_own_estimate_replaces_the_published_frequency(with_models):
    app = unfold(opened("en", "intermediate_high"), "suspicion")
    next(one for one in app.toggle if one.key.startswith("patient_own")).set_value(True).run()
    next(one for one in app.slider if one.key.startswith("patient_own")).set_value(35).run()
    assert not app.exception
    first = app.session_state["patient_kept"]["worked"][1].inputs.pre[0]
    assert (first.name, first.probability.value) == ("own", 0.35)


def test_the_form_takes_what_a_table_would(with_models):
    """The template of the record page can be filled with a row and read back."""
    frame = pd.DataFrame([{"patient_id": "A", **examples()["low_risk"].values}])
    buffer = io.BytesIO(frame.to_csv(index=False).encode())
    app = opened("en")
    app.session_state["patient_way"] = "row"
    app.run()
    app.file_uploader(key="patient_table").set_value(("one.csv", buffer.getvalue(), "text/csv")).run()
    app.button(key="patient_row_take").click().run()
    assert dict(app.session_state["patient_chosen"].values) == dict(examples()["low_risk"].values)


def test_an_uploaded_recording_is_read_and_another_patient_begins_without_it(with_models):
    from core.ecg.writing import example_files
    from core.example_recordings import example_recording

    recording = example_recording("high_risk")
    assert recording is not None
    ((name, content),) = example_files(recording, "csv", "one").items()
    app = unfold(opened("en", "much_missing"), "ecg")
    assert "No ECG" in headings(app)["ecg"]
    way = next(one for one in app.get("button_group") if one.key.startswith("patient_ecg_way"))
    way.set_value("upload").run()
    app.file_uploader(key="ecg_upload").set_value((name, content, "text/csv")).run()
    assert not app.exception
    assert "Sinus tachycardia" in headings(app)["ecg"]
    app.button(key="patient_another").click().run()
    app.button(key="patient_example_much_missing").click().run()
    assert "No ECG" in headings(app)["ecg"]
