"""A real server and a real browser, for what AppTest cannot see: addresses, the browser's language, looks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROME") or next(
    filter(None, map(which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
"""A container has neither a user of its own, nor a graphics card, nor much shared memory."""


@contextmanager
def running_app(root: Path = ROOT, **settings: str) -> Iterator[str]:
    """Run ``streamlit_app.py`` in a fresh server process; gives its address and ends it afterwards.

    Parameters
    ----------
    settings
        Environment variables besides those of this process.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(root / "streamlit_app.py")]
    options = {
        "server.port": port,
        "server.headless": "true",
        "server.enableAgentApi": "true",
        # a walk sees one state of the code, even while somebody edits it
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(
        command,
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | settings,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def page_as_json(address: str, page: str = "", **query: str) -> str:
    """Open a page as a first visitor without a browser; gives what Streamlit would draw, as JSON."""
    asked = {"page": page, "query_params": {name: [value] for name, value in query.items()}}
    request = urllib.request.Request(
        f"{address}/_stcore/agent/interact",
        data=json.dumps(asked).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.dumps(json.load(answer), ensure_ascii=False)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium, without a window; needs playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_it_answers(address: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)
