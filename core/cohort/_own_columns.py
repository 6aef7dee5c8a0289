"""A hospital's own columns, unknown to the catalogue: typed by what they hold, or left out for a reason."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import NO, YES, Distinct, clip, is_flag, looks_like_unit, numbers
from core.cohort._graded_words import NEGATIVE, WEAK, grade, grade_notes, graded, level_words
from core.cohort._header_words import has_word, known_late
from core.cohort._matching import OWN, match_header, own_unit, split_header
from core.cohort._odd_numbers import looks_unknown, shares_among_percents
from core.cohort._reading import Reading, Source, open_groups, stray_notes, text_series, yes_or_no
from core.cohort.columns import Column
from core.cohort.variables import header_key, label_words, word_list

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort.columns import Kind

_MAX_LEVELS = 30
_MIN_NUMERIC = 0.8
_MOST_OUTCOMES = 0.5
_ENOUGH_ROWS = 5
_TWO_CODES = 2
_DATE_SAMPLE = 300
_DATE = re.compile(
    r"(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[-/][A-Za-z]{3}[-/]\d{2,4}"
    r"|\d{4}年\d{1,2}月)([T\s]*\d{1,2}[:时点]\d{1,2}([:分]\d{1,2}([.秒]\d*)?)?分?\s*(am|pm|Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}:\d{2}(:\d{2})?",
    re.IGNORECASE,
)
_COMPACT_DATE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\.0)?")
_SERIAL_DAYS = (7_000, 73_050)
_DATE_WORDS = re.compile(r"date|time|\bdob\b|birth|日期|时间|生日|日$", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]{0,4}[-_/]?\d[A-Za-z0-9_/-]*")


def own_name(header: str) -> str:
    """Name of an own column: its header, marked if the catalogue would take it for one of its variables."""
    match = match_header(header)
    return f"{header} ({OWN})" if match.variable is not None and match.unit_known else header


def read_own(source: Source) -> Reading:
    """Type one column by its content, or leave it out."""
    reason = _reason_to_leave_out(source)
    if reason:
        kind, key = reason
        return Reading(None, None, (source.note("doubted" if kind == "doubted" else "left_out", key),))
    for attempt in (_graded, _binary, _numeric, _categorical):
        reading = attempt(source)
        if reading is not None:
            return reading
    key = "codes" if _are_codes(source) else "too_many_levels" if _repeats(source) else "free_text"
    notes = (source.note("left_out", key, n=len(source.cells.words)), *open_groups(source))
    return Reading(None, None, notes)


def read_own_as(source: Source, kind: str) -> Reading:
    """Read one column as numbers or as categories, whatever it looks like, but no person's name and no outcome."""
    cells, key = source.cells, header_key(source.header)
    if cells.n_filled == 0 or key in word_list("personal_headers") or _names_outcome(source):
        return read_own(source)
    if kind == "numeric":
        values, _, _ = parse_own_numbers(source)
        reading = None if np.isnan(values).all() else _numeric(source, certain=True)
    else:
        reading = _categorical(source, certain=True)
    if reading is None:
        return Reading(None, None, (source.note("left_out", f"not_{kind}", n=len(cells.words)),))
    return replace(reading, notes=(*reading.notes, source.note("read", "chosen")))


def own_column(source: Source, kind: Kind, levels: tuple[str, ...] = ()) -> Column:
    """Column of a hospital's own header."""
    name = own_name(source.header)
    label, unit = own_unit(name)
    return Column(name, kind, levels, unit, label, label)


def parse_own_numbers(source: Source) -> tuple[NDArray[np.float64], NDArray[np.bool_], str]:
    """Values of the distinct cells, which are limits, and the one unit found behind the numbers."""
    read = numbers(source.cells.words, decimal_comma=source.table.decimal_comma)
    behind = {rest for rest in read.rests if rest and not is_flag(rest) and looks_like_unit(rest)}
    common = behind.pop() if len(behind) == 1 else ""
    fine = np.array([not rest or is_flag(rest) or rest == common for rest in read.rests], dtype=bool)
    return np.where(fine, read.values, np.nan), read.censored & fine, common


