from __future__ import annotations

import json

import pandas as pd
import pytest

from core.benchmark import mimic as module
from core.benchmark.figure import Scale
from core.benchmark.hospital import _Child
from core.benchmark.mimic import built_values, mimic, plain_pandas
from core.benchmark.mimic_copy import write_copy
from core.cohort.mimic_iv import build
from core.errors import CohortError

BEDSIDE = {"lytic_dose", "lytic_hours", "vasopressor", "red_cell_units", "weight", "pe", "hypertension"}


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_the_plain_way_and_the_builder_agree_on_every_value(tmp_path, form):
    write_copy(tmp_path / "copy", 20_000, 30_000, form)
    build(tmp_path / "copy", tmp_path / "cohort")
    plain = plain_pandas(tmp_path / "copy", tmp_path / "cohort")
    ours = built_values(tmp_path / "cohort")
    names = [name for name in plain if plain[name].notna().any()]
    assert {"haemoglobin", "heart_rate", *BEDSIDE} <= set(names)
    pd.testing.assert_frame_equal(ours[names], plain[names].reindex(ours.index), check_dtype=False)


def test_lysis_in_a_copy_is_found_by_each_witness_and_clearing_a_catheter_is_none(tmp_path):
    write_copy(tmp_path / "copy", 4_000, 6_000, "parquet")
    flow = build(tmp_path / "copy", tmp_path / "cohort").flow
    witnesses = built_values(tmp_path / "cohort")["lytic_witness"].dropna()
    assert set(witnesses) == {"infusion", "bedside", "order"}
    counts = {step: admissions for part, step, *_, admissions, _ in flow.rows if part == "lytic_drug"}
    assert counts["systemic"] == len(witnesses)
    assert counts["local"] > 0


def test_bedside_and_pharmacy_grow_with_the_laboratory_as_in_the_real_tables(tmp_path):
    names = ("prescriptions", "pharmacy", "emar", "emar_detail", "diagnoses_icd", "omr", "../icu/inputevents")
    rows = {}
    for labs in (60_000, 120_000):
        write_copy(tmp_path, labs, 1_000, "parquet")
        rows[labs] = [len(pd.read_parquet(tmp_path / "hosp" / f"{name}.parquet")) for name in names]
    # millions in MIMIC-IV 2.2, of 118 in the laboratory
    real = [15, 14, 27, 55, 4.8, 6.4, 9]
    assert rows[120_000] == pytest.approx([120_000 / 118 * millions for millions in real], rel=0.06)
    assert rows[120_000] == pytest.approx([2 * n for n in rows[60_000]], rel=0.06)


def test_a_copy_has_the_rows_asked_for_and_the_same_in_both_forms(tmp_path):
    for form in ("csv.gz", "parquet"):
        write_copy(tmp_path, 1_000, 2_000, form)
    labs = (
        pd.read_csv(tmp_path / "hosp/labevents.csv.gz"),
        pd.read_parquet(tmp_path / "hosp/labevents.parquet"),
    )
    assert [len(frame) for frame in labs] == [1_000, 1_000]
    assert labs[0]["valuenum"].tolist() == labs[1]["valuenum"].tolist()
    assert len(pd.read_csv(tmp_path / "icu/chartevents.csv.gz")) == 2_000


def figures(monkeypatch, *children):
    left = iter(children * 3)
    written = _Child(1.0, None, None, 0, "", "")
    writing = {"core.benchmark.mimic_copy", "mimic-iv-parquet"}
    monkeypatch.setattr(module, "_run", lambda command, _: written if writing & {*command} else next(left))
    found = mimic(Scale(mimic_lab_rows=400, mimic_chart_rows=400))
    return {one.name: (one.value, one.met) for one in found}


def test_times_and_memory_are_held_against_their_targets(monkeypatch):
    quarter, ours = (_Child(seconds, None, peak, 0, "", "") for seconds, peak in ((2.0, 0.5), (5.0, 0.6)))
    plain = _Child(65.0, None, 9.0, 0, json.dumps({"agrees": True}), "")
    found = figures(monkeypatch, quarter, ours, plain)
    assert found["mimic_seconds_parquet"] == (5.0, True)
    assert found["mimic_memory_csv_gz"] == (0.6, True)
    assert found["mimic_memory_growth_parquet"] == (pytest.approx(1.2), True)
    assert found["mimic_times_pandas_parquet"] == (13.0, True)
    assert found["mimic_times_pandas_converted"] == (13.0, None)


def test_a_baseline_that_disagrees_gives_no_ratio(monkeypatch):
    ours = _Child(5.0, None, None, 0, "", "")
    plain = _Child(65.0, None, 9.0, 0, json.dumps({"agrees": False}), "")
    found = figures(monkeypatch, ours, ours, plain)
    assert found["mimic_times_pandas_parquet"] == (None, None)
    assert found["mimic_memory_growth_parquet"] == (None, None)


def test_a_build_that_fails_gives_a_gap(monkeypatch):
    failed = _Child(5.0, None, None, 2, "", "no room")
    assert figures(monkeypatch, failed, failed) == {
        "mimic_seconds_parquet": (None, None),
        "mimic_seconds_converted": (None, None),
        "mimic_seconds_csv_gz": (None, None),
    }


def test_a_copy_that_cannot_be_written_is_one_sentence(monkeypatch):
    full = _Child(1.0, None, None, 1, "", "No space left on device")
    monkeypatch.setattr(module, "_run", lambda *_: full)
    with pytest.raises(CohortError, match="No space left"):
        mimic(Scale(mimic_lab_rows=400, mimic_chart_rows=400))
