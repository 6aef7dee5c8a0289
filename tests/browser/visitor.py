"""Somebody in front of a real browser: opens pages by address, waits until they are drawn, notes what goes wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from core.text import text

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, FilePayload, Locator, Page

PAGES = ("overview", "ecg", "ehr", "fusion", "patient", "cohort", "training", "evidence")
LANGUAGES = ("zh", "en")
PATIENCE_MS = 300_000
"""How long anything may take before a walk gives up: the machine may be at work on other things."""

# Streamlit looks for its server below the page's own address before it looks at the root, whatever is set
_PROBES = ("/_stcore/health", "/_stcore/host-config")

# What is on the screen is whole: no run at work, nothing greyed out, no placeholder, every chart in sight laid out
_WHOLE = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app || app.dataset.testScriptState !== 'notRunning' || !document.querySelector('h1')) return false;
  const seen = (one) => one.getClientRects().length > 0;
  const unfinished = '[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stSpinner"]';
  if ([...document.querySelectorAll(unfinished)].some(seen)) return false;
  return [...document.querySelectorAll('.js-plotly-plot')].filter(seen).every((one) => one._fullLayout);
}"""
_CHARTS = """() => [...document.querySelectorAll('.js-plotly-plot')]
  .filter((one) => one.getClientRects().length > 0)
  .map((one) => {
    const marks = '.trace, .heatmaplayer image, .hm image, .sankey-node, .gl-canvas, .shapelayer path';
    const size = one.querySelector('.main-svg')?.getBoundingClientRect();
    return {
      title: one._fullLayout?.title?.text ?? '',
      traces: (one._fullData ?? []).filter((trace) => trace.visible === true).length,
      marks: one.querySelectorAll(marks).length,
      width: size?.width ?? 0,
      height: size?.height ?? 0,
    };
  })"""

_RED = '[data-testid="stException"], [data-testid="stAlertContentError"]'
_FITS = """() => ![document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .some((one) => one.scrollWidth > one.clientWidth + 1)"""


class Visitor:
    """One visitor with a browser window of their own.

    Parameters
    ----------
    page
        Of the browser, freshly opened.
    address
        Of the server.
    language
        ``"zh"`` or ``"en"``.
    """

    def __init__(self, page: Page, address: str, language: str) -> None:
        self.page, self.address, self.language = page, address, language
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def say(self, key: str, **values: object) -> str:
        """Return a text of the catalogue in the visitor's language."""
        return text(self.language, key, **values)

    def arrive(self, name: str) -> None:
        """Open a page by its address, as a shared link does; its title is there, the rest may still come."""
        self.page.goto(f"{self.address}/{'' if name == 'overview' else name}?lang={self.language}")
        self.wait_for_title(name)

    def open(self, name: str) -> None:
        """Open a page by its address and wait until it is drawn."""
        self.arrive(name)
        self.settle()

    def wait_for_title(self, name: str) -> None:
        """Wait until a page's title stands there in the visitor's language."""
        title = self.say(f"pages_{name}.title")
        self.page.get_by_role("heading", level=1, name=title, exact=True).wait_for()

    def settle(self) -> None:
        """Wait until what is on the screen is whole; what the last step was to bring must be waited for before."""
        self.page.wait_for_function(_WHOLE, polling=100)

    def tab(self, label: str) -> None:
        """Open a tab and wait until its inside is drawn."""
        self.page.get_by_role("tab", name=label, exact=True).click()
        self.page.locator('[role="tabpanel"]:visible [data-testid="stElementContainer"]').first.wait_for()
        self.settle()

    def follow(self, label: str) -> None:
        """Press a link of the sidebar."""
        sidebar = self.page.get_by_test_id("stSidebar")
        sidebar.get_by_role("link", name=label, exact=True).click()

    def open_tabs(self) -> list[str]:
        """Return the names of the tabs that are open."""
        return self.page.locator('[role="tab"][aria-selected="true"]').all_inner_texts()

    def tabs(self) -> list[str]:
        """Return the names of all tabs."""
        return self.page.get_by_role("tab").all_inner_texts()

    def choose(self, label: str, within: str | None = None) -> None:
        """Choose one of several options, in the widget of a key or anywhere."""
        area = self.widget(within) if within else self.page
        area.get_by_role("radio", name=label, exact=True).click()

    def chosen(self, key: str) -> str:
        """Return which option is chosen in the widget of a key."""
        option = self.widget(key).locator('[role="radio"][aria-checked="true"], input[type="radio"]:checked')
        return str(option.evaluate("(one) => (one.closest('label') ?? one).innerText"))

    def press(self, key: str) -> None:
        """Press the button of a key as soon as it can be pressed."""
        self.widget(key).get_by_role("button").click()

    def switch_language(self, page_name: str) -> None:
        """Change to the other language by the switch, and wait for the page in it."""
        self.language = "en" if self.language == "zh" else "zh"
        self.choose(self.say("frame.language.own_name"))
        self.wait_for_title(page_name)
        self.settle()

    def widget(self, key: str) -> Locator:
        """Return the widget, or the container, of a key."""
        return self.page.locator(f".st-key-{re.sub(r'[^a-zA-Z0-9_-]', '-', key)}")

    def upload(self, key: str, files: list[FilePayload]) -> None:
        """Give files to the uploader of a key."""
        self.widget(key).locator('input[type="file"]').set_input_files(files)

    def download(self, key: str) -> tuple[str, bytes]:
        """Press the download button of a key; gives the file's name and content."""
        self.widget(key).wait_for()
        self.settle()  # a press that falls into a redraw is lost
        with self.page.expect_download() as waiting:
            self.press(key)
        path = waiting.value.path()
        return waiting.value.suggested_filename, path.read_bytes()

    def charts(self) -> list[dict[str, float | str]]:
        """Return title, number of traces, number of drawn marks and size of every chart on the screen."""
        return self.page.evaluate(_CHARTS)

    def wait_for_charts(self, at_least: int) -> None:
        """Wait until so many charts are on the screen, and all of it is whole."""
        if at_least:
            self.page.locator(".js-plotly-plot:visible").nth(at_least - 1).wait_for()
        self.settle()

    def wait_until_it_fits(self) -> None:
        """Wait until the page need not be scrolled sideways: charts and tables follow a new width a moment later."""
        self.page.wait_for_function(_FITS, polling=100)

    def where(self) -> tuple[str, str]:
        """Return the path and the language in the address."""
        parts = urlsplit(self.page.url)
        return parts.path, parse_qs(parts.query).get("lang", [""])[0]

    def assert_well(self) -> None:
        """Fail where a box tells of an exception or of anything else that did not work, or the console of an error."""
        boxes = self.page.locator(_RED).all_inner_texts()
        assert boxes == []
        assert self.errors == []

    def assert_charts_are_drawn(self) -> None:
        """Fail where a chart in sight shows nothing."""
        empty = [
            chart
            for chart in self.charts()
            if not (chart["traces"] and chart["marks"] and chart["width"] > 150 and chart["height"] > 100)
        ]
        assert empty == []

    def _note(self, message: ConsoleMessage) -> None:
        path = urlsplit(message.location.get("url", "")).path
        if message.type == "error" and not path.endswith(_PROBES):
            self.errors.append(message.text)


def named(files: dict[str, bytes]) -> list[FilePayload]:
    """Return files in memory as a browser takes them."""
    return [{"name": name, "mimeType": "", "buffer": content} for name, content in files.items()]
