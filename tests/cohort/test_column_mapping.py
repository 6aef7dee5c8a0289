from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.column_mapping import (
    OWN,
    ROLES,
    Choice,
    ColumnMapping,
    check_choices,
    mapping_text,
    parse_mapping,
)
from core.cohort.folder import load_cohort, save_cohort
from core.cohort.folder_files import read_folder_files
from core.cohort.tables import read_table
from core.cohort.variables import variables
from core.errors import CohortError, TableError

TABLE = (
    "病案,Hb,CREA 2,打分,转归情况,人\n"
    + "".join(
        f"p{i},{12 + i % 3},{1 + i % 2}.5,{'abc'[i % 3] if i % 3 else i},{'无事件' if i % 2 else '死亡'},{i // 2}\n"
        for i in range(12)
    )
).encode("gb18030")
CHOICES = {
    "病案": Choice("patient_id"),
    "Hb": Choice("haemoglobin", "g/dL"),
    "CREA 2": Choice("creatinine", "mg/dL"),
    "打分": Choice("number"),
    "转归情况": Choice("outcome"),
    "人": Choice("group"),
}


def mapped(**changes: Choice) -> ColumnMapping:
    return check_choices({**CHOICES, **changes})


def test_a_chosen_variable_and_unit_are_read_whatever_the_header_says():
    table = read_table(TABLE, mapping=mapped())
    assert table.frame.index[:2].tolist() == ["p0", "p1"]
    assert table.frame["haemoglobin"].tolist()[:3] == [120, 130, 140]
    np.testing.assert_allclose(table.frame["creatinine"].head(2), [1.5 * 88.42, 2.5 * 88.42])
    assert table.frame["打分"].notna().sum() == 4
    assert set(table.frame.columns) == {"haemoglobin", "creatinine", "打分"}


def test_what_is_left_out_or_kept_as_it_is_never_becomes_the_variable():
    given = {"patient_id": Choice("patient_id"), "heart_rate": Choice("as_is"), "age": Choice("leave_out")}
    content = b"patient_id,heart_rate,age\n" + b"".join(b"%d,%d,%d\n" % (i, 60 + i, 40 + i) for i in range(9))
    table = read_table(content, mapping=check_choices(given))
    assert [column.name for column in table.columns] == ["heart_rate (own)"]
    assert not table.columns[0].known


def test_the_chosen_column_is_the_variable_though_an_earlier_header_names_it():
    content = b"patient_id,heart_rate,HR2\n" + b"".join(b"%d,%d,%d\n" % (i, 60 + i, 90 + i) for i in range(9))
    table = read_table(content, mapping=check_choices({"HR2": Choice("heart_rate")}))
    assert table.frame["heart_rate"].tolist()[0] == 90
    assert table.frame["heart_rate (own)"].tolist()[0] == 60


def test_a_chosen_variable_without_a_unit_is_still_doubted_where_the_values_fit_another():
    table = read_table(TABLE, mapping=mapped(Hb=Choice("haemoglobin")))
    assert "haemoglobin" not in table.frame
    assert any(note.key == "reading.looks_like" for note in table.report.of("doubted"))


@pytest.mark.parametrize("read_as", ["number", "category", "as_is"])
def test_a_choice_does_not_make_an_outcome_or_a_name_a_predictor(read_as):
    content = b"patient_id,outcome,name,age\n" + b"".join(
        b"%d,%d,%d,%d\n" % (i, i % 2, i % 3, 40 + i) for i in range(9)
    )
    chosen = check_choices({"outcome": Choice(read_as), "name": Choice(read_as)})
    assert read_table(content, mapping=chosen).frame.columns.tolist() == ["age"]


def test_a_mapping_survives_its_file():
    assert parse_mapping(mapping_text(mapped()).encode()).choices == CHOICES


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_any_header_survives_the_file(header):
    trimmed = " ".join(header.split())
    if trimmed:
        written = mapping_text(ColumnMapping({trimmed: Choice("as_is")}))
        assert list(parse_mapping(written.encode()).choices) == [trimmed]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_a_file_of_anything_is_read_or_refused_in_one_sentence(content):
    try:
        said = str(parse_mapping(content).file)
    except TableError as error:
        said = error.say("zh")
    assert said
    assert "\n" not in said


