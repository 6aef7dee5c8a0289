from __future__ import annotations

import pytest

from tests.browser.visitor import LANGUAGES

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


def test_the_question_stays_through_a_change_of_language(visit, language):
    visitor = visit(language)
    visitor.arrive("ehr")
    visitor.tab(visitor.say("pages_ehr.tabs.table"))
    visitor.choose(visitor.say("pages_ehr.tasks.diagnosis"), "ehr_task")
    visitor.page.get_by_text(visitor.say("pages_ehr.task_lead.diagnosis")).wait_for()
    visitor.switch_language("ehr")
    assert visitor.chosen("ehr_task") == visitor.say("pages_ehr.tasks.diagnosis")
    assert visitor.page.get_by_text(visitor.say("pages_ehr.task_lead.diagnosis")).is_visible()
    visitor.assert_well()


def test_the_recording_stays_through_a_change_of_language(visit, language):
    visitor = visit(language)
    visitor.arrive("ecg")
    visitor.tab(visitor.say("pages_ecg.tabs.recording"))
    visitor.page.get_by_text(visitor.say("pages_ecg.demonstrations.control.title"), exact=True).first.click()
    visitor.wait_for_charts(1)
    visitor.switch_language("ecg")
    visitor.wait_for_charts(1)
    assert visitor.chosen("ecg_demonstration").startswith(
        visitor.say("pages_ecg.demonstrations.control.title")
    )
    visitor.assert_charts_are_drawn()
    visitor.assert_well()
