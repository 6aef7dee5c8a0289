"""An example on the patient page: what it is called once it was changed, and its paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.cohort.examples import examples
from core.text import text
from pages.parts import kept_parts
from pages.parts.ecg_marks import sign_numbers
from pages.parts.wording import plain
from tests.pages.test_patient import everything, field, opened, unfold


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_example_that_was_changed_is_no_longer_called_what_it_was(with_models, language):
    app = unfold(opened(language, "intermediate_high"), values="vital_signs")
    one = examples()["intermediate_high"]
    described = plain(one.descriptions[language])
    assert described in everything(app)
    before = field(app, "heart_rate").value
    field(app, "heart_rate").set_value(31.0).run()
    assert described not in everything(app)
    named = text(language, "pages_patient.entry.example_changed", name=one.titles[language])
    assert app.session_state["patient_kept"]["worked"][1].inputs.name == named
    field(app, "heart_rate").set_value(before).run()
    assert described in everything(app)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_example_with_the_visitors_own_recording_says_whose_it_is_on_screen_and_on_paper(
    with_models, language
):
    from core.ecg.writing import example_files
    from core.example_recordings import example_recording

    recording = example_recording("high_risk")
    assert recording is not None
    ((file, content),) = example_files(recording, "csv", "one").items()
    app = unfold(opened(language, "intermediate_high"), "ecg")
    name = text(
        language, "pages_patient.entry.example_name", name=examples()["intermediate_high"].titles[language]
    )
    named = text(language, "pages_patient.entry.example_own_ecg", name=name)
    assert plain(named) not in everything(app)
    way = next(one for one in app.get("button_group") if one.key.startswith("patient_ecg_way"))
    way.set_value("upload").run()
    app.file_uploader(key="ecg_upload").set_value((file, content, "text/csv")).run()
    assert plain(named) in everything(app)
    assert app.session_state["patient_kept"]["worked"][1].inputs.name == named


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_numbers_on_the_paper_mean_is_said_below_it(with_models, language):
    app = unfold(opened(language, "intermediate_high"), "ecg")
    reading = app.session_state["patient_kept"]["worked"][1].inputs.reading
    numbers = sign_numbers(reading)
    assert numbers
    for name, number in numbers.items():
        assert f"{number} {text(language, f'signs.{name}.label')}" in everything(app)


def test_the_paper_is_drawn_anew_for_another_sex(with_models, monkeypatch):
    """What counts as a long QTc differs: the paper of one sex is not shown to the other."""
    given = []

    def keep(page, key, draw, *, ours):
        given.append(key)
        kept_parts.keep(page, key, draw, ours=ours)

    monkeypatch.setattr("pages.parts.patient_ecg.keep", keep)
    app = unfold(opened("en", "intermediate_high"), "ecg")
    patient = app.session_state["patient_chosen"]
    other = {"male": "female", "female": "male"}[patient.values["sex"]]
    app.session_state["patient_chosen"] = replace(patient, values={**patient.values, "sex": other})
    app.run()
    assert len({key for key in given if key[0] == "paper"}) == 2
