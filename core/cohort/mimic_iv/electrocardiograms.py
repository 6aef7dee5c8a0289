"""Which recordings of MIMIC-IV-ECG belong to which row: by person and time, referenced where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from core.cohort.mimic_iv.tables import ENDINGS, reading
from core.errors import CohortError

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = ("subject_id", "ecg_time", "path")


def check_recordings(folder: Path) -> Path:
    """Return the list of recordings of a MIMIC-IV-ECG copy.

    Raises
    ------
    CohortError
        There is none, or it lacks a column.
    """
    listed = next(
        (folder / f"record_list{end}" for end in ENDINGS if (folder / f"record_list{end}").is_file()), None
    )
    if listed is None:
        raise CohortError("errors_mimic.ecg", folder=folder)
    with reading("record_list", listed):
        found = _raw(listed).collect_schema().names()
    lacking = [name for name in _COLUMNS if name not in found]
    if lacking:
        raise CohortError(
            "errors_mimic.columns", file=listed, lacking=", ".join(lacking), found=", ".join(found[:8])
        )
    return listed


def link_recordings(folder: Path, rows: pl.DataFrame, choice: str) -> tuple[pl.DataFrame, int]:
    """Link recordings to rows.

    A recording belongs to a row if it was taken in the row's window, ``known_from`` to ``known_until``. One that lies
    in the windows of two rows of a person goes to the row of the outcome, because those are few.

    Parameters
    ----------
    folder
        The MIMIC-IV-ECG copy, with ``record_list.csv`` in it.
    rows
        Rows of the cohort.
    choice
        ``one``, the last of the window, or ``all``.

    Returns
    -------
    recordings, missing
        ``patient_id``, ``path`` (of the WFDB header, from ``folder``), ``acquired_at``; and how many of the listed
        recordings are not in the folder.
    """
    listed = check_recordings(folder)
    windows = rows.lazy().select(
        "patient_id", "subject_id", "known_from", "known_until", pl.col("pe").is_null().alias("outcome_row")
    )
    time = (
        pl.col("ecg_time").cast(pl.String).str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    )
    with reading("record_list", listed):
        found = (
            _raw(listed)
            .select(pl.col("subject_id").cast(pl.Int64), time.alias("acquired_at"), "path")
            .join(windows, on="subject_id")
            .filter(pl.col("acquired_at").is_between("known_from", "known_until"))
            .collect(engine="streaming")
        )
    found = found.sort(["path", "outcome_row", "patient_id"], descending=[False, True, False]).unique(
        "path", keep="first", maintain_order=True
    )
    header = pl.col("path").str.strip_suffix(".hea").str.strip_suffix(".dat") + ".hea"
    found = found.with_columns(path=header).sort("patient_id", "acquired_at", "path")
    if choice == "one":
        found = found.group_by("patient_id", maintain_order=True).last()
    there = [(folder / path).is_file() for path in found["path"]]
    kept = found.filter(pl.Series(there, dtype=pl.Boolean)).select(
        "patient_id", "path", pl.col("acquired_at").dt.to_string("%Y-%m-%d %H:%M:%S")
    )
    return kept, len(there) - sum(there)


def _raw(path: Path) -> pl.LazyFrame:
    return pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)
