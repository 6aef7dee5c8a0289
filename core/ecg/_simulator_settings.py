"""The assumptions of ``simulator.toml``, and what a caller may change."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STRATA = ("high", "other", "control")
CLASSES = ("control", "mild", "severe")


@functools.cache
def assumptions() -> dict[str, Any]:
    """Read ``simulator.toml``."""
    return tomllib.loads((Path(__file__).parent / "simulator.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Settings:
    """What a caller may change.

    Attributes
    ----------
    severe_share
        Share w of embolism whose ECG follows the registry of severe embolism: those whose latent severity stands
        above the (1 - w) quantile of the standard normal distribution.
    pe_share
        Prior of the ideal reader.
    noise
        Factor on all noise and wander; 0 gives the clean recording.
    """

    severe_share: float = field(default_factory=lambda: float(assumptions()["population"]["severe_share"]))
    pe_share: float = field(default_factory=lambda: float(assumptions()["population"]["pe_share"]))
    noise: float = 1.0
