"""Make the pictures of README and of the gallery: ``python docs/screenshots.py`` (or with the names of some of them).

It starts the app and visits it with the machine's own Chromium, as the tests in ``tests/browser`` do; what to visit
stands in ``SHOTS``, what is seen on each picture in ``gallery.toml``. ``gallery.md`` and ``gallery.en.md`` are
written from the same list, so that no picture lacks its words.
"""

from __future__ import annotations

import io
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.cohort.synthetic import generate
from core.report import STEPS
from tests.browser.visitor import LANGUAGES, Visitor, named
from tests.pages.browser import CHROMIUM, ROOT, chromium, running_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext

DOCS = ROOT / "docs"
GALLERY = DOCS / "gallery"
WIDE, PHONE = 1280, 390
_FILES = {"zh": "gallery.md", "en": "gallery.en.md"}
_LOCALES = {"zh": "zh-CN", "en": "en-US"}
_LOOKS = 40
_BETWEEN_LOOKS_MS = 250
# below the bar that stays in sight
_TO_THE_TOP = "(one) => { one.style.scrollMarginTop = '4.5rem'; one.scrollIntoView({block: 'start'}) }"


@dataclass(frozen=True)
class Shot:
    """One picture, in both languages.

    Attributes
    ----------
    name
        ``gallery/<name>-<language>.webp``; its words are in ``gallery.toml``.
    page
        Where the visitor arrives.
    act
        What the visitor does there.
    height
        Of the window, in pixels.
    top
        Key of what is scrolled to the window's top; None leaves the page's head in sight.
    readme
        Name of the same picture in README (``<readme>-<language>.png``), if it is there too.
    """

    name: str
    page: str
    act: Callable[[Visitor], None] = Visitor.settle
    height: int = 1000
    top: str | None = None
    width: int = WIDE
    dark: bool = False
    readme: str | None = None


def _at(page: str, tab: str, charts: int = 0) -> Callable[[Visitor], None]:
    """Open a tab and wait for its charts."""

    def act(visitor: Visitor) -> None:
        visitor.tab(visitor.say(f"pages_{page}.tabs.{tab}"))
        visitor.wait_for_charts(charts)

    return act


def _step(name: str) -> Callable[[Visitor], None]:
    """Take the example patient and go on until a step is open."""

    def act(visitor: Visitor) -> None:
        visitor.press("patient_example_intermediate_high")
        for before in STEPS[: STEPS.index(name)]:
            visitor.press(f"patient_next_{before}")
        shown = "patient_report" if name == STEPS[-1] else f"patient_next_{name}"
        visitor.widget(shown).wait_for()
        visitor.settle()

    return act


def _form(visitor: Visitor) -> None:
    _at("ehr", "patient")(visitor)
    visitor.press("ehr_example_high_risk")
    visitor.wait_for_charts(1)


def _table(visitor: Visitor) -> None:
    _at("ehr", "table")(visitor)
    visitor.upload("ehr_upload", named({"ehr.csv": generate(60, seed=3).ehr.to_csv().encode()}))
    visitor.widget("ehr_download").wait_for()
    visitor.settle()


def _trained(visitor: Visitor) -> None:
    """Train in a minute; whoever asks for the same afterwards is shown the same run."""
    visitor.choose(visitor.say("pages_training.efforts.quick"), "training_effort")
    visitor.page.get_by_text(visitor.say("pages_training.efforts.quick_meaning")).wait_for()
    visitor.press("training_start")
    visitor.widget("training_discard").wait_for(timeout=600_000)
    visitor.settle()


def _printed(visitor: Visitor) -> None:
    """Download the report and open it as the reader does."""
    _step("summary")(visitor)
    _, report = visitor.download("patient_report")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "report.html"
        place.write_bytes(report)
        visitor.page.goto(place.as_uri())


