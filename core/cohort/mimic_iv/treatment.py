"""What was done before the index time: vasopressors, ventilation, arrest, the thrombolytic drug itself.

Only intensive care charts the first three. Outside it they are unknown, not absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.tables import reading
from core.cohort.mimic_iv.visits import LYSIS_ID

if TYPE_CHECKING:
    from core.cohort.mimic_iv.tables import MimicTables


def read_events(tables: MimicTables, table: str, kinds: tuple[str, ...], rows: pl.DataFrame) -> pl.DataFrame:
    """Events of ``inputevents`` or ``procedureevents`` by kind, for the rows' persons.

    Returns
    -------
    DataFrame
        ``subject_id``, ``kind`` (name in ``items.toml``'s treatment), ``begin``, ``end``, ``amount`` (null for
        procedures).
    """
    listed = definition("items")["treatment"]
    kind_of = {item: kind for kind in kinds for item in listed[kind]}
    scan = tables.scan(table).filter(pl.col("itemid").is_in(list(kind_of)))
    if table == "inputevents":
        scan = scan.filter(pl.col("statusdescription") != "Rewritten")
        amount = pl.col("amount")
    else:
        amount = pl.lit(None, dtype=pl.Float64)
    with reading(table, tables.paths[table]):
        found = (
            scan.filter(pl.col("subject_id").is_in(rows["subject_id"].unique().implode()))
            .select(
                "subject_id",
                "itemid",
                pl.col("starttime").alias("begin"),
                pl.col("endtime").alias("end"),
                amount.alias("amount"),
            )
            .collect(engine="streaming")
        )
    kind = pl.col("itemid").replace_strict(kind_of, default=None, return_dtype=pl.String)
    return found.with_columns(kind=kind).drop("itemid")


def read_treatment(
    tables: MimicTables, rows: pl.DataFrame, events: pl.DataFrame, lysis: pl.DataFrame
) -> pl.DataFrame:
    """Treatment of every row before its index time.

    Parameters
    ----------
    events
        Of the kinds ``vasopressor``, ``mechanical_ventilation``, ``intubation``, ``cardiac_arrest``.
    lysis
        As ``find_lysis`` returns it; fills ``thrombolytic`` and ``full_dose`` of the rows at its start.

    Returns
    -------
    DataFrame
        ``patient_id``, ``vasopressor``, ``mechanical_ventilation``, ``cardiac_arrest`` (0/1/null), ``thrombolytic``,
        ``full_dose``.
    """
    with reading("icustays", tables.paths["icustays"]):
        stays = tables.scan("icustays").select("subject_id", "intime", "outtime").collect()
    in_care = (
        rows.select("patient_id", "subject_id", "known_from", "known_until")
        .join(stays, on="subject_id")
        .filter((pl.col("intime") <= pl.col("known_until")) & (pl.col("outtime") >= pl.col("known_from")))
    )["patient_id"].unique()
    windows = rows.select("patient_id", "subject_id", "known_from", "known_until").join(
        events, on="subject_id"
    )
    before = windows.filter(
        (pl.col("begin") <= pl.col("known_until"))
        & (pl.col("end").fill_null(pl.col("begin")) >= pl.col("known_from"))
    )
    frame = rows.select("patient_id", "hadm_id")
    charted = pl.col("patient_id").is_in(in_care.implode())
    for name, kinds in (
        ("vasopressor", ["vasopressor"]),
        ("mechanical_ventilation", ["mechanical_ventilation", "intubation"]),
        ("cardiac_arrest", ["cardiac_arrest"]),
    ):
        given = before.filter(pl.col("kind").is_in(kinds))["patient_id"].unique()
        there = pl.col("patient_id").is_in(given.implode())
        frame = frame.with_columns(pl.when(there).then(1).when(charted).then(0).alias(name))
    return _with_drug(frame, lysis).drop("hadm_id")


def _with_drug(frame: pl.DataFrame, lysis: pl.DataFrame) -> pl.DataFrame:
    given = lysis.select(
        (pl.col("hadm_id").cast(pl.String) + LYSIS_ID).alias("patient_id"),
        pl.col("drug").alias("thrombolytic"),
        pl.col("full_dose").cast(pl.Int32),
    )
    return frame.join(given, on="patient_id", how="left")
