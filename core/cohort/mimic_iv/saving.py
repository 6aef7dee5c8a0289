"""Writing an assembled cohort with its results: the folder appears whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.classes import CLASSES
from core.cohort.flow import COLUMNS as FLOW_COLUMNS
from core.cohort.table_one import COLUMNS as TABLE_ONE_COLUMNS
from core.cohort.table_one import describe_classes
from core.cohort.writing import whole_folder, write_about, write_rows, written

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from core.cohort.flow import Flow
    from core.cohort.mimic_iv.assembling import Assembled


def save(cohort: Assembled, folder: Path, flow: Flow, counts: pl.DataFrame, definitions: list[str]) -> None:
    """Write the cohort, ``flow.csv``, ``table_one.csv``, ``variables.csv`` and ``definitions.txt``.

    Raises
    ------
    CohortError
        The folder is not empty, or cannot be written.
    """
    with whole_folder(folder) as place:
        write_about(cohort.about, place / "cohort.toml")
        values = {column.name: cohort.table[column.name].to_list() for column in cohort.columns}
        cells = (written(values[column.name], column) for column in cohort.columns)
        rows = zip(cohort.table["patient_id"].to_list(), *cells, strict=True)
        write_rows(place / "ehr.csv", cohort.table.columns, rows)
        for name, frame in (("labels", cohort.labels), ("ecg", cohort.recordings), ("variables", counts)):
            if frame is not None:
                write_rows(place / f"{name}.csv", frame.columns, frame.iter_rows())
        write_rows(place / "flow.csv", FLOW_COLUMNS, flow.rows)
        write_rows(place / "table_one.csv", TABLE_ONE_COLUMNS, _table_one(cohort, values))
        (place / "definitions.txt").write_text("\n".join(definitions) + "\n", encoding="utf-8")


def _table_one(cohort: Assembled, values: dict[str, list[Any]]) -> list[list[Any]]:
    by_task = {
        "diagnosis": cohort.labels["pe"],
        "outcome": cohort.labels["outcome"].replace_strict(
            {name: code for code, name in enumerate(CLASSES["outcome"])}, return_dtype=pl.Int8
        ),
    }
    described: list[dict[str, Any]] = []
    for task, codes in by_task.items():
        # a class that no task has: these rows are in none
        described += describe_classes(task, cohort.columns, values, codes.fill_null(-1).to_numpy())
    rows = ([row.get(name) for name in TABLE_ONE_COLUMNS] for row in described)
    return [[None if value is None or value != value else value for value in row] for row in rows]  # noqa: PLR0124
