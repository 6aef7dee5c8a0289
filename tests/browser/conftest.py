from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.cohort.synthetic import generate
from tests.browser.visitor import Visitor
from tests.pages.browser import CHROMIUM, chromium, running_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

SHARED = Path(__file__).parents[3] / "shared" / "data"
_LOCALES = {"zh": "zh-CN", "en": "en-US"}
_WINDOW = {"width": 1280, "height": 900}


# One server and one browser for the package. They end with it: while playwright is at work, nothing else in this
# process can have an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    pytest.importorskip("playwright.sync_api", reason="needs playwright, which is optional")
    if CHROMIUM is None:
        pytest.skip("needs a Chromium: on the path, or named by CHROME")
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def address(browser: Browser) -> Iterator[str]:
    with running_app(PE_ALLOW_TRAINING="1") as found:
        yield found


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Iterator[Callable[[str], BrowserContext]]:
    """One context a language: what one page has loaded of Streamlit's own files, the next need not load again."""

    @cache
    def window(language: str) -> BrowserContext:
        return browser.new_context(
            locale=_LOCALES[language], viewport=_WINDOW, accept_downloads=True, reduced_motion="reduce"
        )

    yield window
    window.cache_clear()


@pytest.fixture
def visit(address: str, windows: Callable[[str], BrowserContext]) -> Iterator[Callable[[str], Visitor]]:
    """Let a visitor in who speaks a language; each is a session of its own."""
    visitors: list[Visitor] = []

    def visitor(language: str) -> Visitor:
        visitors.append(Visitor(windows(language).new_page(), address, language))
        return visitors[-1]

    yield visitor
    for one in visitors:
        one.page.close()


@pytest.fixture(scope="session")
def few() -> dict[str, bytes]:
    """Sixty made-up patients as the files of a cohort folder."""
    cohort = generate(60, seed=3)
    return {
        "ehr.csv": cohort.ehr.to_csv().encode(),
        "labels.csv": cohort.labels.to_csv().encode(),
    }


@pytest.fixture(scope="session")
def few_zipped(few: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in few.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture(scope="session")
def recording() -> dict[str, bytes]:
    """A real WFDB pair where there is one beside this checkout, else a simulated recording in the same format."""
    real = [SHARED / "ecg-wfdb" / f"HR06000.{ending}" for ending in ("hea", "mat")]
    if all(path.is_file() for path in real):
        return {path.name: path.read_bytes() for path in real}
    from core.ecg.writing import example_files
    from core.example_recordings import example_recording

    simulated = example_recording("intermediate_high")
    assert simulated is not None
    return dict(example_files(simulated, "wfdb", "simulated"))
