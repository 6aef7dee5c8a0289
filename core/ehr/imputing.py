"""MissForest on its own: a table in, the same table without gaps out, and how good the filling is."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.cohort.mapping_beside import open_table
from core.cohort.tables import table_of, write_table
from core.ehr.encoding import fit_encoder
from core.ehr.missforest import MissForest
from core.errors import InputError
from core.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.cohort.columns import Table
    from core.ehr.encoding import Encoder


def impute_file(
    ehr: Path,
    out: Path,
    told: Callable[[str], None],
    seed: int = 0,
    columns: Path | None = None,
) -> dict[str, Any]:
    """Read a table, fill it, write it as CSV.

    Parameters
    ----------
    ehr, out
        The table, and the file to write.
    told
        Called with what says how columns are read.
    seed
        Of the forests.
    columns
        How columns of the table are read; without it, the ``columns.toml`` beside the table, where there is one.

    Returns
    -------
    dict
        ``n_rows``, ``n_imputed``, ``nrmse``, ``pfc``, ``iterations``, ``left_out`` (column and reason) and, by
        variable, ``kind``, ``missing`` (share) and ``error`` (out of bag).

    Raises
    ------
    TableError
        The table, or what says how its columns are read, cannot be read.
    TrainingError
        No column has values to learn from.
    InputError
        The table is missing, or the result cannot be written.
    """
    cells, mapping = open_table(ehr, columns, told)
    filled, summary = impute_table(table_of(cells, mapping=mapping), seed)
    temporary = out.with_name(f".{out.name}.part")
    try:
        write_table(filled, temporary, spreadsheet=True)
        temporary.replace(out)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError("errors.file_not_writable", file=out, reason=error.strerror) from error
    return summary


def impute_table(table: Table, seed: int = 0) -> tuple[Table, dict[str, Any]]:
    """Fill a table; columns without enough values to learn from are left out and named."""
    encoder = fit_encoder(table)
    matrix = encoder.encode(table.frame)
    imputer = MissForest(seed=seed, threads=threads())
    completed = imputer.fit_transform(matrix, encoder.n_levels)
    filled = replace(table, frame=_decode(table, encoder, matrix, completed), columns=encoder.columns)
    return filled, {
        "n_rows": len(table.frame),
        "n_imputed": int(np.isnan(matrix).sum()),
        "seed": seed,
        "left_out": [list(pair) for pair in encoder.dropped],
        **imputation_summary(encoder, imputer),
    }


def imputation_summary(encoder: Encoder, imputer: MissForest) -> dict[str, Any]:
    """How the imputation of the training rows went, as a whole and by variable (out-of-bag errors)."""
    report = imputer.report_
    variables = [
        {
            "variable": feature.column.name,
            "kind": "pfc" if feature.n_levels else "nrmse",
            "missing": round(float(report.missing_share[j]), 6),
            "error": _number(report.oob_error[j]),
        }
        for j, feature in enumerate(encoder.features)
    ]
    return {
        "nrmse": _number(report.nrmse),
        "pfc": _number(report.pfc),
        "iterations": report.iterations,
        "kept_iteration": report.kept_iteration,
        "variables": variables,
    }


def _decode(table: Table, encoder: Encoder, matrix: Any, completed: Any) -> pd.DataFrame:
    """Put imputed values back into the table's own words; observed cells stay as they were."""
    columns = {}
    for j, feature in enumerate(encoder.features):
        values = table.frame[feature.column.name]
        gaps = np.isnan(matrix[:, j]) & values.isna().to_numpy()
        if feature.column.kind == "categorical":
            words = pd.Series(completed[:, j], index=values.index).map(dict(enumerate(feature.levels)))
            columns[feature.column.name] = values.where(~gaps, words)
        else:
            columns[feature.column.name] = values.where(~gaps, completed[:, j])
    return pd.DataFrame(columns, index=table.frame.index)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)
