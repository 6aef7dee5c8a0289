"""The laboratory's rows that matter, in one pass over the largest hospital table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.tables import reading, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.mimic_iv.tables import MimicTables

SMALL = "laboratory.parquet"
# "<0.01", and "LESS THAN 0.01": what lies outside the range of the method stands in the text, the number is empty
_CENSORED = r"(?i)^\s*(?:<|>|less than|greater than)\s*=?\s*([0-9]+(?:\.[0-9]+)?)"


@dataclass(frozen=True)
class Laboratory:
    """Rows of the laboratory, to be scanned as often as wanted.

    Attributes
    ----------
    source
        The table itself, the small file with the items that ``items.toml`` names, or what was read of either.
    """

    source: pl.LazyFrame

    def rows(self, items: list[int], persons: pl.Series | None = None) -> pl.LazyFrame:
        """Rows of some items, of some persons or of all.

        Returns
        -------
        LazyFrame
            ``subject_id``, ``specimen_id``, ``itemid``, ``charttime``, ``storetime``, ``number``, ``censored`` (the
            number is a limit), ``unit``, ``arterial`` (of a specimen's type).
        """
        wanted = pl.col("itemid").is_in(items)
        if persons is not None:
            wanted &= pl.col("subject_id").is_in(persons.implode())
        # before the texts are looked at: this is what makes the scan cheap
        found = self.source.filter(wanted)
        return found if "number" in found.collect_schema().names() else _read(found)

    def d_dimers(self) -> pl.DataFrame:
        """Samples of all persons in which D-dimer was ordered: ``subject_id``, ``charttime``."""
        items = definition("items")["labs"]["d_dimer"]["items"]
        with reading("labevents"):
            return self.rows(items).select("subject_id", "charttime").collect(engine="streaming")

    def within(self, spans: pl.DataFrame) -> Laboratory:
        """Read the rows of some persons and times into memory, so that the table is scanned once for all of them.

        Parameters
        ----------
        spans
            One row a person: ``subject_id``, ``begin``, ``end``.

        Raises
        ------
        CohortError
            The table cannot be read.
        """
        inside = pl.col("charttime").is_between("begin", "end")
        with reading("labevents"):
            found = (
                self.rows(wanted_items(), spans["subject_id"])
                .join(spans.lazy(), on="subject_id")
                .filter(inside)
                .drop("begin", "end")
                .collect(engine="streaming")
            )
        return Laboratory(found.lazy())


def laboratory(tables: MimicTables, work: Path) -> Laboratory:
    """Open the laboratory.

    Parameters
    ----------
    work
        Folder for the small file; it must outlive what is returned.

    Raises
    ------
    CohortError
        The table cannot be read, or the small file not be written.
    """
    rows = Laboratory(tables.scan("labevents"))
    path = tables.paths["labevents"]
    if path.suffix == ".parquet":
        return rows
    return Laboratory(unpacked(rows.rows(wanted_items()), "labevents", path, work / SMALL))


def wanted_items() -> list[int]:
    """Every item of the laboratory that ``items.toml`` names."""
    items = definition("items")
    named = [item for entry in items["labs"].values() for item in entry["items"]]
    return [*named, *items["specimen"]["items"]]


def _read(rows: pl.LazyFrame) -> pl.LazyFrame:
    specimen = definition("items")["specimen"]
    no_number = pl.col("valuenum").is_null()
    # only where there is no number: looking for one in every text would take half of the scan
    texts = [pl.when(no_number).then(pl.col(name)).str.extract(_CENSORED) for name in ("value", "comments")]
    text = pl.coalesce(texts).cast(pl.Float64, strict=False)
    is_specimen = pl.col("itemid").is_in(specimen["items"])
    return rows.select(
        "subject_id",
        "specimen_id",
        "itemid",
        "charttime",
        "storetime",
        pl.coalesce("valuenum", text).alias("number"),
        (no_number & text.is_not_null()).alias("censored"),
        pl.col("valueuom").str.slice(0, 12).alias("unit"),
        (is_specimen & pl.col("value").str.starts_with(specimen["arterial"]))
        .fill_null(value=False)
        .alias("arterial"),
    )
