"""The synthetic cohort on disk: whole or not at all, the same bytes from the same seed, recordings in it."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from core import demo
from core.__main__ import main
from core.cohort.folder import load_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.demo import save_with_recordings, write_demo
from core.errors import CohortError
from core.recordings import recordings_of

if TYPE_CHECKING:
    from pathlib import Path

N = 20


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "c"
    write_demo(generate(N, seed=3), folder)
    return folder


def test_every_patient_has_a_recording_that_can_be_read(written):
    cohort = load_cohort(written)
    source = recordings_of(cohort)
    assert not source.simulated
    assert list(source.rows["patient_id"]) == list(cohort.table.frame.index)
    assert list(source.rows["path"]) == [f"ecg/S{n:06d}.hea" for n in range(1, N + 1)]
    recording = source.read("S000020")
    assert (recording.rate_hz, recording.duration_s, len(recording.present)) == (500, 10, 12)


def test_a_recordings_file_says_that_it_is_synthetic(written):
    assert b"# Synthetic recording" in (written / "ecg" / "S000001.hea").read_bytes()


def test_the_same_seed_gives_the_same_bytes_for_any_number_of_workers(written, tmp_path):
    save_with_recordings(synthetic_cohort(generate(N, seed=3)), tmp_path / "c", workers=2)
    assert contents(tmp_path / "c") == contents(written)


def test_the_size_that_is_told_is_the_size_on_disk_and_what_was_expected(tmp_path):
    size = save_with_recordings(synthetic_cohort(generate(N, seed=4)), tmp_path / "c")
    assert size == sum(path.stat().st_size for path in (tmp_path / "c" / "ecg").iterdir())
    assert size == pytest.approx(N * demo._BYTES_EACH, rel=0.01)


def test_without_recordings_only_the_tables_are_written(tmp_path):
    told = write_demo(generate(N, seed=3), tmp_path / "c", ecg=False)
    assert set(contents(tmp_path / "c")) == {"cohort.toml", "ehr.csv", "labels.csv", "oracle.csv"}
    assert "20 synthetic patients, no recordings" in told


def test_a_place_that_is_too_small_is_named_before_anything_is_written(tmp_path, monkeypatch):
    class Usage(NamedTuple):
        free: int = 1000

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage())
    with pytest.raises(CohortError, match="2 MB and only 0 MB are free"):
        write_demo(generate(N, seed=3), tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_nothing_half_written_stays_when_a_recording_cannot_be_written(tmp_path, monkeypatch):
    def full(_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo, "_write", full)
    with pytest.raises(CohortError, match="No space left"):
        write_demo(generate(N, seed=3), tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_writes_recordings_unless_told_not_to(tmp_path, monkeypatch, capfd):
    arguments = ["core", "demo", "--out", str(tmp_path / "c"), "--patients", str(N), "--seed", "3"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as end:
        main()
    told = capfd.readouterr()
    assert (end.value.code or 0, told.out) == (0, "")
    assert "Simulating recordings" in told.err
    assert "20 synthetic patients, 20 synthetic recordings (2 MB)" in told.err
    assert len(list((tmp_path / "c" / "ecg").iterdir())) == 2 * N
