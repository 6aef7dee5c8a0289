"""A short slice of ``benchmark --only uploads``: damaged and hostile files give a sentence, and touch nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from core.mutation.readers import readers
from core.mutation.run import attempt, plan, upload
from core.mutation.watch import Watch

DOORS = (
    *("csv", "xlsx", "xlsx parts", "parquet", "labels", "score table"),
    *("ecg csv", "ecg npy", "ecg npz", "ecg mat", "ecg wfdb", "ecg edf", "ecg scp", "ecg dicom", "ecg aecg"),
    *("ecg muse", "ecg philips", "ecg npz parts", "cohort.toml", "columns.toml", "ecg.csv", "folder files"),
    *("zip", "zip parts", "diagnosis-ehr", "outcome-ehr", "MIMIC-IV tables"),
)
CASES, SMALL = 12, 100_000


@pytest.fixture(scope="module")
def doors(trained, tmp_path_factory):
    return {one.name: one for one in readers(trained, tmp_path_factory.mktemp("spool"))}


@pytest.fixture(scope="session")
def watch():
    return Watch()


def test_every_door_is_tried(doors):
    assert set(doors) == set(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_a_damaged_upload_gives_a_sentence_and_touches_nothing_else(doors, watch, name):
    all_doors = list(doors.values())
    door = doors[name]
    # what a door needs is loaded before it is watched
    assert attempt(door, dict(door.seal(door.seeds[0], _Always())), 0, watch).failure == ""
    for case in range(max(1, round(CASES * door.share))):
        found = attempt(door, upload(all_doors, door, None, case), case, watch)
        assert (found.failure, found.outside) == ("", ()), found


@pytest.mark.parametrize("name", DOORS)
def test_a_hostile_upload_gives_a_sentence_and_touches_nothing_else(doors, watch, name):
    for number, folder in enumerate(doors[name].hostile):
        if sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < SMALL:
            found = attempt(doors[name], upload([], doors[name], number, number), number, watch)
            assert (found.failure, found.outside) == ("", ()), found


def test_a_run_tries_every_hostile_upload_once_and_shares_out_the_others(doors):
    some = [doors["csv"], doors["xlsx"], doors["zip"]]
    counts = Counter(plan(some, 70))
    assert all(n == 1 for (_, hostile), n in counts.items() if hostile is not None)
    assert sum(hostile is not None for _, hostile in counts) == sum(len(one.hostile) for one in some)
    assert [counts[at, None] for at in range(3)] == [40, 10, 20]


def test_the_watch_tells_what_is_touched_outside(watch, tmp_path):
    (tmp_path / "own").mkdir()
    with watch.over(tmp_path / "own") as outside:
        (tmp_path / "own" / "a").write_text("fine")
        (tmp_path / "b").write_text("not fine")
        (tmp_path / "own" / ".." / "b").unlink()
    assert [each.split()[0] for each in outside] == ["open", "os.remove"]
    (tmp_path / "b").write_text("nobody watches")
    assert len(outside) == 2


class _Always:
    """In the place of a random generator: whatever is asked is done."""

    def random(self) -> float:
        return 1.0
