"""Starts runs, one at a time, follows them and ends them; whoever asks for the same shares one."""

from __future__ import annotations

import atexit
import shutil
import threading
import time
from typing import TYPE_CHECKING

from core.artifacts import artifact_name, load_artifact
from core.errors import ArtifactError, TrainingError
from core.training_run.child import Child
from core.training_run.folders import own_folder, remove_deserted
from core.training_run.told import Told, read_told
from core.training_run.work import COHORT, MODELS

if TYPE_CHECKING:
    from pathlib import Path

    from core.artifacts import Artifact
    from core.errors import InputError
    from core.training_run.request import Request
    from core.training_run.work import Notes

_GONE_AFTER_S = 30.0
_MOST_KEPT = 4
_TOO_EARLY = 0.02


class Run:
    """One run and those who follow it.

    Attributes
    ----------
    request
        What was asked for.
    folder
        Its own, as long as it is kept.
    state
        ``running``, ``done``, ``failed`` or ``cancelled``.
    error
        Why it failed, for people.
    notes
        What the reader noticed in the cohort, sentences by language; empty until it is read. In memory alone.
    """

    def __init__(self, request: Request, folder: Path, upload: bytes, in_use: Path) -> None:
        self.request = request
        self.folder = folder
        self.state = "running"
        self.error: InputError | None = None
        self.notes: Notes = {}
        self._started = time.monotonic()
        self._ended: float | None = None
        self._followers: dict[str, float] = {}
        self._over = threading.Event()
        self.child = Child(request, folder, upload, in_use, self._note, self._end)

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return (self._ended or time.monotonic()) - self._started

    def told(self) -> Told:
        """What it has told so far."""
        return read_told(self.folder)

    def seconds_left(self, told: Told) -> float | None:
        """How long it will go on if the rest goes as the beginning went; None while that says nothing."""
        if told.share < _TOO_EARLY or self.state != "running":
            return None
        return self.seconds * (1 - told.share) / told.share

    def follow(self, visitor: str) -> None:
        """Note that a visitor is looking."""
        self._followers[visitor] = time.monotonic()

    def last(self, visitor: str) -> bool:
        """Forget a visitor; returns whether nobody is left who has looked at the run."""
        self._followers.pop(visitor, None)
        return not self._followers

    def leave(self, visitor: str) -> bool:
        """Give the run up; it is ended unless someone else looks at it. Returns whether it is ended."""
        self._followers.pop(visitor, None)
        now = time.monotonic()
        if any(now - seen < _GONE_AFTER_S for seen in list(self._followers.values())):
            return False
        self.cancel()
        return True

    def cancel(self) -> None:
        """End it with all its processes."""
        if self.state == "running":
            self.state = "cancelled"
        self.child.kill()
        self._over.wait(10)

    def wait(self, seconds: float) -> bool:
        """Wait until it is over; returns whether it is."""
        return self._over.wait(seconds)

    def models(self) -> list[Artifact]:
        """Models that it left, those that a fusion rests on first; empty unless it is done.

        Raises
        ------
        ArtifactError
            One of them is missing or altered.
        """
        if self.state != "done":
            return []
        names = [artifact_name(self.request.task, modality) for modality in self.request.trained]
        return [load_artifact(self.folder / MODELS / name) for name in names]

    def _note(self, notes: Notes) -> None:
        self.notes = notes

    def _end(self, error: InputError | None) -> None:
        """The process is over and gone; called once, from its own thread."""
        shutil.rmtree(self.folder / COHORT, ignore_errors=True)
        self._ended = time.monotonic()
        if self.state == "running":
            self.state = "done" if error is None else "failed"
            self.error = error
        if self.state == "done":
            try:
                self.models()
            except ArtifactError as missing:
                self.state, self.error = "failed", missing
        self._over.set()


class Runner:
    """All runs of one server.

    Parameters
    ----------
    in_use
        Folder of the models in use.
    root
        Folder of the runs; by default one of its own among the system's temporary files.
    """

    def __init__(self, in_use: Path, root: Path | None = None) -> None:
        remove_deserted()
        self.in_use = in_use
        self._root = root
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}
        atexit.register(self.close)

    def start(self, request: Request, visitor: str, upload: bytes = b"") -> Run:
        """Start what is asked for, or join who already asked for it.

        Raises
        ------
        TrainingError
            Another run is at work, or there is no room for one.
        """
        with self._lock:
            run = self._runs.get(request.key)
            if run is None or not self._shared(run):
                other = self.current()
                if other is not None:
                    raise TrainingError("errors_training_run.busy")
                run = self._begin(request, upload)
            run.follow(visitor)
            return run

    def get(self, key: str) -> Run | None:
        """Return a run that is still kept."""
        return self._runs.get(key)

    def current(self) -> Run | None:
        """Return the run that is at work."""
        return next((run for run in list(self._runs.values()) if run.state == "running"), None)

    def release(self, key: str, visitor: str) -> None:
        """Give a run up that is over; the last who looks at it discards it."""
        run = self._runs.get(key)
        if run is not None and run.last(visitor):
            self.discard(key)

    def discard(self, key: str) -> None:
        """Forget a run with all that it left."""
        run = self._runs.pop(key, None)
        if run is not None:
            run.cancel()
            shutil.rmtree(run.folder, ignore_errors=True)

    def close(self) -> None:
        """End everything and leave nothing behind."""
        for key in list(self._runs):
            self.discard(key)
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        self._root = None

    def _begin(self, request: Request, upload: bytes) -> Run:
        for key in [key for key in self._runs if key == request.key] + list(self._runs)[: -_MOST_KEPT + 1]:
            self.discard(key)
        try:
            if self._root is None:
                self._root = own_folder()
            folder = self._root / f"{request.key}-{time.monotonic_ns()}"
            folder.mkdir(mode=0o700, parents=True)
            run = Run(request, folder, upload, self.in_use)
        except OSError as error:
            raise TrainingError("errors_training_run.no_room", reason=error.strerror) from error
        self._runs[request.key] = run
        return run

    @staticmethod
    def _shared(run: Run) -> bool:
        """Whether asking again gives this run: it is at work, or it is done and its cohort cannot have changed."""
        return run.state == "running" or (run.state == "done" and run.request.source != "folder")
