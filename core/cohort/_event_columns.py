"""Outcomes kept in two columns, death and major bleeding: which columns they are, and the one outcome they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.cohort._cells import clip, distinct
from core.cohort._matching import legend
from core.cohort._reading import plain_code, yes_or_no
from core.cohort.column_mapping import EVENTS
from core.cohort.columns import Note
from core.cohort.variables import header_key, label_words
from core.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.cohort._table_cells import Cells
    from core.cohort.column_mapping import ColumnMapping

_N_NAMED = 4


@dataclass(frozen=True)
class EventColumns:
    """Which columns hold the events.

    Attributes
    ----------
    roles
        Header to ``death`` or ``major_bleeding``: both, or none.
    open
        Headers that speak of an event where it is not clear which columns are the two.
    """

    roles: dict[str, str] = field(default_factory=dict)
    open: tuple[str, ...] = ()


def event_role(header: str) -> str:
    """Event that a header names beyond doubt; empty for any other."""
    return next((role for role in EVENTS if _keys(header) & set(label_words()["events"][role])), "")


def event_columns(headers: list[str], mapping: ColumnMapping | None, file: str) -> EventColumns:
    """Find the two columns: those a person chose, and headers that say so beyond doubt, one for each event.

    Raises
    ------
    TableError
        A person chose one of them, and the other is not clear.
    """
    choices = mapping.choices if mapping else {}
    roles = {header: choices[header].read_as for header in headers if header in choices}
    roles = {header: role for header, role in roles.items() if role in EVENTS}
    by_hand = bool(roles)
    free = [header for header in headers if header not in choices]
    for role in EVENTS:
        named = [header for header in free if event_role(header) == role]
        if role not in roles.values() and len(named) == 1:
            roles[named[0]] = role
    if len(roles) == len(EVENTS):
        return EventColumns(roles)
    if by_hand:
        (header, role) = next(iter(roles.items()))
        other = next(one for one in EVENTS if one != role)
        raise TableError("errors_events.half", file=file, column=clip(header), role=role, other=other)
    return EventColumns(open=tuple(header for header in free if event_role(header) or is_doubtful(header)))


def read_event(table: Cells, header: str, role: str) -> NDArray[np.float64]:
    """Return 1, 0 or NaN (not recorded) for each row of an event's column.

    Raises
    ------
    TableError
        A cell that says neither yes nor no, or a yes that would be a survivor's.
    """
    cells, codes = distinct(table.frame[header]), legend(header)[1]
    values = yes_or_no(cells.words, codes=codes)
    if role == "death" and _names_survival(header) and not np.isnan(values).all():
        raise TableError("errors_events.survival", file=table.file, column=clip(header))
    known = label_words()["event_words"]
    for at, word in enumerate(cells.words):
        key = header_key(codes.get(plain_code(word), word))
        if np.isnan(values[at]) and key in (*known[role], *known[f"no_{role}"]):
            values[at] = float(key in known[role])
    rows = cells.rows_of(np.isnan(values))
    if rows.size:
        first = int(rows[0])
        raise TableError(
            "errors_events.value",
            file=table.file,
            row=table.rows([first])[0],
            column=clip(header),
            value=clip(cells.words[cells.codes[first]]),
        )
    return np.asarray(cells.spread(values), dtype=np.float64)


def combined(table: Cells, roles: dict[str, str]) -> pd.Series:
    """Return one outcome a row: death comes first, then major bleeding, then none.

    Where death is not recorded nothing is known, as death goes first; without a death, a bleeding that is not recorded
    leaves the outcome open too.
    """
    death, bleeding = _events(table, roles)
    alive = death == 0
    conditions = [death == 1, alive & (bleeding == 1), alive & (bleeding == 0)]
    classes = np.select(conditions, [1, 2, 0], default=-1)
    names = np.array(["none", "death", "bleeding", None], dtype=object)
    return pd.Series(names[classes], dtype="str")


def event_note(table: Cells, roles: dict[str, str]) -> Note:
    """Say which columns were combined by which rule, with counts."""
    death, bleeding = _events(table, roles)
    outcome = combined(table, roles)
    counts = outcome.value_counts()
    headers = {role: clip(header) for header, role in roles.items()}
    values: dict[str, object] = {
        name: f"{int(counts.get(name, 0)):,}" for name in ("none", "death", "bleeding")
    }
    values |= {
        "file": table.file,
        "death_column": headers["death"],
        "bleeding_column": headers["major_bleeding"],
        "unknown": f"{int(outcome.isna().sum()):,}",
        "both": f"{int(((death == 1) & (bleeding == 1)).sum()):,}",
    }
    return Note("converted", "", "events.combined", values)


def open_note(table: Cells, headers: tuple[str, ...]) -> Note:
    """Say that columns that speak of events were not read as the outcome."""
    return Note("doubted", "", "events.open", {"file": table.file, "columns": named(headers)})


def named(headers: tuple[str, ...] | list[str]) -> str:
    """Return the first of some headers for a sentence."""
    return ", ".join(clip(header, 20) for header in headers[:_N_NAMED])


def _events(table: Cells, roles: dict[str, str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    read = {role: read_event(table, header, role) for header, role in roles.items()}
    return read["death"], read["major_bleeding"]


def is_doubtful(header: str) -> bool:
    """Whether a header speaks of a bleeding that may be a minor one."""
    return bool(_keys(header) & set(label_words()["doubtful_events"]["bleeding"]))


def _names_survival(header: str) -> bool:
    return bool(_keys(header) & set(label_words()["doubtful_events"]["survival"]))


def _keys(header: str) -> set[str]:
    """What a header is known by: its words, and its name before a legend of codes."""
    return {header_key(header), header_key(legend(header)[0])}
