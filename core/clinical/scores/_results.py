"""Scores patient by patient, as the command line prints them and the patient page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.clinical.scores._assessing import Assessment, assess, assess_all
from core.clinical.scores._definitions import scores
from core.clinical.scores._inputs import only_if_recorded, presumed_absent
from core.clinical.scores._settling import settling_inputs

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.scores._conditions import Bools
    from core.clinical.scores._definitions import Score


@dataclass(frozen=True)
class Result:
    """One score of one patient.

    Attributes
    ----------
    name
        Of the score.
    points
        None while missing inputs could change them, and for a rule without points.
    low, high
        Fewest and most points that are possible; of a guideline the mildest and the gravest class.
        None where the score is not for this patient.
    class_name
        None while more than one class is possible.
    possible
        Classes that are possible, in the score's order.
    other_classes
        The class in the score's other ways of cutting the points.
    missing
        Inputs that are not known.
    settled_by
        Inputs each of which alone would settle the class, whatever its value.
    contradicting
        Inputs whose record and measurement contradict each other.
    not_recorded
        Seldom recorded inputs that count as absent here.
    presumed
        The class if events without a record did not happen; None where it is settled anyway or stays open.
    applies
        False if the score is not for this patient, None if that is open.
    given, open_items
        Labels of the items whose points are given, and of those that are open; the rest are not given.
    """

    name: str
    points: float | None
    low: float | str | None
    high: float | str | None
    class_name: str | None
    possible: tuple[str, ...]
    other_classes: dict[str, str | None]
    missing: tuple[str, ...]
    settled_by: tuple[str, ...]
    contradicting: tuple[str, ...]
    not_recorded: tuple[str, ...]
    presumed: str | None
    applies: bool | None
    given: tuple[str, ...]
    open_items: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``scores --json``; the contract's keys first."""
        return {
            "points": self.points,
            "low": self.low,
            "high": self.high,
            "class": self.class_name,
            "missing": list(self.missing),
            "possible_classes": list(self.possible),
            "other_classes": self.other_classes,
            "settled_by": list(self.settled_by),
            "contradicting": list(self.contradicting),
            "counted_absent": list(self.not_recorded),
            "presumed_class": self.presumed,
            "applies": self.applies,
            "status": scores()[self.name].status,
        }


def results(frame: pd.DataFrame, names: tuple[str, ...] | None = None) -> list[dict[str, Result]]:
    """Scores of every patient.

    Parameters
    ----------
    frame
        As for ``assess``.
    names
        Which scores; all without it.

    Returns
    -------
    list of dict
        One a patient, in the frame's order: name of the score to its result.
    """
    read = assess_all(frame) if names is None else {name: assess(frame, name) for name in names}
    columns = [_column(frame, one) for one in read.values()]
    return [dict(zip(read, row, strict=True)) for row in zip(*columns, strict=True)]


def _column(frame: pd.DataFrame, found: Assessment) -> list[Result]:
    """One score of every patient, column by column: rows share their few patterns."""
    n, score = len(frame), found.score
    absent = {one: ~_recorded(frame, one) for one in sorted(score.inputs) if only_if_recorded(one)}
    truths = list(zip((item.label for item in score.items), found.items, strict=True))
    columns = {
        "possible": _class_names(found),
        "other_classes": _others(found),
        "missing": _named(found.missing, n),
        "settled_by": _named(settling_inputs(frame, found), n),
        "contradicting": _named(found.contradicting, n),
        "not_recorded": _named(absent, n),
        "presumed": _presumed(frame, found),
        "applies": [
            _either(*one) for one in zip(found.applies.must.tolist(), found.applies.may.tolist(), strict=True)
        ],
        "given": _named({label: truth.must for label, truth in truths}, n),
        "open_items": _named({label: truth.must != truth.may for label, truth in truths}, n),
    }
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    ends = _point_ends(found) if score.items else _class_ends(found)
    return [
        _result(score, low_high, class_name, row)
        for low_high, class_name, row in zip(ends, _classes(found), rows, strict=True)
    ]


