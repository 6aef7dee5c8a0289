from __future__ import annotations

import pytest

from tests.browser.visitor import LANGUAGES, named

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.parametrize("language", LANGUAGES)]


def test_a_table_of_ones_own_is_looked_at_and_comes_down_completed(visit, language, few):
    visitor = visit(language)
    visitor.arrive("cohort")
    visitor.choose(visitor.say("pages_cohort.source.upload"), "cohort_kind")
    visitor.upload("cohort_ehr", named({"ehr.csv": few["ehr.csv"]}))
    visitor.upload("cohort_labels", named({"labels.csv": few["labels.csv"]}))
    visitor.tab(visitor.say("pages_cohort.tabs.imputation"))
    visitor.press("cohort_impute")
    name, content = visitor.download("cohort_imputed_download")
    assert name.endswith(".csv")
    assert content.decode("utf-8-sig").count("\n") == few["ehr.csv"].count(b"\n")
    visitor.wait_for_charts(1)
    visitor.assert_charts_are_drawn()
    visitor.assert_well()
