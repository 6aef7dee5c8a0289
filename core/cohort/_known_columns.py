"""Columns that the catalogue knows: units converted, words understood, implausible values taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import Numbers, is_flag, numbers
from core.cohort._graded_words import grade_notes, weak_words
from core.cohort._reading import Reading, Source, levels_of, stray_notes, text_series, yes_or_no
from core.cohort.columns import Expected
from core.cohort.variables import Unit, Variable, header_key, rescale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._matching import Match
    from core.cohort.columns import Note

# beyond these shares of cells that cannot be understood, the column is another than its header suggests
_MAX_STRAY = 0.5
_MAX_UNKNOWN_WORDS = 0.2
_ENOUGH_FOR_MEDIAN = 5


def read_known(
    source: Source, match: Match, *, certain: bool = False, unit_chosen: bool = False
) -> Reading | None:
    """Read one column as the variable that its header names.

    Parameters
    ----------
    source, match
        The column, and what its header says.
    certain
        Read what can be read, however little; a single patient's row is then read as in company.
    unit_chosen
        A person says that the unit is the one of the match, whatever the values look like.

    Returns
    -------
    Reading or None
        None if too little of it can be understood as that variable: it is then the hospital's own column.
    """
    variable = match.variable
    assert variable is not None
    if source.cells.n_filled == 0:
        return Reading(None, None, (source.note("left_out", "all_missing"),))
    if variable.kind == "numeric":
        return _numeric(source, variable, match, certain=certain, unit_chosen=unit_chosen)
    return _worded(source, variable, match, certain=certain)


def _worded(source: Source, variable: Variable, match: Match, *, certain: bool) -> Reading | None:
    cells = source.cells
    weak = np.zeros(len(cells.words), dtype=bool)
    if variable.kind == "binary":
        coded = yes_or_no(cells.words, codes=match.codes)
        weak = weak_words(cells.words) & np.isnan(coded)
        strange = np.isnan(coded) & ~weak
        values = pd.Series(cells.spread(coded))
    else:
        levels = levels_of(cells.words, meanings(variable), match.codes)
        strange = np.array([level is None for level in levels], dtype=bool)
        values = text_series(cells, levels)
    unread = cells.counts[strange].sum() > _MAX_UNKNOWN_WORDS * cells.n_filled
    if not certain and (unread or weak.all()):
        return None
    expected = Expected(variable.column())
    notes = [
        _read_note(source, variable),
        *source.note_cells("doubted", "strange_words", strange, expected=expected),
        *source.note_cells("doubted", "reading_cells.weak", weak),
        *grade_notes(source),
    ]
    return Reading(variable.column(), values, tuple(notes))


def meanings(variable: Variable) -> dict[str, str]:
    """Level of each word that the catalogue accepts, by ``header_key``."""
    return {
        header_key(word): level.name
        for level in variable.levels
        for word in (level.name, level.zh, level.en, *level.aliases)
    }


def _numeric(
    source: Source, variable: Variable, match: Match, *, certain: bool, unit_chosen: bool
) -> Reading | None:
    cells = source.cells
    read = numbers(cells.words, decimal_comma=source.table.decimal_comma)
    values, other_units, stray = _in_own_unit(variable, read, match, source.header)
    if not certain and cells.counts[stray].sum() > _MAX_STRAY * cells.n_filled:
        return None
    stated = match.unit or Unit(variable.unit, 1.0)
    infinite = np.isinf(values)
    implausible = ~infinite & _outside(values, variable)
    notes = [_read_note(source, variable), *_unit_notes(source, variable, match, other_units)]
    better = _better_unit(source, variable, read.values, values, implausible | infinite | stray)
    if better and not other_units and not unit_chosen:
        said = stated.name if match.unit else ""
        key = "looks_like_stated" if said else "looks_like"
        return Reading(None, None, (source.note("doubted", key, unit=better, said=said or variable.unit),))
    notes += source.note_cells("converted", "censored", read.censored & ~stray)
    notes += stray_notes(source, stray)
    notes += source.note_cells("doubted", "infinite", infinite)
    low, high = variable.plausible or (-np.inf, np.inf)
    limits = f"{low:g}–{high:g} {variable.unit}".strip()
    notes += source.note_cells("doubted", "implausible", implausible, limits=limits)
    values[stray | infinite | implausible] = np.nan
    series = pd.Series(cells.spread(values))
    if series.isna().all():
        return Reading(None, None, (*notes[1:], source.note("left_out", "nothing_usable")))
    return Reading(variable.column(), series, tuple(notes))


def _in_own_unit(
    variable: Variable, read: Numbers, match: Match, header: str
) -> tuple[NDArray[np.float64], set[str], NDArray[np.bool_]]:
    """Values in the catalogue's unit, other units found inside cells, and which cells are no numbers."""
    own, rests = read.values.copy(), read.rests
    stray = np.isnan(own)
    other: set[str] = set()
    stated = match.unit or Unit(variable.unit, 1.0)
    units = {rest: variable.find_unit(rest, header) for rest in set(rests) if rest}
    for i, rest in enumerate(rests):
        unit = units[rest] if rest else stated
        if unit is None and is_flag(rest):
            unit = stated
        if unit is None:
            stray[i] = True
            own[i] = np.nan
            continue
        if rest and unit.factor != stated.factor:
            other.add(unit.name)
        own[i] = rescale(own[i : i + 1], unit)[0]
    return own, other, stray


