"""Putting the parts of a build together: the table, the labels and the list of recordings of a cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.about import About
from core.cohort.columns import Column
from core.cohort.mimic_iv.definitions import definition
from core.cohort.mimic_iv.outcomes import COMPLICATIONS, outcome_classes
from core.cohort.mimic_iv.stating import index_time, name, outcome_definition, settings
from core.cohort.variables import variables

if TYPE_CHECKING:
    from pathlib import Path

    from core.cohort.flow import Flow
    from core.cohort.mimic_iv._values import Measurements
    from core.cohort.mimic_iv.options import Options
    from core.cohort.mimic_iv.selecting import Selected

_WHEN = "%Y-%m-%d %H:%M:%S"
_DETAILS = (
    *(
        "death_in_hospital",
        "death_30d",
        "major_bleeding",
        "bleeding_by",
        "haemoglobin_fall",
        "red_cell_units",
    ),
    *("reversal", "code_intracranial", "code_critical_organ", "code_gastrointestinal", "code_other_overt"),
)


@dataclass(frozen=True)
class Parts:
    """What was read for the rows of a cohort; every frame but ``visits`` has a ``patient_id``."""

    visits: pl.DataFrame
    measured: Measurements
    history: pl.DataFrame
    treated: pl.DataFrame
    died: pl.DataFrame
    bled: pl.DataFrame
    complicated: pl.DataFrame
    recordings: pl.DataFrame | None


@dataclass(frozen=True)
class Assembled:
    """A cohort as it is written.

    Attributes
    ----------
    columns
        Of ``table``, whose first column is the ``patient_id``.
    table, labels, recordings
        What ``ehr.csv``, ``labels.csv`` and ``ecg.csv`` hold; the first two have the same rows in the same order.
    """

    about: About
    columns: tuple[Column, ...]
    table: pl.DataFrame
    labels: pl.DataFrame
    recordings: pl.DataFrame | None


def assemble(parts: Parts, chosen: Selected, options: Options, ecg: Path | None, flow: Flow) -> Assembled:
    """Make the cohort, and count its outcomes and recordings into the flow."""
    about = About(
        name=name(options),
        source="MIMIC-IV (PhysioNet), built by python -m core mimic-iv",
        index_time=index_time(options, "en"),
        outcome_definition=outcome_definition(options, "en"),
        generator=settings(options),
        signals=str(ecg.resolve()) if ecg is not None and parts.recordings is not None else None,
    )
    classes = outcome_classes(parts.died, parts.bled)
    for outcome in ("none", "death", "bleeding"):
        rows = chosen.followed.join(classes.filter(pl.col("outcome") == outcome), on="patient_id", how="semi")
        flow.add("outcome", f"outcome_{outcome}", "of_these", rows)
    if parts.recordings is not None:
        at_visit = chosen.rows.filter(pl.col("pe").is_not_null())
        flow.add("diagnosis", "with_recording", "of_these", _linked(at_visit, parts), after="admissions")
        flow.add("outcome", "with_recording", "of_these", _linked(chosen.followed, parts))
    columns, table = _table(parts, chosen)
    return Assembled(about, columns, table, _labels(parts, chosen, classes), parts.recordings)


def _linked(rows: pl.DataFrame, parts: Parts) -> pl.DataFrame:
    assert parts.recordings is not None
    return rows.join(parts.recordings, on="patient_id", how="semi")


def _table(parts: Parts, chosen: Selected) -> tuple[tuple[Column, ...], pl.DataFrame]:
    wide = parts.measured.values.pivot("variable", index="patient_id", values="value")
    frame = (
        chosen.rows.select("patient_id", "hadm_id")
        .join(parts.visits.select("hadm_id", "age", "sex"), on="hadm_id", how="left")
        .drop("hadm_id")
        .join(wide, on="patient_id", how="left")
        .join(parts.history, on="patient_id", how="left")
        .join(parts.treated, on="patient_id", how="left")
    )
    if "gcs" in frame.columns:
        frame = frame.with_columns(altered_mental_status=(pl.col("gcs") < 15).cast(pl.Int32))
    columns = tuple(
        column for column in _columns() if column.name in frame.columns and frame[column.name].count()
    )
    return columns, frame.select("patient_id", *(column.name for column in columns))


def _columns() -> list[Column]:
    own = [
        Column(key, "numeric", (), entry["unit"], entry["zh"], entry["en"])
        for key, entry in definition("items")["own"].items()
    ]
    return [*(variable.column() for variable in variables().values()), *own]


def _labels(parts: Parts, chosen: Selected, classes: pl.DataFrame) -> pl.DataFrame:
    marks = [pl.col(kind).cast(pl.Int64).cast(pl.String) for kind in COMPLICATIONS]
    details = parts.died.join(parts.bled, on="patient_id").select(
        "patient_id", *(_plain(column, parts) for column in _DETAILS)
    )
    given = chosen.lysis.select(
        "hadm_id",
        pl.col("drug").alias("lytic"),
        pl.col("dose").round(3).cast(pl.String).alias("lytic_dose"),
        pl.col("hours").round(3).cast(pl.String).alias("lytic_hours"),
        pl.col("witness").alias("lytic_witness"),
    )
    frame = (
        chosen.rows.select(
            "patient_id",
            pl.col("pe").cast(pl.Int8),
            pl.col("subject_id").cast(pl.String).alias("group"),
            "hadm_id",
            *(pl.col(time).dt.to_string(_WHEN) for time in ("start", "t0", "known_until")),
        )
        .join(classes, on="patient_id", how="left")
        .join(given, on="hadm_id", how="left")
        .join(details, on="patient_id", how="left")
        .join(parts.complicated.select("patient_id", *marks), on="patient_id", how="left")
    )
    lysed = pl.col("pe").is_null()
    frame = frame.with_columns(pl.when(lysed).then(pl.col(column)) for column in given.columns[1:])
    labels = frame.rename({"start": "visit_start"})
    first = ["patient_id", "pe", "outcome", "group"]
    return labels.select(*first, pl.exclude(first))


def _plain(column: str, parts: Parts) -> pl.Expr:
    """Text of a detail: yes and no as 1 and 0."""
    dtype = {**parts.died.schema, **parts.bled.schema}[column]
    value = pl.col(column).cast(pl.Int64) if dtype == pl.Boolean() else pl.col(column)
    return value.cast(pl.String)
