from __future__ import annotations

import pytest

from core.ecg.interpretation import read_ecg
from core.example_recordings import example_recording
from core.report import STEPS, Grid, step_answer, step_blocks
from core.text import text
from tests.report.patients import inputs_of, said


def states(name: str, **changes) -> dict[str, str]:
    inputs = inputs_of(name, **changes)
    return {step: step_answer(step, inputs, "en").state for step in STEPS}


def test_what_is_known_is_answered():
    found = states("intermediate_high")
    assert found["suspicion"] == found["severity"] == found["risk"] == found["treatment"] == "answered"
    assert found["ecg"] == "none"


def test_high_risk_asks_for_attention():
    assert states("high_risk")["severity"] == "attention"


def test_a_summary_is_as_sure_as_the_steps_behind_it():
    assert states("intermediate_high")["summary"] == "answered"
    assert states("much_missing")["summary"] == "open"
    assert states("high_risk")["summary"] == "attention"


def test_an_absolute_contraindication_asks_for_attention_by_name():
    answer = step_answer("treatment", inputs_of("contraindicated"), "en")
    assert answer.state == "attention"
    assert text("en", "contraindications.items.haemorrhagic_or_unknown_stroke") in answer.line


def test_missing_inputs_leave_steps_open_with_a_range():
    inputs = inputs_of("much_missing")
    assert {step_answer(step, inputs, "en").state for step in ("suspicion", "severity", "treatment")} == {
        "open"
    }
    assert "intermediate-low risk to high risk" in step_answer("severity", inputs, "en").line
    assert "86–186 points" in step_answer("severity", inputs, "en").line


def test_a_stranger_gets_no_number():
    inputs = inputs_of("low_risk", outcome={"ehr": said(withheld=True)})
    answer = step_answer("risk", inputs, "en")
    assert answer.state == "attention"
    assert " of 100" not in answer.line
    grid = step_blocks("risk", inputs, "en")[0]
    assert isinstance(grid, Grid)
    assert grid.rows[0][1:4] == ("–", "–", "–")


def test_nothing_known_is_not_taken_for_no_model():
    empty = inputs_of("low_risk", values={}, outcome={})
    assert step_answer("risk", empty, "en").line == text("en", "report.risk.nothing_known")
    without = inputs_of("low_risk", outcome={})
    assert step_answer("risk", without, "en").line == text("en", "report.risk.no_model")


def test_risk_stands_beside_what_is_usual_and_what_cannot_be_ruled_out():
    line = step_answer("risk", inputs_of("low_risk"), "en").line
    assert "Death 10 of 100 (usually 9)" in line
    assert "Bleeding 20 of 100 (usually 9)" in line
    assert "cannot be ruled out: No event, Bleeding" in line


@pytest.mark.parametrize("language", ["zh", "en"])
def test_guidelines_stand_side_by_side_and_the_missing_table_is_said(language):
    grid = step_blocks("severity", inputs_of("intermediate_high"), language)[0]
    assert isinstance(grid, Grid)
    names = ("esc_2019", "aha_2026", "china_2018")
    assert [row[0] for row in grid.rows] == [text(language, f"scores.titles.{name}") for name in names]
    assert all(row[1] for row in grid.rows)
    assert "2025" in grid.rows[2][2]


def test_scores_made_for_anticoagulation_are_set_apart():
    titles = [block.title for block in step_blocks("risk", inputs_of("low_risk"), "en")]
    assert titles.index(text("en", "report.risk.near")) < titles.index(text("en", "report.risk.far"))


def test_only_the_drug_in_question_is_printed():
    grids = [
        block
        for block in step_blocks("treatment", inputs_of("intermediate_high"), "en")
        if isinstance(block, Grid)
    ]
    doses = next(grid for grid in grids if grid.title == text("en", "report.doses.title"))
    assert {row[0].split()[0] for row in doses.rows} == {"Alteplase"}


def test_without_a_drug_all_are_printed():
    inputs = inputs_of("intermediate_high", without=("thrombolytic",))
    grids = [block for block in step_blocks("treatment", inputs, "en") if isinstance(block, Grid)]
    doses = next(grid for grid in grids if grid.title == text("en", "report.doses.title"))
    assert len({row[0].split()[0] for row in doses.rows}) > 3


def test_a_device_that_says_otherwise_stands_beside_what_was_measured():
    reading = read_ecg(example_recording("high_risk"))
    measured = round(reading.measurements.qrs_ms)
    title = text("en", "report.ecg.doubts")
    for stated, differ in (
        ({}, False),
        ({"qrs_ms": measured + 15.0}, False),
        ({"qrs_ms": measured + 40.0}, True),
    ):
        blocks = step_blocks("ecg", inputs_of("high_risk", reading=reading, stated=stated), "en")
        said = [line for block in blocks if block.title == title for line in block.items]
        assert len(said) == differ
        assert all(f"{measured + 40} ms" in line for line in said)
