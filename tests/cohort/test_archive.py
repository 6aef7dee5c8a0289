from __future__ import annotations

import io
import random
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from core.cohort import archive
from core.cohort.archive import tables_in, unpack_cohort
from core.errors import CohortError

if TYPE_CHECKING:
    from pathlib import Path

LABELS = b"patient_id,pe\na,0\nb,1\n"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def special(name: str, mode: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("labels.csv", LABELS)
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        packed.writestr(info, "/etc/passwd")
    return buffer.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "outer" / "place"
    folder.mkdir(parents=True)
    return folder


def only_inside(place: Path) -> bool:
    """Whether nothing was written beside the folder or above it."""
    outer = place.parent
    return [*outer.iterdir()] == [place] and [*outer.parent.iterdir()] == [outer]


@pytest.mark.parametrize("top", ["", "mine/", "a/b/"])
def test_the_cohorts_own_folder_is_found(place, top):
    members = {f"{top}labels.csv": LABELS, f"{top}ecg/1.csv": b"x", "__MACOSX/._labels.csv": b"x"}
    found = unpack_cohort(zipped(members), place)
    assert (found / "labels.csv").read_bytes() == LABELS
    assert (found / "ecg" / "1.csv").is_file()
    assert not (place / "__MACOSX").exists()


@pytest.mark.parametrize("top", ["", "mine/", "a/b/"])
def test_the_tables_alone_are_read_in_memory(top, place):
    members = {
        f"{top}labels.csv": LABELS,
        f"{top}ehr.csv": b"y",
        f"{top}ecg/1.csv": b"x",
        f"{top}a.png": b"z",
    }
    members |= {"older/copies/of/labels.csv": b"old", "__MACOSX/labels.csv": b"x"}
    assert tables_in(zipped(members)) == {"labels.csv": LABELS, "ehr.csv": b"y"}
    assert only_inside(place)


def test_tables_that_unpack_to_too_much_are_refused(monkeypatch):
    monkeypatch.setattr(archive, "MOST_TABLES", 1000)
    with pytest.raises(CohortError, match="too large"):
        tables_in(zipped({"labels.csv": LABELS, "ehr.csv": b"0" * 2000}))
    assert "labels.csv" in tables_in(zipped({"labels.csv": LABELS, "ecg/1.csv": b"0" * 2000}))


@pytest.mark.parametrize(
    "name",
    [
        "../labels.csv",
        "a/../../x",
        "/tmp/x",
        "C:/x",
        "..\\x",
        "a\\..\\..\\x",
        "a\nb",
        "/".join("a" * 9),
        "n" * 201,
    ],
    ids=repr,
)
def test_a_name_that_leads_out_or_cannot_be_is_refused(place, name):
    with pytest.raises(CohortError) as refused:
        unpack_cohort(zipped({"labels.csv": LABELS, name: b"x"}), place)
    assert refused.value.key == "errors_archive.path"
    assert only_inside(place)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_is_refused(place, kind):
    with pytest.raises(CohortError, match="link"):
        unpack_cohort(special("ecg.csv", kind | 0o777), place)
    assert not (place / "ecg.csv").exists()


def test_a_name_that_stands_twice_is_refused(place):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("labels.csv", LABELS)
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("labels.csv", b"x")
    with pytest.raises(CohortError, match="once"):
        unpack_cohort(buffer.getvalue(), place)


def test_what_unpacks_to_too_much_stops_at_the_limit_whatever_the_archive_says(place, monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 5_000_000)
    data = zipped({"labels.csv": LABELS, "ehr.csv": b"0" * 9_000_000})
    with pytest.raises(CohortError, match="too large"):
        unpack_cohort(data, place)
    assert sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) <= 5_000_000


def test_too_many_files_or_bytes_are_refused_before_anything_is_written(place, monkeypatch):
    monkeypatch.setattr(archive, "MOST_FILES", 20)
    with pytest.raises(CohortError, match="too many"):
        unpack_cohort(zipped({f"{i}.csv": b"" for i in range(21)}), place)
    with pytest.raises(CohortError, match="too many"):  # by the size of its directory alone
        unpack_cohort(zipped({f"{i}.csv": b"" for i in range(500)}), place)
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    with pytest.raises(CohortError, match="too large"):
        unpack_cohort(zipped({"labels.csv": LABELS}), place)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06", b"\x00" * 100, b"patient_id,pe\n"])
def test_what_is_no_archive_is_one_sentence(place, data):
    with pytest.raises(CohortError, match="no ZIP"):
        unpack_cohort(data, place)


def test_an_archive_without_a_cohort_is_one_sentence(place):
    with pytest.raises(CohortError, match="no cohort"):
        unpack_cohort(zipped({"readme.txt": b"x"}), place)


def test_a_full_disk_is_one_sentence(place, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    with pytest.raises(CohortError, match="disk is full"):
        unpack_cohort(zipped({"labels.csv": LABELS}), place)


def test_damaged_archives_end_in_a_named_error_or_inside_the_folder(place):
    whole = zipped({"labels.csv": LABELS, "mine/ehr.csv": b"patient_id,age\n" * 30, "ecg/a.csv": b"I\n1\n"})
    draw = random.Random(0)
    refused = 0
    for number in range(300):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        folder = place / str(number)
        folder.mkdir()
        try:
            unpack_cohort(
                bytes(data[: draw.randint(len(data) // 2, len(data))] if number % 3 else data), folder
            )
        except CohortError:
            refused += 1
    assert refused > 100
    assert only_inside(place)
    assert {path.name for path in place.iterdir()} == {str(number) for number in range(300)}
