"""The first screen in a real browser: from `streamlit run` until nothing in the window changes any more.

This is what a visitor waits for at a cold link, with server and browser on one machine. It has no target: `app-start`
has, which counts what the server does. What lies below the window may still come.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from core.benchmark.app import BARE
from core.benchmark.app_server import APP, running
from core.benchmark.app_walk import PAGES, page_word
from core.benchmark.figure import Figure, Scale, figure
from core.libraries import missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

_WINDOW = {"width": 1280, "height": 800}
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
_QUIET_MS = 2_000
_LONGEST_MS = 120_000

# After every change of the document: what stands at points all over the window, and where. The header with its sign of
# work is left out, and what only moves (the pulse of a placeholder) changes nothing in the document.
_WATCH = """
(() => {
  let last = '';
  window.firstScreen = { changed: 0, begun: 0 };
  const at = (x, y) => {
    const one = document.elementFromPoint(x, y);
    if (!one || one.closest('[data-testid="stHeader"], [data-testid="stToolbar"]')) return '';
    const box = one.getBoundingClientRect();
    const chart = one.closest('.js-plotly-plot');
    // its own words, not those of what it holds, and no more of it than is in the window
    const own = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('');
    const inside = chart ? chart.querySelectorAll('*').length : own.slice(0, 80);
    const edges = [box.left, box.top, Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
    return [one.tagName, inside, ...edges.map((edge) => Math.round(edge / 4))].join();
  };
  const look = () => {
    const found = [];
    for (let x = 20; x < innerWidth; x += 120) for (let y = 8; y < innerHeight; y += 16) found.push(at(x, y));
    const now = found.join(';');
    if (now === last) return;
    last = now;
    firstScreen.changed = performance.timeOrigin + performance.now();
  };
  let waits = false;
  const soon = () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; look(); });
  };
  new MutationObserver(soon).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true,
  });
  addEventListener('resize', soon);
  setInterval(soon, 100);
})();
"""
_QUIET = """(quiet) => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app && app.dataset.testScriptState === 'notRunning' && document.querySelector('h1')
    && performance.timeOrigin + performance.now() - firstScreen.changed > quiet;
}"""


def first_screen(scale: Scale, root: Path, pages: Sequence[str] = PAGES) -> list[Figure]:
    """Time from `streamlit run` to a page's whole first screen in Chromium, against a bare page in the same run."""
    program = chromium_program()
    lacks = "a Chromium: on the path, or named by CHROME" if program is None else ""
    if missing(("playwright",)):
        lacks = "playwright, which is in requirements-dev.txt"
    if program is None or lacks:
        return [figure(name, None, "ratio", f"needs {lacks}") for name in _names(pages)]
    with _browser(program) as browser:
        return beside_bare(browser, scale, root, pages)


def beside_bare(browser: Browser, scale: Scale, root: Path, pages: Sequence[str]) -> list[Figure]:
    """Measure pages and a bare one in turn, in windows of a browser that runs."""
    names = _names(pages)
    spent: dict[str, list[float]] = {name: [] for name in ("bare", *names)}
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        for _ in range(scale.app_starts):
            for name, script, page in (
                ("bare", bare, ""),
                *((name, APP, page) for name, page in zip(names, pages, strict=True)),
            ):
                spent[name].append(_seconds(browser, script, root, page))
    middle = {name: statistics.median(all_of) for name, all_of in spent.items()}
    bare_detail = f"median of {scale.app_starts}; st.title alone, {_WINDOW['width']} by {_WINDOW['height']}"
    return [
        figure("app_first_screen_bare", middle["bare"], "s", bare_detail),
        *(
            figure(
                name,
                middle[name] / middle["bare"],
                "ratio",
                f"{middle[name]:.2f} s; the browser's own work is in it",
            )
            for name in names
        ),
    ]


def _names(pages: Sequence[str]) -> list[str]:
    return [f"app_first_screen_{page_word(one)}" for one in pages]


def chromium_program() -> str | None:
    """Return the machine's own Chromium; None without one."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("CHROME") or next(filter(None, map(which, names)), None)


@contextlib.contextmanager
def _browser(program: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(_FLAGS))
        yield browser
        browser.close()


def _seconds(browser: Browser, script: Path, root: Path, page: str) -> float:
    """Start a server, open a page in a fresh window, and wait until the window rests."""
    context = browser.new_context(viewport=_WINDOW, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type]
    try:
        window = context.new_page()
        window.set_default_timeout(_LONGEST_MS)
        window.add_init_script(_WATCH)
        begun = time.time()
        with running(script, root) as server:
            window.goto(f"http://127.0.0.1:{server.port}/{page}?lang=zh")
            window.wait_for_function(_QUIET, arg=_QUIET_MS, polling=100)
            return float(window.evaluate("firstScreen.changed")) / 1000 - begun
    finally:
        context.close()
