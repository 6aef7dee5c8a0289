"""What a person says of the columns of a labels table holds there too: left out, or the patients' identifier."""

from __future__ import annotations

import pytest

from core.cohort.column_mapping import Choice, check_choices
from core.cohort.folder import load_cohort
from core.cohort.tables import class_columns, has_labels, label_notes, load_cells, read_both, read_labels
from core.errors import TableError

OUT = check_choices({"outcome": Choice("leave_out")})
GIVEN = b"patient_id,outcome,pe\n" + b"".join(b"p%d,odd%d,%d\n" % (i, i, i % 2) for i in range(9))
AGES = b"patient_id,age\n" + b"".join(b"p%d,%d\n" % (i, 40 + i) for i in range(9))


def test_an_outcome_that_is_left_out_is_no_label_and_its_words_are_not_asked_about():
    read = read_labels(GIVEN, "labels.csv", OUT)
    assert read["outcome"].isna().all()
    assert read["pe"].tolist() == [i % 2 for i in range(9)]
    cells = load_cells(GIVEN, "labels.csv")
    assert [column.role for column in class_columns(cells, OUT)] == ["pe"]
    with pytest.raises(TableError):
        read_labels(GIVEN, "labels.csv")


def test_what_is_left_out_of_the_labels_is_said():
    table, _ = read_both(load_cells(AGES, "ehr.csv"), load_cells(GIVEN, "labels.csv"), OUT)
    said = [note.say("zh") for note in table.report.of("left_out")]
    assert any("outcome" in one and "labels.csv" in one for one in said)
    assert label_notes(load_cells(GIVEN, "labels.csv")) == ()


def test_labels_of_which_all_columns_are_left_out_are_none():
    both = check_choices({"outcome": Choice("leave_out"), "pe": Choice("leave_out")})
    assert not has_labels(load_cells(GIVEN, "labels.csv"), both)
    with pytest.raises(TableError) as caught:
        read_labels(GIVEN, "labels.csv", both)
    assert caught.value.key == "errors_table.labels_none"


def test_another_column_of_events_takes_the_place_of_an_outcome_that_is_left_out():
    content = b"patient_id,outcome,death,major_bleeding\np1,x,1,0\np2,y,0,1\np3,z,0,0\n"
    assert read_labels(content, "labels.csv", OUT)["outcome"].tolist() == ["death", "bleeding", "none"]


def test_the_column_chosen_for_the_patients_identifiers_is_theirs_in_the_labels_too():
    content = b"id,case,pe\n" + b"".join(b"1,p%d,%d\n" % (i, i % 2) for i in range(9))
    mapping = check_choices({"case": Choice("patient_id")})
    assert read_labels(content, "labels.csv", mapping).index.tolist() == [f"p{i}" for i in range(9)]


def test_an_identifier_that_is_left_out_makes_room_for_the_column_that_holds_the_identifiers(tmp_path):
    (tmp_path / "ehr.csv").write_bytes(AGES)
    rows = b"".join(b"%d,p%d,%d\n" % (i, i, i % 2) for i in range(9))
    (tmp_path / "labels.csv").write_bytes(b"patient_id,case,pe\n" + rows)
    (tmp_path / "columns.toml").write_text(
        '[[column]]\nheader = "patient_id"\nread_as = "leave_out"\n', encoding="utf-8"
    )
    with pytest.raises(TableError):
        # the table's own identifiers are left out with it
        load_cohort(tmp_path)
    (tmp_path / "ehr.csv").write_bytes(AGES.replace(b"patient_id", "病案号".encode()))
    cohort = load_cohort(tmp_path)
    assert cohort.labels.index.tolist() == [f"p{i}" for i in range(9)]
    assert "events.identified" in [note.key for note in cohort.notes]
