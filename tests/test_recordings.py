"""A cohort's recordings: files that stay in their folder, or made again; reading many; their digest."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core._recording_origin import FileOrigin
from core.cohort.folder import Cohort, load_cohort, save_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.ecg.simulator import simulate
from core.ecg.writing import compact_files, example_files
from core.errors import CohortError, RecordingError
from core.recordings import has_recordings, read_each, recordings_digest, recordings_of
from tests.ecg.real import DATA, needs_data

if TYPE_CHECKING:
    from pathlib import Path

    from core.ecg.recording import Recording


def peaks(recording: Recording) -> list[float]:
    return np.ptp(recording.signal, axis=1).tolist()


def refuse(recording: Recording) -> None:
    raise RecordingError("errors_simulator.age", found=recording.n_samples)


@pytest.fixture(scope="module")
def made() -> Cohort:
    return synthetic_cohort(generate(24, seed=6))


@pytest.fixture
def files(tmp_path) -> Path:
    """A cohort folder with two patients, three recordings, and one damaged file."""
    folder = tmp_path / "c"
    (folder / "ecg").mkdir(parents=True)
    for number in (1, 2, 3):
        recording = simulate(1, number, stratum="control", severity=0.0, duration_s=3).recording
        for name, content in compact_files(recording, f"r{number}", "made for a test").items():
            (folder / "ecg" / name).write_bytes(content)
    (folder / "ecg" / "broken.csv").write_text("no numbers\n", encoding="utf-8")
    rows = ("a,ecg/r1.hea", "a,ecg/r2.hea", "b,ecg/r3.hea", "b,ecg/broken.csv")
    (folder / "ecg.csv").write_text("\n".join(["patient_id,path", *rows, ""]), encoding="utf-8")
    (folder / "labels.csv").write_text("patient_id,pe\na,1\nb,0\n", encoding="utf-8")
    return folder


def test_files_are_known_by_their_stems_and_belong_to_their_patients(files):
    source = recordings_of(load_cohort(files))
    assert not source.simulated
    assert source.rows["patient_id"].to_dict() == {"r1": "a", "r2": "a", "r3": "b", "broken": "b"}
    recording = source.read("r2")
    assert (recording.source_format, recording.n_samples, len(recording.present)) == ("wfdb", 1500, 12)


def test_files_of_one_stem_are_known_by_their_paths(files):
    (files / "ecg.csv").write_text("patient_id,path\na,ecg/r1.hea\nb,old/r1.hea\n", encoding="utf-8")
    rows = recordings_of(load_cohort(files)).rows
    assert list(rows.index) == ["ecg/r1.hea", "old/r1.hea"]


def test_a_broken_file_ends_in_the_second_dictionary_and_nothing_else_with_it(files):
    source = recordings_of(load_cohort(files))
    values, errors = read_each(source, source.rows.index, peaks)
    assert list(values) == ["r1", "r2", "r3"]
    assert values["r2"] == peaks(source.read("r2"))
    assert list(errors) == ["broken"]
    assert "ecg/broken.csv" in str(errors["broken"])


def test_a_transform_may_refuse_a_recording(files):
    source = recordings_of(load_cohort(files))
    values, errors = read_each(source, ["r1", "r3"], refuse)
    assert values == {}
    assert list(errors) == ["r1", "r3"]


def test_any_number_of_workers_gives_the_same(files):
    source = recordings_of(load_cohort(files))
    (alone, failed), (together, failed_too) = (
        read_each(source, source.rows.index, operator.methodcaller("lead", "V2"), workers=n) for n in (1, 2)
    )
    assert [(key, lead.tobytes()) for key, lead in together.items()] == [
        (key, lead.tobytes()) for key, lead in alone.items()
    ]
    assert [(key, str(error)) for key, error in failed_too.items()] == [
        (key, str(error)) for key, error in failed.items()
    ]
    assert len(together) == 3


def test_a_link_that_leads_out_of_the_folder_is_not_followed(files, tmp_path):
    outside = tmp_path / "outside.hea"
    outside.write_bytes((files / "ecg" / "r1.hea").read_bytes())
    (files / "ecg" / "r1.hea").unlink()
    try:
        (files / "ecg" / "r1.hea").symlink_to(outside)
    except OSError:
        pytest.skip("no links on this system")
    source = recordings_of(load_cohort(files))
    with pytest.raises(RecordingError, match="leads out"):
        source.read("r1")
    with pytest.raises(RecordingError, match="leads out"):
        recordings_digest(source, ["r1"])


def test_a_folder_that_leads_out_is_not_entered(files, tmp_path):
    other = tmp_path / "elsewhere"
    (files / "ecg").rename(other)
    try:
        (files / "ecg").symlink_to(other, target_is_directory=True)
    except OSError:
        pytest.skip("no links on this system")
    with pytest.raises(RecordingError, match="leads out"):
        FileOrigin(files, "ecg/r1.hea").read()


def test_the_digest_of_files_tells_every_byte_of_header_and_signal_apart(files):
    source = recordings_of(load_cohort(files))
    digests = {recordings_digest(source, ids) for ids in (["r1", "r2"], ["r2", "r1"])}
    assert len(digests) == 1
    digests.add(recordings_digest(source, ["r1"]))
    for name in ("ecg/r2.dat", "ecg/r2.hea"):
        path = files / name
        path.write_bytes(path.read_bytes()[:-1] + b"#")
        digests.add(recordings_digest(source, ["r1", "r2"]))
    assert len(digests) == 4
    moved = replace(source, rows=source.rows.assign(patient_id="b"))
    assert recordings_digest(moved, ["r1", "r2"]) not in digests


def test_a_missing_file_has_no_digest(files):
    (files / "ecg" / "r1.dat").unlink()
    with pytest.raises(RecordingError, match=r"r1\.dat"):
        recordings_digest(recordings_of(load_cohort(files)), ["r1"])


def test_a_synthetic_patients_recording_is_made_from_seed_number_severity_age_and_sex(made):
    source = recordings_of(made)
    assert source.simulated
    row = made.table.frame.loc["S000009"]
    known = made.oracle.loc["S000009"]
    expected = simulate(
        6, 9, stratum=known["stratum"], severity=known["severity"], sex=row["sex"], age=row["age"]
    )
    assert source.read("S000009").signal.tobytes() == expected.recording.signal.tobytes()
    assert list(source.rows["patient_id"]) == list(made.oracle.index)


def test_what_the_table_does_not_know_of_a_patient_is_the_simulators_default(made):
    bare = recordings_of(replace(made, table=None))
    known = made.oracle.loc["S000003"]
    expected = simulate(6, 3, stratum=known["stratum"], severity=known["severity"]).recording
    assert bare.read("S000003").signal.tobytes() == expected.signal.tobytes()
    frame = made.table.frame.assign(age=np.nan, sex=None)
    gaps = recordings_of(replace(made, table=replace(made.table, frame=frame)))
    assert gaps.read("S000003").signal.tobytes() == expected.signal.tobytes()


def test_a_folder_written_without_recordings_has_them_made_again(made, tmp_path):
    save_cohort(made, tmp_path / "c")
    again = load_cohort(tmp_path / "c")
    assert again.about.seed == 6
    before, after = recordings_of(made), recordings_of(again)
    assert after.read("S000020").signal.tobytes() == before.read("S000020").signal.tobytes()
    ids = list(before.rows.index)
    assert recordings_digest(after, ids) == recordings_digest(before, ids)


def test_the_digest_of_made_recordings_follows_what_they_are_made_of(made, monkeypatch):
    from core import _recording_origin
    from core.ecg import simulator

    def digest(cohort: Cohort) -> str:
        return recordings_digest(recordings_of(cohort), ["S000001", "S000002"])

    digests = {digest(made), digest(replace(made, about=replace(made.about, seed=7)))}
    digests.add(digest(replace(made, oracle=made.oracle.assign(severity=0.5))))
    monkeypatch.setattr(simulator, "VERSION", simulator.VERSION + 1)
    _recording_origin.simulator_digest.cache_clear()
    digests.add(digest(made))
    _recording_origin.simulator_digest.cache_clear()
    assert len(digests) == 4


@pytest.mark.parametrize("lacking", ["oracle", "seed", "synthetic", "number"])
def test_without_what_the_simulator_needs_there_are_no_recordings(made, lacking):
    cohort = {
        "oracle": replace(made, oracle=None),
        "seed": replace(made, about=replace(made.about, seed=None)),
        "synthetic": replace(made, about=replace(made.about, synthetic=False)),
        "number": replace(made, oracle=made.oracle.rename(index={"S000004": "Zhang"})),
    }[lacking]
    assert not has_recordings(cohort)
    with pytest.raises(CohortError, match="no recordings"):
        recordings_of(cohort)


def test_an_oracle_that_the_simulator_does_not_understand_is_an_error_of_that_patient(made):
    oracle = made.oracle.copy()
    oracle.loc["S000002", "stratum"] = "worse"
    source = recordings_of(replace(made, oracle=oracle))
    values, errors = read_each(source, ["S000001", "S000002"], peaks)
    assert (list(values), list(errors)) == (["S000001"], ["S000002"])
    assert "worse" in str(errors["S000002"])


def test_eight_stored_leads_are_twelve_again_within_a_microvolt(tmp_path):
    recording = simulate(3, 5, stratum="high", severity=1.0).recording
    for name, content in compact_files(recording, "x", "made for a test").items():
        (tmp_path / name).write_bytes(content)
    again = FileOrigin(tmp_path, "x.hea").read()
    assert again.rate_hz == recording.rate_hz
    np.testing.assert_allclose(again.signal, recording.signal, atol=1.01e-3)
    assert (tmp_path / "x.dat").stat().st_size == 8 * 5000 * 2
    assert b"# made for a test" in (tmp_path / "x.hea").read_bytes()


def test_labels_and_recordings_of_ones_own_are_read(tmp_path):
    recording = simulate(1, 1, stratum="control", severity=0.0).recording
    for source_format in ("wfdb", "csv", "muse", "dicom"):
        for name, content in example_files(recording, source_format, source_format).items():
            (tmp_path / name).write_bytes(content)
    (tmp_path / "labels.csv").write_text("file,pe\nwfdb,1\ncsv,0\nmuse-muse,1\ndicom,0\n", encoding="utf-8")
    source = recordings_of(load_cohort(tmp_path))
    values, errors = read_each(source, source.rows.index, peaks)
    assert set(values) == {"wfdb", "csv", "muse-muse", "dicom"}
    assert errors == {}


@pytest.mark.parametrize("table", ["labels.csv", "ecg.csv"])
def test_rate_and_unit_that_a_file_leaves_open_are_told_by_the_cohort(tmp_path, table):
    recording = simulate(1, 1, stratum="control", severity=0.0, rate_hz=250).recording
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", recording.signal * 1000)
    (tmp_path / "labels.csv").write_text("patient_id,pe\na,1\nb,0\n", encoding="utf-8")
    column = "pe" if table == "labels.csv" else "path"
    rows = ("a,1,250,uV", "b,0,,") if column == "pe" else ("a,a.npy,250,uV", "b,b.npy,,")
    lines = [f"patient_id,{column},rate_hz,unit", *rows, ""]
    (tmp_path / table).write_text("\n".join(lines), encoding="utf-8")
    source = recordings_of(load_cohort(tmp_path))
    told, guessed = source.read("a"), source.read("b")
    assert (told.rate_hz, guessed.rate_hz) == (250, 500)
    np.testing.assert_allclose(told.signal, recording.signal, atol=1e-5)
    bare = replace(source, rows=source.rows.drop(columns="rate_hz"))
    assert recordings_digest(bare, ["a"]) != recordings_digest(source, ["a"])


@needs_data
def test_a_folder_of_real_recordings_and_labels_is_a_cohort(tmp_path):
    headers = sorted((DATA / "ecg-wfdb").glob("*.hea"))
    for path in (DATA / "ecg-wfdb").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    rows = [f"{path.stem},{number % 2}" for number, path in enumerate(headers)]
    (tmp_path / "labels.csv").write_text("\n".join(["patient_id,pe", *rows, ""]), encoding="utf-8")
    cohort = load_cohort(tmp_path)
    source = recordings_of(cohort)
    values, errors = read_each(source, source.rows.index, peaks)
    assert cohort.notes == ()
    assert len(values) == len(headers)
    assert errors == {}
