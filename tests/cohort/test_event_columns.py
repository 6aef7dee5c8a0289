from __future__ import annotations

import pytest

from core.cohort.column_doubts import column_doubts
from core.cohort.column_mapping import Choice, check_choices, mapping_text, parse_mapping
from core.cohort.folder import load_cohort, save_cohort
from core.cohort.tables import load_cells, read_both, read_labels, read_table
from core.cohort.variables import label_words
from core.errors import TableError

CELLS = ("1,0", "1,1", "0,1", "0,0", ",1", ",0", "0,", "1,", ",")
OUTCOMES = ["death", "death", "bleeding", "none", "?", "?", "?", "death", "?"]
BY_HAND = check_choices({"走了": Choice("death"), "出血": Choice("major_bleeding")})
AGES = "patient_id,age\n" + "".join(f"p{i},{40 + i}\n" for i in range(9))


def labels(header: str = "死亡,大出血", cells=CELLS, first: str = "patient_id") -> bytes:
    return f"{first},{header}\n{''.join(f'p{i},{cell}{chr(10)}' for i, cell in enumerate(cells))}".encode()


def outcomes(content: bytes, mapping=None) -> list[str]:
    return read_labels(content, "labels.csv", mapping)["outcome"].fillna("?").tolist()


def refused(content: bytes, mapping=None) -> str:
    with pytest.raises(TableError) as caught:
        read_labels(content, "labels.csv", mapping)
    for language in ("zh", "en"):
        assert "\n" not in caught.value.say(language)
    return caught.value.key


@pytest.mark.parametrize(
    "header",
    ["死亡,大出血", "院内死亡,严重出血", "30天死亡,重大出血", "death,major_bleeding", "Died,Major Bleed",
     "in_hospital_death,major_bleeding", "mortality_30d,severe bleeding"],
)  # fmt: skip
def test_two_columns_of_events_make_one_outcome_with_death_first(header):
    assert outcomes(labels(header)) == OUTCOMES


def test_cells_may_be_words_and_codes_of_a_legend():
    assert outcomes(labels(cells=("是,否", "死亡,有", "存活,无大出血", "否,大出血"))) == [
        "death", "death", "none", "bleeding",
    ]  # fmt: skip
    assert outcomes(labels("死亡（1=否 2=是）,大出血", ("1,0", "2,0"))) == ["none", "death"]


def test_a_cell_that_says_neither_yes_nor_no_is_refused():
    assert refused(labels(cells=("1,0", "2,0"))) == "errors_events.value"
    assert refused(labels(cells=("0,0", "出院,0"))) == "errors_events.value"


def test_an_outcome_column_comes_before_columns_of_events():
    assert outcomes(labels("死亡,大出血,outcome", ("1,0,none", "0,0,death"))) == ["none", "death"]


@pytest.mark.parametrize("header", ["死亡,出血", "death,bleeding", "院内死亡,30天死亡", "院内死亡,科室"])
def test_doubtful_columns_are_asked_about_never_guessed(header):
    assert refused(labels(header)) == "errors_events.open"


def test_beside_labels_of_embolism_doubtful_columns_are_noted_and_not_read():
    table, read = read_both(
        load_cells(AGES.encode(), "ehr.csv"), load_cells(labels("死亡,出血,pe", ["1,0,1"] * 9))
    )
    assert read["outcome"].isna().all()
    assert [note.key for note in table.report.notes if note.key.startswith("events.")] == ["events.open"]


def test_a_person_says_which_columns_they_are():
    header = "走了,出血,outcome"
    cells = [f"{cell},none" for cell in CELLS]
    assert outcomes(labels(header, cells), BY_HAND) == OUTCOMES
    assert outcomes(labels("死亡,出血"), check_choices({"出血": Choice("major_bleeding")})) == OUTCOMES
    assert parse_mapping(mapping_text(BY_HAND).encode()).choices == BY_HAND.choices


def test_one_chosen_column_without_the_other_is_refused():
    assert refused(labels("走了,出血"), check_choices({"走了": Choice("death")})) == "errors_events.half"


def test_a_column_a_person_leaves_out_is_no_event():
    mapping = check_choices({"大出血": Choice("leave_out")})
    read = read_labels(labels("死亡,大出血,pe", ["x,y,1"] * 3), "labels.csv", mapping)
    assert read["outcome"].isna().all()


@pytest.mark.parametrize(
    "choices",
    [
        {"a": Choice("death"), "b": Choice("outcome")},
        {"a": Choice("outcome"), "b": Choice("major_bleeding")},
        {"a": Choice("death"), "b": Choice("death")},
        {"a": Choice("death", "g/L")},
    ],
)
def test_choices_that_contradict_each_other_are_refused(choices):
    with pytest.raises(TableError) as caught:
        check_choices(choices)
    assert caught.value.key in ("errors_events.beside_outcome", "errors_mapping.twice", "errors_mapping.unit")


def test_the_note_names_both_columns_the_rule_and_counts():
    table, _ = read_both(load_cells(AGES.encode(), "ehr.csv"), load_cells(labels("院内死亡,大出血"), "l.csv"))
    note = next(note for note in table.report.notes if note.key == "events.combined")
    counts = {name: note.values[name] for name in ("death", "bleeding", "none", "unknown", "both")}
    assert counts == {"death": "3", "bleeding": "1", "none": "1", "unknown": "4", "both": "1"}
    for language in ("zh", "en"):
        assert {"院内死亡", "大出血", "l.csv"} <= {
            one for one in ("院内死亡", "大出血", "l.csv") if one in note.say(language)
        }


