"""Building a cohort from a made-up copy of MIMIC-IV, against the plain pandas way, each in a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from core.benchmark.figure import Figure, Scale, figure
from core.benchmark.hospital import _run
from core.cohort.mimic_iv.definitions import definition
from core.cohort.variables import Unit, variables
from core.errors import CohortError

_FORMS = {"parquet": 12.0, "csv.gz": 4.0}
_MOST_SECONDS = 3_600
_SMALLER = 4


def mimic(scale: Scale) -> list[Figure]:
    """Time and peak memory of the builder, and how many times as long the plain pandas way takes.

    Memory must not grow with the rows: it is measured on a quarter of them too.
    """
    figures = []
    for form, at_least in _FORMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            figures += _of_form(Path(scratch), form, at_least, scale)
    return figures


def _of_form(scratch: Path, form: str, at_least: float, scale: Scale) -> list[Figure]:
    name = form.replace(".", "_")
    rows = scale.mimic_lab_rows, scale.mimic_chart_rows
    size = f"{rows[0]:,} + {rows[1]:,} rows, {form}"
    _write(scratch / "quarter", rows[0] // _SMALLER, rows[1] // _SMALLER, form)
    quarter = _build(scratch / "quarter", scratch / "out-quarter")
    _write(scratch / "full", *rows, form)
    ours = _build(scratch / "full", scratch / "out-full")
    if ours.code != 0:
        return [figure(f"mimic_seconds_{name}", None, "s", f"{size}: {ours.complaint[-200:]}")]
    command = [
        sys.executable,
        "-m",
        "core.benchmark.mimic",
        str(scratch / "full"),
        str(scratch / "out-full"),
    ]
    plain = _run(command, _MOST_SECONDS)
    agrees = plain.code == 0 and json.loads(plain.said)["agrees"]
    detail = f"{size}; builder {ours.seconds:.1f} s, pandas {plain.seconds:.1f} s"
    if plain.peak is not None:
        detail += f" and {plain.peak:.1f} GB"
    told = detail if agrees else f"{size}: pandas ended with {plain.code}: {plain.complaint[-200:]}"
    ratio = plain.seconds / ours.seconds if agrees else None
    growth = ours.peak / quarter.peak if ours.peak and quarter.peak else None
    return [
        figure(f"mimic_seconds_{name}", ours.seconds, "s", size, at_most=240),
        figure(f"mimic_memory_{name}", ours.peak, "GB", size, at_most=2),
        figure(
            f"mimic_memory_growth_{name}", growth, "ratio", f"peak against a quarter of {size}", at_most=1.5
        ),
        figure(f"mimic_times_pandas_{name}", ratio, "ratio", told, at_least=at_least),
    ]


def _write(copy: Path, lab_rows: int, chart_rows: int, form: str) -> None:
    """Write a copy in a process of its own: what a parent needed counts as its children's peak memory too."""
    command = [
        sys.executable,
        "-m",
        "core.benchmark.mimic_copy",
        str(copy),
        str(lab_rows),
        str(chart_rows),
        form,
    ]
    child = _run(command, _MOST_SECONDS)
    if child.code != 0:
        raise CohortError("errors_mimic.disk", folder=copy, reason=child.complaint[-100:])


def _build(copy: Path, out: Path) -> Any:
    command = [sys.executable, "-m", "core", "mimic-iv", "--mimic", str(copy), "--out", str(out)]
    return _run(command, _MOST_SECONDS)


def plain_pandas(copy: Path, cohort: Path) -> pd.DataFrame:
    """Do the builder's work on the two large tables the plain way: read each whole, then join, filter and group.

    Controls by D-dimer, every variable that ``items.toml`` takes from these tables, the fall of haemoglobin. Who is in
    the cohort, and when, is taken from the builder's own, whose values these must equal.

    Returns
    -------
    DataFrame
        Index ``patient_id``, a column a variable.
    """
    rows = pd.read_csv(cohort / "labels.csv", dtype={"patient_id": "str"}, low_memory=False)
    for column in ("visit_start", "t0", "known_until"):
        rows[column] = pd.to_datetime(rows[column])
    day = pd.Timedelta(hours=24)
    rows["known_from"] = (rows["visit_start"] - pd.Timedelta(hours=1)).clip(lower=rows["t0"] - day)
    rows = rows.rename(columns={"group": "subject_id"})
    rows = rows[["patient_id", "subject_id", "visit_start", "t0", "known_from", "known_until"]]
    items = definition("items")
    columns = {}
    labs = _read(copy, "hosp/labevents")
    _suspected(labs, copy)
    labs = labs.merge(rows, on="subject_id")
    near = labs[(labs["charttime"] >= labs["known_from"]) & (labs["storetime"] <= labs["known_until"])]
    for name, entry in items["labs"].items():
        columns[name] = _taken(name, near[near["itemid"].isin(entry["items"])], entry["take"])
    _fall(labs[labs["itemid"].isin(items["labs"]["haemoglobin"]["items"])])
    del labs, near
    charts = _read(copy, "icu/chartevents").merge(rows, on="subject_id")
    near = charts[
        (charts["charttime"] >= charts["known_from"]) & (charts["charttime"] <= charts["known_until"])
    ]
    for name, entry in items["chart"].items():
        parts = [
            near[near["itemid"].isin(wanted)].assign(valueuom=unit) for unit, wanted in entry["units"].items()
        ]
        columns[name] = _taken(name, pd.concat(parts), entry["take"])
    return pd.DataFrame(columns)


def _read(copy: Path, name: str) -> pd.DataFrame:
    parquet = copy / f"{name}.parquet"
    if parquet.is_file():
        return pd.read_parquet(parquet)
    return pd.read_csv(copy / f"{name}.csv.gz", parse_dates=["charttime", "storetime"])


def _suspected(labs: pd.DataFrame, copy: Path) -> pd.Series:
    """Visits with a D-dimer in their first day."""
    parquet = copy / "hosp/admissions.parquet"
    visits = pd.read_parquet(parquet) if parquet.is_file() else pd.read_csv(copy / "hosp/admissions.csv.gz")
    start = pd.to_datetime(visits["edregtime"])
    ordered = labs[labs["itemid"].isin(definition("items")["labs"]["d_dimer"]["items"])]
    near = ordered.merge(visits.assign(start=start)[["subject_id", "hadm_id", "start"]], on="subject_id")
    inside = near["charttime"].between(near["start"], near["start"] + pd.Timedelta(hours=24))
    return near.loc[inside, "hadm_id_y"].drop_duplicates()


def _taken(name: str, events: pd.DataFrame, take: str) -> pd.Series:
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


def _main(copy: Path, cohort: Path) -> None:
    found = plain_pandas(copy, cohort)
    ours = pd.read_csv(cohort / "ehr.csv", dtype={"patient_id": "str"}).set_index("patient_id")
    names = [name for name in found if name in ours and found[name].notna().any()]
    theirs = found[names].reindex(ours.index)
    same = (ours[names] - theirs).abs().lt(1e-6) | (ours[names].isna() & theirs.isna())
    differing = [name for name in names if not same[name].all()]
    sys.stdout.write(
        json.dumps({"agrees": not differing and bool(names), "differing": differing, "n": len(names)})
    )


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
