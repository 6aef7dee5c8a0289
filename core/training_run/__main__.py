"""The process of a run: ``python -m core.training_run FOLDER``, started by ``core.training_run.runner`` alone.

The request and the upload come through standard input, which then stays open: its end means that the server is gone,
and the run goes too. How the cohort was read and what went wrong go out through standard output, a JSON line each;
nothing is written to standard error, where it would reach a log.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import IO, Any

from core.errors import InputError
from core.training_run.request import Request
from core.training_run.work import work


def main() -> int:
    """Do the work; returns 0 when it is done, 2 where the input is at fault and 1 where the program is."""
    given, answer = _channels()
    folder = Path(sys.argv[1])
    order = json.loads(given.readline())
    upload = given.read(int(order["upload_bytes"]))
    threading.Thread(target=_end_with_server, args=(given, folder), daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)  # pages first
    try:
        request, in_use = Request.from_json(order["request"]), Path(order["in_use"])
        work(request, folder, upload, in_use, lambda notes: _say(answer, {"notes": notes}))
    except InputError as error:
        _answer(answer, error.key, error.values)
        return 2
    except MemoryError:
        _answer(answer, "errors_training_run.memory", {})
        return 1
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        key = "errors_training_run.disk_full" if full else "errors_training_run.crashed"
        _answer(answer, key, {} if full else {"kind": type(error).__name__})
        return 1
    # whatever else: a message could hold a patient's value, so that its kind alone is told
    except Exception as error:  # noqa: BLE001
        _answer(answer, "errors_training_run.crashed", {"kind": type(error).__name__})
        return 1
    return 0


def _channels() -> tuple[IO[bytes], IO[bytes]]:
    """Take the two pipes for this process alone: no library and no worker process reads from or writes to them."""
    given, answer = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    return os.fdopen(given, "rb"), os.fdopen(answer, "wb")


def _answer(answer: IO[bytes], key: str, values: dict[str, Any]) -> None:
    plain = {name: one if isinstance(one, int | float | str) else str(one) for name, one in values.items()}
    _say(answer, {"key": key, "values": plain})


def _say(answer: IO[bytes], line: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        answer.write(json.dumps(line).encode() + b"\n")
        answer.flush()


def _end_with_server(given: IO[bytes], folder: Path) -> None:
    """Wait for the server's end, then leave nothing behind: no folder, no process."""
    with contextlib.suppress(OSError, ValueError):
        given.read()
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
