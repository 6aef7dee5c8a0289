"""Whatever stands in a file: a value or one named error, and the words of it act nowhere."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from core.artifacts import load_artifact
from core.cohort.about import parse_about
from core.cohort.class_words import MEANINGS, read_classes, word_key
from core.cohort.column_mapping import Choice, check_choices, mapping_text, parse_mapping
from core.cohort.tables import read_labels, read_table
from core.ecg.reading import read_recording
from core.errors import InputError
from core.spreadsheet import harmless
from core.text import LANGUAGES
from pages.parts.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable

# the same examples on every machine and in every run
steady = settings(derandomize=True, deadline=None, database=None, max_examples=40)
cell = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        ["patient_id", "年龄", "age", "sex", "是", "<0.01", "1,5", "=1+1", '"', "未查", "2024-01-01"]
    ),
)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
rows = st.lists(st.lists(cell, min_size=1, max_size=5), min_size=1, max_size=8)


def read_or_refused(read: Callable[..., object], *given: object) -> object:
    """What was read, or None where it was refused in one sentence a language."""
    try:
        return read(*given)
    except InputError as error:
        sentences = [error.say(language) for language in LANGUAGES]
    assert all(sentence and sentence.isprintable() for sentence in sentences)
    return None


@steady
@given(
    rows, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-16", "gb18030", "utf-8-sig"])
)
def test_any_rows_are_a_table_or_one_sentence(cells, delimiter, encoding):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(cells)
    content = out.getvalue().encode(encoding, errors="replace")
    table = read_or_refused(read_table, content, "a.csv")
    assert table is None or len(table.frame) > 0
    labels = read_or_refused(read_labels, content, "a.csv")
    assert labels is None or len(labels) > 0


@steady
@given(st.binary(max_size=600))
def test_any_bytes_are_no_crash(content):
    for read in (read_table, parse_about, parse_mapping):
        read_or_refused(read, content, "a")
    # two seconds of six leads do not fit into so few bytes
    assert read_or_refused(read_recording, content, "a") is None


@steady
@given(st.text(max_size=60), st.sampled_from(["age", "leave_out", "number", "spo2"]))
def test_what_a_person_chose_is_read_back(header, read_as):
    header = " ".join(header.encode("utf-8", "ignore").decode().split())
    mapping = check_choices({header: Choice(read_as)})
    again = read_or_refused(parse_mapping, mapping_text(mapping).encode())
    assert (again is None) == (not header)
    assert again is None or again.choices == mapping.choices


@steady
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=1, max_size=12),
    st.dictionaries(st.text(max_size=6), st.sampled_from(MEANINGS["outcome"]), max_size=4),
    st.sampled_from(["outcome", "pe"]),
)
def test_any_words_of_a_label_are_a_class_an_open_question_or_nothing(cells, said, role):
    said = {word: meaning for word, meaning in said.items() if meaning in MEANINGS[role]}
    column = pd.Series(cells, dtype="str")
    read = read_classes(column, role, role, "a.csv", said)
    asked = {word_key(word.word) for word in read.open_words}
    assert set(read.classes.dropna()) <= set(MEANINGS[role])
    for cell, found in zip(cells, read.classes, strict=True):
        if word_key(cell) in asked:
            assert pd.isna(found)
    assert all(word.now in MEANINGS[role] or not word.now for word in read.words)
    assert not asked & {word_key(word) for word in said}


@steady
@given(content=json_values)
def test_any_json_as_a_manifest_is_refused_in_a_sentence(content, tmp_path_factory):
    folder = tmp_path_factory.mktemp("manifest")
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_or_refused(load_artifact, folder) is None


@steady
@given(st.text(max_size=40))
def test_no_words_of_a_file_start_a_formula(words):
    safe = str(harmless(words))
    begun = safe.lstrip(" ")[:1] in set("=@＝＠\t\r\n")
    assert not begun
    assert safe.replace("'", "") == words.replace("'", "")


@steady
@given(st.text(alphabet=":/w.@a-<>&`*_[](){}#+!|~$\\ \n", max_size=40))
def test_no_words_of_a_file_become_markdown(words):
    shown = plain(words)
    assert "\n" not in shown
    unescaped = shown.replace("\\\\", "")
    for sign in "`*_[](){}#+!|~$<>&:":
        assert unescaped.count(sign) == unescaped.count("\\" + sign)
    after = shown.replace("\\", "")
    assert "://" not in after
    assert "www." not in after
