"""Published models on embolism and its outcomes, all that this project compares itself with, in one list."""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.clinical.reported import Study, published_ecg_models
from core.evaluation import Interval

READS = ("ecg", "ehr", "ecg_ehr", "ct_ehr")
PREDICTS = ("pe", "strain", "death", "instability", "bleeding")
_FILE = Path(__file__).with_name("literature.toml")


@dataclass(frozen=True)
class Published:
    """One published model.

    Attributes
    ----------
    key
        Of its description among the texts.
    name, source, status
        As of ``core.clinical.reported.Study``.
    reads
        What goes in, one of ``READS``.
    predicts
        What comes out, one of ``PREDICTS``.
    patients
        How many; None if not known.
    auroc
        As reported; limits are nan where none were.
    optimistic
        Whether the design raises the figure (a case-control study, or training patients).
    """

    key: str
    name: str
    source: str
    status: str
    reads: str
    predicts: str
    patients: int | None
    auroc: Interval
    optimistic: bool


def published_models() -> tuple[Published, ...]:
    """Return every published model, by what it reads and predicts, the highest AUROC first."""
    optimistic = set(_stored()["optimistic"])
    found = [_of_study(one, optimistic) for one in published_ecg_models()]
    found += [_read(one, optimistic) for one in _stored()["study"]]
    return tuple(
        sorted(
            found, key=lambda one: (READS.index(one.reads), PREDICTS.index(one.predicts), -one.auroc.value)
        )
    )


def highest(models: tuple[Published, ...]) -> frozenset[str]:
    """Keys of the highest AUROC for each input and question, designs that raise the figure left out."""
    best: dict[tuple[str, str], Published] = {}
    for one in models:
        place = (one.reads, one.predicts)
        if not one.optimistic and (place not in best or one.auroc.value > best[place].auroc.value):
            best[place] = one
    return frozenset(one.key for one in best.values())


@functools.cache
def _stored() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _of_study(study: Study, optimistic: set[str]) -> Published:
    predicts = "pe" if study.task == "any" else study.task
    return Published(
        study.key,
        study.name,
        study.source,
        study.status,
        "ecg",
        predicts,
        study.patients,
        study.figures["auroc"],
        study.key in optimistic,
    )


def _read(stored: dict[str, Any], optimistic: set[str]) -> Published:
    figure = stored["auroc"]
    auroc = Interval(*figure) if isinstance(figure, list) else Interval(figure, math.nan, math.nan)
    rest = {key: stored[key] for key in ("key", "name", "source", "status", "reads", "predicts")}
    return Published(
        **rest, patients=stored.get("patients"), auroc=auroc, optimistic=stored["key"] in optimistic
    )
