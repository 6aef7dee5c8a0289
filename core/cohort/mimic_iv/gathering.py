"""What is read for the chosen rows: history, treatment, outcomes, values and recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv import outcomes, treatment
from core.cohort.mimic_iv.assembling import Parts
from core.cohort.mimic_iv.electrocardiograms import link_recordings
from core.cohort.mimic_iv.history import read_history
from core.cohort.mimic_iv.measurements import first_of, measure_chart, measure_labs, measure_outpatient

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from core.cohort.mimic_iv.laboratory import Laboratory
    from core.cohort.mimic_iv.options import Options
    from core.cohort.mimic_iv.selecting import Selected
    from core.cohort.mimic_iv.tables import MimicTables
    from core.progress import Progress

_CARE = ("mechanical_ventilation", "intubation", "cardiac_arrest")
_DRUGS = ("vasopressor", "red_cells", "reversal")


@dataclass(frozen=True)
class Scans:
    """The two large tables, as they are being read for the chosen rows."""

    labs: Future[Laboratory]
    charted: Future[pl.DataFrame]


def gather(
    tables: MimicTables,
    visits: pl.DataFrame,
    scans: Scans,
    chosen: Selected,
    ecg_and_options: tuple[Path | None, Options],
    progress: Progress,
) -> tuple[Parts, int]:
    """Read everything for the chosen rows, while the two large tables are being read.

    Returns
    -------
    parts, missing
        What was read, and how many recordings are listed and not there.

    Raises
    ------
    CohortError
        A table cannot be read.
    """
    ecg, options = ecg_and_options
    rows, followed = chosen.rows, chosen.followed
    care = treatment.read_events(tables, "procedureevents", _CARE, rows)
    events = pl.concat([care, treatment.read_events(tables, "inputevents", _DRUGS, rows)])
    history = read_history(tables, rows, visits)
    treated = treatment.read_treatment(tables, rows, events, chosen.lysis)
    died = outcomes.deaths(followed, visits)
    outpatient = measure_outpatient(tables, rows)
    recordings, missing = link_recordings(ecg, rows, options.recordings) if ecg else (None, 0)
    if recordings is not None and recordings.is_empty():
        recordings = None
    labs = scans.labs.result()
    signs = outcomes.bleeding(tables, followed, visits, labs, events)
    bled = outcomes.judge_bleeding(signs, options.bleeding)
    complicated = outcomes.complications(followed, visits, bled, events, chosen.embolism)
    by_labs = measure_labs(labs, rows)
    progress("chartevents", 0.5)
    charted = scans.charted.result()
    progress("measurements", 0.9)
    sedated = care.filter(pl.col("kind") == "mechanical_ventilation").select("subject_id", "begin", "end")
    measured = first_of(by_labs, measure_chart(charted, sedated), outpatient)
    return Parts(visits, measured, history, treated, died, bled, complicated, recordings), missing
