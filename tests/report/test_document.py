from __future__ import annotations

from html.parser import HTMLParser

import pytest

from core.report import STEPS, patient_report
from core.report.document import escape
from core.text import text
from tests.report.patients import MODEL, inputs_of, said

PLAIN = {
    *("html", "head", "meta", "title", "style", "body", "header", "section", "div", "p", "strong", "span"),
    *("h1", "h2", "h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("figure", "figcaption", "svg", "text", "rect", "path"),
}
EMPTY = {"meta"}


class Reader(HTMLParser):
    """Tags, attributes and text of a document; fails where a tag is closed that is not open."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "name", ["low_risk", "intermediate_high", "high_risk", "contraindicated", "much_missing"]
)
def test_a_report_holds_every_step_and_says_what_it_is(name, language):
    read = Reader(patient_report(inputs_of(name), language, "2026-01-02 03:04"))
    assert read.open == []
    for step in STEPS[:-1]:
        assert text(language, f"report.steps.{step}") in read.words
    assert text(language, "frame.notice") in read.words
    assert text(language, "frame.source.synthetic") in read.words
    assert "2026-01-02 03:04" in read.words
    assert MODEL.digest in read.words


def test_a_report_runs_nothing_and_refers_to_nothing():
    content = patient_report(inputs_of("high_risk"), "en")
    read = Reader(content)
    assert read.tags <= PLAIN
    assert not {one for one in read.attributes if one.startswith("on") or one in {"href", "src", "srcset"}}
    assert "url(" not in content
    assert "@import" not in content
    assert "default-src 'none'" in content


def test_text_from_files_stays_text():
    evil = "</style><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    inputs = inputs_of("low_risk", name=evil, origin="row")
    read = Reader(patient_report(inputs, "zh"))
    assert read.tags <= PLAIN
    assert evil in read.words


def test_escaping_covers_quotes_too():
    assert escape('<a b="c">\'&') == "&lt;a b=&quot;c&quot;&gt;&#x27;&amp;"


def test_what_is_not_known_is_listed_as_such():
    words = Reader(patient_report(inputs_of("much_missing"), "en")).words
    missing = words.split("Not known (")[-1].split(".")[0]
    assert "Lactate" in missing
    assert "Haemoglobin" not in missing


def test_without_a_number_no_bar_is_drawn_and_it_is_said():
    shown = patient_report(inputs_of("low_risk"), "en")
    hidden = patient_report(inputs_of("low_risk", outcome={"ehr": said(withheld=True)}), "en")
    assert "<svg" in shown
    assert "<svg" not in hidden
    assert text("en", "report.risk.withheld") in Reader(hidden).words


def test_a_real_cohort_is_not_called_synthetic():
    from dataclasses import replace

    real = replace(MODEL, synthetic=False)
    words = Reader(patient_report(inputs_of("low_risk", models=(real,)), "en")).words
    assert text("en", "frame.source.synthetic") not in words
