"""A folder of recordings and a table of labels is a cohort; a list of recordings stays inside its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.cohort.folder import load_cohort
from core.errors import CohortError, TableError

if TYPE_CHECKING:
    from pathlib import Path

LISTED = "patient_id,pe\na,1\nb,0\nc,1\n"


def folder_of(root: Path, labels: str, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (root / "labels.csv").write_text(labels, encoding="utf-8")
    return root


def with_list(root: Path, rows: str) -> Path:
    folder_of(root, "patient_id,pe\na,1\nb,0\n")
    (root / "ecg.csv").write_text("patient_id,path\n" + rows, encoding="utf-8")
    return root


def paths(cohort) -> dict[str, str]:
    return cohort.recordings["path"].to_dict()


@pytest.mark.parametrize("below", ["", "ecg/", "records/2024/"])
def test_a_files_stem_is_the_patients_identifier_wherever_the_file_stands(tmp_path, below):
    cohort = load_cohort(folder_of(tmp_path, LISTED, f"{below}a.xml", f"{below}b.dcm", f"{below}c"))
    assert paths(cohort) == {"a": f"{below}a.xml", "b": f"{below}b.dcm", "c": f"{below}c"}
    assert cohort.labelled("diagnosis").to_dict() == {"a": 1, "b": 0, "c": 1}
    assert (cohort.table, cohort.notes, cohort.folder) == (None, (), tmp_path)


def test_a_header_and_its_signal_files_are_one_recording(tmp_path):
    files = ("a.hea", "a.dat", "ecg/b.hea", "ecg/b.mat", "c.dat", "c.HEA")
    cohort = load_cohort(folder_of(tmp_path, LISTED, *files))
    assert paths(cohort) == {"a": "a.hea", "b": "ecg/b.hea", "c": "c.HEA"}
    assert cohort.notes == ()


def test_tables_hidden_files_papers_and_pictures_are_no_recordings(tmp_path):
    others = (".a.xml", ".git/b.xml", "a.pdf", "b.png", "README.md", "RECORDS", "~$a.xml")
    cohort = load_cohort(folder_of(tmp_path, LISTED, "a.xml", "b.xml", "c.xml", *others))
    assert cohort.notes == ()


@pytest.mark.parametrize("header", ["file", "path", "Filename", "文件", "文件名"])
@pytest.mark.parametrize(
    "word", ["ecg/a.xml", "a.xml", "a", "ecg/a", "./ecg/a.xml", "ecg\\a.xml"], ids=lambda word: word
)
def test_a_column_may_name_the_files_in_the_place_of_the_patients(tmp_path, header, word):
    cohort = load_cohort(folder_of(tmp_path, f"{header},pe\n{word},1\nb,0\n", "ecg/a.xml", "ecg/b.xml"))
    assert paths(cohort) == {"a": "ecg/a.xml", "b": "ecg/b.xml"}
    assert cohort.labels["pe"].to_dict() == {"a": 1, "b": 0}


def test_a_column_of_files_may_stand_beside_the_patients(tmp_path):
    cohort = load_cohort(folder_of(tmp_path, "patient_id,file,pe\nP1,x.xml,1\nP2,y,0\n", "x.xml", "y.xml"))
    assert paths(cohort) == {"P1": "x.xml", "P2": "y.xml"}


def test_a_patient_with_several_files_is_one_person(tmp_path):
    labels = "patient_id,file,pe\nP1,x,1\nP1,y,1\nP2,z,0\n"
    cohort = load_cohort(folder_of(tmp_path, labels, "x.xml", "y.xml", "z.xml"))
    assert paths(cohort) == {"x": "x.xml", "y": "y.xml", "z": "z.xml"}
    assert cohort.groups().to_dict() == {"x": "P1", "y": "P1", "z": "P2"}


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_paths(tmp_path):
    labels = "file,pe\nmonday/1.xml,1\ntuesday/1.xml,0\n"
    cohort = load_cohort(folder_of(tmp_path, labels, "monday/1.xml", "tuesday/1.xml"))
    assert paths(cohort) == {"monday/1": "monday/1.xml", "tuesday/1": "tuesday/1.xml"}


@pytest.mark.parametrize("header", ["patient_id", "file"])
def test_the_last_number_of_a_dicom_identifier_is_no_ending(tmp_path, header):
    cohort = load_cohort(
        folder_of(tmp_path, f"{header},pe\n1.2.840,1\n1.2.841,0\n", "1.2.840", "1.2.841.dcm")
    )
    assert paths(cohort) == {"1.2.840": "1.2.840", "1.2.841": "1.2.841.dcm"}


def test_composed_and_decomposed_letters_name_the_same_file(tmp_path):
    cohort = load_cohort(folder_of(tmp_path, "file,pe\nM\u00fcller,1\nb,0\n", "Mu\u0308ller.xml", "b.xml"))
    assert list(cohort.recordings["path"]) == ["Mu\u0308ller.xml", "b.xml"]


def test_what_has_no_counterpart_is_counted_and_said(tmp_path):
    labels = "patient_id,pe\na,1\nb,0\nlost,1\n"
    cohort = load_cohort(folder_of(tmp_path, labels, "a.xml", "b.xml", "x.xml", "y.xml"))
    assert set(paths(cohort)) == {"a", "b"}
    said = [note.say("en") for note in cohort.notes]
    assert said == [
        "1 of 3 labels have no recording, such as lost.",
        "2 of 4 recordings have no label and are not used, such as x.xml, y.xml.",
    ]
    assert all(note.say("zh") for note in cohort.notes)


@pytest.mark.parametrize(
    ("labels", "files", "error", "said"),
    [
        (LISTED, (), CohortError, "neither ehr.csv nor ecg.csv"),
        (LISTED, ("a.pdf",), CohortError, "neither ehr.csv nor ecg.csv"),
        (LISTED, ("x.xml",), CohortError, "none of 3 labels"),
        ("file,pe\n1,1\n", ("m/1.xml", "t/1.xml"), CohortError, "may be m/1.xml or t/1.xml"),
        ("patient_id,pe\na,1\nb,0\n", ("a.xml", "a.csv", "b.xml"), CohortError, "may be a.csv or a.xml"),
        ("file,pe\na,1\na.xml,0\n", ("a.xml",), CohortError, "same recording"),
        ("name,pe\na,1\n", ("a.xml",), TableError, "patient_id"),
        ("file,pe\na,maybe\n", ("a.xml",), TableError, "maybe"),
        ("file,pe,rate_hz\na,1,fast\n", ("a.xml",), CohortError, "Recording of a: rate_hz is “fast”"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path, labels, files, error, said):
    with pytest.raises(error, match=said) as caught:
        load_cohort(folder_of(tmp_path, labels, *files))
    assert "\n" not in caught.value.say("zh")


def test_recordings_without_labels_say_what_is_missing(tmp_path):
    (tmp_path / "a.xml").write_bytes(b"")
    with pytest.raises(CohortError, match=r"labels\.csv is missing"):
        load_cohort(tmp_path)


def test_a_patient_may_stand_in_the_list_several_times(tmp_path):
    cohort = load_cohort(with_list(tmp_path, "a,ecg/1.hea\na,ecg/2.hea\nb,ecg\\3.hea\n"))
    assert list(cohort.recordings.index) == ["a", "a", "b"]
    assert list(cohort.recordings["path"]) == ["ecg/1.hea", "ecg/2.hea", "ecg/3.hea"]


def test_the_digest_does_not_depend_on_the_order_of_the_list(tmp_path):
    digests = set()
    for name, rows in (("1", "a,x\na,y\nb,z\n"), ("2", "b,z\na,y\na,x\n")):
        (tmp_path / name).mkdir()
        digests.add(load_cohort(with_list(tmp_path / name, rows)).digest())
    assert len(digests) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../x.hea",
        "ecg/../../x.hea",
        "C:\\x.hea",
        "c:x.hea",
        "\\\\server\\x.hea",
        "..\\x.hea",
        ".",
        "",
    ],
)
def test_a_path_that_leads_out_of_the_folder_is_refused_with_its_row(tmp_path, path):
    with pytest.raises(CohortError, match=r"ecg\.csv, row 3") as caught:
        load_cohort(with_list(tmp_path, f"a,ecg/a.hea\nb,{path}\n"))
    assert "\n" not in str(caught.value)


def test_a_recording_of_two_patients_is_refused(tmp_path):
    with pytest.raises(CohortError, match="second time"):
        load_cohort(with_list(tmp_path, "a,ecg/a.hea\nb,./ecg/a.hea\n"))


def exams(*rows: str, header: str = "检查流水,pe") -> str:
    return f"{header}\n" + "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize("ending", ["", ".xml"])
def test_a_column_that_holds_the_files_names_says_which_recording_is_whose(tmp_path, ending):
    labels = exams(*(f"{name}{ending},{i % 2}" for i, name in enumerate("abcd")))
    cohort = load_cohort(folder_of(tmp_path, labels, *(f"ecg/{name}.xml" for name in "abcd")))
    assert paths(cohort) == {name: f"ecg/{name}.xml" for name in "abcd"}
    assert [note.key for note in cohort.notes] == ["labels_read.files"]
    assert all("检查流水" in cohort.notes[0].say(language) for language in ("zh", "en"))


def test_the_files_column_is_found_beside_identifiers_that_name_no_file(tmp_path):
    labels = exams("z1,a,0", "z1,b,0", "z2,c,1", header="住院号,检查流水,pe")
    cohort = load_cohort(folder_of(tmp_path, labels, "a.xml", "b.xml", "c.xml"))
    assert cohort.groups().to_dict() == {"a": "z1", "b": "z1", "c": "z2"}


def test_identifiers_that_name_files_come_before_any_other_column(tmp_path):
    labels = exams("a,1,c", "b,0,a", "c,1,b", header="patient_id,pe,检查流水")
    cohort = load_cohort(folder_of(tmp_path, labels, "a.xml", "b.xml", "c.xml"))
    assert cohort.recordings.index.tolist() == ["a", "b", "c"]
    assert paths(cohort)["a"] == "a.xml"


@pytest.mark.parametrize(
    ("labels", "key"),
    [
        (exams("k1,0", "k2,1", "k3,0"), "errors_recordings.no_identifier"),
        (exams("a,0", "a,1", "b,0"), "errors_recordings.no_identifier"),
        (exams("a,0", "b,1"), "errors_recordings.no_identifier"),
        (exams("a,a,0", "b,b,1", "c,c,1", header="甲,乙,pe"), "errors_events.several_files"),
    ],
)
def test_labels_that_name_no_file_are_refused_with_what_was_compared(tmp_path, labels, key):
    folder = folder_of(tmp_path, labels, "a.xml", "b.xml", "c.xml")
    with pytest.raises(TableError) as caught:
        load_cohort(folder)
    assert caught.value.key == key
    assert all("\n" not in caught.value.say(language) for language in ("zh", "en"))


def with_table(root: Path, *files: str) -> Path:
    folder_of(root, "patient_id,pe\na,1\nb,0\nc,1\n", *files)
    (root / "ehr.csv").write_text("patient_id,age\na,61\nb,44\nc,70\n", encoding="utf-8")
    return root


def test_recordings_beside_a_table_are_matched_by_their_names_where_no_list_names_them(tmp_path):
    cohort = load_cohort(with_table(tmp_path, "ecg/a.hea", "ecg/a.dat", "ecg/b.xml", "ecg/other.xml"))
    assert paths(cohort) == {"a": "ecg/a.hea", "b": "ecg/b.xml"}
    said = {note.key: note.values for note in cohort.notes}
    assert set(said) == {"reading.recordings_by_name", "reading.recordings_unused"}
    assert (said["reading.recordings_by_name"]["n"], said["reading.recordings_by_name"]["of"]) == (2, 3)
    assert said["reading.recordings_unused"]["examples"] == "ecg/other.xml"


def test_recordings_beside_a_table_that_name_nobody_are_said_and_left(tmp_path):
    cohort = load_cohort(with_table(tmp_path, "ecg/x1.xml", "ecg/x2.xml"))
    assert cohort.recordings is None
    (note,) = cohort.notes
    assert "patient_id" in note.say("en")
    assert "patient_id" in note.say("zh")
    assert note.values["n"] == 2


def test_what_a_build_puts_beside_its_tables_is_no_recording(tmp_path):
    built = ("flow.csv", "table_one.csv", "variables.csv", "definitions.txt")
    assert load_cohort(with_table(tmp_path, *built)).notes == ()
    assert load_cohort(with_table(tmp_path, "ecg/flow.csv")).notes != ()


def test_two_recordings_that_may_both_be_a_patients_are_nobodys(tmp_path):
    cohort = load_cohort(with_table(tmp_path, "2023/a.xml", "2024/a.xml", "b.xml"))
    assert paths(cohort) == {"b": "b.xml"}
    assert next(note for note in cohort.notes if note.key == "reading.recordings_unused").values["n"] == 2


def test_a_table_without_recordings_says_nothing_of_them(tmp_path):
    cohort = load_cohort(with_table(tmp_path))
    assert (cohort.recordings, cohort.notes) == (None, ())