SHOTS = (
    Shot("overview", "overview", height=1600),
    Shot("patient-entry", "patient", height=900),
    Shot("patient-suspicion", "patient", _step("suspicion"), 1250, readme="screenshot-patient"),
    Shot("patient-ecg", "patient", _step("ecg"), 1300, "patient_step_ecg_fold"),
    Shot("patient-risk", "patient", _step("risk"), 1250, "patient_step_risk_fold"),
    Shot("patient-treatment", "patient", _step("treatment"), 1500, "patient_step_treatment_fold"),
    Shot("patient-summary", "patient", _step("summary"), 1100, "patient_step_summary_fold"),
    Shot("patient-report", "patient", _printed, 1400, width=900),
    Shot("ecg-results", "ecg", lambda visitor: visitor.wait_for_charts(7), 1400),
    Shot("ecg-recording", "ecg", _at("ecg", "recording", 1), 1250),
    Shot("ecg-printout", "ecg", _at("ecg", "recording", 1), 1250, "ecg_headline", readme="screenshot-ecg"),
    Shot("ehr-results", "ehr", lambda visitor: visitor.wait_for_charts(7), 1500),
    Shot("ehr-reasons", "ehr", _at("ehr", "reasons", 3), 1500),
    Shot("ehr-patient", "ehr", _form, 1300, readme="screenshot"),
    Shot("ehr-table", "ehr", _table, 1300),
    Shot("ehr-order", "ehr", _at("ehr", "order", 2), 1400),
    Shot("fusion-results", "fusion", lambda visitor: visitor.wait_for_charts(6), 1600),
    Shot("fusion-new", "fusion", _at("fusion", "new", 1), 1300),
    Shot("cohort-report", "cohort", height=1200),
    Shot("cohort-missing", "cohort", _at("cohort", "missing", 1), 1400),
    Shot("training-form", "training", height=1300),
    Shot("training-result", "training", _trained, 1400),
    Shot("evidence-checks", "evidence", height=1200),
    Shot("evidence-card", "evidence", _at("evidence", "card"), 1300),
    Shot("dark-ecg-recording", "ecg", _at("ecg", "recording", 1), 1500, dark=True),
    Shot("dark-fusion-results", "fusion", lambda visitor: visitor.wait_for_charts(6), 1300, dark=True),
    Shot("phone-overview", "overview", height=844, width=PHONE),
    Shot("phone-patient", "patient", _step("risk"), 844, "patient_step_risk_fold", width=PHONE),
    Shot("phone-ecg-recording", "ecg", _at("ecg", "recording", 1), 1500, width=PHONE),
)


def main(wanted: list[str]) -> None:
    """Take the pictures named, or all of them, and write the two galleries."""
    if CHROMIUM is None:
        sys.exit("screenshots.py: needs a Chromium, on the path or named by CHROME")
    GALLERY.mkdir(exist_ok=True)
    with running_app(PE_ALLOW_TRAINING="1", OMP_NUM_THREADS="2") as address, chromium() as browser:
        for shot in SHOTS:
            if wanted and shot.name not in wanted:
                continue
            for language in LANGUAGES:
                taken = _take(_window(browser, shot, language), shot, address, language)
                _save(taken, shot, language)
    for language in LANGUAGES:
        (DOCS / _FILES[language]).write_text(_gallery(language), encoding="utf-8")


def _window(browser: Browser, shot: Shot, language: str) -> BrowserContext:
    return browser.new_context(
        locale=_LOCALES[language],
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        # a phone has more dots in a pixel than a screen
        device_scale_factor=1.5 if shot.width == PHONE else 1,
    )


def _take(window: BrowserContext, shot: Shot, address: str, language: str) -> bytes:
    visitor = Visitor(window.new_page(), address, language)
    visitor.open(shot.page)
    shot.act(visitor)
    visitor.assert_well()
    page = visitor.page
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement?.blur()")
    if shot.top is not None:
        visitor.widget(shot.top).evaluate(_TO_THE_TOP)
    before, now = b"", page.screenshot(animations="disabled")
    for _ in range(_LOOKS):
        if before == now:
            break
        page.wait_for_timeout(_BETWEEN_LOOKS_MS)
        before, now = now, page.screenshot(animations="disabled")
    window.close()
    return now


def _save(taken: bytes, shot: Shot, language: str) -> None:
    picture = Image.open(io.BytesIO(taken)).convert("RGB")
    place = GALLERY / f"{shot.name}-{language}.webp"
    picture.save(place, quality=45, method=6)
    sys.stdout.write(f"{place.relative_to(ROOT)} {place.stat().st_size / 1000:.0f} kB\n")
    if shot.readme is not None:
        few = picture.quantize(64, dither=Image.Dither.NONE)
        few.save(DOCS / f"{shot.readme}-{language}.png", optimize=True)


def _gallery(language: str) -> str:
    words: dict[str, Any] = tomllib.loads((DOCS / "gallery.toml").read_text(encoding="utf-8"))
    head, said = words["head"][language], words["pictures"]
    blocks = [f"# {head['title']}", f"[{head['other']}]({head['other_file']})", head["lead"]]
    part = ""
    for shot in SHOTS:
        title = head["parts"][said[shot.name]["part"]]
        if title != part:
            blocks.append(f"## {title}")
            part = title
        told, file = said[shot.name][language], f"gallery/{shot.name}-{language}.webp"
        # Markdown knows no width, and a phone's picture would be drawn as wide as a screen's
        picture = f'<img src="{file}" alt="{told["alt"]}" width="{PHONE}">'
        blocks += [
            f"### {told['title']}",
            picture if shot.width == PHONE else f"![{told['alt']}]({file})",
        ]
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
