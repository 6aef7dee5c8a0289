"""Values of the catalogue's variables in the window before the index time: one number a row and variable.

A value counts if it was taken between ``known_from`` and ``known_until``. A laboratory's result must also have been
reported by then: a test added to a sample hours later is dated back to the sample.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv._values import Measurements, reduce_events
from core.cohort.mimic_iv.charting import chart_items, in_window, named_items
from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.laboratory import wanted_items
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.laboratory import Laboratory
    from core.cohort.mimic_iv.tables import MimicTables


def measure_labs(labs: Laboratory, rows: pl.DataFrame) -> Measurements:
    """Laboratory values.

    Parameters
    ----------
    labs
        The laboratory.
    rows
        Rows of the cohort.
    """
    entries = definition("items")["labs"]
    items = named_items({name: {entry["unit"]: entry["items"]} for name, entry in entries.items()})
    with reading("labevents"):
        near = in_window(labs.rows(wanted_items(), rows["subject_id"].unique()), rows, reported="storetime")
    arterial = near.filter("arterial").select("specimen_id").unique().with_columns(from_artery=True)
    seen = near.filter(~pl.col("arterial") & pl.col("number").is_not_null()).join(items, on="itemid")
    needs_artery = [name for name, entry in entries.items() if entry.get("arterial")]
    seen = seen.join(arterial, on="specimen_id", how="left").filter(
        ~pl.col("variable").is_in(needs_artery) | pl.col("from_artery")
    )
    seen = seen.with_columns(
        # a row's own unit goes before the one that the mapping assumes
        unit=pl.when(pl.col("unit").fill_null("").str.strip_chars() == "").then("assumed").otherwise("unit"),
        when=pl.col("charttime"),
    )
    return reduce_events(seen, entries, "labevents")


def measure_chart(near: pl.DataFrame, sedated: pl.DataFrame) -> Measurements:
    """Charted values, the Glasgow Coma Scale among them.

    Parameters
    ----------
    near
        As ``read_chart`` returns them.
    sedated
        ``subject_id``, ``begin``, ``end`` of ventilation: a coma scale charted then is not used.
    """
    mapping = definition("items")
    seen = near.join(chart_items(), on="itemid").with_columns(
        unit=pl.col("assumed"), when=pl.col("charttime"), censored=False
    )
    charted = reduce_events(seen, mapping["chart"], "chartevents")
    entries = {"gcs": {"take": "lowest", "items": list(mapping["gcs"].values())}}
    return _joined([charted, reduce_events(_coma_scale(near, sedated), entries, "chartevents")])


def measure_outpatient(tables: MimicTables, rows: pl.DataFrame) -> Measurements:
    """Weight and height from outpatient visits, the last within a year before the visit."""
    mapping = definition("items")
    named = pl.DataFrame(
        [
            {"result_name": result, "variable": variable, "unit": unit}
            for variable, results in mapping["outpatient"].items()
            for result, unit in results.items()
        ]
    )
    with reading("omr", tables.paths.get("omr", "")):
        found = (
            tables.scan("omr")
            .filter(pl.col("result_name").is_in(named["result_name"].to_list()))
            .filter(pl.col("subject_id").is_in(rows["subject_id"].unique().implode()))
            .select(
                "subject_id",
                "chartdate",
                "result_name",
                pl.col("result_value").cast(pl.Float64, strict=False).alias("number"),
            )
            .collect(engine="streaming")
        )
    # a date without a time: the day of the visit itself may be after the index time
    seen = (
        found.join(rows.select("patient_id", "subject_id", "start"), on="subject_id")
        .join(named, on="result_name")
        .filter(
            (pl.col("chartdate") < pl.col("start").dt.date())
            & (pl.col("chartdate") >= pl.col("start").dt.date() - pl.duration(days=mapping["omr_days"]))
            & pl.col("number").is_not_null()
        )
        .with_columns(when=pl.col("chartdate").cast(pl.Datetime("us")), censored=False)
    )
    entries = {name: {"take": "last", "items": list(names)} for name, names in mapping["outpatient"].items()}
    return reduce_events(seen, entries, "omr")


def first_of(*sources: Measurements) -> Measurements:
    """Values of several sources; where two have the same variable of a patient, the first one's."""
    joined = _joined(list(sources))
    values = joined.values.unique(["patient_id", "variable"], keep="first", maintain_order=True)
    return Measurements(values, joined.counts)


def _joined(parts: list[Measurements]) -> Measurements:
    return Measurements(
        pl.concat([part.values for part in parts]), pl.concat([part.counts for part in parts])
    )


def _coma_scale(near: pl.DataFrame, sedated: pl.DataFrame) -> pl.DataFrame:
    """Totals of the three parts charted at one minute, none of a patient with a tube or on a ventilator."""
    parts = definition("items")["gcs"]
    totals = (
        near.filter(pl.col("itemid").is_in(list(parts.values())))
        .group_by("patient_id", "subject_id", "charttime")
        .agg(
            number=pl.col("number").sum(),
            parts=pl.col("itemid").n_unique(),
            doubled=pl.len() != pl.col("itemid").n_unique(),
            tube=pl.col("tube").any(),
        )
        .filter((pl.col("parts") == len(parts)) & ~pl.col("tube") & ~pl.col("doubled"))
    )
    under = (
        totals.join(sedated, on="subject_id")
        .filter(pl.col("charttime").is_between("begin", "end"))
        .select("patient_id", "charttime")
        .unique()
    )
    return totals.join(under, on=["patient_id", "charttime"], how="anti").with_columns(
        variable=pl.lit("gcs"), unit=pl.lit(""), when=pl.col("charttime"), censored=False
    )
