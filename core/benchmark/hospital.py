"""A hospital's own table, with none of our names, through ``train`` as a child process: its time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.benchmark.figure import Figure, Scale, figure
from core.cohort.folder import CLASSES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Child:
    """What a child process took and said; peak memory in GB, None where the system does not tell it."""

    seconds: float
    processor_seconds: float | None
    peak: float | None
    code: int
    said: str
    complaint: str


_YES_NO = (("是", "否"), ("yes", "no"), ("Y", "N"), ("阳性", "阴性"))
_RATES = (0.82, 0.09, 0.09)
_NOT_MEASURABLE = "peak memory of a child process cannot be read on this system"


def hospital_table(scale: Scale) -> list[Figure]:
    """Train on a generated table of a hospital's kind; 15 minutes and 4 GB are what it may take."""
    with tempfile.TemporaryDirectory() as scratch:
        cohort, models = Path(scratch) / "cohort", Path(scratch) / "models"
        write_hospital_cohort(cohort, scale.hospital_rows, scale.hospital_columns)
        command = [sys.executable, "-m", "core", "train", "--cohort", str(cohort)]
        command += ["--task", "outcome", "--modality", "ehr", "--out", str(models), "--json"]
        child = _run(command, scale.hospital_seconds)
    size = f"{scale.hospital_rows} x {scale.hospital_columns}"
    if child.code != 0:
        detail = f"{size}: exit code {child.code}, {child.complaint[-200:]}"
        return [figure("hospital_seconds", None, "s", detail), figure("hospital_memory", None, "GB", detail)]
    result: dict[str, Any] = json.loads(child.said)[0]
    detail = f"{size}; {result['n_train']} training rows, macro AUROC {result['metrics']['macro_auroc']:.3f}"
    unknown = size if child.peak else _NOT_MEASURABLE
    return [
        figure("hospital_seconds", child.seconds, "s", detail, at_most=900),
        figure("hospital_processor_seconds", child.processor_seconds, "s", unknown),
        figure("hospital_memory", child.peak, "GB", unknown, at_most=4),
    ]


def write_hospital_cohort(folder: Path, n: int, p: int, seed: int = 0) -> None:
    """Write a cohort folder whose columns the variable catalogue does not know."""
    rng = np.random.default_rng(seed)
    traits = rng.normal(size=(n, 6))
    frame = _columns(traits, p, rng)
    scores = np.column_stack([np.zeros(n), 0.8 * traits[:, 0] - 0.5 * traits[:, 1], 0.8 * traits[:, 2]])
    scores += np.log(_RATES) + rng.gumbel(size=(n, 3))
    labels = frame[[]].assign(outcome=np.array(CLASSES["outcome"])[scores.argmax(axis=1)])
    folder.mkdir(parents=True)
    (folder / "cohort.toml").write_text(
        'name = "generated hospital table"\nsynthetic = true\n', encoding="utf-8"
    )
    frame.to_csv(folder / "ehr.csv", encoding="utf-8")
    labels.to_csv(folder / "labels.csv", encoding="utf-8")


def _columns(traits: Floats, p: int, rng: np.random.Generator) -> pd.DataFrame:
    """Six in ten columns numbers, mostly skewed; the rest words; one identifier and one date among them."""
    import pandas as pd

    n = len(traits)
    index = pd.Index([f"H{number:07d}" for number in rng.permutation(n)], name="patient_id")
    days = pd.to_timedelta(rng.integers(0, 1500, n), unit="D")
    columns: dict[str, Any] = {
        "就诊流水号": [f"ZY{number}" for number in rng.permutation(n) + 10**6],
        "登记日期": (pd.Timestamp("2019-01-01") + days).strftime("%Y-%m-%d"),
    }
    makers = (_skewed, _skewed, _words, _count, _yes_no, _skewed, _skewed, _words, _normal, _yes_no)
    for number in range(p - len(columns)):
        signal = traits @ rng.normal(size=6) * 0.4 + rng.normal(size=n)
        values = pd.Series(makers[number % len(makers)](signal, number, rng))
        name = f"项目{number:03d}" if number % 3 == 0 else f"field_{number:03d}"
        columns[name] = values.mask(rng.random(n) < 0.7 * (number % 8) / 7).to_numpy()
    return pd.DataFrame(columns, index=index)


def _skewed(signal: Floats, number: int, _: np.random.Generator) -> Any:
    return np.round(np.exp(0.8 * signal) * 10.0 ** (number % 4 - 1), 2)


def _normal(signal: Floats, _: int, __: np.random.Generator) -> Any:
    return np.round(100 + 15 * signal, 1)


def _count(signal: Floats, _: int, rng: np.random.Generator) -> Any:
    return rng.poisson(np.exp(0.5 * np.clip(signal, -4, 4) + 1))


def _words(signal: Floats, number: int, rng: np.random.Generator) -> Any:
    levels = (3, 6, 15, 40)[number % 4]
    edges = np.quantile(signal, np.sort(rng.uniform(0.02, 0.98, levels - 1)))
    return np.array([f"类别{level}" for level in rng.permutation(levels)], dtype=object)[
        np.searchsorted(edges, signal)
    ]


def _yes_no(signal: Floats, number: int, rng: np.random.Generator) -> Any:
    yes, no = _YES_NO[number // 5 % len(_YES_NO)]
    return np.where(signal > rng.uniform(0, 1.5), yes, no).astype(object)


def _run(command: list[str], most_seconds: int) -> _Child:
    """Run a child process to its end, or end it when its time is over."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=err, cwd=Path(__file__).parents[2])
        timer = threading.Timer(most_seconds, child.kill)
        timer.start()
        try:
            processor_seconds, peak = _wait(child)
        finally:
            timer.cancel()
        seconds = time.perf_counter() - begin
        out.seek(0)
        err.seek(0)
        said, complaint = out.read().decode(), err.read().decode(errors="replace").strip()
        return _Child(seconds, processor_seconds, peak, child.returncode, said, complaint)


def _wait(child: subprocess.Popen[bytes]) -> tuple[float | None, float | None]:
    """Wait for the child: its own processor time and peak memory, not those of all children."""
    if not hasattr(os, "wait4"):
        child.wait()
        return None, None
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e9
