"""The plain pandas way from MIMIC-IV to a cohort's values: read each table whole, then join, filter and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from core.cohort.mimic_iv.definitions import definition
from core.cohort.variables import Unit, variables

if TYPE_CHECKING:
    from pathlib import Path

_TIMES = ("charttime", "storetime")


def read_rows(copy: Path, cohort: Path) -> pd.DataFrame:
    """Who is in a built cohort, and when.

    Returns
    -------
    DataFrame
        ``patient_id``, ``subject_id``, ``hadm_id``, ``visit_start``, ``t0``, ``known_from``, ``known_until``, ``end``.
    """
    rows = pd.read_csv(cohort / "labels.csv", dtype={"patient_id": "str"}, low_memory=False)
    for column in ("visit_start", "t0", "known_until"):
        rows[column] = pd.to_datetime(rows[column])
    day = pd.Timedelta(hours=24)
    rows["known_from"] = (rows["visit_start"] - pd.Timedelta(hours=1)).clip(lower=rows["t0"] - day)
    visits = read_table(copy, "hosp/admissions", ("dischtime",))
    rows = rows.merge(visits[["hadm_id", "dischtime"]].rename(columns={"dischtime": "end"}), on="hadm_id")
    rows = rows.rename(columns={"group": "subject_id"})
    known = ["visit_start", "t0", "known_from", "known_until", "end"]
    return rows[["patient_id", "subject_id", "hadm_id", *known]]


def read_table(
    copy: Path, name: str, times: tuple[str, ...] = (), texts: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Read a table whole.

    Parameters
    ----------
    times, texts
        Columns that pandas cannot tell from a CSV to be such.
    """
    parquet = copy / f"{name}.parquet"
    if parquet.is_file():
        return pd.read_parquet(parquet)
    return pd.read_csv(copy / f"{name}.csv.gz", parse_dates=list(times), dtype=dict.fromkeys(texts, "str"))


def plain_events(copy: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Laboratory and charts: controls by D-dimer, every variable of ``items.toml``, the fall of haemoglobin.

    Returns
    -------
    DataFrame
        Index ``patient_id``, a column a variable.
    """
    window = ["patient_id", "subject_id", "visit_start", "t0", "known_from", "known_until"]
    rows = rows[window]
    items = definition("items")
    columns = {}
    labs = read_table(copy, "hosp/labevents", _TIMES)
    _suspected(labs, copy)
    labs = labs.merge(rows, on="subject_id")
    near = labs[(labs["charttime"] >= labs["known_from"]) & (labs["storetime"] <= labs["known_until"])]
    for name, entry in items["labs"].items():
        columns[name] = taken(name, near[near["itemid"].isin(entry["items"])], entry["take"])
    _fall(labs[labs["itemid"].isin(items["labs"]["haemoglobin"]["items"])])
    del labs, near
    charts = read_table(copy, "icu/chartevents", _TIMES).merge(rows, on="subject_id")
    near = charts[
        (charts["charttime"] >= charts["known_from"]) & (charts["charttime"] <= charts["known_until"])
    ]
    for name, entry in items["chart"].items():
        parts = [
            near[near["itemid"].isin(wanted)].assign(valueuom=unit) for unit, wanted in entry["units"].items()
        ]
        columns[name] = taken(name, pd.concat(parts), entry["take"])
    return pd.DataFrame(columns)


def _suspected(labs: pd.DataFrame, copy: Path) -> pd.Series:
    """Visits with a D-dimer in their first day."""
    visits = read_table(copy, "hosp/admissions", ("edregtime",))
    start = visits["edregtime"]
    ordered = labs[labs["itemid"].isin(definition("items")["labs"]["d_dimer"]["items"])]
    ordered = ordered[["subject_id", "charttime"]]
    near = ordered.merge(visits.assign(start=start)[["subject_id", "hadm_id", "start"]], on="subject_id")
    inside = near["charttime"].between(near["start"], near["start"] + pd.Timedelta(hours=24))
    return near.loc[inside, "hadm_id"].drop_duplicates()


def taken(name: str, events: pd.DataFrame, take: str) -> pd.Series:
    """Convert, leave out what cannot be, and take one value a patient."""
    known = variables().get(name)
    qualifier = definition("items")["labs"].get(name, {}).get("qualifier", "")
    factor, offset = {}, {}
    for unit in events["valueuom"].unique():
        found = known.find_unit(unit, qualifier) if known and known.unit else Unit("", 1.0)
        factor[unit], offset[unit] = (found.factor, found.offset) if found else (float("nan"), 0.0)
    scale = events["valueuom"].map(factor).astype("float64")
    shift = events["valueuom"].map(offset).astype("float64")
    value = (events["valuenum"] * scale + shift).round(9)
    if known is not None and known.plausible is not None:
        value = value.where(value.between(*known.plausible))
    ordered = events.assign(number=value).dropna(subset="number").sort_values(["charttime", "number"])
    how = {"lowest": "min", "highest": "max"}.get(take, take)
    return ordered.groupby("patient_id")["number"].agg(how)


def _fall(haemoglobin: pd.DataFrame) -> pd.Series:
    week = haemoglobin["t0"] + pd.Timedelta(days=7)
    stay = haemoglobin[
        (haemoglobin["charttime"] >= haemoglobin["visit_start"]) & (haemoglobin["charttime"] <= week)
    ]
    stay = stay.sort_values("charttime")
    before = stay[stay["charttime"] <= stay["t0"]].groupby("patient_id")["valuenum"].last()
    after = stay[stay["charttime"] > stay["t0"]].groupby("patient_id")["valuenum"].min()
    return before - after
