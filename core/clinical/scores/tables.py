"""Tables of patients as the scores read them: the catalogue's columns, and the few that only scores ask for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from core.clinical.scores._definitions import scores
from core.clinical.scores._inputs import column
from core.cohort.tables import load_cells, table_of
from core.cohort.variables import variables
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.column_mapping import ColumnMapping
    from core.cohort.columns import Column, Table
    from core.cohort.tables import Cells


@functools.cache
def input_columns() -> tuple[Column, ...]:
    """Columns of all inputs that any score asks for: those of the catalogue first, in its order."""
    asked = set().union(*(one.inputs for one in scores().values()))
    known = [name for name in variables() if name in asked]
    return tuple(column(name) for name in (*known, *sorted(asked - set(known))))


def read_score_table(source: Path | bytes, name: str = "") -> Table:
    """Read a table of patients for the scores: no column is left out because all patients are alike.

    Parameters
    ----------
    source, name
        As for ``read_table``.

    Raises
    ------
    TableError
        The file cannot be read as a table of patients, or has no column that a score asks for.
    """
    return score_table_of(load_cells(source, name))


def score_table_of(cells: Cells, mapping: ColumnMapping | None = None) -> Table:
    """Return the table of patients that cells hold, as ``read_score_table`` does.

    Parameters
    ----------
    mapping
        What a person says of columns.
    """
    try:
        return table_of(cells, columns=input_columns(), mapping=mapping)
    except TableError as error:
        if error.key == "errors_table.none_expected":
            raise TableError("errors_scores.none_expected", file=error.values["file"]) from None
        raise
