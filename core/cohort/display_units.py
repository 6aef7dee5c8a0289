"""Units that can be switched on screen: values, limits and reference ranges there and back, without a loss.

Inside core a value is always in the catalogue's unit; what a form shows is worked out here from the catalogue's
factors, and what is typed goes back the way a table's column does.

Examples
--------
>>> choices("creatinine")
('µmol/L', 'mg/dL')
>>> from_display("creatinine", 1.2, "mg/dL"), to_display("creatinine", 106.104, "mg/dL")
(106.104, 1.2)
"""

from __future__ import annotations

import functools
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.cohort.columns import unit_words
from core.cohort.variables import Variable, variables
from core.text import text

_FILE = Path(__file__).with_name("display_units.toml")
# values travel with nine decimals (core.cohort.units.rescale): more digits than that cannot come back
_MOST_DECIMALS = 15


@dataclass(frozen=True)
class _Offered:
    conventional: str
    decimals: dict[str, int]


def choices(variable: str) -> tuple[str, ...]:
    """Units to offer for a variable of the catalogue: its own first; none where it has no unit.

    Raises
    ------
    KeyError
        The catalogue has no such variable.
    """
    own = variables()[variable].unit
    return (own, *_offered(variable).decimals) if own else ()


def conventional(variable: str) -> str:
    """Unit of a laboratory that does not report in SI units; the catalogue's own where there is no other."""
    return _offered(variable).conventional or variables()[variable].unit


def decimals(variable: str, unit: str) -> int:
    """Decimals on screen in a unit of ``choices``."""
    known = variables()[variable]
    return known.decimals if _is_own(known, unit) else _offered(variable).decimals[unit]


def from_display(variable: str, value: float, unit: str) -> float:
    """Return a typed value in the catalogue's unit, to nine decimals: the same number that a table would give.

    Raises
    ------
    KeyError
        The catalogue has no such variable, or not this unit for it.
    """
    return float(variables()[variable].convert([value], unit)[0])


def to_display(variable: str, value: float, unit: str) -> float:
    """Return a value of core in a unit: the shortest number that ``from_display`` turns back into it.

    Whatever has at most nine decimals comes back exactly; nan stays nan.

    Raises
    ------
    KeyError
        The catalogue has no such variable, or not this unit for it.
    """
    known = variables()[variable]
    found = None if _is_own(known, unit) else known.find_unit(unit)
    if _is_own(known, unit) or not math.isfinite(value):
        return value
    if found is None:
        raise KeyError(unit)
    number = (value - found.offset) / found.factor
    shorter = (round(number, places) for places in range(_MOST_DECIMALS))
    return next((one for one in shorter if from_display(variable, one, unit) == value), number)


def limits(variable: str, unit: str) -> tuple[float, float]:
    """Plausible limits in a unit, rounded inwards to its decimals: each number between them is accepted.

    Raises
    ------
    ValueError
        The variable is not a number.
    """
    plausible = variables()[variable].plausible
    if plausible is None:
        raise ValueError(f"{variable} has no limits")
    step = 10.0 ** decimals(variable, unit)
    low, high = (to_display(variable, limit, unit) for limit in plausible)
    # a limit that is a whole number of steps but for the last bit stays where it is
    return math.ceil(round(low * step, 6)) / step, math.floor(round(high * step, 6)) / step


def reference(variable: str, sex: str | None, unit: str) -> tuple[float, float] | None:
    """Reference range in a unit (see ``Variable.reference_for``); infinite where only one side is limited."""
    found = variables()[variable].reference_for(sex)
    return (
        None
        if found is None
        else (to_display(variable, found[0], unit), to_display(variable, found[1], unit))
    )


def show(variable: str, value: float, unit: str, language: str) -> str:
    """Return a value of core as it is written in a unit: ``"1.20 mg/dL"``."""
    return _written(variable, to_display(variable, value, unit), unit, language)


def entry_problem(variable: str, value: float, unit: str, language: str) -> str:
    """Say in one sentence what is wrong with a typed number; empty where nothing is.

    Parameters
    ----------
    variable
        A number of the catalogue.
    value
        As typed, in ``unit``; nan stands for unknown, which is always allowed.
    unit
        Of ``choices``; empty for a variable without one.
    language
        ``"zh"`` or ``"en"``.

    Raises
    ------
    KeyError
        The catalogue has no such variable, or not this unit for it.
    """
    known = variables()[variable]
    if known.plausible is None or math.isnan(value) or _plausible(known, value, unit):
        return ""
    label = known.label(language)
    if not math.isfinite(value):
        return text(language, "entry.not_a_number", variable=label)
    low, high = (_written(variable, limit, unit, language) for limit in limits(variable, unit))
    said = {
        "variable": label,
        "value": f"{value:g} {unit_words(unit, language)}".strip(),
        "low": low,
        "high": high,
    }
    meant = [other for other in choices(variable) if other != unit and _usual(known, value, other)]
    if meant:
        return text(language, "entry.other_unit", **said, unit=unit_words(meant[0], language))
    return text(language, "entry.implausible", **said)


def _plausible(known: Variable, value: float, unit: str) -> bool:
    low, high = known.plausible or (-math.inf, math.inf)
    return math.isfinite(value) and low <= from_display(known.name, value, unit) <= high


def _usual(known: Variable, value: float, unit: str) -> bool:
    """Whether a number would be one that is often seen if it were meant in another unit."""
    low, high = known.typical or known.plausible or (math.inf, -math.inf)
    return low <= from_display(known.name, value, unit) <= high


def _written(variable: str, value: float, unit: str, language: str) -> str:
    return f"{value:.{decimals(variable, unit)}f} {unit_words(unit, language)}".strip()


def _is_own(known: Variable, unit: str) -> bool:
    return unit in ("", known.unit)


def _offered(variable: str) -> _Offered:
    if variable not in variables():
        raise KeyError(variable)
    return _stored().get(variable, _Offered("", {}))


@functools.cache
def _stored() -> dict[str, _Offered]:
    """Read the file.

    Raises
    ------
    ValueError
        It offers what the catalogue cannot convert: a mistake in ``display_units.toml``.
    """
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    stored = {name: _Offered(one["conventional"], one["decimals"]) for name, one in entries.items()}
    for name, one in stored.items():
        known = variables().get(name)
        wrong = [unit for unit in one.decimals if known is None or known.find_unit(unit) is None]
        if known is None or wrong or one.conventional not in (known.unit, *one.decimals):
            raise ValueError(f"display_units.toml: {name} {wrong}")
    return stored