def _reason_to_leave_out(source: Source) -> tuple[str, str] | None:
    cells, key = source.cells, header_key(source.header)
    if cells.n_filled == 0 or key in word_list("personal_headers"):
        return "left_out", "personal" if cells.n_filled else "all_missing"
    if _names_outcome(source) or _holds_outcomes(source):
        return "doubted", "outcome" if _names_outcome(source) else "outcome_words"
    if _are_dates(source):
        return "left_out", "dates"
    if _is_identifier(source):
        return "left_out", "identifier_repeats" if _repeats(source) else "identifier"
    if len(cells.words) == 1 and len(source.table.numbers) > 1:
        return "left_out", "constant"
    return ("doubted", "reading_late.late") if known_late(source.header) else None


def _names_outcome(source: Source) -> bool:
    headers, events = label_words()["headers"], label_words()["events"]
    listed = {*word_list("outcome_headers"), *headers["pe"], *headers["outcome"]}
    listed |= {*events["death"], *events["major_bleeding"]}
    listed |= {word for words in label_words()["doubtful_events"].values() for word in words}
    return header_key(source.header) in listed or header_key(split_header(source.header)[0]) in listed


def _holds_outcomes(source: Source) -> bool:
    """Whether most cells are words of an outcome and some patients died, whatever the header says."""
    meanings = {word: meaning for meaning, words in label_words()["outcome"].items() for word in words}
    cells = source.cells
    found = [meanings.get(header_key(word), "") for word in cells.words]
    known = np.array([bool(meaning) for meaning in found], dtype=bool)
    return "death" in found and bool(cells.counts[known].sum() >= _MOST_OUTCOMES * cells.n_filled)


def _graded(source: Source) -> Reading | None:
    """Read negative, weakly positive, positive … as levels in their order; two of them may be a plain no and yes."""
    cells = source.cells
    levels = level_words(source)
    plain = WEAK not in levels and len(levels) == 2 and NEGATIVE in levels
    if not graded(cells.words).all() or len(levels) < 2 or plain:
        return None
    order = tuple(levels.values())
    notes = [
        source.note("read", "reading_cells.own_graded", n=len(order), levels=clip(" < ".join(order), 80)),
        *grade_notes(source),
    ]
    series = text_series(cells, [levels[grade(word) or NEGATIVE] for word in cells.words])
    return Reading(own_column(source, "categorical", order), series, tuple(notes))


def _binary(source: Source) -> Reading | None:
    cells = source.cells
    if any(word.casefold() not in YES | NO and grade(word) in (None, WEAK) for word in cells.words):
        return None
    coded = yes_or_no(cells.words)
    levels = (_usual_word(source, coded == 0) or "0", _usual_word(source, coded == 1) or "1")
    if len(set(coded)) < 2 and len(source.table.numbers) > 1:
        return Reading(None, None, (source.note("left_out", "constant"),))
    notes = [source.note("read", "own_binary", no=clip(levels[0]), yes=clip(levels[1])), *grade_notes(source)]
    return Reading(own_column(source, "binary", levels), pd.Series(cells.spread(coded)), tuple(notes))


def _two_codes(source: Source, low: int) -> Reading:
    """Read codes 0 and 1, or 1 and 2, among a few cells that are neither."""
    levels = (str(low), str(low + 1))
    coded = yes_or_no(source.cells.words, levels)
    notes = [source.note("read", "own_binary", no=levels[0], yes=levels[1])]
    notes += source.note_cells("doubted", "strange_words", np.isnan(coded), expected=", ".join(levels))
    return Reading(own_column(source, "binary", levels), pd.Series(source.cells.spread(coded)), tuple(notes))


def _usual_word(source: Source, chosen: NDArray[np.bool_]) -> str:
    # a bare dash would be a gap in the next table, (-) says the same anywhere
    words = ["(-)" if word == "-" else word for word in source.cells.words]
    alone = np.array([word != "(-)" for word in words], dtype=bool)
    named = chosen & alone if (chosen & alone).any() else chosen
    counts = np.where(named, source.cells.counts, 0)
    return words[int(counts.argmax())].removesuffix(".0") if chosen.any() else ""