def _result(score: Score, ends: tuple[Any, Any], class_name: str | None, rest: dict[str, Any]) -> Result:
    if rest["applies"] is False:
        rest = {**rest, "possible": (), "other_classes": {}}
        return Result(score.name, None, None, None, None, **rest)
    points = ends[0] if score.items and ends[0] == ends[1] else None
    return Result(score.name, points, *ends, class_name, **rest)


def _named(flags: dict[str, Bools], n: int) -> list[tuple[str, ...]]:
    """Names that hold, for each patient; fewer than 63 names, so that one integer holds a pattern."""
    codes = np.zeros(n, dtype=np.int64)
    for k, held in enumerate(flags.values()):
        codes += held.astype(np.int64) << k
    patterns, of = np.unique(codes, return_inverse=True)
    found = [tuple(name for k, name in enumerate(flags) if code >> k & 1) for code in patterns.tolist()]
    return [found[pattern] for pattern in of.tolist()]


def _class_names(found: Assessment) -> list[tuple[str, ...]]:
    return _named(dict(zip(found.score.classes, found.possible.T, strict=True)), len(found.low))


def _classes(found: Assessment) -> list[str | None]:
    """Class of each patient, with its modifier; None while it is open."""
    if not found.score.classes:
        return [None] * len(found.low)
    ends = zip(_class_ends(found), found.settled.tolist(), strict=True)
    return [gravest if settled else None for (_, gravest), settled in ends]


def _class_ends(found: Assessment) -> list[tuple[str, str]]:
    """Mildest and gravest possible class, with the modifier where it must, and where it may, be added."""
    modifier, mark = found.modifier, found.score.modifier
    names = _class_names(found)
    if modifier is None or mark is None:
        return [(possible[-1], possible[0]) for possible in names]
    added = zip(names, modifier.must.tolist(), modifier.may.tolist(), strict=True)
    return [(one[-1] + mark.name * must, one[0] + mark.name * may) for one, must, may in added]


def _point_ends(found: Assessment) -> list[tuple[float, float]]:
    """Fewest and most points; whole ones as whole numbers: 158, not 158.0."""
    pairs = zip(found.low.tolist(), found.high.tolist(), strict=True)
    return [tuple(int(end) if end.is_integer() else end for end in pair) for pair in pairs]  # type: ignore[misc]


def _others(found: Assessment) -> list[dict[str, str | None]]:
    n, bands = len(found.low), found.score.other_bands or {}
    columns = {
        key: _named(dict(zip((band.name for band in bands[key]), possible.T, strict=True)), n)
        for key, possible in found.other_possible.items()
    }
    rows = zip(*columns.values(), strict=True) if columns else [()] * n
    return [
        {key: one[0] if len(one) == 1 else None for key, one in zip(columns, row, strict=True)}
        for row in rows
    ]


def _presumed(frame: pd.DataFrame, found: Assessment) -> list[str | None]:
    """Class if the events without a record did not happen; nothing where that is not needed."""
    presumed: list[str | None] = [None] * len(frame)
    events = [name for name in presumed_absent() if name in found.score.inputs]
    rows = np.flatnonzero(~found.settled & found.applies.may)
    if not events or not rows.size:
        return presumed
    some = frame.iloc[rows]
    filled = {name: some[name].fillna(0.0) if name in some else 0.0 for name in events}
    again = assess(some.assign(**filled), found.score.name)
    for row, class_name in zip(rows, _classes(again), strict=True):
        presumed[row] = class_name
    return presumed


def _recorded(frame: pd.DataFrame, name: str) -> Bools:
    recorded = np.zeros(len(frame), dtype=bool)
    return recorded if name not in frame else frame[name].notna().to_numpy(dtype=bool)


def _either(must: bool, may: bool) -> bool | None:  # noqa: FBT001 - the two halves of one truth
    return must if must == may else None
