"""One score read for some patients: the range of its points and the classes that are still possible."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.clinical.scores._conditions import Truth
from core.clinical.scores._definitions import Score, scores
from core.clinical.scores._inputs import Patients, asked_by, facts
from core.clinical.scores.quantities import QUANTITIES
from core.cohort.variables import variables

if TYPE_CHECKING:
    import pandas as pd

    from core.clinical.scores._conditions import Bools, Condition, Floats
    from core.clinical.scores._definitions import Band


@dataclass(frozen=True)
class Assessment:
    """A score for n patients.

    Attributes
    ----------
    score
        What was read.
    low, high
        Fewest and most points that the missing inputs allow, n each; 0 for a rule without points.
    items
        Whether each item's points are given.
    possible
        Which classes are still possible, n by the number of classes.
    other_possible
        The same for the score's other ways of cutting the points.
    modifier
        Whether the modifier is added to the class; None if the score has none.
    applies
        Whether the patient is one the score is for.
    missing
        Which inputs are missing, by name, n each.
    contradicting
        Inputs whose record and measurement contradict each other, likewise.
    """

    score: Score
    low: Floats
    high: Floats
    items: tuple[Truth, ...]
    possible: Bools
    other_possible: dict[str, Bools]
    modifier: Truth | None
    applies: Truth
    missing: dict[str, Bools]
    contradicting: dict[str, Bools]

    @functools.cached_property
    def settled(self) -> Bools:
        """Whether every completion of the missing inputs ends in the same class; in the same points without classes."""
        if not self.score.classes:
            return np.equal(self.low, self.high)
        alone: Bools = np.equal(self.possible.sum(axis=1), 1)
        return alone if self.modifier is None else alone & ~(self.modifier.must ^ self.modifier.may)


def assess(frame: pd.DataFrame, name: str) -> Assessment:
    """Read one score for the patients of a frame.

    Parameters
    ----------
    frame
        One row a patient; columns by the catalogue's names and units. What a score asks for and the frame does not
        have is missing.
    name
        Of ``scores()``.

    Raises
    ------
    KeyError
        There is no such score.
    """
    return _assess(scores()[name], Patients(frame), {})


def assess_all(frame: pd.DataFrame) -> dict[str, Assessment]:
    """Read every score; those that others ask for are worked out once."""
    done: dict[str, Assessment] = {}
    patients = Patients(frame)
    for score in scores().values():
        _assess(score, patients, done)
    return {name: done[name] for name in scores()}


def _assess(score: Score, patients: Patients, done: dict[str, Assessment]) -> Assessment:
    if score.name in done:
        return done[score.name]
    asked = [_assess(scores()[one], patients, done) for one in sorted(score.names) if one in scores()]
    items = tuple(_truth(item.when, patients) for item in score.items)
    low, high = _points(score, patients, items)
    patients.learn(score.name, low, high)
    patients.learn("points", low, high)
    done[score.name] = Assessment(
        score=score,
        low=low,
        high=high,
        items=items,
        possible=_by_points(score.bands, low, high) if score.bands else _by_rules(score, patients),
        other_possible={key: _by_points(one, low, high) for key, one in (score.other_bands or {}).items()},
        modifier=None if score.modifier is None else _truth(score.modifier.when, patients),
        applies=_truth(score.applies, patients),
        missing=_missing(score, patients, asked),
        contradicting=_contradicting(score, patients),
    )
    return done[score.name]


def _truth(condition: Condition | None, patients: Patients) -> Truth:
    if condition is None:
        always = np.ones(len(patients), dtype=bool)
        return Truth(always, always)
    return condition.evaluate(patients)


def _points(score: Score, patients: Patients, items: tuple[Truth, ...]) -> tuple[Floats, Floats]:
    """Sum what must and what may be given: right as long as no missing input moves two items against each other."""
    low, high = np.zeros(len(patients)), np.zeros(len(patients))
    if score.adds:
        least, most = variables()[score.adds].plausible or (-np.inf, np.inf)
        lowest, highest = patients.span(score.adds)
        low += np.where(np.isinf(lowest), least, lowest)
        high += np.where(np.isinf(highest), most, highest)
    for item, truth in zip(score.items, items, strict=True):
        low += item.points * truth.must
        high += item.points * truth.may
    return low, high


def _by_points(bands: tuple[Band, ...], low: Floats, high: Floats) -> Bools:
    possible = np.zeros((len(low), len(bands)), dtype=bool)
    above = -np.inf
    for k, band in enumerate(bands):
        possible[:, k] = (low <= band.to) & (high > above)
        above = band.to
    return possible


def _by_rules(score: Score, patients: Patients) -> Bools:
    possible = np.zeros((len(patients), len(score.rules)), dtype=bool)
    reached = np.ones(len(patients), dtype=bool)
    for k, rule in enumerate(score.rules):
        truth = _truth(rule.when, patients)
        possible[:, k] = reached & truth.may
        reached &= ~truth.must
    return possible


def _missing(score: Score, patients: Patients, asked: list[Assessment]) -> dict[str, Bools]:
    """Inputs that are not there; a fact without an answer is missing by the input that it asks for first."""
    found: dict[str, Bools] = {}
    for one in asked:
        found.update(one.missing)
    for name in sorted(score.names - scores().keys()):
        if name in facts():
            truth = patients.truth(name)
            open_ = (truth.must != truth.may) & ~patients.contradicts(name)
            found[facts()[name].asks] = open_
            continue
        for part in sorted(asked_by(name)) if name in QUANTITIES else [name]:
            found[part] = np.isnan(patients.numbers(part))
    return found


def _contradicting(score: Score, patients: Patients) -> dict[str, Bools]:
    return {facts()[name].asks: patients.contradicts(name) for name in sorted(score.names) if name in facts()}
