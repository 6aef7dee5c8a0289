"""What happened after the index time: death, major bleeding as far as tables allow, and other complications.

Major bleeding follows ISTH (non-surgical patients). The tables show whether a bleeding was overt only by its code,
which has no time and no mark of being present on admission; haemoglobin, red cells and reversal have times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.definitions import codes, definition, has_code, names_one_of
from core.cohort.mimic_iv.tables import reading

if TYPE_CHECKING:
    from core.cohort.mimic_iv.laboratory import Laboratory
    from core.cohort.mimic_iv.tables import MimicTables

_KINDS = ("intracranial", "critical_organ", "gastrointestinal", "other_overt")
# what the complications of a labels table are called
COMPLICATIONS = (
    "intracranial",
    "gastrointestinal",
    "other_major",
    "transfusion",
    "recurrent_embolism",
    "haemodynamic_collapse",
)


def deaths(rows: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Deaths of every row: ``patient_id``, ``death_in_hospital``, ``death_30d`` (in or out of hospital)."""
    days = definition("outcomes")["death_days"]
    limit = pl.col("t0") + pl.duration(days=days)
    joined = rows.select("patient_id", "hadm_id", "t0").join(
        visits.select("hadm_id", "deathtime", "dod", "died_here", "end"), on="hadm_id"
    )
    when = pl.coalesce("deathtime", pl.when("died_here").then("end"))
    in_time = (when <= limit) | (pl.col("dod") <= limit.dt.date())
    return joined.select(
        "patient_id",
        pl.col("died_here").alias("death_in_hospital"),
        in_time.fill_null(value=False).alias("death_30d"),
    )


