"""Work in other processes: the same results in the same order, whatever ends it ends in one named error."""

from __future__ import annotations

import copy
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import _processes
from core._processes import each
from core.errors import InputError, RecordingError

ROOT = Path(__file__).parents[1]
NUMBERS = [float(n) for n in range(150)]
# neither a page nor a script without a main guard may run again in a worker
SCRIPT = """
import math
from core._processes import each
print("run", list(each(math.sqrt, [1.0, 4.0, 9.0], workers=2)))
"""


def process_of(_: object) -> int:
    return os.getpid()


def ended(_: object) -> None:
    os._exit(1)


def refused(number: float) -> float:
    raise RecordingError("errors_simulator.age", found=number)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers):
    assert list(each(math.sqrt, NUMBERS, workers)) == [math.sqrt(n) for n in NUMBERS]


def test_several_workers_are_other_processes_and_one_is_this():
    assert os.getpid() not in set(each(process_of, NUMBERS, workers=2))
    assert set(each(process_of, NUMBERS, workers=1)) == {os.getpid()}
    assert set(each(process_of, NUMBERS[:3])) == {os.getpid()}


def test_a_worker_that_dies_ends_in_a_named_error():
    with pytest.raises(InputError, match="memory"):
        list(each(ended, NUMBERS, workers=2))


def test_an_error_in_a_worker_arrives_with_its_values_in_both_languages():
    with pytest.raises(RecordingError) as caught:
        list(each(refused, NUMBERS, workers=2))
    assert caught.value.values == {"found": 0.0}
    assert caught.value.say("zh") != str(caught.value)


def test_an_error_can_be_copied():
    error = RecordingError("errors_simulator.age", found=999)
    again = copy.copy(error)
    assert (type(again), str(again), again.values) == (RecordingError, str(error), error.values)


@pytest.mark.parametrize(
    "fault", [OSError(38, "Function not implemented"), RuntimeError("no processes here")]
)
def test_where_processes_cannot_start_the_work_is_done_here(monkeypatch, fault):
    def start(_: object) -> None:
        raise fault

    monkeypatch.setattr(_processes._Process, "start", start)
    assert set(each(process_of, NUMBERS, workers=2)) == {os.getpid()}


def test_what_another_process_could_not_import_is_done_here():
    assert list(each(lambda n: 2 * n, [1, 2, 3], workers=2)) == [2, 4, 6]


def test_progress_ends_at_the_whole_and_is_told_a_limited_number_of_times():
    shares: list[float] = []
    list(each(math.sqrt, [1.0] * 1000, workers=1, told=shares.append))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) == 50


def test_nothing_is_left_running_when_the_results_are_not_taken():
    results = each(math.sqrt, NUMBERS, workers=2)
    assert next(results) == 0
    results.close()
    assert list(each(math.sqrt, [4.0, 9.0], workers=2)) == [2, 3]


def test_a_callers_script_is_not_run_again_in_the_workers(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("run [1.0, 2.0, 3.0]\n", "")
