"""A training run as a process of its own: asked for, followed, ended, compared; the app stays answerable meanwhile."""

from core.training_run.comparison import Comparison, compare
from core.training_run.request import CHOICES, QUICK, Request, defaults
from core.training_run.runner import Run, Runner
from core.training_run.told import Told, read_told

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
