"""The made-up people of a copy of MIMIC-IV for measuring: when they came, and who was given a thrombolytic drug how.

Each has equally many rows of a table, so that what belongs together in two tables is found by counting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

HOUR = np.timedelta64(3_600_000_000, "us")
NONE, INFUSION, BEDSIDE, ORDER, CLEARANCE = range(5)
# one person in so many has no bedside records at all, as in the years before they were kept
UNRECORDED = 5
# the common ones first, for `skewed`
DRUGS = (
    *("Sodium Chloride 0.9%  Flush", "Insulin", "Heparin", "Metoprolol Tartrate", "Docusate Sodium"),
    *("Acetaminophen", "HYDROmorphone (Dilaudid)", "OxyCODONE (Immediate Release)", "Furosemide"),
    *("Pantoprazole", "Levothyroxine Sodium", "Lidocaine 5% Patch", "Heparin Flush (10 units/ml)"),
    *("Potassium Chloride Replacement (Critical Care and Oncology)", "Vancomycin", "Tranexamic Acid"),
)
LYTIC = "Alteplase"
CLEARING = "Alteplase 1mg/2mL ( Clearance ie. PICC, tunneled access line )"
_FIRST = np.datetime64("2150-01-01T00:00:00", "us")
_CASES, _LYSED = 0.01, 0.1


@dataclass(frozen=True)
class People:
    """People with one visit each.

    Attributes
    ----------
    starts
        When the visit began.
    cases
        Whether it has an embolism's code.
    courses
        ``NONE``; lysis that is charted as an ``INFUSION``, by rate at the ``BEDSIDE``, or by an ``ORDER`` alone;
        ``CLEARANCE`` of a catheter.
    """

    starts: NDArray[Any]
    cases: NDArray[np.bool_]
    courses: Numbers


def make_people(n: int, rng: np.random.Generator) -> People:
    """One in a hundred has an embolism, one in ten of these lysis; one in 25 of all a catheter cleared."""
    starts = _FIRST + rng.integers(0, 100_000, n) * HOUR
    person = np.arange(n)
    cases = rng.random(n) < _CASES
    cases[:20] = True
    lysed = cases & (rng.random(n) < _LYSED)
    lysed[:10] = True
    unrecorded = person % UNRECORDED == UNRECORDED - 1
    way = np.where(unrecorded, ORDER, np.where(person % 2 == 0, INFUSION, BEDSIDE))
    cleared = np.where(person % 25 == 13, CLEARANCE, NONE)
    return People(starts, cases, np.where(lysed, way, cleared))


def subjects(person: Numbers) -> dict[str, Numbers]:
    """Columns that say whose a row is."""
    return {"subject_id": person + 10_000_000, "hadm_id": person + 20_000_000}


def pharmacy_ids(person: Numbers, place: Numbers) -> Numbers:
    """Order that a row in some place among its person's rows goes back to."""
    return np.asarray(100_000_000 + person * 100 + place % 100)


def moment(people: People, person: Numbers, rng: np.random.Generator) -> NDArray[Any]:
    """Some time of the visit, most in its first days."""
    minutes = (rng.exponential(60, len(person)) * 60).astype(np.int64)
    return np.asarray(people.starts[person] + minutes * (HOUR // 60))


def skewed(kinds: int, size: int, rng: np.random.Generator) -> Numbers:
    """Which of some kinds, the first ones often and the last ones seldom."""
    return np.asarray((rng.random(size) ** 3 * kinds).astype(np.int64))


def pick(kinds: Sequence[Any], which: NDArray[Any]) -> pl.Series:
    """A column of the kinds that are numbered."""
    return pl.Series(kinds).gather(which.astype(np.uint32))


def same(value: str | None, rows: Numbers) -> pl.Series:
    """A column with one text, or with nothing."""
    return pl.repeat(value, len(rows), dtype=pl.String, eager=True)


def numbered(person: Numbers, place: Numbers) -> pl.Series:
    """Names such as ``10000032-14``."""
    return pl.Series(person + 10_000_000).cast(pl.String) + "-" + pl.Series(place).cast(pl.String)
