"""What others found when they joined ECG and health record: the studies that saw a gain and those that saw none."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.evaluation import Interval

_FILE = Path(__file__).with_name("reported_fusion.toml")
MODALITIES = ("ecg", "ehr", "fusion")


@dataclass(frozen=True)
class FusionStudy:
    """One study that judged ECG, health record and both together on the same patients.

    Attributes
    ----------
    key
        Of its description among the texts.
    name, source
        As cited.
    status
        How far the figures were checked against their source; see ``core.clinical.reported.STATUSES``.
    patients, prevalence
        How many, and the share with embolism, 0 to 1.
    found
        ``gain`` or ``no_gain`` of the fusion over the better single model, as the figures say.
    aurocs
        Modality to AUROC; limits are nan where none were reported.
    spread
        What the source prints after ``±`` without saying of what; None where it does not.
    """

    key: str
    name: str
    source: str
    status: str
    patients: int
    prevalence: float
    found: str
    aurocs: dict[str, Interval]
    spread: float | None


@functools.cache
def published_fusions() -> tuple[FusionStudy, ...]:
    """Return the published comparisons of ECG, health record and both together."""
    stored = tomllib.loads(_FILE.read_text(encoding="utf-8"))["study"]
    own = ("key", "name", "source", "status", "patients", "prevalence", "found")
    return tuple(
        FusionStudy(
            **{name: one[name] for name in own},
            aurocs={name: _figure(one[name]) for name in MODALITIES},
            spread=one.get("spread"),
        )
        for one in stored
    )


def _figure(stored: float | list[float]) -> Interval:
    return Interval(*stored) if isinstance(stored, list) else Interval(stored, math.nan, math.nan)
