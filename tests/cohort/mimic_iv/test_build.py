from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.cohort.folder import load_cohort
from core.cohort.mimic_iv import Options, build
from core.cohort.mimic_iv.stating import options_of, settings
from core.errors import CohortError, TrainingError
from core.training import train
from tests.cohort.mimic_iv.fabricated import Hospital, visit_id

FILES = {
    "cohort.toml",
    "ehr.csv",
    "labels.csv",
    "flow.csv",
    "table_one.csv",
    "variables.csv",
    "definitions.txt",
}


@pytest.fixture
def small_hospital() -> Hospital:
    """One lysed, one embolism, one control, with some values."""
    hospital = Hospital()
    hospital.lysed(1)
    hospital.embolism(2)
    hospital.person(3)
    hospital.lab(3, 50915, 1, 300, "ng/mL")
    for person in (1, 2, 3):
        hospital.lab(person, 51222, 2, 10 + person, "g/dL")
        hospital.chart(person, 220045, 2, 80 + person)
    return hospital


def tables_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_is_a_cohort_with_its_flow_table_one_and_definitions(small_hospital, built):
    cohort = built(small_hospital)
    assert {path.name for path in cohort.folder.iterdir()} == FILES
    assert not cohort.about.synthetic
    assert set(cohort.labels.index) == {*(str(visit_id(n)) for n in (1, 2, 3)), f"{visit_id(1)}-lysis"}
    assert sorted(cohort.labelled("diagnosis")) == [0, 1, 1]
    assert sorted(cohort.labelled("outcome")) == [0]


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_every_form_of_the_tables_gives_the_same_bytes(small_hospital, tmp_path, form):
    for name in ("csv", form):
        build(small_hospital.write(tmp_path / f"mimic-{name}", name), tmp_path / f"out-{name}")
    assert tables_in(tmp_path / "out-csv") == tables_in(tmp_path / f"out-{form}")


def test_the_flow_adds_up(small_hospital, built):
    flow = pd.read_csv(built(small_hospital).folder / "flow.csv").set_index(["part", "step"])["admissions"]
    diagnosis, outcome, drug = flow["diagnosis"], flow["outcome"], flow["lytic_drug"]
    assert diagnosis["embolism"] - diagnosis["embolism_ended"] == diagnosis["cases"]
    left = diagnosis[["suspected_with_code", "suspected_ended"]].sum()
    assert diagnosis["suspected"] - left == diagnosis["controls"]
    reasons = ["local", "small_dose", "slow", "not_given"]
    assert outcome["embolism"] - outcome[["no_lytic", *reasons]].sum() == outcome["systemic"]
    assert outcome["systemic"] - outcome["lysis_ended"] == outcome["followed"]
    assert outcome[["outcome_none", "outcome_death", "outcome_bleeding"]].sum() == outcome["followed"]
    assert drug[[*reasons, "systemic"]].sum() == drug["any_lytic"]


def test_training_on_so_few_says_so(small_hospital, built, tmp_path):
    with pytest.raises(TrainingError, match="at least 5"):
        train(built(small_hospital), "diagnosis", "ehr", tmp_path / "models")


def assert_refused(hospital, tmp_path, match, change=lambda folder: None, **options):
    """Build after a change that must be refused; nothing may be left beside the tables."""
    mimic = hospital.write(tmp_path / "mimic", "csv.gz")
    change(mimic)
    (tmp_path / "result").mkdir()
    with pytest.raises(CohortError, match=match) as caught:
        build(mimic, tmp_path / "result" / "cohort", None, Options(**options))
    assert list((tmp_path / "result").iterdir()) == []
    assert "\n" not in str(caught.value)


def test_missing_tables_are_named_together(small_hospital, tmp_path):
    def change(folder):
        (folder / "hosp/labevents.csv.gz").unlink()
        (folder / "icu/chartevents.csv.gz").unlink()

    assert_refused(small_hospital, tmp_path, "hosp/labevents, icu/chartevents", change)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(CohortError, match="no such folder"):
        build(tmp_path / "nowhere", tmp_path / "cohort")


def test_mimic_iv_1_is_told_by_its_core_folder(small_hospital, tmp_path):
    def change(folder):
        (folder / "core").mkdir()
        (folder / "hosp/patients.csv.gz").rename(folder / "core/patients.csv.gz")

    assert_refused(small_hospital, tmp_path, r"MIMIC-IV 1\.0", change)


def rename(folder, table, old, new):
    path = folder / f"hosp/{table}.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(old, new, 1)))


def test_mimic_iv_1_is_told_by_its_column_names(small_hospital, tmp_path):
    assert_refused(
        small_hospital,
        tmp_path,
        r"MIMIC-IV 1\.0.*ethnicity",
        lambda folder: rename(folder, "admissions", b",race,", b",ethnicity,"),
    )


def test_missing_columns_are_named(small_hospital, tmp_path):
    assert_refused(
        small_hospital,
        tmp_path,
        "columns valuenum are missing",
        lambda folder: rename(folder, "labevents", b",valuenum,", b",number,"),
    )


def test_mimic_iii_is_told(tmp_path):
    (tmp_path / "mimic").mkdir()
    (tmp_path / "mimic/ADMISSIONS.csv.gz").write_bytes(b"")
    with pytest.raises(CohortError, match="MIMIC-III"):
        build(tmp_path / "mimic", tmp_path / "cohort")


