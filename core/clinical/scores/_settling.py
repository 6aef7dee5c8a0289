"""Which one missing input would settle a score's class, whatever its value turns out to be."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.clinical.scores._assessing import Assessment, assess
from core.clinical.scores._conditions import limits_in
from core.clinical.scores._definitions import Score, scores
from core.clinical.scores._inputs import asked_by, facts
from core.clinical.scores.quantities import QUANTITIES
from core.cohort.variables import variables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.clinical.scores._conditions import Bools

    _Trial = tuple[str, float | str, NDArray[np.intp]]

_NEXT = 1e-6


def settling_inputs(frame: pd.DataFrame, found: Assessment) -> dict[str, Bools]:
    """Whether each missing input alone would settle the class, for each patient.

    Parameters
    ----------
    frame
        The patients that ``found`` was read for.
    found
        As ``assess`` returns it.

    Returns
    -------
    dict
        Name of an input to n truth values; false where the class is settled already.
    """
    open_ = ~found.settled & found.applies.may
    # the only gap settles by itself; among several, every value that could matter is tried
    only = open_ & (sum(found.missing.values()) == 1) & ~_contradictory(found)
    settling = {name: only & missing for name, missing in found.missing.items()}
    trials = [
        (name, value, np.flatnonzero(open_ & missing & ~only))
        for name, missing in found.missing.items()
        for value in _values_that_matter(found.score.name, name)
    ]
    trials = [one for one in trials if one[2].size]
    for name, _, rows in trials:
        settling[name][rows] = True
    for (name, _, rows), settled in zip(trials, _tried(frame, found.score, trials), strict=True):
        settling[name][rows] &= settled
    return settling


def _tried(frame: pd.DataFrame, score: Score, trials: list[_Trial]) -> list[Bools]:
    """Whether the class is settled in each trial: all are read at once, one under the other."""
    if not trials:
        return []
    used = [name for name in frame.columns if name in score.inputs]
    stacked = frame[used].iloc[np.concatenate([rows for _, _, rows in trials])].reset_index(drop=True)
    ends = np.cumsum([rows.size for _, _, rows in trials])
    for name in {name for name, _, _ in trials}:
        column = (
            stacked[name].to_numpy(dtype=object) if name in stacked else np.full(len(stacked), np.nan, object)
        )
        for (tried, value, rows), end in zip(trials, ends, strict=True):
            if tried == name:
                column[end - rows.size : end] = value
        stacked[name] = pd.Series(column, dtype="str" if name == "sex" else "float64")
    return np.split(assess(stacked, score.name).settled, ends[:-1])


def _contradictory(found: Assessment) -> Bools:
    both = np.zeros(len(found.low), dtype=bool)
    for one in found.contradicting.values():
        both |= one
    return both


@functools.cache
def _values_that_matter(score_name: str, name: str) -> list[float | str]:
    """One value for each way in which an input can matter; none where too many values could."""
    score = scores()[score_name]
    if name not in variables() or variables()[name].kind == "binary":
        return [0.0, 1.0]
    variable = variables()[name]
    if variable.kind == "categorical":
        return [level.name for level in variable.levels]
    if _continuous(score, name):
        return []
    low, high = variable.plausible or (-np.inf, np.inf)
    limits = sorted(limit for of, limit in _all_limits(score) if of == name)
    around = {value for limit in limits for value in (limit - _NEXT, limit, limit + _NEXT)}
    return sorted(min(max(value, low), high) for value in around)


def _continuous(score: Score, name: str) -> bool:
    """Whether every value of an input gives other points: it is added, or part of a formula."""
    if score.adds == name:
        return True
    asked = score.names
    inside = {one for fact in asked if fact in facts() for one in _named_by(fact)}
    if any(one in QUANTITIES and name in asked_by(one) for one in asked | inside):
        return True
    return any(_continuous(scores()[one], name) for one in asked if one in scores())


def _named_by(fact: str) -> set[str]:
    return {part for condition in (facts()[fact].yes, facts()[fact].no) for part, _ in limits_in(condition)}


def _all_limits(score: Score) -> set[tuple[str, float]]:
    found = score.limits()
    for name in score.names:
        if name in facts():
            found |= limits_in(facts()[name].yes) | limits_in(facts()[name].no)
        elif name in scores():
            found |= _all_limits(scores()[name])
    return found
