from __future__ import annotations

from dataclasses import replace

import pytest

from core.cohort.folder import load_cohort
from core.ecg.simulator import simulate
from core.ecg.writing import compact_files
from core.errors import CohortError, RecordingError
from core.recordings import recordings_of
from tests.cohort.mimic_iv.fabricated import at, visit_id

ROW, LYSIS = str(visit_id(1)), f"{visit_id(1)}-lysis"


@pytest.fixture
def archive(tmp_path):
    """A MIMIC-IV-ECG copy: call it with the hours of one person's recordings, or with a name to leave its file out."""
    folder = tmp_path / "mimic-iv-ecg"
    files = compact_files(simulate(0, 1, stratum="control", severity=0.0).recording, "template", "made up")

    def make(*hours, missing=()):
        folder.mkdir(exist_ok=True)
        lines = ["subject_id,study_id,file_name,ecg_time,path"]
        for number, hour in enumerate(hours):
            stem = f"4000000{number}"
            path = f"files/p1000/p1/s{stem}/{stem}"
            lines.append(f"1,{stem},{stem},{at(hour)},{path}")
            if number in missing:
                continue
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                written = content.replace(b"template", stem.encode()) if name.endswith(".hea") else content
                (folder / path).with_name(name.replace("template", stem)).write_bytes(written)
        (folder / "record_list.csv").write_text("\n".join(lines) + "\n")
        return folder

    return make


def paths(cohort):
    found = cohort.recordings["path"] if cohort.recordings is not None else []
    return [(str(row), path.rpartition("/")[2]) for row, path in found.items()]


def test_the_last_recording_of_the_window_is_linked_and_read_in_place(hospital, built, archive):
    hospital.embolism(1)
    cohort = built(hospital, ecg=archive(-5, 1, 3, 7))
    assert paths(cohort) == [(ROW, "40000002.hea")]
    assert not (cohort.folder / "files").exists()
    source = recordings_of(cohort)
    assert source.read("40000002").signal.shape == (12, 5000)


def test_all_recordings_of_the_window_if_asked_for(hospital, built, archive):
    hospital.embolism(1)
    cohort = built(hospital, ecg=archive(-5, 1, 3, 7), recordings="all")
    assert paths(cohort) == [(ROW, "40000001.hea"), (ROW, "40000002.hea")]
    assert cohort.recordings["acquired_at"].tolist() == [at(1), at(3)]


def test_a_recording_that_two_rows_share_belongs_to_the_outcome(hospital, built, archive):
    hospital.lysed(1)
    cohort = built(hospital, ecg=archive(1, 3), recordings="all")
    assert paths(cohort) == [(LYSIS, "40000000.hea"), (LYSIS, "40000001.hea")]
    flow = (cohort.folder / "flow.csv").read_text().splitlines()
    assert "diagnosis,with_recording,of_these,admissions,0,0" in flow
    assert "outcome,with_recording,of_these,followed,1,1" in flow


def test_recordings_listed_but_not_there_are_left_out(hospital, built, archive):
    hospital.embolism(1)
    assert built(hospital, ecg=archive(3, missing=(0,))).recordings is None


def test_a_path_does_not_lead_out_of_the_archive(hospital, built, archive, tmp_path):
    hospital.embolism(1)
    cohort = built(hospital, ecg=archive(3))
    (tmp_path / "secret.hea").write_text("x")
    (tmp_path / "mimic-iv-ecg" / "link.hea").symlink_to(tmp_path / "secret.hea")
    listed = cohort.folder / "ecg.csv"
    listed.write_text(listed.read_text().replace("files/p1000/p1/s40000000/40000000.hea", "link.hea"))
    with pytest.raises(RecordingError):
        recordings_of(load_cohort(cohort.folder)).read("link")


def test_a_cohort_keeps_its_own_folder_without_an_absolute_place(hospital, built, archive):
    hospital.embolism(1)
    cohort = built(hospital, ecg=archive(3))
    relative = replace(cohort, about=replace(cohort.about, signals=None))
    assert relative.recordings_folder == cohort.folder
    about = cohort.folder / "cohort.toml"
    about.write_text(about.read_text().replace(str(cohort.recordings_folder), "../elsewhere"))
    assert load_cohort(cohort.folder).recordings_folder == cohort.folder


def test_a_folder_without_a_list_of_recordings_is_refused_before_anything_is_read(hospital, built, tmp_path):
    hospital.embolism(1)
    with pytest.raises(CohortError, match=r"record_list\.csv"):
        built(hospital, ecg=tmp_path)
