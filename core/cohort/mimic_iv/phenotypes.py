"""Who has an embolism, and in whom one was suspected: codes, D-dimer and CT of the pulmonary arteries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import begins_with, codes, has_code
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from concurrent.futures import Future

    from core.cohort.mimic_iv.options import Options
    from core.cohort.mimic_iv.tables import MimicTables

_SUSPECTED_WITHIN_HOURS = 24


@dataclass(frozen=True)
class Phenotypes:
    """Visits by what the codes and the tests ordered say.

    Attributes
    ----------
    embolism
        ``hadm_id`` of visits with an embolism at the position asked for.
    elsewhere
        ``hadm_id`` of visits with an embolism at another position.
    doubtful
        ``hadm_id`` of visits that are neither case nor control: those of ``elsewhere``, and a chronic embolism.
    suspected
        ``hadm_id`` of visits in whose first 24 h a test for embolism was ordered.
    """

    embolism: pl.Series
    elsewhere: pl.Series
    doubtful: pl.Series
    suspected: pl.Series


def find_phenotypes(
    tables: MimicTables, visits: pl.DataFrame, d_dimers: Future[pl.DataFrame] | None, options: Options
) -> Phenotypes:
    """Find cases, and visits with suspicion.

    Parameters
    ----------
    visits
        As ``read_visits`` returns them.
    d_dimers
        What ``Laboratory.d_dimers`` gives, as it is being read; None where it shows no suspicion.
    """
    embolism, chronic = has_code(codes("embolism")), has_code(codes("chronic_embolism"))
    with reading("diagnoses_icd", tables.paths["diagnoses_icd"]):
        coded = (
            tables.scan("diagnoses_icd")
            .filter(embolism | chronic)
            .select("hadm_id", "seq_num", embolism.alias("acute"))
            .collect(engine="streaming")
        )
    position = pl.col("seq_num") == 1 if options.pe_position == "primary" else pl.lit(value=True)
    cases = coded.filter(pl.col("acute") & position)["hadm_id"].unique()
    others = coded.filter(~pl.col("hadm_id").is_in(cases.implode()))
    elsewhere = others.filter("acute")["hadm_id"].unique()
    return Phenotypes(
        cases, elsewhere, others["hadm_id"].unique(), _suspected(tables, visits, d_dimers, options)
    )


def _suspected(
    tables: MimicTables, visits: pl.DataFrame, d_dimers: Future[pl.DataFrame] | None, options: Options
) -> pl.Series:
    parts = [pl.Series("hadm_id", [], dtype=pl.Int64)]
    if d_dimers is not None:
        parts.append(_with_d_dimer(visits, d_dimers.result()))
    if options.controls in {"either", "ct-angiography"}:
        parts.append(_with_ct(tables, visits))
    return pl.concat(parts).unique()


def _with_d_dimer(visits: pl.DataFrame, ordered: pl.DataFrame) -> pl.Series:
    # a sample from the emergency department carries no admission: person and time link it
    near = ordered.join(visits.select("subject_id", "hadm_id", "start"), on="subject_id").filter(
        pl.col("charttime").is_between(
            pl.col("start") - pl.duration(hours=1),
            pl.col("start") + pl.duration(hours=_SUSPECTED_WITHIN_HOURS),
        )
    )
    return near["hadm_id"]


def _with_ct(tables: MimicTables, visits: pl.DataFrame) -> pl.Series:
    """Visits with a coded CT of the pulmonary arteries by the day after their start; procedures have dates only."""
    entry = codes("ct_angiography")
    with reading("procedures_icd", tables.paths["procedures_icd"]):
        coded = (
            tables.scan("procedures_icd")
            .filter(has_code(entry))
            .select("hadm_id", "chartdate")
            .collect(engine="streaming")
        )
    with reading("hcpcsevents", tables.paths.get("hcpcsevents", "")):
        billed = (
            tables.scan("hcpcsevents")
            .filter(begins_with(pl.col("hcpcs_cd"), entry["hcpcs"]))
            .select("hadm_id", "chartdate")
            .collect(engine="streaming")
        )
    done = pl.concat([coded, billed]).join(visits.select("hadm_id", "start"), on="hadm_id")
    return done.filter(pl.col("chartdate") <= pl.col("start").dt.date() + pl.duration(days=1))["hadm_id"]
