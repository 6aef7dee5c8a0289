"""Who is in the cohort, at which index time, and who is followed to an outcome; every step is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.phenotypes import find_phenotypes
from core.cohort.mimic_iv.thrombolysis import REASONS, find_lysis
from core.cohort.mimic_iv.visits import lysis_rows, visit_rows
from core.errors import CohortError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from core.cohort.flow import Flow
    from core.cohort.mimic_iv.options import Options
    from core.cohort.mimic_iv.phenotypes import Phenotypes
    from core.cohort.mimic_iv.tables import MimicTables


@dataclass(frozen=True)
class Selected:
    """The rows of a cohort.

    Attributes
    ----------
    rows
        ``visits.ROW_COLUMNS``; ``pe`` is null in the rows at the start of lysis.
    followed
        Those with an outcome.
    lysis
        Systemic lysis by admission, as ``find_lysis`` returns it.
    embolism
        ``hadm_id`` of all visits with an embolism at any position.
    """

    rows: pl.DataFrame
    followed: pl.DataFrame
    lysis: pl.DataFrame
    embolism: pl.Series


def select(
    tables: MimicTables,
    visits: pl.DataFrame,
    orders: pl.DataFrame,
    d_dimers: Future[pl.DataFrame] | None,
    options: Options,
    flow: Flow,
) -> Selected:
    """Choose the rows.

    Parameters
    ----------
    orders
        As for ``find_lysis``.
    d_dimers
        As for ``find_phenotypes``.

    Raises
    ------
    CohortError
        No visit has an embolism, or none lasts until its index time.
    """
    # first, because the D-dimers may still be being read
    lysed = find_lysis(tables, orders, visits["hadm_id"])
    found = find_phenotypes(tables, visits, d_dimers, options)
    if found.embolism.is_empty():
        raise CohortError("errors_mimic.no_embolism", folder=tables.folder, n=visits.height)
    cases = _of(visits, found.embolism)
    judged = _judge(lysed, visits, cases, flow)
    systemic = judged.filter(pl.col("verdict") == REASONS[0])
    at_visit = _visit_rows(visits, found, options, flow)
    # a visit's knowledge ends where systemic lysis begins, should that be before its index time
    begun = systemic.select("hadm_id", "first_sign")
    at_visit = (
        at_visit.join(begun, on="hadm_id", how="left")
        .with_columns(known_until=pl.min_horizontal("known_until", "first_sign"))
        .drop("first_sign")
    )
    if options.variant == "thrombolysis":
        followed = _lysed(judged, visits, cases, flow)
        rows = pl.concat([at_visit, followed])
    else:
        rows, followed = at_visit, at_visit.filter(pl.col("pe"))
        flow.add("outcome", "embolism_followed", "kept", followed)
        flow.add("outcome", "lysed", "of_these", _of(followed, systemic["hadm_id"]))
    if rows.is_empty():
        raise CohortError("errors_mimic.no_embolism", folder=tables.folder, n=visits.height)
    embolism = pl.concat([found.embolism, found.elsewhere]).unique()
    return Selected(rows.sort("patient_id"), followed.sort("patient_id"), systemic, embolism)


def _judge(judged: pl.DataFrame, visits: pl.DataFrame, cases: pl.DataFrame, flow: Flow) -> pl.DataFrame:
    """Count the lytic drugs of all admissions, so that cleared catheters are seen; return the cases' verdicts."""
    flow.add("lytic_drug", "any_lytic", "kept", _of(visits, judged["hadm_id"]))
    for reason in (*REASONS[1:], REASONS[0]):
        found = judged.filter(pl.col("verdict") == reason)
        flow.add("lytic_drug", reason, "of_these", _of(visits, found["hadm_id"]))
    return _of(judged, cases["hadm_id"])


def _visit_rows(visits: pl.DataFrame, found: Phenotypes, options: Options, flow: Flow) -> pl.DataFrame:
    flow.add("diagnosis", "admissions", "kept", visits)
    cases = _of(visits, found.embolism)
    flow.add("diagnosis", "embolism", "kept", cases)
    case_rows = visit_rows(cases.with_columns(pe=pl.lit(value=True)), options)
    flow.add("diagnosis", "embolism_ended", "left_out", _not_in(cases, case_rows))
    flow.add("diagnosis", "cases", "kept", case_rows)
    suspected = _of(visits, found.suspected)
    flow.add("diagnosis", "suspected", "kept", suspected, after="admissions")
    with_code = pl.concat([found.embolism, found.doubtful])
    flow.add("diagnosis", "suspected_with_code", "left_out", _of(suspected, with_code))
    controls = _not_of(suspected, with_code)
    control_rows = visit_rows(controls.with_columns(pe=pl.lit(value=False)), options)
    flow.add("diagnosis", "suspected_ended", "left_out", _not_in(controls, control_rows))
    flow.add("diagnosis", "controls", "kept", control_rows)
    return pl.concat([case_rows, control_rows])


def _lysed(judged: pl.DataFrame, visits: pl.DataFrame, cases: pl.DataFrame, flow: Flow) -> pl.DataFrame:
    flow.add("outcome", "embolism", "kept", cases)
    flow.add("outcome", "no_lytic", "left_out", _not_of(cases, judged["hadm_id"]))
    for reason in REASONS[1:]:
        flow.add(
            "outcome", reason, "left_out", _of(cases, judged.filter(pl.col("verdict") == reason)["hadm_id"])
        )
    systemic = judged.filter(pl.col("verdict") == REASONS[0])
    given = _of(cases, systemic["hadm_id"])
    flow.add("outcome", "systemic", "kept", given)
    rows = lysis_rows(systemic, visits)
    flow.add("outcome", "lysis_ended", "left_out", _not_in(given, rows))
    flow.add("outcome", "followed", "kept", rows)
    return rows


def _of(frame: pl.DataFrame, hadm_ids: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col("hadm_id").is_in(hadm_ids.implode()))


def _not_of(frame: pl.DataFrame, hadm_ids: pl.Series) -> pl.DataFrame:
    return frame.filter(~pl.col("hadm_id").is_in(hadm_ids.implode()))


def _not_in(frame: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    return frame.join(other, on="hadm_id", how="anti")
