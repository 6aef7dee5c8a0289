"""Units written onto a header's name without brackets: ``收缩压mmHg``, ``SBP_mmHg``, ``creatinine_mg_dl``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.cohort.variables import find, unit_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.cohort.variables import Unit, Variable

_LONGEST = 80
_LONGEST_UNIT = 20
_JOINTS = " _-.:,/·~*"
_TEN = re.compile(r"^[x×*]?10[_.]?([3469])[_.](?=[a-z])", re.IGNORECASE)
_PER = re.compile(r"[_.]per[_.]", re.IGNORECASE)
_BETWEEN = re.compile(r"[_.]+")


def glued_unit(words: str) -> tuple[Variable, Unit, str] | None:
    """Split a header that ends in a unit of the variable that its beginning names.

    Only units of that very variable count, so that a name is never cut in its middle.

    Parameters
    ----------
    words
        The header in one width of characters.

    Returns
    -------
    variable, unit, words of the unit; None where the header is no such pair.

    Examples
    --------
    >>> variable, unit, _ = glued_unit("SBP_mmHg")
    >>> variable.name, unit.name
    ('systolic_bp', 'mmHg')
    """
    if len(words) > _LONGEST:
        return None
    for place in _places(words):
        base, rest = words[:place].rstrip(_JOINTS), words[place:].strip(" _-.:,·~")
        variable = find(base) if base else None
        if variable is None or not unit_key(rest):
            continue
        for written in _spellings(rest):
            unit = variable.find_unit(written, base)
            if unit is not None:
                return variable, unit, written
    return None


def _places(words: str) -> Iterator[int]:
    """Places where a unit may begin: after a joint, and where the kind of letter changes."""
    for place in range(max(1, len(words) - _LONGEST_UNIT), len(words)):
        before, here = words[place - 1], words[place]
        # 年龄岁: nothing but the catalogue can tell where a Chinese unit begins
        if (
            before in _JOINTS
            or not here.isascii()
            or not before.isascii()
            or (not here.isalnum() and here not in _JOINTS)
            or (here.isdigit() and not before.isdigit())
            or (here.islower() and (before.isupper() or before.isdigit()))
        ):
            yield place


def _spellings(rest: str) -> tuple[str, ...]:
    """What a unit may stand for whose signs a program replaced: ``mg_dl``, ``mg..dL.``, ``10_9_l``."""
    power = _TEN.sub(r"10^\1/", rest)
    return tuple(dict.fromkeys((rest, power, _BETWEEN.sub("/", _PER.sub("/", power)))))
