from __future__ import annotations

import pytest

from tests.browser.visitor import LANGUAGES, named

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


def test_a_run_on_an_uploaded_cohort_is_started_watched_and_cancelled(visit, language, few_zipped):
    visitor = visit(language)
    visitor.arrive("training")
    start = visitor.widget("training_start").get_by_role("button")
    visitor.choose(visitor.say("pages_training.sources.upload"), "training_source")
    visitor.widget("training_upload").wait_for()
    visitor.settle()
    assert start.is_disabled()
    visitor.upload("training_upload", named({"cohort.zip": few_zipped}))
    visitor.press("training_start")
    visitor.press("training_cancel")
    visitor.page.get_by_text(visitor.say("pages_training.result.cancelled")).wait_for()
    visitor.press("training_discard")
    start.wait_for()
    visitor.settle()
    visitor.assert_well()