ENTRY = '[[column]]\nheader = "a"\nread_as = "{}"\n'


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("a = ", "broken"),
        ("[[column]]\n" * 3, "entry"),
        ("", "nothing"),
        ("column = 3", "nothing"),
        ('version = 1\n[[column]]\nheader = "a"\nread_as = "age"', "nothing"),
        (ENTRY.format("creatinin"), "read_as"),
        (ENTRY.format("age") + 'unit = "mmol/L"\n', "unit"),
        (ENTRY.format("as_is") + 'unit = "years"\n', "unit"),
        (ENTRY.format("age") + ENTRY.format("age"), "header_twice"),
        (ENTRY.format("age") + ENTRY.format("age").replace('"a"', '"b"'), "twice"),
        (ENTRY.format("age") + "unit = 3\n", "entry"),
        ("# " + "x" * (1 << 20), "large"),
    ],
)
def test_a_wrong_mapping_is_one_sentence(content, key):
    with pytest.raises(TableError) as raised:
        parse_mapping(content.encode())
    assert raised.value.key == f"errors_mapping.{key}"
    assert raised.value.say("zh") != raised.value.say("en")


def test_a_misspelt_variable_is_answered_with_the_nearest():
    with pytest.raises(TableError) as raised:
        parse_mapping(ENTRY.format("Creatinin").encode())
    assert raised.value.values["near"] == "creatinine"


def test_no_variable_has_the_name_of_another_choice():
    assert not set(variables()) & {*OWN, *ROLES}


def test_a_mapping_of_another_table_is_refused_and_one_that_fits_in_part_says_so():
    with pytest.raises(TableError) as raised:
        read_table(b"patient_id,age\n1,60\n2,70\n", mapping=mapped())
    assert raised.value.key == "errors_mapping.none_present"
    table = read_table(b"patient_id,age,Hb\n1,60,12\n2,70,13\n", mapping=mapped())
    absent = next(note for note in table.report.notes if note.key == "reading.mapping_absent")
    assert absent.values["n"] == 5


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ehr.csv").write_bytes(TABLE)
    (tmp_path / "columns.toml").write_text(mapping_text(mapped()), encoding="utf-8")
    return tmp_path


def test_a_folder_with_a_mapping_holds_its_own_labels_and_groups(folder):
    cohort = load_cohort(folder)
    assert cohort.labelled("outcome").tolist() == [1, 0] * 6
    assert cohort.groups()["p0"] == cohort.groups()["p1"]
    assert "haemoglobin" in cohort.table.frame


def test_a_labels_table_comes_before_the_tables_own_labels_and_takes_its_groups(folder):
    rows = "".join(f"p{i},{i % 2}\n" for i in range(12))
    (folder / "labels.csv").write_text(f"patient_id,pe\n{rows}", encoding="utf-8")
    cohort = load_cohort(folder)
    assert cohort.labels["outcome"].isna().all()
    assert cohort.labels["pe"].tolist() == [0, 1] * 6
    assert cohort.groups().nunique() == 6


def test_a_saved_cohort_needs_no_mapping_any_more(folder, tmp_path):
    cohort = load_cohort(folder)
    save_cohort(cohort, tmp_path / "saved")
    assert load_cohort(tmp_path / "saved").digest() == cohort.digest()


def test_files_of_a_folder_are_read_as_the_folder_is(folder):
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert read_folder_files(files).cohort.digest() == load_cohort(folder).digest()


def test_a_folder_without_labels_and_without_a_mapping_for_them_says_so(folder):
    (folder / "columns.toml").write_text(
        mapping_text(check_choices({"Hb": Choice("as_is")})), encoding="utf-8"
    )
    with pytest.raises(CohortError):
        load_cohort(folder)


def test_a_mapping_that_changes_nothing_leaves_the_digest(folder):
    labels = "patient_id,pe\n" + "".join(f"{i},{i % 2}\n" for i in range(9))
    table = "patient_id,age,sex\n" + "".join(f"{i},{40 + i},{'fm'[i % 2]}\n" for i in range(9))
    (folder / "ehr.csv").write_text(table, encoding="utf-8")
    (folder / "labels.csv").write_text(labels, encoding="utf-8")
    (folder / "columns.toml").unlink()
    before = load_cohort(folder).digest()
    (folder / "columns.toml").write_text(
        mapping_text(check_choices({"age": Choice("age", "years")})), encoding="utf-8"
    )
    assert load_cohort(folder).digest() == before
