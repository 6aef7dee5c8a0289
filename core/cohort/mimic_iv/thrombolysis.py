"""Systemic thrombolysis, told apart from clearing a catheter and from catheter-directed lysis by dose, route and time.

Three witnesses, the best first: the infusion charted in intensive care (``inputevents``), the dose given at the
bedside (``emar``, ``emar_detail``), the order (``prescriptions``, ``pharmacy``). An order alone counts only in an
admission for which nothing was charted at the bedside at all, because elsewhere it may never have been given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv._lysis_doses import bedside_doses, charted_doses
from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.tables import MimicTables

REASONS = ("systemic", "local", "small_dose", "slow", "not_given")


def find_lysis(tables: MimicTables, orders: pl.DataFrame, hadm_ids: pl.Series) -> pl.DataFrame:
    """Judge every exposure to a thrombolytic drug in some admissions.

    Parameters
    ----------
    orders
        As ``ordered_doses`` returns them.
    hadm_ids
        Admissions to look at.

    Returns
    -------
    DataFrame
        One row an admission with any trace of such a drug: ``hadm_id``, ``drug``, ``verdict`` (one of ``REASONS``; the
        first systemic exposure, else what comes closest), ``t0`` (start of the infusion or, without one, of the first
        dose), ``first_sign`` (earliest dose by any witness), ``dose`` (in the drug's unit), ``hours``, ``full_dose``,
        ``witness`` (``infusion``, ``bedside`` or ``order``).
    """
    given = [witness(tables, hadm_ids) for witness in (charted_doses, bedside_doses)]
    doses = pl.concat([*given, orders], how="vertical_relaxed")
    charted = _admissions_with_bedside_charting(tables, orders["hadm_id"].unique())
    judged = _judge(_episodes(doses)).with_columns(
        pl.when(
            (pl.col("witness") == "order")
            & pl.col("hadm_id").is_in(charted.implode())
            & (pl.col("verdict") == "systemic")
        )
        .then(pl.lit("not_given"))
        .otherwise("verdict")
        .alias("verdict")
    )
    return _best(judged, doses)


_COLUMNS = ("hadm_id", "drug", "verdict", "t0", "first_sign", "dose", "hours", "full_dose", "witness")


def _admissions_with_bedside_charting(tables: MimicTables, hadm_ids: pl.Series) -> pl.Series:
    with reading("emar", tables.paths["emar"]):
        found = (
            tables.scan("emar")
            .filter(pl.col("hadm_id").is_in(hadm_ids.implode()))
            .select("hadm_id")
            .unique()
            .collect(engine="streaming")
        )
    return found["hadm_id"]


def _episodes(doses: pl.DataFrame) -> pl.DataFrame:
    """Doses of one drug by one witness within a day of the first, joined."""
    apart = pl.duration(hours=definition("drugs")["episode_hours"])
    keys = ["hadm_id", "drug", "witness", "local"]
    ordered = doses.filter(pl.col("begin").is_not_null()).sort([*keys, "begin"])
    number = (pl.col("begin").diff() > apart).fill_null(value=False).cum_sum().over(keys)
    infusion = pl.col("end") > pl.col("begin")
    return (
        ordered.with_columns(episode=number)
        .group_by([*keys, "episode"], maintain_order=True)
        .agg(
            begin=pl.col("begin").min(),
            t0=pl.coalesce(pl.col("begin").filter(infusion).min(), pl.col("begin").min()),
            end=pl.col("end").max(),
            dose=pl.col("dose").sum(),
            planned=pl.col("planned").max(),
        )
        .with_columns(hours=(pl.col("end") - pl.col("begin")).dt.total_seconds() / 3600)
    )


def _judge(episodes: pl.DataFrame) -> pl.DataFrame:
    drugs = definition("drugs")
    limits = pl.DataFrame(
        {
            "drug": list(drugs["systemic"]),
            "least": [float(entry["least"]) for entry in drugs["systemic"].values()],
            "full": [float(entry["full"]) for entry in drugs["systemic"].values()],
        }
    )
    verdict = (
        pl.when("local")
        .then(pl.lit("local"))
        .when(pl.col("dose") < pl.col("least"))
        .then(pl.lit("small_dose"))
        .when(pl.col("hours") > drugs["longest_hours"])
        .then(pl.lit("slow"))
        .otherwise(pl.lit("systemic"))
    )
    return episodes.join(limits, on="drug").with_columns(
        verdict=verdict,
        # as planned at its start: what was stopped early is known only later
        full_dose=pl.col("planned") >= pl.col("full"),
    )


def _best(judged: pl.DataFrame, doses: pl.DataFrame) -> pl.DataFrame:
    """One verdict an admission: the first systemic exposure by its best witness, else the least local one."""
    rank = {"systemic": 0, "not_given": 1, "slow": 2, "small_dose": 3, "local": 4}
    witness = {"infusion": 0, "bedside": 1, "order": 2}
    first = (
        judged.with_columns(
            rank=pl.col("verdict").replace_strict(rank), better=pl.col("witness").replace_strict(witness)
        )
        .sort("hadm_id", "rank", "better", "begin")
        .group_by("hadm_id", maintain_order=True)
        .first()
    )
    near = pl.duration(hours=definition("drugs")["episode_hours"])
    given = doses.filter((pl.col("witness") != "order") & ~pl.col("local")).select("hadm_id", "drug", "begin")
    signs = (
        first.select("hadm_id", "drug", "t0")
        .join(given, on=["hadm_id", "drug"])
        .filter((pl.col("t0") - pl.col("begin")).abs() <= near)
        .group_by("hadm_id")
        .agg(earliest=pl.col("begin").min())
    )
    return (
        first.join(signs, on="hadm_id", how="left")
        .with_columns(first_sign=pl.min_horizontal("earliest", "begin", "t0"))
        .select(_COLUMNS)
        .sort("hadm_id")
    )