def _numeric(source: Source, *, certain: bool = False) -> Reading | None:
    cells = source.cells
    values, censored, unit = parse_own_numbers(source)
    shares = shares_among_percents(source, values, unit)
    values = np.where(shares, np.nan, values)
    infinite = np.isinf(values)
    figures = ~np.isnan(values) | shares
    if not certain and cells.counts[figures].sum() < _MIN_NUMERIC * cells.n_filled:
        return None
    if infinite[figures].all():
        return Reading(None, None, tuple(source.note_cells("doubted", "infinite", infinite)))
    notes = [source.note("read", "own_numeric", unit=unit or own_unit(source.header)[1] or "–")]
    notes += source.note_cells("converted", "censored", censored)
    notes += stray_notes(source, ~figures)
    notes += source.note_cells("doubted", "shares", shares)
    notes += source.note_cells("doubted", "infinite", infinite)
    notes += source.note_cells("doubted", "sentinel", looks_unknown(values))
    values = np.where(infinite, np.nan, values)
    left = set(values[~np.isnan(values)])
    if len(left) < 2 and len(source.table.numbers) > 1:
        return Reading(None, None, (source.note("left_out", "constant"),))
    if left in ({0, 1}, {1, 2}):
        return _two_codes(source, int(min(left)))
    return Reading(own_column(source, "numeric"), pd.Series(cells.spread(values)), tuple(notes))


def _categorical(source: Source, *, certain: bool = False) -> Reading | None:
    cells = source.cells
    repeats = certain or _repeats(source) or len(source.table.numbers) == 1
    if len(cells.words) > _MAX_LEVELS or not repeats:
        return None
    levels: list[str | None] = [*cells.words]
    read = source.note("read", "own_categorical", n=len(levels))
    notes = (read, *open_groups(source), *(() if certain else grade_notes(source)))
    column = own_column(source, "categorical", tuple(sorted(cells.words)))
    return Reading(column, text_series(cells, levels), notes)


def _repeats(source: Source) -> bool:
    """Whether a word stands for two rows or more on average."""
    return 2 * len(source.cells.words) <= source.cells.n_filled


def _are_dates(source: Source) -> bool:
    cells, compact = source.cells, _DATE_WORDS.search(source.header) is not None
    # the most frequent cells tell: a column is dates or is not
    chosen = np.argsort(-cells.counts, kind="stable")[:_DATE_SAMPLE]
    words = [cells.words[i] for i in chosen]
    date = [bool(_DATE.fullmatch(word) or (compact and _COMPACT_DATE.fullmatch(word))) for word in words]
    if cells.counts[chosen][date].sum() >= 0.8 * cells.counts[chosen].sum():
        return True
    return compact and not own_unit(source.header)[1] and _are_serial(cells)


def _are_serial(cells: Distinct) -> bool:
    """Whether cells are days as spreadsheets count them, from 1919 to 2099: a date that lost its format."""
    days = numbers(cells.words).values
    with np.errstate(invalid="ignore"):
        inside = (days >= _SERIAL_DAYS[0]) & (days <= _SERIAL_DAYS[1])
    return bool(cells.counts[inside].sum() >= 0.8 * cells.n_filled)


def _are_codes(source: Source) -> bool:
    cells = source.cells
    return len(cells.words) > 0.9 * cells.n_filled and all(_CODE.fullmatch(word) for word in cells.words)


def _is_identifier(source: Source) -> bool:
    """Whether the header says so over many values, or they are a running number or long and all different."""
    cells = source.cells
    n = len(cells.words)
    if header_key(source.header) in word_list("patient_id_headers") and n > _TWO_CODES:
        return True
    if has_word(own_unit(source.header)[0], "identifier_words") and (
        n > _MAX_LEVELS or 2 * n > cells.n_filled
    ):
        return True
    if n < _ENOUGH_ROWS or n < cells.n_filled:
        return False
    values = numbers(cells.words).values
    if not np.isfinite(values).all() or (values % 1 != 0).any():
        return False
    running = bool((np.diff(cells.spread(values)) == 1).all()) and values.min() in (0, 1)
    return running or bool((values >= 1e7).all())
