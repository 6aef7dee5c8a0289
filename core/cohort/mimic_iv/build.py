"""From a MIMIC-IV copy to a cohort folder: the steps in order, in bounded memory, whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.flow import Flow
from core.cohort.mimic_iv import outcomes
from core.cohort.mimic_iv._lysis_doses import ordered_doses
from core.cohort.mimic_iv.charting import open_chart, read_chart
from core.cohort.mimic_iv.electrocardiograms import check_recordings
from core.cohort.mimic_iv.laboratory import laboratory
from core.cohort.mimic_iv.options import Options
from core.cohort.mimic_iv.selecting import Selected, select
from core.cohort.mimic_iv.stating import definitions
from core.cohort.mimic_iv.tables import MimicTables, open_tables
from core.cohort.mimic_iv.unpacking import unpack_bedside
from core.cohort.mimic_iv.visits import read_visits
from core.cohort.writing import check_free
from core.errors import CohortError
from core.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Built:
    """What a build found.

    Attributes
    ----------
    flow
        As ``flow.csv``.
    counts
        As ``variables.csv``: what was read for each variable, and what was left out.
    recordings, missing_recordings
        ECGs linked, and listed ones that are not in the folder.
    """

    flow: Flow
    counts: pl.DataFrame
    recordings: int
    missing_recordings: int


def build(
    mimic: Path,
    out: Path,
    ecg: Path | None = None,
    options: Options | None = None,
    progress: Progress = silent,
) -> Built:
    """Build a cohort folder from MIMIC-IV.

    Parameters
    ----------
    mimic
        Folder with ``hosp`` and ``icu``: CSV, CSV.GZ or Parquet.
    out
        New folder; it appears complete, or not at all. Beside it a hidden folder holds what is needed on the way.
    ecg
        Folder of MIMIC-IV-ECG with ``record_list.csv``; its recordings are referenced where they lie.
    options
        Choices; the defaults of `Options` without it.
    progress
        Told stage and share done.

    Raises
    ------
    CohortError
        A table is missing, of another version, damaged or may not be read; no visit has an embolism; ``out`` is not
        empty or cannot be written.
    """
    options = options or Options()
    check_free(out)
    progress("tables", 0.0)
    tables = open_tables(mimic)
    if ecg is not None:
        check_recordings(ecg)
    # scanning a large table leaves Python free
    with _workshop(out) as work, ThreadPoolExecutor(_at_once(tables)) as beside:
        labs = beside.submit(laboratory, tables, work)
        chart = beside.submit(open_chart, tables, work)
        d_dimers = beside.submit(lambda: labs.result().d_dimers()) if options.by_d_dimer else None
        visits = read_visits(tables)
        progress("labevents", 0.02)
        flow = Flow()
        orders = ordered_doses(tables, visits["hadm_id"])
        tables = unpack_bedside(tables, orders["hadm_id"].unique(), work)
        chosen = select(tables, visits, orders, d_dimers, options, flow)
        progress("events", 0.38)
        times = _times_needed(chosen, visits)
        by_labs = beside.submit(labs.result().within, times)
        charted = beside.submit(lambda: read_chart(chart.result(), chosen.rows))
        # here, because they bring NumPy and the catalogue along: both are loaded while the large tables are read
        from core.cohort.mimic_iv.assembling import assemble
        from core.cohort.mimic_iv.gathering import Scans, gather
        from core.cohort.mimic_iv.saving import save

        scans = Scans(by_labs, charted)
        parts, missing = gather(tables, visits, scans, chosen, (ecg, options), progress)
        cohort = assemble(parts, chosen, options, ecg, flow)
        progress("save", 0.97)
        save(cohort, out, flow, parts.measured.counts, definitions(options, "en"))
    progress("save", 1.0)
    n_recordings = 0 if parts.recordings is None else parts.recordings.height
    return Built(flow, parts.measured.counts, n_recordings, missing)


def _at_once(tables: MimicTables) -> int:
    """Return how many large tables are scanned at a time: one that has to be unpacked leaves a core free."""
    packed = sum(tables.paths[name].suffix != ".parquet" for name in ("labevents", "chartevents"))
    return max(1, packed)


def _times_needed(chosen: Selected, visits: pl.DataFrame) -> pl.DataFrame:
    """From when until when the laboratory of each person is looked at: ``subject_id``, ``begin``, ``end``."""
    before = chosen.rows.select("subject_id", begin="known_from", end="known_until")
    after = outcomes.stays(chosen.followed, visits).select("subject_id", begin="since", end="until")
    return pl.concat([before, after]).group_by("subject_id").agg(pl.col("begin").min(), pl.col("end").max())


@contextlib.contextmanager
def _workshop(out: Path) -> Iterator[Path]:
    """Give a hidden folder beside ``out``; what an interrupted build left there is removed first."""
    work = out.parent / f".{out.name}-building"
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
    except OSError as error:
        raise CohortError("errors.folder_not_writable", folder=out, reason=error.strerror) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
