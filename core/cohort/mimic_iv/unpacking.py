"""Packed tables that a build asks several times, unpacked once: what it may ask for, in small Parquet files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition, names_one_of
from core.cohort.mimic_iv.tables import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.mimic_iv.tables import MimicTables


def unpack_bedside(tables: MimicTables, ordered: pl.Series, work: Path) -> MimicTables:
    """Unpack what was given and infused at the bedside; Parquet stays where it is.

    Parameters
    ----------
    ordered
        ``hadm_id`` of the admissions with an order for a thrombolytic drug: of these every record at the bedside
        counts, because it tells that there were such records at all.
    work
        Folder for the small files; it must outlive what is returned.

    Returns
    -------
    MimicTables
        The same tables, two of them with fewer rows where they were packed.

    Raises
    ------
    CohortError
        A table cannot be read, or a small file not be written.
    """
    drugs, items = definition("drugs"), definition("items")["treatment"]
    lytic = drugs["systemic"].values()
    names = [name for entry in (*lytic, drugs["reversal"]) for name in entry["names"]]
    infused = [item for entry in lytic for item in entry.get("input_items", ())]
    wanted = {
        "emar": names_one_of(pl.col("medication"), names) | pl.col("hadm_id").is_in(ordered.implode()),
        "inputevents": pl.col("itemid").is_in(
            [*infused, *(item for kind in items.values() for item in kind)]
        ),
    }
    small = {}
    for table, asked in wanted.items():
        path = tables.paths[table]
        if path.suffix != ".parquet":
            small[table] = work / f"{table}.parquet"
            unpacked(tables.scan(table).filter(asked), table, path, small[table])
    return replace(tables, paths=tables.paths | small)