def _outside(values: NDArray[np.float64], variable: Variable) -> NDArray[np.bool_]:
    if variable.plausible is None:
        return np.zeros(values.size, dtype=bool)
    low, high = variable.plausible
    with np.errstate(invalid="ignore"):
        return (values < low) | (values > high)


def _better_unit(
    source: Source,
    variable: Variable,
    written: NDArray[np.float64],
    values: NDArray[np.float64],
    unusable: NDArray[np.bool_],
) -> str:
    """Return the unit in which the column would make sense, if it does not in the one taken, else nothing."""
    counts = source.cells.counts
    figures = ~np.isnan(values)
    if counts[unusable & figures].sum() > 0.5 * counts[figures].sum():
        candidates, kept = written, figures
    elif _median_is_odd(variable, values[~unusable], counts[~unusable]):
        # as if what is now in the catalogue's unit had been written in the other one
        candidates, kept = values, ~unusable & figures
    else:
        return ""
    for name in variable.unit_choices:
        unit = variable.find_unit(name)
        if unit is None:
            continue
        tried = rescale(candidates[kept], unit)
        fits = counts[kept][~_outside(tried, variable) & np.isfinite(tried)].sum() >= 0.8 * counts[kept].sum()
        if fits and not _median_is_odd(variable, tried, counts[kept], strict=True):
            return name
    return ""


def _median_is_odd(
    variable: Variable, values: NDArray[np.float64], counts: NDArray[np.int64], *, strict: bool = False
) -> bool:
    """Whether the median lies where no group's does; a few patients prove nothing unless ``strict``."""
    if variable.typical is None or counts.sum() == 0 or (counts.sum() < _ENOUGH_FOR_MEDIAN and not strict):
        return False
    low, high = variable.typical
    median = float(np.median(np.repeat(values, counts)))
    return not low <= median <= high


def _read_note(source: Source, variable: Variable) -> Note:
    return source.note("read", "known", label=variable.column(), name=variable.name)


def _unit_notes(source: Source, variable: Variable, match: Match, other_units: set[str]) -> list[Note]:
    notes = []
    stated = match.unit
    if stated is not None and (stated.factor, stated.offset) != (1.0, 0.0):
        rule = f"× {stated.factor:.6g}" + (f" {stated.offset:+.4g}" if stated.offset else "")
        notes.append(source.note("converted", "unit", unit=match.unit_words, own=variable.unit, rule=rule))
    if variable.assumes_qualifier(match.unit_words, source.header):
        values = {"unit": match.unit_words, "assumed": variable.assumed_qualifier}
        notes.append(source.note("doubted", "qualifier_assumed", **values))
    if stated is None and len(variable.unit_choices) > 1 and source.header != variable.name:
        notes.append(source.note("read", "unit_assumed", unit=variable.unit))
    if other_units:
        units = ", ".join(sorted(other_units))
        notes.append(source.note("converted", "unit_in_cells", units=units, own=variable.unit))
    return notes
