"""``python -m core scores``: the contract's JSON, readable lines, one sentence for what is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from core.__main__ import main

REAL = Path(__file__).parents[3] / "shared" / "data" / "mimic-iv-demo-table" / "ehr.csv"
NAMES = (
    "pesi spesi bova wells geneva simplified_geneva years perc bacs riete vte_bleed has_bled pe_ch pe_sard"
)
NAMES += " esc_2019 aha_2026 china_2018"


@pytest.fixture
def run(monkeypatch, capfd):
    def of(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["core", "scores", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        told = capfd.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return of


@pytest.fixture
def table(tmp_path) -> Path:
    # a hospital's own words and units; a column that only scores ask for; a column that none asks for
    path = tmp_path / "病人.csv"
    path.write_text(
        "patient_id,年龄,性别,Hb (g/dL),Creatinine (mg/dL),SBP,晕厥,肿瘤,近期大出血,eGFR,labile_inr,ward\n"
        "A1,80,女,11.9,1.3,150,否,否,否,55,是,3\n"
        "A2,40,男,,,,是,,,,,3\n",
        encoding="utf-8",
    )
    return path


def test_the_contracts_names_and_keys(run, table):
    code, out, err = run("--ehr", table, "--json")
    told = json.loads(out)
    assert code == 0
    assert [one["patient_id"] for one in told] == ["A1", "A2"]
    for one in told:
        assert set(NAMES.split()) <= set(one)
        for name in NAMES.split():
            assert {"points", "low", "high", "class", "missing"} <= set(one[name])
    assert "converted from g/dL" in err
    assert "Traceback" not in err


def test_points_ranges_and_gaps_of_two_patients(run, table):
    first, second = json.loads(run("--ehr", table, "--json")[1])
    assert (first["riete"]["points"], first["riete"]["class"], first["riete"]["missing"]) == (5, "high", [])
    assert (first["pe_sard"]["points"], first["pe_sard"]["class"]) == (3.5, "high")
    assert first["bacs"]["points"] == 1
    assert "labile_inr" not in first["has_bled"]["missing"]
    assert "labile_inr" in second["has_bled"]["missing"]
    assert (second["bacs"]["points"], second["bacs"]["low"], second["bacs"]["high"]) == (None, 1, 5)
    assert second["bacs"]["missing"] == ["cancer", "recent_major_bleeding"]
    assert second["esc_2019"]["points"] is None
    assert (second["esc_2019"]["low"], second["esc_2019"]["high"]) == ("low", "high")


def test_lines_for_a_terminal(run, table):
    code, out, _ = run("--ehr", table)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "A1"
    assert any(line.split()[:3] == ["riete", "5", "high"] for line in lines)
    assert any("1 to 5" in line and "recent_major_bleeding" in line for line in lines if "bacs" in line)


def test_all_patients_alike_lose_no_column(run, tmp_path):
    # every value is the same in every row: the reader of training tables would leave the columns out
    path = tmp_path / "alike.csv"
    path.write_text("patient_id,age,cancer,syncope,出血史\n1,78,0,0,0\n2,78,0,0,0\n", encoding="utf-8")
    told = json.loads(run("--ehr", path, "--json")[1])
    assert [one["bacs"]["points"] for one in told] == [1, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        ("", "empty"),
        ("patient_id,ward,bed\n1,a,b\n2,c,d\n", "no column that a score asks for"),
    ],
)
def test_bad_input_ends_in_one_line_and_exit_code_two(run, tmp_path, content, said):
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    code, out, err = run("--ehr", path, "--json")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err


@pytest.mark.skipif(not REAL.is_file(), reason="shared/data is not beside this checkout")
def test_a_real_table_is_read_without_a_guess(run):
    code, out, _ = run("--ehr", REAL, "--json")
    told = json.loads(out)
    assert code == 0
    assert len(told) == 275
    for one in told:
        for name in ("pesi", "bacs", "wells"):
            assert (
                one[name]["points"] is None
            )  # mental status, syncope and signs of the leg are nowhere in it
            assert one[name]["missing"]
            assert one[name]["low"] < one[name]["high"]
    assert sum(one["spesi"]["points"] is not None for one in told) > 50
