"""A training run as a process of its own: asked for, followed, ended, compared; the app stays answerable meanwhile.

Comparing takes the statistics in, and with them pandas: its module is loaded when a run has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.late import late_names
from core.training_run.request import CHOICES, QUICK, Request, defaults
from core.training_run.runner import Run, Runner
from core.training_run.told import Told, read_told

if TYPE_CHECKING:
    from core.training_run.comparison import Comparison, compare
else:
    __getattr__ = late_names(__name__, dict.fromkeys(("Comparison", "compare"), "comparison"))

__all__ = [
    "CHOICES",
    "QUICK",
    "Comparison",
    "Request",
    "Run",
    "Runner",
    "Told",
    "compare",
    "defaults",
    "read_told",
]
