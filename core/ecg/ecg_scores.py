"""Scores of right-heart strain read from the ECG alone: Daniel 2001 and TwiST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.ecg.measurements import Measurements
    from core.ecg.signs import Sign

_SEEN_MV = 0.05
"""Half a millimetre, the least T inversion that is read on paper."""

_DANIEL_SIGNS = (
    "incomplete_rbbb",
    "complete_rbbb",
    "t_inversion_v1_v4",
    "q_in_iii",
    "t_inversion_iii",
    "s1q3t3",
)
_TWIST_SIGNS = ("t_inversion_v1_v3", "s_in_i", "sinus_tachycardia")


@dataclass(frozen=True)
class Item:
    """One item of a score: its points, or None with the least and the most that it can give."""

    name: str
    points: int | None
    low: int
    high: int


@dataclass(frozen=True)
class EcgScore:
    """A score with its items.

    Attributes
    ----------
    points
        The sum; None while items are missing that could change it.
    low, high
        Smallest and largest sum that the missing items allow.
    missing
        Names of the items that could not be decided.
    unverified
        Whether the points were written from memory.
    """

    items: tuple[Item, ...]
    unverified: bool = False

    @property
    def low(self) -> int:
        """Smallest possible sum."""
        return sum(item.low for item in self.items)

    @property
    def high(self) -> int:
        """Largest possible sum."""
        return sum(item.high for item in self.items)

    @property
    def points(self) -> int | None:
        """The sum where nothing is open."""
        return self.low if self.low == self.high else None

    @property
    def missing(self) -> tuple[str, ...]:
        """Items that are open."""
        return tuple(item.name for item in self.items if item.points is None)

    def to_json(self) -> dict[str, object]:
        """``points``, ``low``, ``high``, ``missing``, ``unverified`` and the items' points."""
        return {
            "points": self.points,
            "low": self.low,
            "high": self.high,
            "missing": list(self.missing),
            "unverified": self.unverified,
            "items": {item.name: item.points for item in self.items},
        }


def daniel_score(
    *,
    heart_rate_bpm: float | None,
    incomplete_rbbb: bool | None,
    complete_rbbb: bool | None,
    t_inversion_v1_v4: bool | None,
    t_depth_mv: Sequence[float | None],
    q_in_iii: bool | None,
    t_inversion_iii: bool | None,
    s1q3t3: bool | None,
) -> EcgScore:
    """Daniel score, 0 to 21 (Daniel et al. 2001, Chest 120:474; points from a secondary source).

    Parameters
    ----------
    heart_rate_bpm
        Above 100 counts 2; exactly 100 does not.
    t_depth_mv
        Depth of T inversion in V1, V2, V3 in mV, 0 where T is not inverted; 1 mm is 0.1 mV.
    s1q3t3
        The full pattern, 2 points on top of Q in III and inverted T in III. S in I counts 0 on its own.
    """
    v1, v2, v3 = t_depth_mv
    return EcgScore(
        (
            _flag("heart_rate_over_100", 2, present=None if heart_rate_bpm is None else heart_rate_bpm > 100),
            _bundle_branch(incomplete=incomplete_rbbb, complete=complete_rbbb),
            _flag("t_inversion_v1_v4", 4, present=t_inversion_v1_v4),
            _depth("t_depth_v1", v1, (0, 1, 2)),
            _depth("t_depth_v2", v2, (1, 2, 3)),
            _depth("t_depth_v3", v3, (1, 2, 3)),
            _flag("q_in_iii", 1, present=q_in_iii),
            _flag("t_inversion_iii", 1, present=t_inversion_iii),
            _flag("s1q3t3", 2, present=s1q3t3),
        )
    )


def twist_score(
    *, t_inversion_v1_v3: bool | None, s_in_i: bool | None, sinus_tachycardia: bool | None
) -> EcgScore:
    """TwiST, 0 to 10 (Hariharan et al. 2015, Clin Cardiol; the points 5, 2 and 3 are unverified, from memory)."""
    return EcgScore(
        (
            _flag("t_inversion_v1_v3", 5, present=t_inversion_v1_v3),
            _flag("s_in_i", 2, present=s_in_i),
            _flag("sinus_tachycardia", 3, present=sinus_tachycardia),
        ),
        unverified=True,
    )


def score(measured: Measurements, signs: dict[str, Sign]) -> dict[str, EcgScore]:
    """Both scores from what was measured."""
    depth = [_depth_of(measured, lead) for lead in ("V1", "V2", "V3")]
    return {
        "daniel": daniel_score(
            heart_rate_bpm=measured.heart_rate_bpm,
            t_depth_mv=depth,
            **{name: signs[name].present for name in _DANIEL_SIGNS},
        ),
        "twist": twist_score(**{name: signs[name].present for name in _TWIST_SIGNS}),
    }


def _depth_of(measured: Measurements, lead: str) -> float | None:
    waves = measured.leads.get(lead)
    if waves is None or waves.t is None:
        return None
    return -waves.t if waves.t <= -_SEEN_MV else 0.0


def _flag(name: str, points: int, *, present: bool | None) -> Item:
    if present is None:
        return Item(name, None, 0, points)
    given = points if present else 0
    return Item(name, given, given, given)


def _bundle_branch(*, incomplete: bool | None, complete: bool | None) -> Item:
    possible = {3} if complete else {2} if incomplete else {0}
    if complete is None:
        possible = {2} if incomplete else {0, 3}
    if incomplete is None and not complete:
        possible = possible | {0, 2}
    points = possible.copy().pop() if len(possible) == 1 else None
    return Item("rbbb", points, min(possible), max(possible))


def _depth(name: str, depth_mv: float | None, points: tuple[int, int, int]) -> Item:
    """Points below 1 mm, from 1 to 2 mm and above 2 mm of an inverted T; none where T is not inverted."""
    if depth_mv is None:
        return Item(name, None, 0, points[2])
    given = 0
    if depth_mv > 0:
        # Rounded to a hundredth of a millimetre, so that 0.1 mV held in a float is 1 mm.
        mm = round(depth_mv * 10, 2)
        given = points[0] if mm < 1 else points[1] if mm <= 2 else points[2]
    return Item(name, given, given, given)