@pytest.mark.parametrize("table", ["hosp/labevents", "icu/chartevents", "hosp/emar", "hosp/patients"])
def test_a_truncated_file_is_one_sentence(small_hospital, tmp_path, table):
    for number in range(3000):
        small_hospital.lab(1, 51222, number / 1000, 10 + number % 7, "g/dL")
        small_hospital.chart(1, 220045, number / 1000, 80 + number % 7)
        small_hospital.bedside(1, number / 100, f"Drug {number * 7919 % 997}")

    def change(folder):
        path = folder / f"{table}.csv.gz"
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])

    assert_refused(small_hospital, tmp_path, "cut off or damaged", change)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom rights can stop")
def test_a_file_without_permission_is_one_sentence(small_hospital, tmp_path):
    assert_refused(
        small_hospital, tmp_path, "no permission", lambda folder: (folder / "hosp/emar.csv.gz").chmod(0)
    )


def test_permission_denied_is_one_sentence(small_hospital, tmp_path, monkeypatch):
    opened = Path.open

    def refuse(self, *args, **kwargs):
        if self.name.startswith("emar.") and "mimic" in self.parts[-3]:
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **kwargs)

    def change(folder):
        monkeypatch.setattr(Path, "open", refuse)

    assert_refused(small_hospital, tmp_path, "no permission", change)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_sentence(small_hospital, tmp_path, monkeypatch):
    from core.cohort.mimic_iv import laboratory

    monkeypatch.setattr(laboratory, "SMALL", "../../full")
    (tmp_path / "full").symlink_to("/dev/full")
    assert_refused(small_hospital, tmp_path, "disk is full")


def test_a_disk_that_fills_up_at_the_end_leaves_nothing(small_hospital, tmp_path, monkeypatch):
    from core.cohort.mimic_iv import saving

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    assert_refused(
        small_hospital,
        tmp_path,
        "No space left on device",
        lambda folder: monkeypatch.setattr(saving, "write_rows", full),
    )


def test_an_interrupted_build_leaves_nothing_and_the_next_starts_clean(small_hospital, tmp_path):
    mimic = small_hospital.write(tmp_path / "mimic")
    out = tmp_path / "result" / "cohort"

    def interrupt(stage, share):
        if stage == "chartevents":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(mimic, out, progress=interrupt)
    assert list(out.parent.iterdir()) == []
    # as if the machine had gone down in the middle of it
    (out.parent / ".cohort-building").mkdir()
    (out.parent / ".cohort-building" / "laboratory.parquet").write_bytes(b"half")
    build(mimic, out)
    assert [path.name for path in out.parent.iterdir()] == ["cohort"]


def test_a_folder_with_something_in_it_is_not_touched(small_hospital, tmp_path):
    mimic = small_hospital.write(tmp_path / "mimic")
    (tmp_path / "cohort").mkdir()
    (tmp_path / "cohort" / "mine.txt").write_text("mine")
    with pytest.raises(CohortError, match="already holds something"):
        build(mimic, tmp_path / "cohort")
    assert [path.name for path in (tmp_path / "cohort").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("pe_position", "second"),
        ("variant", "surgery"),
        ("controls", "x"),
        ("recordings", "two"),
        ("hours", 0),
        ("bleeding", "timi"),
    ],
)
def test_unknown_options_are_refused(option, value):
    with pytest.raises(CohortError, match=option.replace("_", "-")):
        Options(**{option: value})


def run(*arguments):
    command = [sys.executable, "-m", "core", "mimic-iv", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=False)


def test_the_command_tells_the_rules_before_and_the_definitions_after(small_hospital, tmp_path):
    mimic = small_hospital.write(tmp_path / "mimic")
    done = run("--mimic", mimic, "--out", tmp_path / "cohort", "--variant", "anticoagulation")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0].startswith("MIMIC-IV and MIMIC-IV-ECG are given to people")
    assert "Embolism: an ICD code I26.*" in done.stdout
    assert load_cohort(tmp_path / "cohort").about.name == "MIMIC-IV, anticoagulation"


def test_a_build_takes_no_time_to_load_pandas(small_hospital, tmp_path):
    mimic, out = small_hospital.write(tmp_path / "mimic", "parquet"), tmp_path / "cohort"
    code = (
        "import sys; from pathlib import Path; from core.cohort.mimic_iv import build;"
        "build(Path(sys.argv[1]), Path(sys.argv[2])); print({'pandas', 'pyarrow'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(mimic), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True)
    assert done.stdout.strip() == "set()"


def test_the_command_ends_in_one_line_when_the_tables_are_at_fault(tmp_path):
    done = run("--mimic", tmp_path, "--out", tmp_path / "cohort")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "tables of MIMIC-IV are missing" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "options", [Options(), Options("primary", "anticoagulation", "none", 12, "all", "any-criterion")]
)
def test_the_settings_line_can_be_read_back(options):
    assert options_of(settings(options)) == options


@pytest.mark.parametrize("line", ["", "seed 3, preset x", "pe-position last, variant x, controls y, hours z"])
def test_another_line_has_no_options(line):
    assert options_of(line) is None