def own_table(header: str = "死亡,大出血") -> bytes:
    rows = "".join(f"p{i},{40 + i},{60 + i % 9},{CELLS[i % 9]}\n" for i in range(27))
    return f"patient_id,age,hr,{header}\n{rows}".encode()


def test_the_tables_own_columns_of_events_are_read_where_a_person_says_so():
    mapping = check_choices({"死亡": Choice("death"), "大出血": Choice("major_bleeding")})
    table, read = read_both(load_cells(own_table(), "ehr.csv"), None, mapping)
    assert read["outcome"].fillna("?").tolist() == OUTCOMES * 3
    assert {column.name for column in table.columns} == {"age", "heart_rate"}
    assert any(note.key == "events.combined" for note in table.report.notes)


EVENT_HEADERS = sorted(
    {*label_words()["events"]["death"], *label_words()["events"]["major_bleeding"]}
    | {*label_words()["doubtful_events"]["bleeding"]}
)


@pytest.mark.parametrize("header", [*EVENT_HEADERS, "死亡（0=否 1=是）", "大出血(是/否)"])
@pytest.mark.parametrize("choice", [None, "as_is", "number", "category"])
def test_a_column_of_events_never_becomes_a_predictor(header, choice):
    rows = "".join(f"p{i},{40 + i},{i % 2}\n" for i in range(12))
    mapping = check_choices({header: Choice(choice)}) if choice else None
    table = read_table(f"patient_id,age,{header}\n{rows}".encode(), "ehr.csv", mapping=mapping)
    assert [column.name for column in table.columns] == ["age"]


def test_a_chosen_column_of_any_name_never_becomes_a_predictor():
    mapping = check_choices({"x1": Choice("death"), "x2": Choice("major_bleeding")})
    table, read = read_both(load_cells(own_table("x1,x2"), "ehr.csv"), None, mapping)
    assert "x1" not in table.frame
    assert "x2" not in table.frame
    assert read["outcome"].notna().any()


def suggested(header: str) -> dict[str, str]:
    found = column_doubts(load_cells(own_table(header), "ehr.csv"))
    return {doubt.header: doubt.suggestion.read_as for doubt in found if doubt.suggestion is not None}


def test_the_two_columns_are_suggested_where_the_table_has_no_outcome():
    assert suggested("死亡,大出血") == {"死亡": "death", "大出血": "major_bleeding"}
    assert suggested("死亡,出血") == {}
    assert suggested("死亡,转归") == {"转归": "outcome"}


def folder_of(place, ehr: bytes, given: bytes | None = None, mapping=None):
    (place / "ehr.csv").write_bytes(ehr)
    if given is not None:
        (place / "labels.csv").write_bytes(given)
    if mapping is not None:
        (place / "columns.toml").write_text(mapping_text(mapping), encoding="utf-8")
    return load_cohort(place)


def test_a_folder_keeps_the_outcome_of_two_columns_when_saved_and_says_how_it_came(tmp_path):
    (tmp_path / "one").mkdir()
    cohort = folder_of(tmp_path / "one", AGES.encode(), labels())
    assert cohort.labels["outcome"].fillna("?").tolist() == OUTCOMES
    assert [note.key for note in cohort.notes] == ["events.combined"]
    save_cohort(cohort, tmp_path / "two")
    assert load_cohort(tmp_path / "two").digest() == cohort.digest()


def test_a_labels_table_is_matched_by_the_column_that_holds_the_tables_identifiers(tmp_path):
    cohort = folder_of(tmp_path, AGES.encode(), labels(first="住院流水"))
    assert cohort.labels.index.tolist() == [f"p{i}" for i in range(9)]
    assert [note.key for note in cohort.notes] == ["events.identified", "events.combined"]
    assert "住院流水" in cohort.notes[0].say("zh")


def test_two_columns_that_hold_identifiers_are_named_and_none_is_taken(tmp_path):
    cells = [f"p{i},{cell}" for i, cell in enumerate(CELLS)]
    with pytest.raises(TableError) as caught:
        folder_of(tmp_path, AGES.encode(), labels("流水乙,死亡,大出血", cells, first="流水甲"))
    assert caught.value.key == "errors_events.several_ids"
    assert "流水甲" in str(caught.value)
    assert "流水乙" in str(caught.value)


@pytest.mark.parametrize(
    ("ids", "taken"),
    [
        ([f"p{i}" for i in range(9)], True),
        ([*(f"p{i}" for i in range(5)), *(f"q{i}" for i in range(4))], False),
        (["p0", *(f"p{i}" for i in range(8))], False),
        (["", *(f"p{i}" for i in range(1, 9))], False),
    ],
)
def test_only_a_column_of_unique_identifiers_that_are_nearly_all_found_is_taken(tmp_path, ids, taken):
    rows = "".join(f"{one},{cell}\n" for one, cell in zip(ids, CELLS, strict=True))
    content = f"流水,死亡,大出血\n{rows}".encode()
    if taken:
        assert len(folder_of(tmp_path, AGES.encode(), content).labels) == 9
    else:
        with pytest.raises(TableError) as caught:
            folder_of(tmp_path, AGES.encode(), content)
        assert caught.value.key == "errors_table.labels_no_id"


def test_an_age_is_never_taken_for_an_identifier(tmp_path):
    table = "patient_id,hr\n" + "".join(f"{40 + i},{60 + i}\n" for i in range(9))
    content = "年龄,死亡,大出血\n" + "".join(f"{40 + i},{cell}\n" for i, cell in enumerate(CELLS))
    with pytest.raises(TableError) as caught:
        folder_of(tmp_path, table.encode(), content.encode())
    assert caught.value.key == "errors_table.labels_no_id"
