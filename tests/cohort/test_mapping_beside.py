from __future__ import annotations

import json
import sys

import pandas as pd
import pytest

from core.__main__ import main

TOML = (
    '[[column]]\nheader = "我的年龄"\nread_as = "age"\n\n[[column]]\nheader = "终点"\nread_as = "leave_out"\n'
)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "病人.csv"
    rows = "".join(f"A{i},{50 + i},{80 + i if i % 4 else ''},{i % 2}\n" for i in range(24))
    path.write_text(f"patient_id,我的年龄,心率,终点\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def run(monkeypatch, capfd):
    def of(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["core", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        told = capfd.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return of


@pytest.mark.parametrize("beside", [True, False])
def test_scores_read_columns_as_the_file_beside_the_table_or_the_one_given_says(table, run, beside):
    before = json.loads(run("scores", "--ehr", table, "--json")[1])
    file = table.parent / "columns.toml" if beside else table.parent / "own.toml"
    file.write_text(TOML, encoding="utf-8")
    code, out, err = run("scores", "--ehr", table, "--json", *([] if beside else ["--columns", file]))
    assert code == 0
    assert str(file) in err
    assert "age" in before[0]["pesi"]["missing"]
    assert "age" not in json.loads(out)[0]["pesi"]["missing"]


@pytest.mark.parametrize("beside", [True, False])
def test_impute_reads_columns_as_the_file_says(table, run, beside):
    file = table.parent / "columns.toml" if beside else table.parent / "own.toml"
    file.write_text(TOML, encoding="utf-8")
    given = [] if beside else ["--columns", file]
    code, _, err = run("impute", "--ehr", table, "--out", table.parent / "full.csv", *given)
    assert code == 0
    assert str(file) in err
    assert {"patient_id", "age", "heart_rate"} == set(pd.read_csv(table.parent / "full.csv").columns)


@pytest.mark.parametrize("command", ["scores", "impute"])
def test_a_file_of_another_table_is_passed_over_beside_it_and_refused_where_it_is_given(table, run, command):
    file = table.parent / "columns.toml"
    file.write_text('[[column]]\nheader = "没有"\nread_as = "age"\n', encoding="utf-8")
    arguments = [command, "--ehr", table] + (
        ["--out", table.parent / "full.csv"] if command == "impute" else []
    )
    code, _, err = run(*arguments)
    assert code == 0
    assert "not used" in err
    code, _, err = run(*arguments, "--columns", file)
    assert code == 2
    assert "没有" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["scores", "impute"])
def test_a_missing_table_ends_in_one_sentence(tmp_path, run, command):
    out = ["--out", tmp_path / "full.csv"] if command == "impute" else []
    code, _, err = run(command, "--ehr", tmp_path / "none.csv", *out)
    assert code == 2
    assert "none.csv" in err
    assert "Traceback" not in err
