from __future__ import annotations

import pytest

from core.benchmark import first_screen as measure
from core.benchmark.app_server import APP
from core.benchmark.figure import Scale

pytestmark = pytest.mark.xdist_group("browser")

# changes itself once, in the window or below it, and notes when
PAGE = """
<div data-testid="stApp" data-test-script-state="notRunning"><h1>a</h1><p id="above">1</p>
<div style="height: 5000px"></div><p id="below">1</p></div>
<script>
setTimeout(() => {{
  window.when = performance.timeOrigin + performance.now();
  document.getElementById("{place}").textContent = "2";
}}, 400);
</script>
"""


@pytest.mark.parametrize(("place", "counts"), [("above", True), ("below", False)])
def test_only_what_changes_in_the_window_counts(browser, place, counts):
    page = browser.new_page()
    page.add_init_script(measure._WATCH)
    page.route(
        "http://localhost/",
        lambda route: route.fulfill(body=PAGE.format(place=place), content_type="text/html"),
    )
    page.goto("http://localhost/")
    page.wait_for_function("window.when && " + f"({measure._QUIET})(500)")
    changed, when = page.evaluate("[firstScreen.changed, window.when]")
    page.close()
    assert (changed >= when) is counts


def test_the_bare_page_and_ours_are_measured_in_one_run(browser):
    bare, ours = measure.beside_bare(browser, Scale(app_starts=1), APP.parent / "artifacts", ("training",))
    assert (bare.name, ours.name) == ("app_first_screen_bare", "app_first_screen_training")
    assert bare.value > 0
    assert ours.value > 0
    assert ours.target is None


def test_without_a_browser_the_figures_say_what_is_needed(monkeypatch):
    monkeypatch.setattr(measure, "chromium_program", lambda: None)
    figures = measure.first_screen(Scale(), APP.parent, ("", "ecg"))
    assert [one.value for one in figures] == [None, None]
    assert all("CHROME" in one.detail or "playwright" in one.detail for one in figures)
