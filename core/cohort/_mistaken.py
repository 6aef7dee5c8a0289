"""Files given in the wrong place: an electrocardiogram's samples as a table of patients, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.cohort._matching import match_header, split_header
from core.cohort._patient_ids import id_header
from core.cohort._table_cells import load_cells
from core.cohort.units import header_key
from core.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

_LEADS = {"i", "ii", "iii", "avr", "avl", "avf", *(f"v{number}" for number in range(1, 7))}
_FEWEST_LEADS, _FEWEST_VARIABLES = 6, 2


def refuse_leads(headers: list[str], file: str) -> None:
    """Raise a ``TableError`` where the columns are leads, and nothing says that rows are patients."""
    if _n_leads(headers) < _FEWEST_LEADS:
        return
    if id_header(headers) is None and not _n_variables(headers):
        raise TableError("errors_signatures.recording", file=file, kind="CSV")


def holds_patients(source: Path | bytes, name: str = "") -> bool:
    """Whether a file is a table whose header names patients, or variables of the catalogue.

    Parameters
    ----------
    source, name
        As for ``read_table``.
    """
    try:
        headers = [str(header) for header in load_cells(source, name).frame.columns]
    except TableError:
        return False
    if _n_leads(headers) >= _FEWEST_LEADS:
        return False
    return id_header(headers) is not None or _n_variables(headers) >= _FEWEST_VARIABLES


def _n_leads(headers: list[str]) -> int:
    return len(_LEADS.intersection(header_key(split_header(header)[0]) for header in headers))


def _n_variables(headers: list[str]) -> int:
    return sum(match_header(header).variable is not None for header in headers)