def stays(rows: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Time in which each row's stay is looked at: ``since`` its start, ``until`` some days after its ``t0``."""
    days = definition("outcomes")["bleeding"]["days"]
    return rows.join(visits.select("hadm_id", "end"), on="hadm_id").select(
        "patient_id",
        "subject_id",
        "hadm_id",
        "start",
        "t0",
        (pl.col("start") - pl.duration(hours=1)).alias("since"),
        pl.min_horizontal(pl.col("t0") + pl.duration(days=days), "end").alias("until"),
    )


def bleeding(
    tables: MimicTables, rows: pl.DataFrame, visits: pl.DataFrame, labs: Laboratory, events: pl.DataFrame
) -> pl.DataFrame:
    """Signs of bleeding of every row after its index time; ``judge_bleeding`` makes a class of them.

    Parameters
    ----------
    labs
        The laboratory.
    events
        Of the kinds ``red_cells`` and ``reversal``, as ``read_events`` returns them.

    Returns
    -------
    DataFrame
        ``patient_id``; ``haemoglobin_fall`` (g/L; null without a value before and after), ``red_cell_units``,
        ``reversal``, one column a kind of code (``code_intracranial`` …).
    """
    spans = stays(rows, visits)
    return (
        spans.select("patient_id")
        .join(_haemoglobin_fall(spans, labs), on="patient_id", how="left")
        .join(_red_cells(spans, events), on="patient_id", how="left")
        .join(_coded(tables, rows), on="patient_id", how="left")
        .with_columns(
            pl.col("red_cell_units").fill_null(0),
            reversal=pl.col("patient_id").is_in(_reversed(tables, spans, events).implode()),
        )
    )


def judge_bleeding(signs: pl.DataFrame, rule: str) -> pl.DataFrame:
    """Add ``major_bleeding`` and ``bleeding_by``, the criteria that were met.

    Parameters
    ----------
    signs
        As ``bleeding`` returns them.
    rule
        ``isth`` or ``any-criterion``, as in `Options`.
    """
    limits = definition("outcomes")["bleeding"]
    fall = (pl.col("haemoglobin_fall") >= limits["fall_g_l"]).fill_null(value=False)
    units = pl.col("red_cell_units") >= limits["units"]
    overt = pl.col("code_gastrointestinal") | pl.col("code_other_overt")
    critical = pl.col("code_intracranial") | pl.col("code_critical_organ")
    if rule == "isth":
        criteria = {
            "critical_organ": critical,
            "overt_with_fall": overt & fall,
            "overt_with_red_cells": overt & units,
            "overt_with_reversal": overt & pl.col("reversal"),
            "fall_with_red_cells": fall & units,
        }
    else:
        criteria = {
            "critical_organ": critical,
            "overt": overt,
            "fall": fall,
            "red_cells": units,
            "reversal": pl.col("reversal"),
        }
    named = [pl.when(met).then(pl.lit(name)) for name, met in criteria.items()]
    return signs.with_columns(
        major_bleeding=pl.any_horizontal(*criteria.values()),
        bleeding_by=pl.concat_str(named, separator="+", ignore_nulls=True),
    )


def complications(
    rows: pl.DataFrame, visits: pl.DataFrame, bled: pl.DataFrame, events: pl.DataFrame, embolism: pl.Series
) -> pl.DataFrame:
    """Complications of every row after its index time: ``patient_id`` and one Boolean column each of ``COMPLICATIONS``.

    Parameters
    ----------
    bled
        As ``judge_bleeding`` returns it.
    events
        Of the kinds ``vasopressor`` and ``cardiac_arrest``.
    embolism
        ``hadm_id`` of the visits with an embolism.
    """
    again = _embolism_again(rows, visits, embolism)
    collapsed = _collapsed(rows, visits, events)
    major = pl.col("major_bleeding")
    return bled.select(
        "patient_id",
        pl.col("code_intracranial").alias("intracranial"),
        (major & pl.col("code_gastrointestinal")).alias("gastrointestinal"),
        (major & ~pl.col("code_intracranial") & ~pl.col("code_gastrointestinal")).alias("other_major"),
        (pl.col("red_cell_units") > 0).alias("transfusion"),
        pl.col("patient_id").is_in(again.implode()).alias("recurrent_embolism"),
        pl.col("patient_id").is_in(collapsed.implode()).alias("haemodynamic_collapse"),
    )


def outcome_classes(died: pl.DataFrame, bled: pl.DataFrame) -> pl.DataFrame:
    """``patient_id`` and ``outcome``: death within 30 days, else major bleeding, else none."""
    return died.join(bled, on="patient_id").select(
        "patient_id",
        pl.when("death_30d")
        .then(pl.lit("death"))
        .when("major_bleeding")
        .then(pl.lit("bleeding"))
        .otherwise(pl.lit("none"))
        .alias("outcome"),
    )


def _haemoglobin_fall(spans: pl.DataFrame, labs: Laboratory) -> pl.DataFrame:
    """Last haemoglobin of the visit until t0, less the lowest after it, in g/L."""
    items = definition("items")["labs"]["haemoglobin"]["items"]
    persons = spans.lazy().select("patient_id", "subject_id", "t0", "since", "until")
    taken = (
        labs.rows(items, spans["subject_id"].unique())
        .filter(pl.col("number").is_between(2, 25))
        .join(persons, on="subject_id")
        .filter(pl.col("charttime").is_between("since", "until"))
        .select("patient_id", "charttime", "t0", (10 * pl.col("number")).alias("value"))
        .collect(engine="streaming")
        .sort("charttime")
    )
    after = pl.col("charttime") > pl.col("t0")
    return (
        taken.group_by("patient_id")
        .agg(before=pl.col("value").filter(~after).last(), lowest=pl.col("value").filter(after).min())
        .select("patient_id", haemoglobin_fall=(pl.col("before") - pl.col("lowest")).round(6))
    )


def _after(spans: pl.DataFrame, events: pl.DataFrame, kind: str) -> pl.DataFrame:
    return spans.join(events.filter(pl.col("kind") == kind), on="subject_id").filter(
        (pl.col("begin") > pl.col("t0")) & (pl.col("begin") <= pl.col("until"))
    )


def _red_cells(spans: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Units of red cells after t0: millilitres by the volume of a unit, at least one where any was given."""
    volume = definition("outcomes")["bleeding"]["ml_a_unit"]
    return (
        _after(spans, events, "red_cells")
        .group_by("patient_id")
        .agg(ml=pl.col("amount").sum())
        .select("patient_id", red_cell_units=(pl.col("ml") / volume).round().clip(1).cast(pl.Int64))
    )


def _reversed(tables: MimicTables, spans: pl.DataFrame, events: pl.DataFrame) -> pl.Series:
    """Rows whose anticoagulation or lysis was reversed after t0, by intensive care or at any bedside."""
    drugs = definition("drugs")
    with reading("emar", tables.paths["emar"]):
        given = (
            tables.scan("emar")
            .filter(pl.col("hadm_id").is_in(spans["hadm_id"].implode()))
            .filter(names_one_of(pl.col("medication"), drugs["reversal"]["names"]))
            .filter(pl.col("event_txt").is_in(drugs["emar"]["given"]))
            .select("hadm_id", "charttime")
            .collect(engine="streaming")
        )
    at_bedside = spans.join(given, on="hadm_id").filter(
        (pl.col("charttime") > pl.col("t0")) & (pl.col("charttime") <= pl.col("until"))
    )
    return pl.concat([at_bedside["patient_id"], _after(spans, events, "reversal")["patient_id"]]).unique()


def _coded(tables: MimicTables, rows: pl.DataFrame) -> pl.DataFrame:
    """Bleeding codes of the visit, but for one in first position: that is why the patient came."""
    marks = {f"code_{kind}": has_code(codes(f"bleeding.{kind}")) for kind in _KINDS}
    with reading("diagnoses_icd", tables.paths["diagnoses_icd"]):
        found = (
            tables.scan("diagnoses_icd")
            .filter((pl.col("seq_num") > 1) & pl.col("hadm_id").is_in(rows["hadm_id"].implode()))
            .group_by("hadm_id")
            .agg(**{name: mark.any() for name, mark in marks.items()})
            .collect(engine="streaming")
        )
    return (
        rows.select("patient_id", "hadm_id")
        .join(found, on="hadm_id", how="left")
        .drop("hadm_id")
        .with_columns(pl.col(*marks).fill_null(value=False))
    )


def _embolism_again(rows: pl.DataFrame, visits: pl.DataFrame, embolism: pl.Series) -> pl.Series:
    """Rows whose person comes back with an embolism in time; one within the same stay has no code of its own."""
    days = definition("outcomes")["embolism_again"]["days"]
    later = visits.filter(pl.col("hadm_id").is_in(embolism.implode())).select(
        "subject_id", pl.col("start").alias("later"), pl.col("hadm_id").alias("other")
    )
    back = rows.join(later, on="subject_id").filter(
        (pl.col("other") != pl.col("hadm_id"))
        & (pl.col("later") > pl.col("t0"))
        & (pl.col("later") <= pl.col("t0") + pl.duration(days=days))
    )
    return back["patient_id"].unique()


def _collapsed(rows: pl.DataFrame, visits: pl.DataFrame, events: pl.DataFrame) -> pl.Series:
    """Rows with an arrest after t0, or a vasopressor begun after t0 where none ran before."""
    spans = stays(rows, visits)
    before = spans.join(events.filter(pl.col("kind") == "vasopressor"), on="subject_id").filter(
        (pl.col("begin") <= pl.col("t0")) & (pl.col("begin") >= pl.col("start"))
    )["patient_id"]
    begun = _after(spans, events, "vasopressor").filter(~pl.col("patient_id").is_in(before.implode()))
    return pl.concat([begun["patient_id"], _after(spans, events, "cardiac_arrest")["patient_id"]]).unique()
