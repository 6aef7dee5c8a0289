from __future__ import annotations

import pytest

from core.text import text
from tests.browser.visitor import LANGUAGES

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


def test_an_uploader_is_read_out_in_the_visitors_language_alone(visit, language):
    visitor = visit(language)
    visitor.arrive("ecg")
    visitor.tab(visitor.say("pages_ecg.tabs.many"))
    zone = visitor.widget("ecg_batch").get_by_test_id("stFileUploaderDropzone")
    zone.get_by_role("button", name=visitor.say("uploader.button"), exact=True).wait_for()
    said = zone.aria_snapshot()
    other = "zh" if language == "en" else "en"
    assert text(other, "uploader.button") not in said
    assert ("per file" in said) == (language == "en")
    visitor.assert_well()
