"""How the large tables are asked for, by the plans that are run: a join over one of them holds all of its rows."""

from __future__ import annotations

import re

import polars as pl
import pytest

from core.cohort.mimic_iv import build
from tests.cohort.mimic_iv.fabricated import at

BEDSIDE = {
    *("emar", "emar_detail", "prescriptions", "pharmacy", "diagnoses_icd", "procedures_icd", "omr"),
    *("inputevents", "procedureevents"),
}
MEASURED = {"labevents", "chartevents", "laboratory", "chart"}
SCAN = re.compile(r"(?:Parquet|Csv) SCAN \[(?:[^\]]*/)?(\w+)\.(?:parquet|csv(?:\.gz)?)[^\]]*\]")


def faults(plan, engine):
    """What keeps a plan from running in memory that does not grow with the rows of its large tables."""
    tables = SCAN.findall(plan)
    assert len(tables) == plan.count(" SCAN ["), plan
    large = [table for table in tables if table in BEDSIDE | MEASURED]
    found = []
    if large and engine != "streaming":
        found.append(f"not streaming over {large}")
    if "JOIN" in plan and BEDSIDE & set(large):
        found.append(f"join over {large}")
    for part in re.split(r"(?= SCAN \[)", plan)[1:] if large else []:
        asked = re.search(r"^\s*SELECTION: (.*)$", part, re.MULTILINE)
        if asked is None:
            found.append(f"no filter in the scan of {large}")
        elif "JOIN" in plan and 'col("subject_id").is_in' not in asked[1]:
            found.append(f"persons not chosen before the join over {large}")
    return found


@pytest.fixture
def plans(monkeypatch):
    """Plan and engine of everything that is collected or written to a file."""
    seen = []

    def recording(method, engine):
        def run(frame, *args, **kwargs):
            seen.append((frame.explain(engine="streaming"), kwargs.get("engine", engine)))
            return method(frame, *args, **kwargs)

        return run

    monkeypatch.setattr(pl.LazyFrame, "collect", recording(pl.LazyFrame.collect, "auto"))
    # a sink streams whether told to or not
    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", recording(pl.LazyFrame.sink_parquet, "streaming"))
    return seen


def full(hospital):
    """Rows in every table, so that no plan is left out because there is nothing to look for."""
    for person in (1, 2, 3):
        hospital.lysed(person)
        hospital.bedside(person, 9, "Alteplase", dose_given="10", product_description="Alteplase")
        hospital.order(person, 8, "Alteplase", 100, hours=2)
        hospital.add("hosp/omr", subject_id=person, chartdate=at(-48)[:10], result_name="Weight (Lbs)")
        hospital.operation(person, "0DTJ0ZZ", at(-48)[:10])
        hospital.lab(person, 51222, 9, 12.0, "g/dL")
        hospital.chart(person, 220045, 9, 90)
        hospital.procedure(person, 225792, 9, 10)
    return hospital


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_large_tables_are_filtered_as_they_are_scanned_and_never_joined_before(
    hospital, tmp_path, plans, form
):
    build(full(hospital).write(tmp_path / "mimic", form), tmp_path / "cohort")
    asked = {table for plan, _ in plans for table in SCAN.findall(plan)}
    measured = {"labevents", "chartevents"} if form == "parquet" else MEASURED
    assert asked >= BEDSIDE | measured
    assert [fault for plan, engine in plans for fault in faults(plan, engine)] == []


@pytest.mark.parametrize("how", ["semi", "anti", "inner", "left"])
def test_a_join_over_a_bedside_table_would_be_seen(tmp_path, how):
    path = tmp_path / "emar.parquet"
    pl.DataFrame({"subject_id": [1, 2], "emar_seq": [1, 1]}).write_parquet(path)
    persons = pl.LazyFrame({"subject_id": [1]})
    joined = pl.scan_parquet(path).filter(pl.col("emar_seq") > 0).join(persons, on="subject_id", how=how)
    assert "join over ['emar']" in faults(joined.explain(engine="streaming"), "streaming")
    filtered = pl.scan_parquet(path).filter(pl.col("subject_id").is_in([1]))
    assert faults(filtered.explain(engine="streaming"), "streaming") == []
    assert faults(filtered.explain(engine="streaming"), "auto") == ["not streaming over ['emar']"]
