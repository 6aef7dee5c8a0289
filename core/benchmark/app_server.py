"""The app as a child process, as `streamlit run` starts it: its address, its memory, what it has loaded."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

APP = Path(__file__).parents[2] / "streamlit_app.py"
_LONGEST_S = 120.0
_HEAVY = ("torch", "xgboost", "sklearn", "shap", "onnxruntime", "numba", "matplotlib")


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes
    ----------
    started
        ``time.perf_counter()`` when its process was begun.
    """

    port: int
    pid: int
    started: float

    def memory_mb(self, *, peak: bool = False) -> float | None:
        """Resident memory of the process, now or at its most; None where the system does not tell it."""
        name = "VmHWM:" if peak else "VmRSS:"
        for line in self._about("status").splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024 / 1e6
        return None

    def processor_seconds(self) -> float | None:
        """Processor time that the process has taken; None where the system does not tell it."""
        parts = self._about("stat").rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK") if parts else None

    def heavy_libraries(self) -> list[str] | None:
        """Which model libraries the process has loaded; None where the system does not tell it."""
        return self.loaded(_HEAVY)

    def loaded(self, names: Iterable[str]) -> list[str] | None:
        """Which of some libraries with compiled parts the process has loaded; None where the system does not tell."""
        files = {line.rpartition("site-packages/")[2] for line in self._about("maps").splitlines()}
        tops = {name.split("/")[0].split(".")[0] for name in files}
        return [name for name in names if name in tops] if files else None

    def _about(self, part: str) -> str:
        try:
            return Path(f"/proc/{self.pid}/{part}").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


@contextlib.contextmanager
def running(script: Path, models: Path, *, anew: bool = False) -> Iterator[Server]:
    """Serve a script in a fresh process until the end of the block.

    Parameters
    ----------
    script
        ``APP``, or another page.
    models
        Folder of the saved models.
    anew
        Whether it draws everything itself, as the very first start does, instead of sending what an earlier one drew.

    Raises
    ------
    TimeoutError
        It does not answer.
    """
    port = _free_port()
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    options |= {"browser.gatherUsageStats": "false", "server.fileWatcherType": "none"}
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--{name}={value}" for name, value in options.items()]
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=script.parent,
        env=os.environ | {"PE_ARTIFACTS": str(models.resolve())} | ({"PE_KEEP_DRAWN": "0"} if anew else {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(port, process)
        yield Server(port, process.pid, started)
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes]) -> None:
    begin = time.perf_counter()
    while time.perf_counter() - begin < _LONGEST_S and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(f"port {port}")
