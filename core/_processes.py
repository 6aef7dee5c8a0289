"""Independent pieces of work in worker processes: the same results for any number of them, or one named error."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import multiprocessing.context
import os
import signal
import sys
import threading
import types
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import InputError
from core.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

Job = TypeVar("Job")
Result = TypeVar("Result")

# below this, starting processes (about two seconds) costs more than it brings
FEWEST_JOBS = 200
_LARGEST_CHUNK = 32
_STEPS_TOLD = 50
_MAIN = threading.Lock()


def each(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int | None = None,
    told: Callable[[float], None] | None = None,
) -> Iterator[Result]:
    """Apply a function to every job, in worker processes where that pays and is possible.

    Parameters
    ----------
    function
        Defined in a module that can be imported (not in a notebook's cell or a script); one that is not is applied in
        this process.
    jobs
        What can be sent to another process.
    workers
        Processes; by default ``core.threads.threads()`` for many jobs and one for few.
    told
        Told the share that is done, some fifty times in all.

    Yields
    ------
    Result
        In the order of the jobs, whatever the number of workers.

    Raises
    ------
    InputError
        A worker was ended from outside (mostly: the memory is full). What the function raises passes through.
    """
    if workers is None:
        workers = threads() if len(jobs) >= FEWEST_JOBS else 1
    pool = _pool(workers) if min(workers, len(jobs)) > 1 and _importable(function) else None
    results = map(function, jobs) if pool is None else _pooled(pool, function, jobs, workers)
    step = max(len(jobs) // _STEPS_TOLD, 1)
    with contextlib.closing(results) if pool is not None else contextlib.nullcontext():  # type: ignore[type-var]
        for n, result in enumerate(results, start=1):
            yield result
            if told is not None and (n % step == 0 or n == len(jobs)):
                told(n / len(jobs))


def _pooled(
    pool: ProcessPoolExecutor, function: Callable[[Job], Result], jobs: Sequence[Job], workers: int
) -> Iterator[Result]:
    size = min(max(len(jobs) // (4 * workers), 1), _LARGEST_CHUNK)
    waiting: deque[Future[list[Result]]] = deque()
    try:
        for start in range(0, len(jobs), size):
            waiting.append(pool.submit(_all_of, function, jobs[start : start + size]))
            # a few chunks ahead of what was taken: neither idle workers nor all results in memory at once
            if len(waiting) > 4 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise InputError("errors_recordings.worker_ended") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _all_of(function: Callable[[Job], Result], jobs: Sequence[Job]) -> list[Result]:
    return [function(job) for job in jobs]


def _importable(function: Callable[..., Any]) -> bool:
    while isinstance(function, functools.partial):
        if not all(_importable(part) for part in function.args if callable(part)):
            return False
        function = function.func
    named = function if hasattr(function, "__qualname__") else type(function)
    return named.__module__ != "__main__" and "<" not in named.__qualname__


def _pool(workers: int) -> ProcessPoolExecutor | None:
    """Workers that have been seen to start; None where processes cannot start (a sandbox, a worker itself)."""
    if multiprocessing.parent_process() is not None:
        return None
    try:
        pool = ProcessPoolExecutor(workers, mp_context=_Spawn(), initializer=_begin)
    except (OSError, ImportError, NotImplementedError):
        return None
    try:
        pool.submit(os.getpid).result()
    except (OSError, RuntimeError):
        pool.shutdown(wait=False, cancel_futures=True)
        return None
    return pool


class _Process(multiprocessing.context.SpawnProcess):
    """A fresh process that does not run the caller's script again, which may be a page or lack a main guard."""

    def start(self) -> None:
        """Start the process while this one's main module is hidden, so that the new one does not run it again."""
        with _MAIN:
            main, blank = sys.modules["__main__"], types.ModuleType("__main__")
            sys.modules["__main__"] = blank
            try:
                super().start()
            finally:
                if sys.modules["__main__"] is blank:
                    sys.modules["__main__"] = main


class _Spawn(multiprocessing.context.SpawnContext):
    Process = _Process


def _begin() -> None:
    """In a new worker: one thread, no word at Ctrl-C, and no life after the parent's."""
    os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is loaded
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
