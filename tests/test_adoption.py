from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import _artifact_places as places
from core.adoption import adopt, fusion_resting_on, in_use, previous, way_back
from core.artifacts import MANIFEST, list_artifacts, load_artifact, save_artifact, verify_all
from core.errors import ArtifactError

ROOT = Path(__file__).parents[1]
NAMES = ("outcome-ehr", "outcome-ecg", "outcome-fusion")


def saved(root: Path, seed: int) -> list:
    """Three models that belong together, as training leaves them; their content tells the seed."""
    models, bases = [], {}
    for name in NAMES:
        task, modality = name.split("-")
        manifest = {"task": task, "modality": modality, "seed": seed}
        if modality == "fusion":
            manifest["bases"] = {key: {"digest": digest} for key, digest in bases.items()}
        model = save_artifact(root, name, {"model.json": b"%d\n" % seed}, manifest, {"seconds": seed})
        bases[modality] = model.digest
        models.append(model)
    return models


def seeds(root: Path) -> set[int]:
    """Seeds of the models that serve, each checked against its manifest."""
    assert all(one["ok"] for one in verify_all(root))
    return {load_artifact(root / name).manifest["seed"] for name in NAMES}


def test_adopted_models_serve_and_go_back_together(tmp_path):
    used = tmp_path / "used"
    before, after = saved(used, 1), saved(tmp_path / "run", 2)
    adopt(after, used)
    assert seeds(used) == {2}
    assert [load_artifact(used / name).digest for name in NAMES] == [model.digest for model in after]
    adopt(way_back(used, "outcome-fusion"), used)
    assert seeds(used) == {1}
    assert [load_artifact(used / name).digest for name in NAMES] == [model.digest for model in before]
    adopt(way_back(used, "outcome-ehr"), used)  # there and back again: the record takes its fusion along
    assert seeds(used) == {2}


def test_a_first_model_is_adopted_and_has_no_way_back(tmp_path):
    models = saved(tmp_path / "run", 1)
    adopt(models[:1], tmp_path / "used")
    assert in_use(tmp_path / "used", "outcome-ehr").digest == models[0].digest
    assert previous(tmp_path / "used", "outcome-ehr") is None
    assert way_back(tmp_path / "used", "outcome-ehr") == []


def test_a_single_model_goes_back_alone_where_no_fusion_rests_on_it(tmp_path):
    used = tmp_path / "used"
    first, second = saved(used, 1), saved(tmp_path / "run", 2)
    assert fusion_resting_on(used, "outcome-ehr").digest == first[2].digest
    adopt(second[:1], used)
    assert fusion_resting_on(used, "outcome-ehr") is None
    assert [model.digest for model in way_back(used, "outcome-ehr")] == [first[0].digest]


def test_an_altered_model_is_not_adopted(tmp_path):
    used = tmp_path / "used"
    saved(used, 1)
    after = saved(tmp_path / "run", 2)
    (after[2].folder / "model.json").write_bytes(b"3\n")
    with pytest.raises(ArtifactError, match=r"model\.json"):
        adopt(after, used)
    assert seeds(used) == {1}


def test_a_manifest_altered_since_it_was_opened_is_not_adopted(tmp_path):
    after = saved(tmp_path / "run", 2)
    (after[0].folder / MANIFEST).write_bytes(b"{}")
    with pytest.raises(ArtifactError, match="manifest"):
        adopt(after[:1], tmp_path / "used")
    assert list_artifacts(tmp_path / "used") == []


@pytest.mark.parametrize("fails", ["write", "rename"])
def test_a_full_disk_or_a_read_only_folder_leaves_what_serves(tmp_path, monkeypatch, fails):
    used = tmp_path / "used"
    saved(used, 1)
    after = saved(tmp_path / "run", 2)
    calls = []

    def refuse(*_: object) -> None:
        calls.append(1)
        if len(calls) >= 2:
            raise OSError(28, "No space left on device")

    if fails == "write":
        monkeypatch.setattr(places.os, "fsync", refuse)
    else:
        real = places.swap
        monkeypatch.setattr(places, "swap", lambda new, place: (refuse(), real(new, place)))
    with pytest.raises(ArtifactError, match="No space left"):
        adopt(after, used)
    assert seeds(used) == {1}
    assert [path.name for path in used.iterdir() if "-new-" in path.name] == []


def test_a_list_that_is_not_ours_moves_nothing(tmp_path):
    used = tmp_path / "used"
    saved(used, 1)
    outside = tmp_path / "outside"
    outside.mkdir()
    (used / places.LIST).write_text(json.dumps({"outcome-ehr": "../outside", "x": ".outcome-ehr-new-a/../y"}))
    assert seeds(used) == {1}
    assert outside.is_dir()
    assert not (used / places.LIST).exists()


ADOPT = """
import os
import signal
import sys
from pathlib import Path
from core.adoption import adopt
from core.artifacts import load_artifact
run, used = Path(sys.argv[1]), Path(sys.argv[2])
models = [load_artifact(run / name) for name in sys.argv[4].split(",")]
left = int(sys.argv[3])


def count(event, arguments):
    # every call that changes the folder is a moment to be killed at
    global left
    if event in {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "shutil.rmtree"}:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(count)
adopt(models, used)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process like that")
def test_an_adoption_killed_at_any_step_leaves_one_state_or_the_other(tmp_path):
    used = tmp_path / "used"
    saved(used, 1)
    runs = {seed: tmp_path / f"run{seed}" for seed in (1, 2)}
    for seed, run in runs.items():
        saved(run, seed)
    draw = random.Random(0)
    killed = 0
    for _ in range(6):
        wanted = 3 - seeds(used).pop()
        arguments = [str(runs[wanted]), str(used), str(draw.randrange(4, 75)), ",".join(NAMES)]
        done = subprocess.run([sys.executable, "-c", ADOPT, *arguments], check=False, cwd=ROOT)
        killed += done.returncode == -signal.SIGKILL
        assert done.returncode in {0, -signal.SIGKILL}
        assert len(seeds(used)) == 1
        assert not (used / places.LIST).exists()
    assert killed >= 3
