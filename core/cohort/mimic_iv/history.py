"""Comorbidities and history from codes: chronic ones of any admission, others of earlier admissions only.

Codes are given at discharge, without times. What may be new in this visit (a stroke, a bleeding, a drug that treats
the embolism) therefore counts only from admissions that ended before it, and is unknown, not absent, for a person
without an earlier one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from core.cohort.mimic_iv.definitions import begins_with, codes, definition, mark_codes
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.tables import MimicTables


def read_history(tables: MimicTables, rows: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """History of every row.

    Returns
    -------
    DataFrame
        ``patient_id``, one column 0/1/null a variable of ``codes.toml``'s history, ``recent_surgery``, and ``smoking``
        (``current``, ``former`` or null: what is not coded is not known).
    """
    entries = definition("codes")["history"]
    linked = _linked(_codes_of(tables, rows), rows, visits)
    found = linked.group_by("patient_id").agg(
        _counts(name, entry).any().alias(name) for name, entry in entries.items()
    )
    absent = pl.when(pl.col("earlier_visits") > 0).then(0)
    return (
        rows.select("patient_id")
        .join(_with_earlier_visit(rows, visits), on="patient_id", how="left")
        .join(found, on="patient_id", how="left")
        .with_columns(
            pl.when(name).then(1).otherwise(0 if "chronic" in entry else absent).alias(name)
            for name, entry in entries.items()
        )
        .drop("earlier_visits")
        .join(_smoking(linked), on="patient_id", how="left")
        .join(_surgery(tables, rows), on="patient_id", how="left")
    )


def _codes_of(tables: MimicTables, rows: pl.DataFrame) -> pl.DataFrame:
    """Coded diagnoses of the rows' persons, each with the lists of codes that it is in."""
    with reading("diagnoses_icd", tables.paths["diagnoses_icd"]):
        found = (
            tables.scan("diagnoses_icd")
            .filter(pl.col("subject_id").is_in(rows["subject_id"].unique().implode()))
            .collect(engine="streaming")
        )
    return mark_codes(found, _lists()).drop("icd_version", "icd_code")


def _lists() -> dict[str, dict[str, Any]]:
    """Lists of codes by the column that says whether a code is in one."""
    lists = {word: codes(f"smoking.{word}") for word in ("current", "former")}
    for name, entry in definition("codes")["history"].items():
        if "chronic" in entry:
            lists[f"{name}.chronic"] = entry["chronic"]
        if "earlier" in entry:
            lists[f"{name}.earlier"] = codes(f"history.{name}.earlier")
    return lists


def _linked(coded: pl.DataFrame, rows: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Codes of each row's person from this visit and those that ended before it, with the days since."""
    ends = visits.select(pl.col("hadm_id").alias("coded_in"), pl.col("end").alias("coded_end"))
    here = pl.col("coded_in") == pl.col("hadm_id")
    return (
        rows.select("patient_id", "subject_id", "hadm_id", "start")
        .join(coded.rename({"hadm_id": "coded_in"}), on="subject_id")
        .join(ends, on="coded_in")
        .with_columns(here=here, days=(pl.col("start") - pl.col("coded_end")).dt.total_seconds() / 86400)
        .filter(pl.col("here") | (pl.col("days") >= 0))
    )


def _with_earlier_visit(rows: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    others = visits.select("subject_id", pl.col("end").alias("other_end"))
    return (
        rows.select("patient_id", "subject_id", "start")
        .join(others, on="subject_id")
        .group_by("patient_id")
        .agg(earlier_visits=(pl.col("other_end") <= pl.col("start")).sum())
    )


def _counts(name: str, entry: dict[str, Any]) -> pl.Expr:
    """Whether a code counts for a variable."""
    counts = pl.lit(value=False)
    if "chronic" in entry:
        counts |= pl.col(f"{name}.chronic")
    if "earlier" in entry:
        listed = codes(f"history.{name}.earlier")
        recent = pl.col("days") <= listed["within_days"] if "within_days" in listed else pl.lit(value=True)
        counts |= ~pl.col("here") & recent & pl.col(f"{name}.earlier")
    return counts


def _smoking(linked: pl.DataFrame) -> pl.DataFrame:
    return (
        linked.filter(pl.col("current") | pl.col("former"))
        .sort("days")
        .group_by("patient_id")
        # this visit's word, else that of the last one before
        .agg(is_now=pl.col("current").filter(pl.col("days") == pl.col("days").min()).any())
        .select("patient_id", smoking=pl.when("is_now").then(pl.lit("current")).otherwise(pl.lit("former")))
    )


def _surgery(tables: MimicTables, rows: pl.DataFrame) -> pl.DataFrame:
    """Surgery in the weeks before; procedures have a date only, so the day of the index time does not count."""
    entry = codes("surgery")
    open_approach = (pl.col("icd_version") == 10) & pl.col("icd_code").str.contains(r"^0...[04]")
    operation = (
        (pl.col("icd_version") == 9)
        & begins_with(pl.col("icd_code"), entry["icd9"])
        & ~begins_with(pl.col("icd_code"), entry["icd9_except"])
    )
    with reading("procedures_icd", tables.paths["procedures_icd"]):
        done = (
            tables.scan("procedures_icd")
            .filter(pl.col("subject_id").is_in(rows["subject_id"].unique().implode()))
            .filter(open_approach | operation)
            .select("subject_id", "chartdate")
            .collect(engine="streaming")
        )
    day = pl.col("known_until").dt.date()
    recent = (pl.col("chartdate") < day) & (
        pl.col("chartdate") >= day - pl.duration(days=entry["within_days"])
    )
    found = (
        rows.select("patient_id", "subject_id", "known_until").join(done, on="subject_id").filter(recent)
    )["patient_id"].unique()
    return rows.select(
        "patient_id", recent_surgery=pl.col("patient_id").is_in(found.implode()).cast(pl.Int32)
    )
