from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from core.text import text
from tests.pages.browser import CHROMIUM, running_app

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright, which is optional")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")


@pytest.fixture
def visit(small_app):
    """Open the small app as a visitor with a Chinese browser, at the page ``probe``."""
    with running_app(small_app) as address, playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(locale="zh-CN")
        page.goto(f"{address}/probe")
        yield page
        browser.close()


def language_in_address(page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("lang", [])


def test_a_choice_stays_in_the_address_through_links_and_reload(visit):
    visit.get_by_role("heading", name="探针").wait_for(timeout=60_000)
    visit.get_by_role("radio", name="English").click()
    visit.get_by_role("heading", name="The probe").wait_for()
    assert language_in_address(visit) == ["en"]
    visit.get_by_role("link", name=text("en", "frame.navigation.overview")).click()
    title = visit.get_by_role("heading", name=text("en", "pages_overview.title"))
    title.wait_for()
    assert language_in_address(visit) == ["en"]
    visit.reload()
    title.wait_for()
    visit.go_back()
    visit.get_by_role("heading", name="The probe").wait_for()
    assert language_in_address(visit) == ["en"]


def test_the_switch_is_reached_and_worked_by_the_keyboard(visit):
    chinese = visit.get_by_role("radio", name="中文")
    chinese.wait_for(timeout=60_000)
    chinese.focus()
    visit.keyboard.press("ArrowRight")
    visit.keyboard.press("Space")
    visit.get_by_role("heading", name="The probe").wait_for()
    assert visit.get_by_role("radio", name="English").get_attribute("aria-checked") == "true"
