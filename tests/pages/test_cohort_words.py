from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort._event_columns import event_note
from core.cohort.tables import load_cells
from core.text import text

PAGE = str(Path(__file__).parents[2] / "pages" / "5_cohort.py")
WORDS = ("好转", "死亡", "消化道出血", "自动出院", "*自定*", "好转")
EHR = "patient_id,age,hr\n" + "".join(f"p{i},{40 + i},{60 + i % 9}\n" for i in range(24))
LABELS = "patient_id,转归\n" + "".join(f"p{i},{WORDS[i % 6]}\n" for i in range(24))
OWN = "住院号,age,hr,医生结论\n" + "".join(f"p{i},{40 + i},{60 + i % 9},{WORDS[i % 6]}\n" for i in range(24))
OUTCOME = text("en", "pages_cohort.about.outcome")
TOML = """
[outcome]
"消化道出血" = "bleeding"
"自动出院" = "unknown"
"*自定*" = "none"
"""


def opened(table: str = EHR, labels: str | None = LABELS, toml: str = "", language: str = "en") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.segmented_control(key="cohort_kind").set_value("upload").run()
    app.file_uploader(key="cohort_ehr").set_value(("own.csv", table.encode(), "text/csv"))
    if labels is not None:
        app.file_uploader(key="cohort_labels").set_value(("labels.csv", labels.encode(), "text/csv"))
    app.run()
    if toml:
        app.file_uploader(key="cohort_mapping_file").set_value(("columns.toml", toml.encode(), "text/plain"))
        app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> dict[str, object]:
    """The choices of words by the word: what each is said to mean."""
    lead = text("en", "cohort_words.means", word="")
    return {box.label.removesuffix(lead): box for box in app.selectbox if box.label.endswith(lead)}


def shows_outcomes(app: AppTest) -> bool:
    return text("en", "pages_cohort.about.outcome") in [metric.label for metric in app.metric]


def test_words_nobody_knows_are_asked_about_with_their_rows_and_the_page_waits():
    app = opened()
    assert set(words(app)) == {"消化道出血", "自动出院", "\\*自定\\*"}
    assert all(box.value is None for box in words(app).values())
    assert not app.error
    assert not shows_outcomes(app)
    assert any("4" in each.value and "自动出院" in each.value for each in app.markdown)


def test_suggestions_are_taken_with_one_click_and_the_rest_is_chosen_by_hand():
    app = opened()
    app.button(key="cohort_words_take").click().run()
    assert [box.value for box in words(app).values()] == ["bleeding", "unknown", None]
    words(app)["\\*自定\\*"].set_value("none").run()
    assert shows_outcomes(app)
    app.button(key="cohort_words_reset").click().run()
    assert not shows_outcomes(app)
    assert not app.exception


@pytest.mark.parametrize("language", ["zh", "en"])
def test_words_from_an_uploaded_mapping_hold_at_once_and_can_be_downloaded_again(language):
    app = opened(toml=TOML, language=language)
    assert text(language, "pages_cohort.about.outcome") in [metric.label for metric in app.metric]
    label = text(language, "cohort_mapping.download_words", n=0, words=3)
    assert label in [each.label for each in app.get("download_button")]


def test_a_column_chosen_as_the_outcome_has_its_words_asked_about_too():
    app = opened(OWN, None)
    assert not words(app)
    box = next(
        each
        for each in app.selectbox
        if each.label == text("en", "cohort_mapping.read_as_of", column="医生结论")
    )
    box.set_value("outcome").run()
    assert set(words(app)) == {"消化道出血", "自动出院", "\\*自定\\*"}
    for word, meaning in (("消化道出血", "bleeding"), ("自动出院", "unknown"), ("\\*自定\\*", "none")):
        words(app)[word].set_value(meaning).run()
    assert not app.exception
    assert shows_outcomes(app)


def test_a_word_that_is_known_can_be_given_another_meaning_and_back():
    app = opened(toml=TOML)
    app.toggle(key="cohort_words_all").set_value(True).run()
    assert words(app)["好转"].value == "none"
    words(app)["好转"].set_value("unknown").run()
    assert text("en", "cohort_mapping.download_words", n=0, words=4) in [
        each.label for each in app.get("download_button")
    ]
    words(app)["好转"].set_value("none").run()
    assert text("en", "cohort_mapping.download_words", n=0, words=3) in [
        each.label for each in app.get("download_button")
    ]


def test_codes_are_shown_together_though_some_would_be_read():
    labels = "patient_id,pe\n" + "".join(f"p{i},{1 + i % 2}\n" for i in range(24))
    assert set(words(opened(labels=labels))) == {"1", "2"}


def test_a_column_of_free_text_is_refused_as_a_label_in_one_sentence():
    labels = "patient_id,outcome\n" + "".join(f"p{i},w{i}\n" for i in range(60))
    app = opened(EHR, labels)
    assert len(app.error) == 1
    assert not words(app)


def test_labels_that_are_understood_ask_nothing():
    app = opened(labels=LABELS.replace("自动出院", "治愈").replace("*自定*", "").replace("消化道", "大"))
    assert not words(app)
    assert shows_outcomes(app)


