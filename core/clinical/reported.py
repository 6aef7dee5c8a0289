"""Figures of others on telling embolism from the ECG: the original report's and those of published models."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.evaluation import Interval

FIGURES = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "f1", "auroc")
STATUSES = ("reported", "verified", "secondary", "unverified", "computed")
_FILE = Path(__file__).with_name("reported.toml")


@dataclass(frozen=True)
class Study:
    """One model of others, as reported.

    Attributes
    ----------
    key
        Of its description among the texts.
    name, source
        As cited.
    task
        ``any`` embolism, or embolism with right-ventricular ``strain``.
    status
        One of ``STATUSES``: how far the figures were checked against their source.
    patients
        How many were judged; None if not known.
    prevalence
        Share with embolism, 0 to 1; None if not reported.
    figures
        Name (of ``FIGURES``) to what was reported; limits are nan where none were.
    """

    key: str
    name: str
    source: str
    task: str
    status: str
    patients: int | None
    prevalence: float | None
    figures: dict[str, Interval]


@dataclass(frozen=True)
class Setting:
    """A place where embolism is looked for, and how common it is there.

    Attributes
    ----------
    key
        Of its description among the texts.
    prevalence
        Rounded share of patients with embolism.
    reported
        The share as the source gives it; None where it was computed from other figures.
    source, status
        As of a ``Study``.
    """

    key: str
    prevalence: float
    reported: float | None
    source: str
    status: str


def original_report() -> Study:
    """Return the original report's ECG model, on its own test set."""
    return _study({"key": "report", "source": "", **_stored()["report"]})


def published_ecg_models() -> tuple[Study, ...]:
    """Return published models that read the ECG alone."""
    return tuple(_study(one) for one in _stored()["study"])


def settings() -> tuple[Setting, ...]:
    """Return the settings behind the presets of prevalence, the rarest first."""
    return tuple(Setting(**{"reported": None, **one}) for one in _stored()["setting"])


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _study(stored: dict[str, Any]) -> Study:
    return Study(
        key=stored["key"],
        name=stored["name"],
        source=stored["source"],
        task=stored["task"],
        status=stored["status"],
        patients=stored.get("patients"),
        prevalence=stored.get("prevalence"),
        figures={name: _figure(stored[name]) for name in FIGURES if name in stored},
    )


def _figure(stored: float | list[float]) -> Interval:
    return Interval(*stored) if isinstance(stored, list) else Interval(stored, math.nan, math.nan)
