"""The laboratory's rows that matter, in one pass over the largest hospital table.

From CSV they are written once to a small Parquet file, because unpacking a table of 100 million rows twice would
take twice as long; a Parquet table is scanned in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.tables import reading
from core.errors import CohortError

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.mimic_iv.tables import MimicTables

SMALL = "laboratory.parquet"
# "<0.01", and "LESS THAN 0.01": what lies outside the range of the method stands in the text, the number is empty
_CENSORED = r"(?i)^\s*(?:<|>|less than|greater than)\s*=?\s*([0-9]+(?:\.[0-9]+)?)"


def laboratory(tables: MimicTables, work: Path) -> pl.LazyFrame:
    """Rows of the items that ``items.toml`` names.

    Parameters
    ----------
    work
        Folder for the small file; it must outlive what is returned.

    Returns
    -------
    LazyFrame
        ``subject_id``, ``specimen_id``, ``itemid``, ``charttime``, ``storetime``, ``number``, ``censored`` (the number
        is a limit), ``unit``, ``arterial`` (of a specimen's type).

    Raises
    ------
    CohortError
        The table cannot be read, or the small file not be written.
    """
    path = tables.paths["labevents"]
    rows = _rows(tables)
    if path.suffix == ".parquet":
        return rows
    small = work / SMALL
    try:
        small.touch()
    except OSError as error:
        raise CohortError("errors_mimic.disk", folder=work.parent, reason=error.strerror) from error
    with reading("labevents", path):
        rows.sink_parquet(small, compression="lz4")
    return pl.scan_parquet(small)


def _rows(tables: MimicTables) -> pl.LazyFrame:
    items = definition("items")
    specimen = items["specimen"]
    wanted = [item for entry in items["labs"].values() for item in entry["items"]] + specimen["items"]
    text = pl.coalesce(
        pl.col("value").str.extract(_CENSORED), pl.col("comments").str.extract(_CENSORED)
    ).cast(pl.Float64, strict=False)
    is_specimen = pl.col("itemid").is_in(specimen["items"])
    return (
        tables.scan("labevents")
        .filter(pl.col("itemid").is_in(wanted))
        .select(
            "subject_id",
            "specimen_id",
            "itemid",
            "charttime",
            "storetime",
            pl.coalesce("valuenum", text).alias("number"),
            (pl.col("valuenum").is_null() & text.is_not_null()).alias("censored"),
            pl.col("valueuom").str.slice(0, 12).alias("unit"),
            (is_specimen & pl.col("value").str.to_uppercase().str.starts_with(specimen["arterial"]))
            .fill_null(value=False)
            .alias("arterial"),
        )
        .filter(
            pl.col("number").is_not_null()
            | pl.col("arterial")
            | pl.col("itemid").is_in(items["labs"]["d_dimer"]["items"])
        )
    )
