"""The rule on when recordings were taken: none after the moment at which the model is to be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from core.checks._verdict import Phrase, Verdict, limits, unchecked
from core.cohort.variables import header_key

if TYPE_CHECKING:
    from core.checks._evidence import Evidence
    from core.cohort.folder import Cohort

_ACQUIRED = "acquired_at"


def recordings_in_time(evidence: Evidence) -> Verdict:
    """No recording was taken after the index time, where the cohort states both."""
    if evidence.is_fusion:
        return unchecked("see_bases")
    if not evidence.is_ecg:
        return unchecked("no_recordings")
    cohort = evidence.cohort
    if cohort is None:
        return unchecked("no_cohort")
    if cohort.recordings is None:
        return unchecked("simulated_recordings")
    used = cohort.recordings[cohort.recordings.index.isin(evidence.predictions["patient_id"])]
    column = index_time_column(cohort)
    if column is None or _ACQUIRED not in used:
        key = "no_index_time" if _ACQUIRED in used else "no_acquired_at"
        return Verdict("amber", Phrase(f"checks.recordings_in_time.{key}", {"n": len(used)}))
    acquired = as_times(used[_ACQUIRED])
    index_time = as_times(cohort.labels[column]).reindex(used.index)
    known = (acquired.notna().to_numpy()) & (index_time.notna().to_numpy())
    late = int((acquired.to_numpy()[known] > index_time.to_numpy()[known]).sum())
    values = {"n": len(used), "known": int(known.sum()), "late": late, "column": column}
    level = "red" if late else "green" if known.all() else "amber"
    return Verdict(level, Phrase("checks.recordings_in_time.measured", values))  # type: ignore[arg-type]


def index_time_column(cohort: Cohort) -> str | None:
    """Column of the labels that says when each patient's prediction is to be made; None without one."""
    wanted = [header_key(one) for one in limits()["recordings_in_time"]["index_headers"]]
    by_key = {header_key(str(name)): str(name) for name in cohort.labels.columns}
    return next((by_key[key] for key in wanted if key in by_key), None)


def as_times(written: pd.Series) -> pd.Series:
    """Moments, NaT where a cell is none; a time zone counts where one is written."""
    plain = written.astype("str").str.strip().str.replace(r"[年月/]", "-", regex=True)
    plain = plain.str.replace("日", " ", regex=False)
    return pd.to_datetime(plain, errors="coerce", format="mixed", utc=True)
