from __future__ import annotations

import pytest

from core.cohort.examples import examples
from core.report import STEPS
from tests.browser.visitor import LANGUAGES, named

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]
EXAMPLE = "intermediate_high"


def test_an_example_goes_step_by_step_to_a_report_that_comes_down(visit, language):
    visitor = visit(language)
    visitor.arrive("patient")
    visitor.press(f"patient_example_{EXAMPLE}")
    drawn = 0
    for name in STEPS[:-1]:
        onward = visitor.widget(f"patient_next_{name}")
        onward.wait_for()
        visitor.settle()
        visitor.assert_charts_are_drawn()
        visitor.assert_well()
        drawn += len(visitor.charts())
        visitor.press(f"patient_next_{name}")
    assert drawn >= 3
    name, content = visitor.download("patient_report")
    report = content.decode()
    assert name.endswith(".html")
    assert report.startswith("<!DOCTYPE html>")
    assert examples()[EXAMPLE].titles[language] in report
    visitor.assert_well()


def test_the_patient_and_the_open_step_stay_through_a_change_of_language(visit, language):
    visitor = visit(language)
    visitor.arrive("patient")
    visitor.press(f"patient_example_{EXAMPLE}")
    visitor.press(f"patient_next_{STEPS[0]}")
    visitor.widget(f"patient_next_{STEPS[1]}").wait_for()
    visitor.settle()
    visitor.switch_language("patient")
    visitor.widget(f"patient_next_{STEPS[1]}").wait_for()
    assert visitor.page.get_by_text(examples()[EXAMPLE].titles[visitor.language]).count() > 0
    visitor.assert_charts_are_drawn()
    visitor.assert_well()


def test_a_row_of_a_table_becomes_the_patient(visit, language, few):
    visitor = visit(language)
    visitor.arrive("patient")
    visitor.choose(visitor.say("pages_patient.entry.row"), "patient_way")
    visitor.upload("patient_table", named({"ehr.csv": few["ehr.csv"]}))
    visitor.press("patient_row_take")
    visitor.widget(f"patient_next_{STEPS[0]}").wait_for()
    visitor.settle()
    visitor.assert_well()
