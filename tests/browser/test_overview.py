from __future__ import annotations

import pytest

from core.report import STEPS
from tests.browser.visitor import LANGUAGES

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


@pytest.mark.parametrize("door", ["patient", "evidence", "own"])
def test_each_way_in_is_one_click_from_what_it_promises(visit, language, door):
    visitor = visit(language)
    visitor.arrive("overview")
    visitor.widget(f"enter_{door}_enter").get_by_role("link").click()
    if door == "patient":
        visitor.widget(f"patient_next_{STEPS[0]}").wait_for()
    elif door == "evidence":
        visitor.wait_for_title("evidence")
        visitor.page.get_by_text(visitor.say("pages_evidence.checks_tab.lead")).wait_for()
    else:
        visitor.widget("ecg_upload").wait_for()
    visitor.settle()
    visitor.assert_well()
