"""Processes killed at random moments of training, adopting and building: what stands must serve, every time.

Each process says when it is ready, then does its work again and again until it is killed. Afterwards every model and
every cohort that can be seen must open, be what was saved, and fit those that it belongs with.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.adoption import adopt, fusion_resting_on
from core.artifacts import artifact_name, list_artifacts, load_artifact, save_artifact, verify_all
from core.benchmark.figure import Figure, Scale, figure
from core.cohort.folder import Cohort, load_cohort, save_cohort, synthetic_cohort
from core.cohort.synthetic import generate
from core.ehr.tuning import Settings
from core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.artifacts import Artifact

_TASK, _PATIENTS, _SEED = "diagnosis", 300, 0
_MODALITIES = ("ehr", "ecg", "fusion")
_SPANS_S = {"train": 4.0, "adopt": 0.4, "build": 1.0}
_QUICK = Settings(
    n_folds=2, depths=(1,), strengths=(0.3,), most_rounds=5, n_trees=2, max_iterations=1, fold_trees=2
)


def kills(scale: Scale) -> list[Figure]:
    """Kill ``scale.kills`` processes; not one broken start is what is allowed."""
    draw, broken, done = np.random.default_rng(_SEED), 0, dict.fromkeys(_SPANS_S, 0)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _begin(folder)
        for number in range(scale.kills):
            work = tuple(_SPANS_S)[number % len(_SPANS_S)]
            _kill_one(folder, work, draw.uniform(0, _SPANS_S[work]))
            done[work] += 1
            broken += not _serves(folder)
    detail = ", ".join(f"{n} of {work}" for work, n in done.items())
    return [figure("kills_broken_starts", broken, "starts", f"{scale.kills} kills: {detail}", at_most=0)]


def _begin(folder: Path) -> None:
    """Lay out a cohort, the models in use, and two sets that take turns in being adopted."""
    save_cohort(_cohort(), folder / "cohort")
    for name in ("first", "second", "used"):
        _joined_models(folder / name, name)


def _cohort() -> Cohort:
    return synthetic_cohort(generate(_PATIENTS, _SEED))


def _joined_models(root: Path, word: str) -> None:
    """Three models that belong together; what they hold does not matter, that it is whole does."""
    bases: dict[str, dict[str, str]] = {}
    for modality in _MODALITIES:
        manifest = {"task": "outcome", "modality": modality, "word": word, "bases": bases}
        content = {f"{n}.bin": f"{word} {n}".encode() * 20_000 for n in range(4)}
        model = save_artifact(root, artifact_name("outcome", modality), content, manifest, {})
        bases = {**bases, modality: {"digest": model.digest}}


def _kill_one(folder: Path, work: str, after_s: float) -> None:
    command = [sys.executable, "-m", "core.benchmark.kills", work, str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.kill()


def _serves(folder: Path) -> bool:
    """Whether a start now finds everything whole: all models that were there, and every cohort in sight."""
    used = folder / "used"
    try:
        whole = all(one["ok"] for one in verify_all(used))
        words = {load_artifact(used / artifact_name("outcome", one)).manifest["word"] for one in _MODALITIES}
        rests = fusion_resting_on(used, "outcome-ehr") is not None
        for cohort in folder.glob("built-*"):
            load_cohort(cohort)
            shutil.rmtree(cohort)  # seen once: the next kill leaves others
    except InputError:
        return False
    return whole and rests and len(words) == 1 and len(list_artifacts(used)) >= len(_MODALITIES)


def _train(folder: Path) -> None:
    from core.training import train

    train(load_cohort(folder / "cohort"), _TASK, "ehr", folder / "used", _QUICK)


def _adopt(folder: Path) -> None:
    for name in ("first", "second"):
        models: list[Artifact] = [
            load_artifact(folder / name / artifact_name("outcome", one)) for one in _MODALITIES
        ]
        adopt(models, folder / "used")


def _build(folder: Path) -> None:
    place = next(one for n in itertools.count() if not (one := folder / f"built-{n}").exists())
    save_cohort(load_cohort(folder / "cohort"), place)


def main() -> None:
    """Do one kind of work for ever; the parent ends it."""
    work, folder = sys.argv[1], Path(sys.argv[2])
    if work == "train":
        from core import training  # noqa: F401 - what takes long to load is loaded before the word
    does: dict[str, Callable[[Path], None]] = {"train": _train, "adopt": _adopt, "build": _build}
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        does[work](folder)


if __name__ == "__main__":
    main()
