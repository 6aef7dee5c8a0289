from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.text import text
from pages.parts.language import resolve


def overview(locale: str | None = None, **query: str) -> AppTest:
    app = AppTest.from_file("../../streamlit_app.py", default_timeout=60)
    if locale is not None:
        app.context["locale"] = locale
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize(
    ("address", "chosen", "browser", "expected"),
    [
        ("en", "zh", "zh-CN", "en"),
        ("fr", "zh", "en-US", "zh"),
        (None, None, "zh-Hant-TW", "zh"),
        (None, None, "ZH", "zh"),
        (None, None, "de-DE", "en"),
        (None, None, None, "zh"),
        ("", "", "", "zh"),
    ],
)
def test_address_comes_before_choice_before_browser(address, chosen, browser, expected):
    assert resolve(address, chosen, browser) == expected


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("en-GB", "en"), ("pt-BR", "en")])
def test_first_view_speaks_the_browsers_language(locale, language):
    assert overview(locale).title[0].value == text(language, "pages_overview.title")


def test_the_address_overrules_the_browser():
    assert overview("zh-CN", lang="en").title[0].value == text("en", "pages_overview.title")


def test_an_unknown_language_in_the_address_is_ignored():
    assert overview("zh-CN", lang="<x>").title[0].value == text("zh", "pages_overview.title")


def test_the_switch_writes_the_address_and_changes_the_words():
    app = overview("zh-CN")
    app.segmented_control[0].set_value("en").run()
    assert app.query_params["lang"] == "en"
    assert app.title[0].value == text("en", "pages_overview.title")
    assert app.segmented_control[0].value == "en"


def test_a_choice_outlives_an_address_without_language():
    app = overview("zh-CN")
    app.segmented_control[0].set_value("en").run()
    del app.query_params["lang"]
    assert app.run().title[0].value == text("en", "pages_overview.title")
