from __future__ import annotations

import csv
import io

import pytest

from core.cohort.examples import examples
from core.cohort.tables import read_table
from core.cohort.variables import variables
from core.report.value_words import value_words
from pages.parts.ehr_table import template


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_in_a_readers_words_is_read_back_without_a_doubt(language):
    columns = tuple(one.column() for one in variables().values())
    values = examples()["high_risk"].values
    (head,) = csv.reader(io.StringIO(template(columns, language).decode("utf-8-sig")))
    words = {
        column.label(language): values[column.name]
        if column.kind == "numeric"
        else value_words(column, values[column.name], language)
        for column in columns
        if column.name in values
    }
    filled = io.StringIO()
    csv.writer(filled).writerows([head, ["7", *(words.get(name, "") for name in head[1:])]])
    table = read_table(filled.getvalue().encode(), "t.csv", columns=columns)
    assert list(table.frame.index) == ["7"]
    found = {name: value for name, value in table.frame.loc["7"].items() if value == value}  # noqa: PLR0124 - NaN
    assert found == dict(values)
    assert [note.say(language) for note in table.report.of("doubted")] == []