def test_a_labels_table_whose_headers_say_nothing_is_asked_for_its_column():
    app = opened(labels=LABELS.replace("转归", "最终判定"))
    assert not app.error
    assert not shows_outcomes(app)
    box = next(each for each in app.selectbox if each.label == text("en", "cohort_mapping.targets.outcome"))
    box.set_value("最终判定").run()
    assert set(words(app)) == {"消化道出血", "自动出院", "\\*自定\\*"}
    for word in list(words(app)):
        words(app)[word].set_value("unknown").run()
    assert not app.exception
    assert shows_outcomes(app)
    box = next(each for each in app.selectbox if each.label == text("en", "cohort_mapping.targets.outcome"))
    assert box.value == "最终判定"
    app.button(key="cohort_map_reset").click().run()
    assert not shows_outcomes(app)


def opened_folder(toml: str = "", labels: str = LABELS, table: str = EHR, language: str = "en") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.segmented_control(key="cohort_kind").set_value("folder").run()
    files = {"ehr.csv": table, "labels.csv": labels, "columns.toml": toml}
    given = [(name, content.encode(), "text/plain") for name, content in files.items() if content]
    app.file_uploader(key="cohort_folder").set_value(given).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_folders_words_nobody_knows_are_asked_about_as_an_uploaded_tables_are(language):
    app = opened_folder(language=language)
    assert not app.error
    assert len([box for box in app.selectbox if box.value is None]) == 3
    app.button(key="cohort_words_take").click().run()
    next(box for box in app.selectbox if box.value is None).set_value("none").run()
    assert not app.exception
    assert text(language, "pages_cohort.about.outcome") in [metric.label for metric in app.metric]
    label = text(language, "cohort_mapping.download_words", n=0, words=3)
    assert label in [each.label for each in app.get("download_button")]


def test_a_folders_own_mapping_holds_and_can_be_changed():
    app = opened_folder(TOML)
    assert shows_outcomes(app)
    app.toggle(key="cohort_words_all").set_value(True).run()
    before = next(metric.value for metric in app.metric if metric.label == OUTCOME)
    words(app)["好转"].set_value("unknown").run()
    after = next(metric.value for metric in app.metric if metric.label == OUTCOME)
    assert int(after) == int(before) - 8


def test_a_folders_label_column_that_no_header_names_is_asked_for():
    app = opened_folder(TOML, LABELS.replace("转归", "最终判定"))
    assert not app.error
    assert not shows_outcomes(app)
    box = next(each for each in app.selectbox if each.label == text("en", "cohort_mapping.targets.outcome"))
    box.set_value("最终判定").run()
    assert shows_outcomes(app)


def test_a_folders_wrong_mapping_is_refused_in_one_sentence():
    app = opened_folder("[outcome]\n好转 = 3\n")
    assert len(app.error) == 1


def test_a_folders_tables_are_forgotten_with_it():
    app = opened_folder(TOML)
    app.file_uploader(key="cohort_folder").set_value([]).run()
    assert not shows_outcomes(app)
    assert "cohort_cells" not in app.session_state
    assert "cohort_folder_read" not in app.session_state


CELLS = ("1,0", "0,1", "0,0")
ROLES = {"死亡": "death", "大出血": "major_bleeding"}


def two_columns(header: str) -> str:
    return f"patient_id,{header}\n" + "".join(f"p{i},{CELLS[i % 3]}\n" for i in range(24))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_columns_of_events_are_read_as_the_outcome_and_an_open_note_says_how(language):
    app = opened(labels=two_columns("死亡,大出血"), language=language)
    assert text(language, "pages_cohort.about.outcome") in [metric.label for metric in app.metric]
    note = event_note(load_cells(two_columns("死亡,大出血").encode(), "labels.csv"), ROLES)
    assert note.say(language) in [each.value.replace("\\", "") for each in app.info]
    inside = [each.value.replace("\\", "") for box in app.expander for each in [*box.markdown, *box.info]]
    assert not any(note.say(language) in each for each in inside)


def test_doubtful_columns_of_events_are_chosen_by_hand_both_of_them():
    app = opened(labels=two_columns("走了,出血"))
    assert not shows_outcomes(app)
    boxes = {
        role: next(box for box in app.selectbox if box.key.endswith(f"_{role}") and "label" in box.key)
        for role in ("death", "major_bleeding")
    }
    boxes["death"].set_value("走了").run()
    assert not shows_outcomes(app)
    assert not app.exception
    next(box for box in app.selectbox if box.key == boxes["major_bleeding"].key).set_value("出血").run()
    assert shows_outcomes(app)


def test_the_tables_own_two_columns_are_taken_by_their_suggestions():
    table = "patient_id,age,hr,死亡,大出血\n" + "".join(
        f"p{i},{40 + i},{60 + i % 9},{CELLS[i % 3]}\n" for i in range(24)
    )
    app = opened(table=table, labels=None)
    assert not shows_outcomes(app)
    app.button(key="cohort_map_take").click().run()
    assert not app.exception
    assert shows_outcomes(app)
