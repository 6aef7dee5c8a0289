from __future__ import annotations

import pytest

from tests.browser.visitor import LANGUAGES, PAGES

pytestmark = pytest.mark.xdist_group("browser")

# how many charts each tab shows at least to somebody who has done nothing yet; a page without tabs has one place
CHARTS = {
    "overview": (0,),
    "ecg": (7, 1, 0),
    "ehr": (7, 3, 0, 0, 2),
    "fusion": (6, 2, 1, 0, 0),
    "patient": (0,),
    "cohort": (0, 0, 0, 1, 1, 0, 0),
    "training": (0,),
    "evidence": (0, 0, 0, 0, 0),
}
PHONE = {"width": 390, "height": 844}


def path_of(name: str) -> str:
    return "/" if name == "overview" else f"/{name}"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_opens_by_its_address_and_every_tab_is_drawn(visit, name, language):
    visitor = visit(language)
    visitor.open(name)
    assert visitor.where() == (path_of(name), language)
    tabs = visitor.tabs() or [None]
    for label, at_least in zip(tabs, CHARTS[name], strict=True):
        if label is not None:
            visitor.tab(label)
        visitor.wait_for_charts(at_least)
        visitor.assert_well()
        visitor.assert_charts_are_drawn()
        visitor.wait_until_it_fits()
    visitor.switch_language(name)
    assert visitor.where() == (path_of(name), visitor.language)
    assert visitor.open_tabs() == visitor.tabs()[-1:]
    visitor.page.set_viewport_size(PHONE)
    visitor.settle()
    visitor.wait_until_it_fits()
    visitor.assert_well()


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_lead_to_every_page_in_the_language_and_the_back_button_returns(visit, language):
    visitor = visit(language)
    visitor.open("overview")
    for name in PAGES[1:]:
        visitor.follow(visitor.say(f"frame.navigation.{name}"))
        visitor.wait_for_title(name)
        assert visitor.where() == (path_of(name), language)
    for name in reversed(PAGES[:-1]):
        visitor.page.go_back()
        visitor.wait_for_title(name)
        assert visitor.where() == (path_of(name), language)
    visitor.settle()
    visitor.assert_well()
