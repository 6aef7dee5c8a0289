from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import core.training
from core.__main__ import main
from core.artifacts import MANIFEST
from core.cohort.folder import restrict, save_cohort
from core.cohort.tables import write_table
from tests.conftest import SMALL

ROOT = Path(__file__).parents[1]


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capfd):
    """Run a command in this process, as a terminal would, with small settings."""

    def of(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["core", *map(str, arguments)])
        monkeypatch.setattr(core.training, "settings_of", lambda _: SMALL)
        with pytest.raises(SystemExit) as end:
            main()
        told = capfd.readouterr()
        return Outcome(int(end.value.code or 0), told.out, told.err)

    return of


@pytest.fixture(scope="module")
def cohort(tiny, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cohorts") / "tiny"
    save_cohort(tiny, folder)
    return folder


def test_demo_writes_a_cohort_and_says_so_on_standard_error(run, tmp_path):
    done = run("demo", "--out", tmp_path / "c", "--patients", 150, "--no-ecg")
    assert (done.code, done.out) == (0, "")
    assert "150 synthetic patients" in done.err
    with (tmp_path / "c" / "ehr.csv").open(encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 151


def test_train_prints_one_json_document_and_nothing_else(run, cohort, tmp_path):
    done = run("train", "--cohort", cohort, "--task", "outcome", "--out", tmp_path / "a", "--json")
    assert done.code == 0
    (told,) = json.loads(done.out)
    assert (told["task"], told["modality"], told["seed"]) == ("outcome", "ehr", 0)
    assert told["artifact"] == str(tmp_path / "a" / "outcome-ehr")
    assert list(told["metrics"]["classes"]) == ["none", "death", "bleeding"]
    assert "outcome-ehr" in done.err  # progress
    assert "Splitting" in done.err


def test_train_without_a_task_trains_all_that_the_cohort_allows(run, cohort, tmp_path):
    done = run("train", "--cohort", cohort, "--out", tmp_path, "--seed", 3)
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines() if not line.startswith(" ")] == [
        "diagnosis-ehr",
        "outcome-ehr",
    ]


def test_evaluate_shows_every_model(run, trained):
    told = json.loads(run("evaluate", "--artifacts", trained, "--json").out)
    assert [one["task"] for one in told] == ["diagnosis", "outcome"]
    done = run("evaluate", "--artifacts", trained)
    assert done.code == 0
    assert "bleeding" in done.out


def test_predict_serves_every_saved_model_and_keeps_the_contracts_keys(run, trained, tiny, tmp_path):
    table = restrict(tiny, "outcome")[0]
    write_table(table, tmp_path / "new.csv")
    done = run("predict", "--artifacts", trained, "--ehr", tmp_path / "new.csv", "--json")
    entries = json.loads(done.out)
    assert done.code == 0
    assert len(entries) == 2 * len(table.frame)
    outcome = [one for one in entries if one["task"] == "outcome"]
    assert [one["patient_id"] for one in outcome] == list(table.frame.index)
    assert list(outcome[0]["probabilities"]) == ["none", "death", "bleeding"]
    assert {one["modality"] for one in entries} == {"ehr"}
    assert list(entries[0]["probabilities"]) == ["no_pe", "pe"]
    lines = run("predict", "--artifacts", trained, "--ehr", tmp_path / "new.csv", "--task", "outcome").out
    assert len(lines.splitlines()) == len(table.frame)


def test_impute_fills_every_gap_and_leaves_the_rest(run, tiny, tmp_path):
    write_table(tiny.table, tmp_path / "gaps.csv")
    done = run("impute", "--ehr", tmp_path / "gaps.csv", "--out", tmp_path / "full.csv", "--json")
    told = json.loads(done.out)
    with (
        (tmp_path / "gaps.csv").open(encoding="utf-8") as gaps,
        (tmp_path / "full.csv").open(encoding="utf-8") as full,
    ):
        before, after = list(csv.reader(gaps)), list(csv.reader(full))
    assert done.code == 0
    assert len(after) == len(before) == told["n_rows"] + 1
    assert not any(cell == "" for row in after for cell in row)
    changed = sum(
        a != b for old, new in zip(before, after, strict=True) for a, b in zip(old, new, strict=True)
    )
    assert changed == told["n_imputed"]
    assert all(
        cell in ("", filled)
        for old, new in zip(before, after, strict=True)
        for cell, filled in zip(old, new, strict=True)
    )
    assert set(tmp_path.iterdir()) == {tmp_path / "gaps.csv", tmp_path / "full.csv"}


def test_verify_is_content_with_what_was_saved_and_ends_with_two_otherwise(run, trained, tmp_path):
    copy = tmp_path / "a"
    shutil.copytree(trained, copy)
    intact = run("verify", "--artifacts", copy, "--json")
    assert intact.code == 0
    assert all(one["ok"] for one in json.loads(intact.out))
    (copy / "outcome-ehr" / "trees.ubj").write_bytes(b"{L")
    broken = run("verify", "--artifacts", copy, "--json")
    assert broken.code == 2
    assert [one["ok"] for one in json.loads(broken.out)] == [True, False]
    assert len(broken.err.splitlines()) == 1
    (copy / "outcome-ehr" / MANIFEST).unlink()
    assert run("verify", "--artifacts", copy).code == 2


def broken(path: Path, content: str = "") -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("train --cohort {none}", "no such folder"),
        ("train --cohort {cohort} --task prognosis", "diagnosis, outcome"),
        ("train --cohort {cohort} --modality genome --out {none}", "available are: ehr"),
        ("train --cohort {cohort} --task diagnosis --out {file}", "cannot be saved"),
        ("train --cohort {unlabelled} --task diagnosis", "diagnosis"),
        ("train --cohort {unlabelled}", "at least 5"),
        ("train --seed -1", "--seed"),
        ("train --seed 4294967296", "--seed"),
        ("train --speed 3", "--speed"),
        ("evaluate --artifacts {none}", "train first"),
        ("predict", "--ehr FILE"),
        ("predict --ehr {none} --artifacts {trained}", "no such file"),
        ("predict --ehr {file} --artifacts {trained}", "file"),
        ("predict --ehr {cohort} --artifacts {trained}", "this is a folder"),
        ("ecg {cohort}", "this is a folder"),
        ("scores --ehr {cohort}", "this is a folder"),
        ("predict --ehr {ehr} --artifacts {none}", "train first"),
        ("predict --ehr {ehr} --artifacts {trained} --task ../outcome", "no such task"),
        ("impute --ehr {file} --out {none}", "file"),
        ("impute --ehr {ehr} --out {file}/x.csv", "cannot be written"),
        ("demo --out {cohort}", "already holds"),
        ("demo --out {none} --patients 3", "at least 20"),
        ("demo --out {none} --preset nowhere", "mixed-registry"),
        ("demo --out {none} --patients many", "--patients"),
        ("demo", "--out"),
        ("nothing", "nothing"),
        ("verify --artifacts {none}", "train first"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_two(run, cohort, trained, tmp_path, command, said):
    places = {
        "none": tmp_path / "none",
        "cohort": cohort,
        "trained": trained,
        "ehr": cohort / "ehr.csv",
        "file": broken(tmp_path / "file", "\n"),
        "unlabelled": tmp_path / "unlabelled",
    }
    shutil.copytree(cohort, places["unlabelled"])
    broken(places["unlabelled"] / "labels.csv", "patient_id,outcome\nS000001,none\nS000003,bleeding\n")
    done = run(*command.format(**places).split())
    assert done.code == 2
    assert done.out == ""
    # progress may stand before it where the place to save turns out to be none
    lines = [line for line in done.err.splitlines() if "%" not in line]
    assert len(lines) == 1
    assert said in lines[0]
    assert "Traceback" not in done.err


def test_ctrl_c_ends_with_the_customary_code_and_leaves_nothing(run, cohort, tmp_path, monkeypatch):
    import core.training

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(core.training, "fit_ehr", stopped)
    done = run("train", "--cohort", cohort, "--task", "diagnosis", "--out", tmp_path / "a")
    assert done.code == 130
    assert "Traceback" not in done.err
    assert not (tmp_path / "a").exists()


def test_too_little_memory_is_said(run, cohort, monkeypatch):
    import core.training

    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(core.training, "fit_ehr", too_much)
    done = run("train", "--cohort", cohort, "--task", "diagnosis")
    assert done.code == 2
    assert "memory" in done.err


def test_without_a_command_the_commands_are_listed(run):
    done = run()
    assert done.code == 0
    assert all(name in done.out for name in ("demo", "train", "evaluate", "predict", "impute", "verify"))


def test_a_fresh_process_with_a_reader_that_goes_away(trained):
    # a pipe nobody reads any more: `python -m core evaluate --json | head -0`
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "core", "evaluate", "--artifacts", str(trained), "--json"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_a_fresh_process_answers_in_utf_8_whatever_the_terminal(tmp_path):
    place = tmp_path / "队列"
    done = subprocess.run(
        [sys.executable, "-m", "core", "train", "--cohort", str(place), "--task", "outcome"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "gb18030"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "队列: no such folder" in done.stderr.decode("utf-8")


def test_a_folder_name_that_is_no_utf_8_is_no_obstacle(run, tiny, cohort, tmp_path):
    name = os.fsdecode("数据".encode("gb18030"))
    try:
        shutil.copytree(cohort, tmp_path / name)
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    (tmp_path / name / "cohort.toml").unlink()
    done = run("train", "--cohort", tmp_path / name, "--task", "diagnosis", "--out", tmp_path / "a", "--json")
    assert done.code == 0
    assert "?" in json.loads(done.out)[0]["cohort"]["name"]


def test_a_recording_is_read_on_the_command_line(run, tmp_path):
    import numpy as np

    from core.ecg.recording import Recording
    from core.ecg.writing import write_examples

    beat = np.zeros((12, 5000), dtype=np.float32)
    time = np.arange(5000) / 500
    for lead in range(12):
        beat[lead] = (1 + 0.1 * lead) * np.exp(-(((time % 0.8) - 0.4) ** 2) / (2 * 0.012**2))
    write_examples(tmp_path, Recording(beat, 500.0, "npy"))
    ended = run("ecg", next(tmp_path.rglob("*.csv")), "--json")
    found = json.loads(ended.out)
    assert ended.code == 0
    wanted = {"rate_hz", "n_samples", "duration_s", "leads", "source_format", "quality", "signs", "scores"}
    assert wanted <= set(found)
    assert abs(found["heart_rate_bpm"] - 75) < 1
