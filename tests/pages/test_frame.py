from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.text import has_text, text
from pages.parts import navigation


def frame_alone() -> None:
    from pages.parts.frame import ModelStamp, Source, open_page

    page = open_page(
        "overview",
        sources=[Source("mixed [registry]", synthetic=True), Source("ward_7 $1", synthetic=False)],
        model=ModelStamp(version="1.2.3", date="2026-01-02"),
    )
    page.link("a page that is not built")
    assert page.say("title") == page.say("pages_overview.title")


def failing_page() -> None:
    import streamlit as st

    from core.errors import TableError
    from pages.parts.errors import friendly_errors
    from pages.parts.frame import open_page

    page = open_page("overview")
    with friendly_errors(page):
        raise TableError("errors.folder_missing", folder="a_b <x> [k](y)")
    st.write("after")


def run(script, language: str = "zh") -> AppTest:
    app = AppTest.from_function(script, default_timeout=60)
    app.query_params["lang"] = language
    return app.run()


def markdown_of(app: AppTest) -> str:
    return "\n".join(each.value for each in [*app.markdown, *app.caption, *app.get("badge")])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_what_it_is_not_for_at_the_top_and_at_the_end(language):
    shown = markdown_of(run(frame_alone, language))
    assert shown.count(text(language, "frame.notice")) == 2


def test_the_notice_is_the_agreed_sentence():
    assert text("zh", "frame.notice") == "仅供科研与教学演示，不能用于临床决策"
    assert text("en", "frame.notice") == "Research and teaching only; not for clinical decisions"


def test_each_source_says_in_words_whether_its_patients_are_real():
    app = run(frame_alone)
    assert not app.exception
    synthetic, real = (each.value for each in app.main.markdown if "· :gray" in each.value)
    assert "合成数据" in synthetic
    assert r"mixed \[registry\]" in synthetic
    assert "真实数据" in real
    assert "合成数据" not in real


def test_the_footer_names_the_model():
    assert r"1\.2\.3" in markdown_of(run(frame_alone))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_input_is_one_sentence_in_the_pages_language_and_the_page_goes_on(language):
    app = run(failing_page, language)
    assert not app.exception
    assert r"a\_b \<x\> \[k\]" in app.error[0].value
    assert ("找不到该文件夹" if language == "zh" else "no such folder") in app.error[0].value
    assert app.main.markdown[-1].value == "after"


def test_links_grow_with_the_page_files(tmp_path, monkeypatch):
    (tmp_path / "pages" / "parts").mkdir(parents=True)
    for name in ("2_ehr.py", "1_ecg.py", "__init__.py", "notes.py"):
        (tmp_path / "pages" / name).touch()
    monkeypatch.setattr(navigation, "_ROOT", tmp_path)
    assert navigation.page_files() == {
        "overview": "streamlit_app.py",
        "ecg": "pages/1_ecg.py",
        "ehr": "pages/2_ehr.py",
    }


def test_the_overview_links_to_every_page_there_is_and_keeps_the_language():
    app = AppTest.from_file("../../streamlit_app.py", default_timeout=60)
    app.query_params["lang"] = "en"
    links = app.run().sidebar.get("page_link")
    assert [link.proto.label for link in links] == [
        text("en", f"frame.navigation.{name}") for name in navigation.page_files()
    ]
    assert all(link.proto.query_string == "lang=en" for link in links)


def test_every_page_to_come_has_its_label():
    names = ["overview", "ecg", "ehr", "fusion", "patient", "cohort", "training", "evidence"]
    assert all(has_text(f"frame.navigation.{name}") for name in names)
