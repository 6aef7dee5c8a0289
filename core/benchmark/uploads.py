"""Damaged and hostile uploads at every door: refused in a sentence and in time, and nothing else is touched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.benchmark.figure import Figure, Scale, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SECONDS, MOST_MB = 5.0, 690.0
_DEVICES = "PE_RECORDINGS"
_PROGRAM = ("-m", "core.mutation.run")
_SILENCE_S, _START_S = 60.0, 300.0
_N_SHOWN = 5


@dataclass
class Tally:
    """What became of all uploads so far."""

    n: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    slowest: dict[str, Any] = field(default_factory=lambda: {"seconds": 0.0, "processor_seconds": 0.0})
    start_mb: float = 0.0
    peak_mb: float = 0.0

    def add(self, told: dict[str, Any]) -> None:
        """Count one outcome as ``core.mutation.run`` tells it."""
        name = f"{told['reader']} {told['case']}"
        self.n[told["reader"]] += 1
        self.refused += bool(told["refused"])
        if told["failure"]:
            self.failures.append(f"{name}: {told['failure']}")
        self.outside += [f"{name}: {each}" for each in told["outside"]]
        self.slowest = max(self.slowest, told, key=lambda one: one["seconds"])
        self.peak_mb = max(self.peak_mb, told["peak_mb"])


def uploads(scale: Scale, root: Path) -> list[Figure]:
    """Read ``scale.uploads`` mutated uploads, and all hostile ones, at all doors."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        begin: int | None = 0
        while begin is not None:
            begin = _run(scale.uploads, root, begin, Path(scratch), tally)
    shares = ", ".join(f"{name} {n}" for name, n in tally.n.items())
    slow = tally.slowest
    return [
        figure(
            "uploads_failures",
            len(tally.failures),
            "uploads",
            f"{tally.n.total()} uploads, {tally.refused} refused in a sentence ({shares})"
            + _listed(tally.failures),
            at_most=0,
        ),
        figure(
            "uploads_slowest",
            slow["seconds"],
            "s",
            f"{slow.get('reader', '–')}, case {slow.get('case', '–')}; {slow['processor_seconds']:.2f} s of processor",
            at_most=MOST_SECONDS,
        ),
        figure("uploads_outside", len(tally.outside), "files", "touched" + _listed(tally.outside), at_most=0),
        figure(
            "uploads_memory",
            tally.peak_mb,
            "MB",
            f"peak of the reading process; {tally.start_mb:.0f} MB before the first upload",
            at_most=MOST_MB,
        ),
    ]


def _run(n: int, root: Path, begin: int, scratch: Path, tally: Tally) -> int | None:
    """Let a process read from one case on; returns the case to go on with after it died or hung, None at the end."""
    devices = os.environ.get(_DEVICES, "")
    order = {"n": n, "begin": begin, "artifacts": str(root.resolve()), "devices": devices}
    own = {"TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [sys.executable, *_PROGRAM, json.dumps(order)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=os.environ | own,
    ) as process:
        try:
            return _listen(process, tally)
        finally:
            process.kill()


def _listen(process: subprocess.Popen[bytes], tally: Tally) -> int | None:
    at: dict[str, Any] | None = None
    begun = False
    for told in _lines(process):
        if "seconds" in told:
            tally.add(told)
            at = None
        elif "case" in told:
            at = told
        else:
            begun = True
            tally.start_mb = tally.start_mb or told["peak_mb"]
    if not begun:
        tally.failures.append("the reading process did not begin")
    if at is None:
        return None
    tally.n[at["reader"]] += 1
    tally.failures.append(
        f"{at['reader']} {at['case']}: the process died, or was silent for {_SILENCE_S:g} s"
    )
    return int(at["case"]) + 1


def _lines(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What the process tells, until it ends; one that is silent for too long is ended."""
    assert process.stdout is not None
    patience = _START_S
    while True:
        timer = threading.Timer(patience, process.kill)
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        if not line.endswith(b"\n"):
            return
        yield json.loads(line)
        patience = _SILENCE_S


def _listed(found: list[str]) -> str:
    more = f" … and {len(found) - _N_SHOWN} more" if len(found) > _N_SHOWN else ""
    return ": " + "; ".join(found[:_N_SHOWN]) + more if found else ""
