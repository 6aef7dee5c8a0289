"""Identifiers that differ in case, width or spaces only: said, matched between files, one person for the split."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from core.cohort._alike_ids import one_person, respelling
from core.cohort.folder import load_cohort, restrict
from core.cohort.split import split_by_person
from core.cohort.tables import load_cells, read_both, read_table
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path


def written(root: Path, **files: str) -> Path:
    root.mkdir(exist_ok=True)
    for name, content in files.items():
        (root / f"{name}.csv").write_text(content, encoding="utf-8")
    return root


def recordings(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(b"")
    return root


def said(notes) -> dict[str, object]:
    return {note.key: note for note in notes}


def pairs(n: int) -> tuple[str, str]:
    """Every patient twice: in small and in capital letters."""
    ids = [word for i in range(n) for word in (f"p{i:03}", f"P{i:03}")]
    ages = "".join(f"{word},{50 + at % 30}\n" for at, word in enumerate(ids))
    labels = "".join(f"{word},{at // 2 % 2}\n" for at, word in enumerate(ids))
    return f"patient_id,age\n{ages}", f"patient_id,pe\n{labels}"


def test_a_table_with_alike_identifiers_keeps_its_rows_and_says_so():
    table = read_table(b"patient_id,age\np001,50\nP001,51\nP002,52\nQ 3,53\nq3,54\n", "导出.csv")
    assert table.frame.index.tolist() == ["p001", "P001", "P002", "Q 3", "q3"]
    note = said(table.report.notes)["reading_ids.alike"]
    assert (note.kind, note.values["n"]) == ("doubted", 4)
    assert "p001 / P001" in note.say("zh")
    assert "p001 / P001" in note.say("en")
    assert "reading_ids.alike" not in said(read_table(b"patient_id,age\np1,50\np2,51\n").report.notes)


def test_identifiers_of_another_width_are_the_same_and_stand_twice():
    with pytest.raises(TableError) as caught:
        read_table("patient_id,age\nP001,50\nＰ００１,51\n".encode())
    assert caught.value.key == "errors_table.id_twice"


@pytest.mark.parametrize("seed", range(5))
def test_one_person_in_two_spellings_is_never_on_both_sides(tmp_path, seed):
    ehr, labels = pairs(40)
    cohort = load_cohort(written(tmp_path, ehr=ehr, labels=labels))
    table, codes, groups = restrict(cohort, "diagnosis")
    test = split_by_person(codes, groups, seed=seed)
    sides = dict.fromkeys(table.frame.index)
    sides.update(zip(table.frame.index, test.tolist(), strict=True))
    assert all(sides[f"p{i:03}"] == sides[f"P{i:03}"] for i in range(40))
    assert 0 < test.sum() < len(test)
    assert "reading_ids.alike" in said(cohort.notes)


def test_persons_of_a_group_are_one_in_any_spelling_and_that_is_said(tmp_path):
    labels = "patient_id,pe,group\na,1,Z1\nb,0,z1\nc,1,Z2\nd,0,\n"
    cohort = load_cohort(written(tmp_path, ehr="patient_id,age\na,1\nb,2\nc,3\nd,4\n", labels=labels))
    assert cohort.groups().tolist() == ["Z1", "Z1", "Z2", "d"]
    assert cohort.labels["group"].fillna("").tolist() == ["Z1", "z1", "Z2", ""]
    assert "Z1 / z1" in said(cohort.notes)["reading_ids.alike"].say("zh")


def test_persons_without_any_alike_are_left_as_they_are():
    ids = pd.Series(["b", "A", "b"], dtype="str")
    assert one_person(ids) is ids


def test_labels_in_another_spelling_are_matched_with_their_patients_and_that_is_said():
    ages = load_cells(b"patient_id,age\nP001,50\nP002,51\np 3,52\n", "ehr.csv")
    labels = load_cells(b"patient_id,pe\np001,1\nP002,0\nP3,1\nP004,1\n", "labels.csv")
    table, read = read_both(ages, labels)
    assert read.index.tolist() == ["P001", "P002", "p 3", "P004"]
    note = said(table.report.notes)["reading_ids.respelled"]
    assert note.values["n"] == 2
    assert "p001 → P001" in note.say("en")


@pytest.mark.parametrize(
    ("ids", "known"),
    [
        (["p1"], ["P1", "P 1"]),
        (["p1", "p 1"], ["P1"]),
        (["p1", "P1"], ["P1"]),
        (["1"], ["01"]),
        (["p1"], ["p1", "P1"]),
    ],
)
def test_a_spelling_is_never_chosen_between_two(ids, known):
    assert respelling(ids, known) == {}


def test_a_list_of_recordings_takes_the_tables_spelling_however_often_a_patient_stands_there(tmp_path):
    folder = written(
        tmp_path,
        ehr="patient_id,age\nP001,50\nP002,51\n",
        labels="patient_id,pe\nP001,1\nP002,0\n",
        ecg="patient_id,path\np001,a.xml\np001,b.xml\nP002,c.xml\n",
    )
    cohort = load_cohort(folder)
    assert cohort.recordings is not None
    assert cohort.recordings.index.tolist() == ["P001", "P001", "P002"]
    assert "ecg.csv" in said(cohort.notes)["reading_ids.respelled"].say("zh")


def test_labels_of_listed_recordings_take_the_lists_spelling(tmp_path):
    folder = written(
        tmp_path, labels="patient_id,pe\np001,1\nP002,0\n", ecg="patient_id,path\nP001,a.xml\nP002,c.xml\n"
    )
    cohort = load_cohort(folder)
    assert cohort.labels.index.tolist() == ["P001", "P002"]
    assert "reading_ids.respelled" in said(cohort.notes)


@pytest.mark.parametrize("table", [True, False])
def test_a_recording_called_as_a_patient_but_for_case_is_theirs_and_that_is_said(tmp_path, table):
    written(tmp_path, labels="patient_id,pe\nP001,1\nP002,0\nP003,1\np003,0\n")
    if table:
        written(tmp_path, ehr="patient_id,age\nP001,50\nP002,51\nP003,52\np003,53\n")
    recordings(tmp_path, "ecg/p001.xml", "ecg/P002.xml", "ecg/p003.xml")
    cohort = load_cohort(tmp_path)
    assert cohort.recordings is not None
    found = cohort.recordings["path"].to_dict()
    assert found == {"P001": "ecg/p001.xml", "P002": "ecg/P002.xml", "p003": "ecg/p003.xml"}
    note = said(cohort.notes)["reading_ids.recordings"]
    assert note.values["n"] == 1
    assert "P001 → ecg/p001.xml" in note.say("en")
