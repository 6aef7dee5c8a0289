"""How long work tells what it is doing: a stage (key in ``stages.toml``) and the share of the whole that is done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]


def silent(stage: str, share: float) -> None:
    """Tell nobody."""


def span(progress: Progress, low: float, high: float) -> Progress:
    """Progress of a part of the work that goes from ``low`` to ``high`` of the whole."""
    return lambda stage, share: progress(stage, low + (high - low) * share)
