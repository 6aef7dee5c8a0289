"""The charted rows that matter, in one pass over the largest table of intensive care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.tables import reading, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.mimic_iv.tables import MimicTables


def open_chart(tables: MimicTables, work: Path) -> pl.LazyFrame:
    """Open the charted values that ``items.toml`` names, of all persons.

    Parameters
    ----------
    work
        Folder for a small file; it must outlive what is returned.

    Raises
    ------
    CohortError
        The table cannot be read, or the small file not be written.
    """
    coma = definition("items")["gcs"]
    wanted = [*chart_items()["itemid"].to_list(), *coma.values()]
    tube = (pl.col("itemid") == coma["verbal"]) & pl.col("value").str.contains("ETT")
    rows = tables.scan("chartevents").filter(pl.col("itemid").is_in(wanted)).select(
        "subject_id", "charttime", "itemid", pl.col("valuenum").alias("number"),
        tube.fill_null(value=False).alias("tube"),
    )  # fmt: skip
    return unpacked(rows, "chartevents", tables.paths["chartevents"], work / "chart.parquet")


def read_chart(chart: pl.LazyFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Charted values of the rows' persons within their windows.

    Parameters
    ----------
    chart
        As ``open_chart`` returns it.
    """
    persons = rows["subject_id"].unique()
    with reading("chartevents"):
        near = in_window(chart.filter(pl.col("subject_id").is_in(persons.implode())), rows)
    return near.filter(pl.col("number").is_not_null())


def in_window(events: pl.LazyFrame, rows: pl.DataFrame, reported: str | None = None) -> pl.DataFrame:
    """Events of the rows' persons within their windows; only those persons' events leave the scan."""
    windows = rows.lazy().select("patient_id", "subject_id", "known_from", "known_until")
    time = pl.col("charttime")
    inside = (time >= pl.col("known_from")) & (time <= pl.col("known_until"))
    if reported is not None:
        inside &= pl.col(reported).fill_null(time) <= pl.col("known_until")
    return events.join(windows, on="subject_id", how="inner").filter(inside).collect(engine="streaming")


def chart_items() -> pl.DataFrame:
    """Charted items that ``items.toml`` names, as ``named_items`` returns them."""
    return named_items({name: entry["units"] for name, entry in definition("items")["chart"].items()})


def named_items(units: dict[str, dict[str, list[int]]]) -> pl.DataFrame:
    """Items by variable and unit as rows: ``itemid``, ``variable`` and ``assumed``, the unit."""
    listed = [
        (item, variable, unit)
        for variable, by_unit in units.items()
        for unit, items in by_unit.items()
        for item in items
    ]
    schema = {"itemid": pl.Int64, "variable": pl.String, "assumed": pl.String}
    return pl.DataFrame(listed, schema=schema, orient="row")
