from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.tables import tables

ROWS = [
    {"Variable": "Age <b>b</b>", "Death": '1 "2"', "Survived": "3"},
    {"Variable": "Sex", "Death": "![l](http://e.x/l)", "Survived": "&amp;"},
]
SCRIPT = """
from pages.parts.stacked_table import draw_rows

draw_rows({rows!r}, '"Table" <one>', tall={tall}, stacked={stacked})
"""


def drawn(*, tall: bool = False, stacked: bool = True) -> AppTest:
    return AppTest.from_string(SCRIPT.format(rows=ROWS, tall=tall, stacked=stacked)).run()


def body(app: AppTest) -> str:
    (found,) = app.get("html")
    return found.proto.body


def test_every_cell_is_text_and_stands_below_its_column():
    app = drawn()
    assert not app.exception
    (shown,) = tables(app)
    assert shown.to_dict("records") == ROWS
    assert "<b>" not in body(app)


def test_a_phone_reads_the_columns_name_beside_every_cell():
    assert body(drawn()).count('data-column="Survived"') == len(ROWS)
    assert "stacked" not in body(drawn(stacked=False))


@pytest.mark.parametrize("tall", [False, True])
def test_a_screen_reader_is_told_the_tables_name_and_parts_whatever_their_looks(tall):
    said = body(drawn(tall=tall))
    assert 'role="table" aria-label="&quot;Table&quot; &lt;one&gt;"' in said
    assert said.count('role="row"') == 1 + len(ROWS)
    assert said.count('role="columnheader"') == 3
    assert said.count('role="rowheader"') == len(ROWS)
    assert said.count('role="cell"') == 2 * len(ROWS)


def test_many_rows_scroll_in_a_place_that_keys_reach():
    assert 'tabindex="0"' in body(drawn(tall=True))
    assert "tabindex" not in body(drawn())
