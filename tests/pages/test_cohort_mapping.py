from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.text import text
from tests.pages.tables import tables

PAGE = str(Path(__file__).parents[2] / "pages" / "5_cohort.py")
TABLE = (
    "住院号,age,Hb,转归情况,ward score\n"
    + "".join(f"a{i},{40 + i},{12 + i % 3},{'死亡' if i % 2 else '正常'},{i % 4}\n" for i in range(24))
).encode("gb18030")
COLUMNS = """
[[column]]
header = "Hb"
read_as = "haemoglobin"
unit = "g/dL"

[[column]]
header = "转归情况"
read_as = "outcome"
"""


def opened(table: bytes = TABLE, mapping: bytes | None = None, language: str = "en") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    app.segmented_control(key="cohort_kind").set_value("upload").run()
    app.file_uploader(key="cohort_ehr").set_value(("own.csv", table, "text/csv"))
    app.run()
    if mapping is not None:
        app.file_uploader(key="cohort_mapping_file").set_value(("columns.toml", mapping, "application/toml"))
        app.run()
    return app


def row(app: AppTest, header: str):
    """The choice of a column: what it is read as."""
    return next(
        box for box in app.selectbox if box.label == text("en", "cohort_mapping.read_as_of", column=header)
    )


def units(app: AppTest, header: str):
    return [box for box in app.selectbox if box.label == text("en", "cohort_mapping.unit_of", column=header)]


def variables_shown(app: AppTest) -> list[str]:
    return tables(app)[0][text("en", "pages_cohort.columns.name")].tolist()


def test_a_chosen_variable_takes_the_unit_that_was_suggested_and_is_read_at_once():
    app = opened()
    assert "Haemoglobin" not in variables_shown(app)
    row(app, "Hb").set_value("haemoglobin").run()
    assert not app.exception
    assert "Haemoglobin" in variables_shown(app)
    assert units(app, "Hb")[0].value == "g/dL"


def test_a_column_of_the_table_can_be_its_label():
    app = opened()
    row(app, "转归情况").set_value("outcome").run()
    assert text("en", "pages_cohort.about.outcome") in [metric.label for metric in app.metric]


def test_all_suggestions_are_taken_with_one_click_and_undone_with_another():
    app = opened()
    app.button(key="cohort_map_take").click().run()
    assert "Haemoglobin" in variables_shown(app)
    app.button(key="cohort_map_reset").click().run()
    assert "Haemoglobin" not in variables_shown(app)
    assert row(app, "Hb").value == "leave_out"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mapping_from_before_is_read_again(language):
    app = opened(mapping=COLUMNS.encode(), language=language)
    assert not app.exception
    assert not app.error
    assert text(language, "pages_cohort.about.outcome") in [metric.label for metric in app.metric]


def test_another_table_begins_anew():
    app = opened()
    row(app, "Hb").set_value("haemoglobin").run()
    app.file_uploader(key="cohort_ehr").set_value(
        ("other.csv", TABLE.replace(b"a1,", b"b1,"), "text/csv")
    ).run()
    assert row(app, "Hb").value == "leave_out"


@pytest.mark.parametrize(
    "mapping", [b"\xff", b"", b"column = 1", COLUMNS.replace("haemoglobin", "x").encode()]
)
def test_a_wrong_mapping_is_one_sentence(mapping):
    app = opened(mapping=mapping)
    assert not app.exception
    assert len(app.error) == (1 if mapping else 0)


def test_two_columns_for_one_variable_are_one_sentence():
    app = opened()
    row(app, "Hb").set_value("haemoglobin").run()
    row(app, "ward score").set_value("haemoglobin").run()
    assert not app.exception
    assert len(app.error) == 1


def test_identifiers_that_repeat_are_one_sentence_and_another_column_can_be_chosen():
    app = opened(TABLE.replace(b"a1,", b"a2,", 1).replace(b"ward score", b"ward"))
    assert len(app.error) == 1
    row(app, "住院号").set_value("group").run()
    assert not app.exception
    assert not app.error


def test_words_of_the_table_are_no_markup():
    app = opened(TABLE.replace(b"ward score", b"**w** [x](http://y)"))
    shown = next(
        each.value
        for each in app.markdown
        if "w" in each.value and "x" in each.value and "http" in each.value
    )
    assert "\\*\\*w" in shown
