"""What ``python -m core scores`` does: a table in, every published score of every patient out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.clinical.scores import results, score_table_of
from core.cohort.mapping_beside import open_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# what the scores lack is told with each of them; columns that no score asks for are no loss
_NOT_TOLD = ("reading.given_missing",)


def scores_of_file(
    ehr: Path, told: Callable[[str], None], columns: Path | None = None
) -> list[dict[str, Any]]:
    """Read a table and every score of its patients.

    Parameters
    ----------
    ehr
        CSV, XLSX or Parquet.
    told
        Called with what the reader converted or doubted.
    columns
        How columns of the table are read; without it, the ``columns.toml`` beside the table, where there is one.

    Returns
    -------
    list of dict
        One a patient, as ``scores --json`` prints it.

    Raises
    ------
    InputError
        The file is missing, is no table of patients, or has no column that a score asks for.
    """
    cells, mapping = open_table(ehr, columns, told)
    table = score_table_of(cells, mapping)
    for kind in ("doubted", "converted"):
        for note in table.report.of(kind):
            if note.key not in _NOT_TOLD:
                told(note.say("en"))
    found = results(table.frame)
    return [
        {"patient_id": str(patient_id), **{name: one.to_json() for name, one in row.items()}}
        for patient_id, row in zip(table.frame.index, found, strict=True)
    ]


def score_lines(patient: dict[str, Any]) -> Iterator[str]:
    """One patient's scores for a terminal: a line for the patient, one for each score."""
    yield str(patient["patient_id"])
    for name, one in patient.items():
        if name == "patient_id":
            continue
        said = [_class(one)] if _class(one) else []
        if one["presumed_class"] is not None:
            said.append(f"{one['presumed_class']} if no unrecorded arrest, vasopressor or ventilation")
        if one["contradicting"]:
            said.append(f"record contradicts measurement: {', '.join(one['contradicting'])}")
        if one["missing"] and _open(one):
            said.append(f"missing: {', '.join(one['missing'])}")
        if one["settled_by"]:
            said.append(f"would settle it: {' or '.join(one['settled_by'])}")
        yield f"  {name:<21}{_points(one):<14}{'; '.join(said)}".rstrip()


def _points(one: dict[str, Any]) -> str:
    if one["applies"] is False:
        return "not for this patient"
    if isinstance(one["low"], str):
        return ""
    return f"{one['low']:g}" if one["low"] == one["high"] else f"{one['low']:g} to {one['high']:g}"


def _class(one: dict[str, Any]) -> str:
    if one["class"] is not None:
        others = [word for word in one["other_classes"].values() if word is not None]
        return f"{one['class']} ({', '.join(others)})" if others else str(one["class"])
    if isinstance(one["low"], str):
        return f"{one['low']} to {one['high']}"
    possible = one["possible_classes"]
    return " or ".join(possible) if len(possible) < 3 else f"{possible[0]} to {possible[-1]}"


def _open(one: dict[str, Any]) -> bool:
    return one["applies"] is not False and (one["low"] != one["high"] or bool(one["settled_by"]))
