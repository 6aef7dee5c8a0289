from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

from pages.parts import lean_memory

ROOT = Path(__file__).parents[2]
POOL = """
import sys
import pages.parts
assert "pyarrow" not in sys.modules
import pyarrow
print(pyarrow.default_memory_pool().backend_name)
"""


def test_arrow_takes_its_memory_from_the_system_once_a_page_was_loaded():
    environment = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"}
    done = subprocess.run(
        [sys.executable, "-c", POOL], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.stdout.strip() == "system", done.stderr[-500:]


def test_a_system_with_another_c_library_is_left_alone(monkeypatch):
    asked = []

    def without(name):
        asked.append(name)
        return object()

    monkeypatch.setattr(lean_memory.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", without)
    lean_memory.keep_memory_lean()
    assert asked == [None]
