from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from core.artifacts import list_artifacts
from core.cohort.folder import load_cohort, save_cohort
from core.errors import TrainingError
from core.training_run import CHOICES, QUICK, Request, Runner, defaults, read_told
from core.training_run.folders import own_folder
from core.training_run.told import FILE, Teller
from core.training_run.work import COHORT

if TYPE_CHECKING:
    from pathlib import Path

TINY = {"ehr": {"n_folds": 2, "most_rounds": 10, "n_trees": 5, "fold_trees": 3}}
LONG = {"ehr": {"n_folds": 10, "most_rounds": 2000, "n_trees": 300, "fold_trees": 100}}
WAIT_S = 120


def asked(**changes: object) -> Request:
    known = {"task": "diagnosis", "modality": "ehr", "preset": "mixed-registry", "patients": 150}
    return Request(**{**known, "changes": TINY, **changes})


@pytest.fixture
def runner(tmp_path):
    found = Runner(tmp_path / "used", tmp_path / "runs")
    yield found
    found.close()


def packed(folder: Path, **more: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"mine/{path.relative_to(folder)}")
        for name, content in more.items():
            archive.writestr(f"mine/{name.replace('_', '.')}", content)
    return buffer.getvalue()


def gone(group: int) -> bool:
    """Whether no process of a group is left."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_run_leaves_a_model_and_tells_how_it_went(runner):
    run = runner.start(asked(), "a")
    assert run.wait(WAIT_S)
    assert (run.state, run.error) == ("done", None)
    told = run.told()
    assert (told.model, told.stage, told.share) == ("diagnosis-ehr", "save", 1.0)
    trials = [values for kind, values in told.figures if kind == "trial"]
    (model,) = run.models()
    assert [one["log_loss"] for one in trials] == [
        round(one["log_loss"], 6) for one in model.manifest["choice"]["trials"]
    ]
    assert model.manifest["settings"]["n_trees"] == TINY["ehr"]["n_trees"]
    assert list_artifacts(runner.in_use) == []  # nothing is adopted by itself


def test_who_asks_for_the_same_shares_a_run_and_who_asks_for_another_waits(runner):
    run = runner.start(asked(changes=LONG), "a")
    assert runner.start(asked(changes=LONG), "b") is run
    with pytest.raises(TrainingError, match="one at a time"):
        runner.start(asked(seed=1), "c")
    assert run.leave("a") is False
    assert run.state == "running"
    assert run.leave("b") is True
    assert run.state == "cancelled"
    assert gone(run.child.pid)
    assert run.models() == []
    assert runner.start(asked(seed=1), "c").request.seed == 1


def test_what_is_done_is_not_done_again_unless_a_folder_may_have_changed(runner, tmp_path, tiny):
    run = runner.start(asked(), "a")
    assert run.wait(WAIT_S)
    assert runner.start(asked(), "b") is run
    save_cohort(tiny, tmp_path / "cohort")
    mine = asked(source="folder", folder=str(tmp_path / "cohort"))
    first = runner.start(mine, "a")
    assert first.wait(WAIT_S)
    assert first.state == "done"
    assert runner.start(mine, "a") is not first


def test_an_upload_trains_the_same_model_as_its_folder_and_is_gone_afterwards(runner, tmp_path, tiny):
    save_cohort(tiny, tmp_path / "cohort")
    content = packed(tmp_path / "cohort")
    run = runner.start(asked(source="upload", upload="0" * 64), "a", content)
    assert run.wait(WAIT_S)
    assert run.state == "done", run.error
    assert run.models()[0].manifest["cohort_digest"] == load_cohort(tmp_path / "cohort").digest()
    assert not (run.folder / COHORT).exists()
    assert not any(content[:64] in path.read_bytes() for path in run.folder.rglob("*") if path.is_file())


def test_an_uploads_cohort_names_no_folder_of_the_server(runner, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.csv").write_text("I,II\n1,2\n")
    cohort = tmp_path / "cohort"
    cohort.mkdir()
    ids = [f"p{i}" for i in range(40)]
    (cohort / "labels.csv").write_text(
        "patient_id,pe\n" + "".join(f"{p},{i % 2}\n" for i, p in enumerate(ids))
    )
    (cohort / "ecg.csv").write_text("patient_id,path\n" + "".join(f"{p},{p}.csv\n" for p in ids))
    (cohort / "cohort.toml").write_text(f'name = "mine"\nsignals = "{secret}"\n')
    for one in ids:
        (secret / f"{one}.csv").write_text("I,II\n1,2\n")
    request = asked(source="upload", upload="1" * 64, modality="ecg", changes={})
    run = runner.start(request, "a", packed(cohort))
    assert run.wait(WAIT_S)
    assert run.state == "failed"
    assert str(secret) not in run.error.say("en")


def test_a_cohort_that_does_not_allow_it_is_one_sentence(runner, tmp_path):
    for folder in (str(tmp_path / "nowhere"), "~nobody-of-this-name/x\0y/nowhere"):
        missing = runner.start(asked(source="folder", folder=folder), "a")
        assert missing.wait(WAIT_S)
        assert missing.state == "failed"
        assert "nowhere" in missing.error.say("en")
    broken = runner.start(asked(source="upload", upload="2" * 64), "a", b"no archive")
    assert broken.wait(WAIT_S)
    assert broken.error.key == "errors_archive.broken"


def test_a_fusion_takes_the_single_model_in_use_that_fits(runner, tmp_path):
    first = runner.start(asked(changes={**TINY, "ecg": QUICK["ecg"] | {"epochs": 1, "least_steps": 1}}), "a")
    assert first.wait(WAIT_S)
    shutil.copytree(first.models()[0].folder, runner.in_use / "diagnosis-ehr")
    changes = {"ecg": {"n_folds": 2, "epochs": 1, "least_steps": 1, "rivals": 0}, "fusion": QUICK["fusion"]}
    run = runner.start(asked(modality="fusion", changes=changes), "a")
    assert run.wait(WAIT_S)
    assert run.state == "done", run.error
    assert [model.manifest["modality"] for model in run.models()] == ["ehr", "ecg", "fusion"]
    assert run.models()[0].digest == first.models()[0].digest
    assert {values["model"] for _, values in run.told().figures} == {"diagnosis-ecg"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process like that")
def test_killed_at_any_moment_a_run_leaves_nothing_to_adopt_and_the_next_one_works(runner, tmp_path, tiny):
    save_cohort(tiny, tmp_path / "cohort")
    content = packed(tmp_path / "cohort")
    draw = random.Random(1)
    for number in range(4):
        run = runner.start(asked(source="upload", upload=f"{number:064d}", changes=LONG), "a", content)
        time.sleep(draw.uniform(0, 3))
        os.kill(run.child.pid, signal.SIGKILL)
        assert run.wait(WAIT_S)
        assert run.state == "failed"
        assert run.error.key == "errors_training_run.died"
        assert not (run.folder / COHORT).exists()
        assert run.models() == []
        assert gone(run.child.pid)
    done = runner.start(asked(), "a")
    assert done.wait(WAIT_S)
    assert done.state == "done"


def test_when_the_server_is_gone_the_run_goes_too_and_leaves_nothing(runner, tmp_path):
    run = runner.start(asked(changes=LONG), "a")
    while not run.told().stage:
        time.sleep(0.05)
    run.child._process.stdin.close()  # as the system does for a process that ends
    assert run.wait(WAIT_S)
    assert gone(run.child.pid)
    assert not run.folder.exists()


def test_a_disk_without_room_is_one_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError, match="cannot start"):
        Runner(tmp_path / "used", tmp_path / "file").start(asked(), "a")


def test_what_is_discarded_leaves_no_file(runner):
    run = runner.start(asked(changes=LONG), "a")
    runner.discard(run.request.key)
    assert runner.current() is None
    assert not run.folder.exists()
    assert runner.get(run.request.key) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a killed server's lock cannot be told there")
def test_what_a_killed_server_left_is_removed_when_the_next_one_looks_at_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, alive = tmp_path / "pe-training-left", own_folder()
    left.mkdir()
    (left / "owner").write_bytes(b"")
    (left / "predictions.csv").write_text("patient_id\n7\n", encoding="utf-8")
    Runner(tmp_path / "used")
    assert not left.exists()
    assert alive.exists()


def test_half_written_lines_are_left_for_the_next_look(tmp_path):
    teller = Teller(tmp_path)
    teller.model = "outcome-ecg"
    teller.progress("network", 0.25)
    teller.figures("epoch", {"epoch": 1, "train_loss": 0.5, "watched_loss": float("nan")})
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"model": "outcome-ecg", "stage": "rivals", "sh')
    told = read_told(tmp_path)
    assert (told.model, told.stage, told.share) == ("outcome-ecg", "network", 0.25)
    assert told.figures == (("epoch", {"model": "outcome-ecg", "epoch": 1.0, "train_loss": 0.5}),)


@pytest.mark.parametrize(
    "changes",
    [
        {"task": "x"},
        {"modality": "x"},
        {"source": "x"},
        {"preset": "x"},
        {"patients": 10},
        {"seed": -1},
        {"source": "folder"},
        {"source": "upload"},
        {"changes": {"ehr": {"n_trees": 10**6}}},
        {"changes": {"ehr": {"seed": 1}}},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_asked_for_is_refused(changes):
    with pytest.raises(TrainingError):
        asked(**changes)


def test_the_default_settings_are_those_of_the_shipped_models():
    for modality, names in CHOICES.items():
        plain, same = asked(changes={}), asked(changes={modality: defaults(modality)})
        assert plain.settings(modality) == same.settings(modality)
        assert all(low <= defaults(modality)[name] <= high for name, (low, high) in names.items())


def test_a_request_is_read_back_with_the_same_key():
    assert Request.from_json(json.loads(json.dumps(asked().to_json()))) == asked()
    assert asked().key == asked().key != asked(seed=1).key
