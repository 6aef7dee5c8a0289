"""Visits: every admission with its start, its end and who the patient was; and the rows that a cohort is made of.

A visit begins at the registration in the emergency department, or at admission. A row is one visit at one index time
t0: that of the visit, for the diagnosis, or the start of systemic lysis, for the outcome. What is known of a row
ends at ``known_until``, never after ``t0``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.options import Options
    from core.cohort.mimic_iv.tables import MimicTables

# laboratories and emergency departments run on different clocks; a sample may precede the registration
_BEFORE_START = pl.duration(hours=1)
_LYSIS_WINDOW = pl.duration(hours=24)
LYSIS_ID = "-lysis"
ROW_COLUMNS = ("patient_id", "subject_id", "hadm_id", "start", "t0", "known_from", "known_until", "pe")


def read_visits(tables: MimicTables) -> pl.DataFrame:
    """Read all admissions.

    Returns
    -------
    DataFrame
        ``subject_id``, ``hadm_id``, ``start``, ``end`` (discharge or death), ``deathtime``, ``dod`` (date of death in
        or out of hospital), ``died_here``, ``age`` (years at the start; 91 stands for all above 89), ``sex``.
    """
    with reading("patients", tables.paths["patients"]):
        patients = tables.scan("patients").collect()
    with reading("admissions", tables.paths["admissions"]):
        visits = tables.scan("admissions").drop("race").collect()
    start = pl.min_horizontal("edregtime", "admittime")
    return (
        visits.lazy()
        .join(patients.lazy(), on="subject_id", how="inner")
        .with_columns(
            start=start,
            end=pl.min_horizontal("dischtime", "deathtime"),
            died_here=(pl.col("hospital_expire_flag") == 1) | pl.col("deathtime").is_not_null(),
            age=pl.col("anchor_age") + start.dt.year() - pl.col("anchor_year"),
            sex=pl.col("gender").replace_strict({"F": "female", "M": "male"}, default=None),
        )
        .filter(pl.col("start").is_not_null() & pl.col("end").is_not_null())
        .select("subject_id", "hadm_id", "start", "end", "deathtime", "dod", "died_here", "age", "sex")
        .sort("hadm_id")
        .collect()
    )


def visit_rows(visits: pl.DataFrame, options: Options) -> pl.DataFrame:
    """Rows at the index time of the visit, for visits that last until then; ``pe`` says which are cases."""
    rows = visits.with_columns(t0=pl.col("start") + pl.duration(hours=options.hours))
    return rows.filter(pl.col("end") > pl.col("t0")).select(
        pl.col("hadm_id").cast(pl.String).alias("patient_id"),
        "subject_id",
        "hadm_id",
        "start",
        "t0",
        (pl.col("start") - _BEFORE_START).alias("known_from"),
        pl.col("t0").alias("known_until"),
        "pe",
    )


def lysis_rows(lysis: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Rows at the start of systemic lysis.

    Where another table has the drug some minutes before ``t0``, what is known ends there.

    Parameters
    ----------
    lysis
        ``hadm_id``, ``t0`` and ``first_sign``, the earliest time at which any table has the drug in the patient.
    visits
        As ``read_visits`` returns them.
    """
    rows = lysis.join(visits, on="hadm_id", how="inner").filter(pl.col("end") > pl.col("t0"))
    begin = pl.max_horizontal(pl.col("start") - _BEFORE_START, pl.col("t0") - _LYSIS_WINDOW)
    return rows.select(
        (pl.col("hadm_id").cast(pl.String) + LYSIS_ID).alias("patient_id"),
        "subject_id",
        "hadm_id",
        "start",
        "t0",
        begin.alias("known_from"),
        pl.min_horizontal("t0", "first_sign").alias("known_until"),
        pl.lit(None, dtype=pl.Boolean).alias("pe"),
    )
