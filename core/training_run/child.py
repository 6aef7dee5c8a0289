"""The process of a run seen from the server: fed, listened to, and ended with every process that it started."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from core.errors import InputError, TrainingError
from core.text import has_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.training_run.request import Request
    from core.training_run.work import Notes

_PROGRAM = Path(__file__).parents[2]
_MOST_LINE = 1024 * 1024
_NOT_HANDED_ON = {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"}


class Child:
    """A started process.

    Parameters
    ----------
    request, folder, upload, in_use
        See ``core.training_run.work.work``. Request and upload go through a pipe: neither a command line nor a file
        shows them.
    noticed
        Told what the reader noticed in the cohort, as soon as it is read.
    ended
        Told why it failed, or None, when the process and all that it started are gone.
    """

    def __init__(
        self,
        request: Request,
        folder: Path,
        upload: bytes,
        in_use: Path,
        noticed: Callable[[Notes], None],
        ended: Callable[[InputError | None], None],
    ) -> None:
        self._lock = threading.Lock()
        self._alive = True
        self._noticed, self._ended = noticed, ended
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.training_run", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_PROGRAM,
            env={name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON},
            start_new_session=True,
        )
        order = {
            "request": request.to_json(),
            "upload_bytes": len(upload),
            "in_use": str(in_use.resolve()),
        }
        sent = json.dumps(order).encode() + b"\n"
        # in a list that is emptied: a thread keeps its arguments as long as it lives, and an upload is large
        threading.Thread(target=self._attend, args=([sent, upload],), daemon=True).start()

    @property
    def pid(self) -> int:
        """Number of the process, and of the group that all its processes belong to."""
        return self._process.pid

    def kill(self) -> None:
        """End the process and all that it started, now."""
        with self._lock:
            if self._alive:
                _kill_group(self._process)

    def _attend(self, sending: list[bytes]) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # a process that ended before it had read everything says so by its end
        with contextlib.suppress(OSError):
            while sending:
                self._process.stdin.write(sending.pop(0))
            self._process.stdin.flush()
        sending.clear()
        answer: dict[str, Any] = {}
        with self._process.stdout as stream:
            for answer in _lines(stream):
                if "notes" in answer:
                    self._noticed(answer["notes"])
        self._process.wait()
        with self._lock:
            self._alive = False
            _kill_group(self._process)  # workers of a process that died alone
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._ended(None if self._process.returncode == 0 else _error(answer))


def _lines(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Read what the process says, a JSON object a line, until it ends."""
    with contextlib.suppress(OSError):
        while written := stream.readline(_MOST_LINE):
            with contextlib.suppress(ValueError):
                line = json.loads(written)
                if isinstance(line, dict):
                    yield line


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        # /T: with the processes that it started
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], check=False, capture_output=True)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _error(answer: dict[str, Any]) -> InputError:
    """What the process said before it ended; a process that was killed says nothing."""
    key, values = str(answer.get("key", "")), answer.get("values")
    if isinstance(values, dict) and has_text(key):
        return TrainingError(key, **values)
    return TrainingError("errors_training_run.died")
