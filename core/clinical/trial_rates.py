"""What happened in each arm of a trial, for sentences that quote the trial itself."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("trial_rates.toml")


@dataclass(frozen=True)
class TrialRate:
    """One outcome of one trial.

    Attributes
    ----------
    lysis, anticoagulation
        Share of each arm, 0 to 1.
    source, status
        Where from, and how far it was checked.
    """

    lysis: float
    anticoagulation: float
    source: str
    status: str


@functools.cache
def trial_rates() -> dict[str, TrialRate]:
    """Name to what was printed, in the file's order."""
    stored = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: TrialRate(**one) for name, one in stored.items()}
