from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from core.__main__ import app
from core.cohort.mimic_iv import Options, build, convert
from core.errors import CohortError
from tests.cohort.mimic_iv.fabricated import HEADERS, Hospital

DEMO = Path(__file__).parents[4] / "shared/data/mimic-iv-demo-2.2"


@pytest.fixture
def mimic(tmp_path):
    """A hospital whose texts are not all of one kind: limits, empty cells, commas, Chinese."""
    hospital = Hospital()
    hospital.lysed(1)
    hospital.embolism(2)
    hospital.person(3)
    hospital.lab(3, 50915, 1, 300, "ng/mL")
    for person in (1, 2, 3):
        hospital.lab(person, 51222, 2, 10 + person, "g/dL")
        hospital.chart(person, 220045, 2, 80 + person)
        hospital.bedside(person, 3, "Heparin, 肝素")
    hospital.add("hosp/labevents", subject_id=1, itemid=51003, value="<0.01", comments='says "low", twice')
    return hospital.write(tmp_path / "mimic", "csv.gz")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_build_from_the_converted_tables_is_the_same_to_the_byte(mimic, tmp_path):
    written = convert(mimic, tmp_path / "parquet")
    assert {table.name for table in written} == set(HEADERS)
    build(mimic, tmp_path / "before")
    build(tmp_path / "parquet", tmp_path / "after")
    assert contents(tmp_path / "after") == contents(tmp_path / "before")


@pytest.mark.skipif(not DEMO.is_dir(), reason=f"needs the MIMIC-IV demo at {DEMO}")
def test_so_it_is_of_the_demo(tmp_path):
    convert(DEMO, tmp_path / "parquet")
    options = Options(variant="anticoagulation", bleeding="any-criterion")
    build(DEMO, tmp_path / "before", options=options)
    build(tmp_path / "parquet", tmp_path / "after", options=options)
    assert contents(tmp_path / "after") == contents(tmp_path / "before")


def test_all_rows_are_there_in_their_order_with_what_is_used_of_them(mimic, tmp_path):
    written = {table.name: table.rows for table in convert(mimic, tmp_path / "parquet")}
    found = pl.read_parquet(tmp_path / "parquet/hosp/labevents.parquet")
    source = pl.read_csv(mimic / "hosp/labevents.csv.gz", infer_schema=False)
    assert written["hosp/labevents"] == found.height == source.height
    assert found["itemid"].cast(pl.String).to_list() == source["itemid"].to_list()
    assert "priority" not in found.columns
    assert found.schema["charttime"] == pl.Datetime("us")
    assert {row["value"]: row["comments"] for row in found.to_dicts()}["<0.01"] == 'says "low", twice'


def test_the_data_use_rules_go_with_the_tables(mimic, tmp_path):
    convert(mimic, tmp_path / "parquet")
    assert "PhysioNet" in (tmp_path / "parquet/DATA-USE.txt").read_text(encoding="utf-8")


def test_a_damaged_table_leaves_nothing_behind(mimic, tmp_path):
    path = mimic / "icu/chartevents.csv.gz"
    path.write_bytes(path.read_bytes()[:-20])
    (tmp_path / "result").mkdir()
    with pytest.raises(CohortError, match="cut off or damaged") as caught:
        convert(mimic, tmp_path / "result" / "parquet")
    assert "chartevents" in str(caught.value)
    assert list((tmp_path / "result").iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(mimic, tmp_path):
    with pytest.raises(CohortError, match="already holds something"):
        convert(mimic, mimic)
    assert (mimic / "hosp/labevents.csv.gz").is_file()


def test_the_command_counts_the_rows_and_says_what_comes_next(mimic, tmp_path):
    out = tmp_path / "parquet"
    done = CliRunner().invoke(app, ["mimic-iv-parquet", "--mimic", str(mimic), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "give it to mimic-iv as --mimic" in done.output
    rows = pl.read_parquet(out / "hosp/labevents.parquet").height
    assert [line.split()[1] for line in done.output.splitlines() if line.startswith("hosp/labevents")] == [
        f"{rows:,}"
    ]
