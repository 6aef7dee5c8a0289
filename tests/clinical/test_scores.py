"""Published scores give the published points: worked patients, every limit, every edge of a class."""

from __future__ import annotations

import csv
import math
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.clinical.scores import Result, input_columns, rates_of, results, scores

VECTORS = Path(__file__).with_name("vectors")
CASES = tomllib.loads((VECTORS / "patients.toml").read_text(encoding="utf-8"))["case"]


def rows_of(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read(patient: dict[str, Any], *names: str, otherwise_no: bool = False) -> dict[str, Result]:
    no = {column.name: 0.0 for column in input_columns() if column.kind == "binary"}
    values = {**no, **patient} if otherwise_no else patient
    return results(pd.DataFrame([values]), names or None)[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_worked_patients(case):
    found = read(case["patient"], *case["expect"], otherwise_no=case.get("otherwise_no", False))
    for name, expected in case["expect"].items():
        one = found[name]
        if expected.get("not_applicable"):
            assert (one.applies, one.points, one.low, one.class_name) == (False, None, None, None)
            continue
        assert one.points == expected.get("points"), name
        assert one.class_name == expected.get("class"), name
        for cut, class_name in expected.get("other", {}).items():
            assert one.other_classes[cut] == class_name, name


@pytest.mark.parametrize(
    "row", rows_of("limits.csv"), ids=lambda row: f"{row['score']} {row['item']} {row['given_at']}"
)
def test_every_limit_counts_from_where_the_paper_says(row):
    rest = {"sex": row["sex"]} if row["sex"] else {}
    below = read({**rest, row["input"]: float(row["not_given_at"])}, row["score"])[row["score"]]
    above = read({**rest, row["input"]: float(row["given_at"])}, row["score"])[row["score"]]
    assert row["item"] not in (*below.given, *below.open_items)
    assert row["item"] in above.given


@pytest.mark.parametrize("row", rows_of("classes.csv"), ids=lambda row: "-".join(row.values()))
def test_every_edge_of_a_class(row):
    score = scores()[row["score"]]
    bands = score.other_bands[row["cut"]] if row["cut"] else score.bands
    assert next(band.name for band in bands if float(row["points"]) <= band.to) == row["class"]


@pytest.mark.parametrize(
    ("age", "class_name"), [(65, "I"), (66, "II"), (85, "II"), (86, "III"), (105, "III"), (106, "IV")]
)
def test_the_edges_of_pesi_by_age_alone(age, class_name):
    healthy = {"sex": "female", "heart_rate": 80, "systolic_bp": 120, "respiratory_rate": 16}
    found = read({**healthy, "age": age, "temperature": 37, "spo2": 98}, otherwise_no=True)["pesi"]
    assert (found.points, found.class_name) == (age, class_name)


@pytest.mark.parametrize(
    ("name", "most"),
    # what the papers' tables add up to
    {
        "spesi": 6,
        "bova": 7,
        "wells": 12.5,
        "geneva": 22,
        "simplified_geneva": 9,
        "years": 3,
        "perc": 8,
        "bacs": 6,
        "riete": 8,
        "vte_bleed": 9,
        "has_bled": 9,
        "pe_ch": 8,
        "pe_sard": 5,
    }.items(),
)
def test_a_score_of_which_nothing_is_known_spans_all_its_points(name, most):
    found = read({"smoking": "never"})[name]
    least = 1 if name == "riete" else 0  # its embolism always counts
    assert (found.points, found.low, found.high, found.class_name) == (None, least, most, None)
    assert found.missing


def test_creatinine_of_exactly_1_2_mg_dl_does_not_count_in_either_unit():
    from core.cohort.variables import variables

    (converted,) = variables()["creatinine"].convert([1.2], "mg/dL")
    assert "creatinine_over_1_2" not in read({"creatinine": converted})["riete"].given
    assert "creatinine_over_1_2" not in read({"creatinine": 106})["riete"].given
    assert "creatinine_over_1_2" in read({"creatinine": 107})["riete"].given


@pytest.mark.parametrize(
    ("age", "troponin_t", "raised"),
    [
        (74, 14, True),
        (74, 13.9, False),
        (75, 14, False),
        (75, 44.9, False),
        (75, 45, True),
        (None, 50, True),
        (None, 13, False),
        (None, 30, None),
    ],
)
def test_raised_troponin_is_read_from_a_measurement(age, troponin_t, raised):
    found = read({"age": float("nan") if age is None else age, "troponin_t": troponin_t})["bova"]
    assert ("troponin_raised" in found.given) is (raised is True)
    assert ("troponin_raised" in found.open_items) is (raised is None)
    assert ("troponin_positive" in found.missing) is (raised is None)


def test_a_record_and_a_measurement_that_contradict_each_other_leave_the_item_open():
    found = read({"age": 60, "troponin_positive": 0, "troponin_t": 80})["bova"]
    assert "troponin_raised" in found.open_items
    assert found.contradicting == ("troponin_positive",)
    assert "troponin_positive" not in found.missing


def test_filtration_rate_is_derived_only_where_equations_agree():
    man = {"sex": "male", "age": 60}
    assert "gfr_below_60" in read({**man, "creatinine": 160})["pe_sard"].given
    assert "gfr_below_60" not in read({**man, "creatinine": 80})["pe_sard"].open_items
    near = read({**man, "creatinine": 120})["pe_sard"]  # CKD-EPI 2021: about 60
    assert "gfr_below_60" in near.open_items
    assert "egfr" in near.missing


def test_a_stroke_without_a_word_on_its_deficit_is_open_and_no_stroke_is_none():
    assert read({"prior_stroke": 1})["pe_ch"].high == 8
    assert read({"prior_stroke": 0})["pe_ch"].high == 3


@pytest.mark.parametrize(
    ("patient", "name", "shares"),
    [
        ({"age": 40, "cancer": 0, "syncope": 0, "recent_major_bleeding": 0}, "bacs", [0.029, 0.013]),
        ({"age": 70, "prior_myocardial_infarction": 1}, "pe_ch", [0.034]),
        ({"cardiac_arrest": 1}, "esc_2019", [0.22]),
        ({"heart_rate": 101, "prior_vte": 1, "haemoptysis": 1}, "wells", [None, 0.205]),
    ],
)
def test_published_rates_of_a_result(patient, name, shares):
    found = read(patient, otherwise_no=True)[name]
    assert [rate.share for rate in rates_of(found)] == shares


def test_an_open_result_has_no_published_rate():
    assert rates_of(read({"age": 70})["bacs"]) == ()


def test_what_the_reference_marks_unverified_is_marked():
    by_status = {name: one.status for name, one in scores().items()}
    assert by_status["perc"] == "unverified"
    second_hand = ("riete", "age_adjusted_d_dimer", "esc_2019", "aha_2026", "china_2018")
    assert {by_status[name] for name in second_hand} == {"secondary"}
    middle = next(band for band in scores()["bacs"].bands if band.name == "intermediate")
    assert [(rate.share, rate.status) for rate in middle.rates] == [(0.059, "unverified")]
    assert {one.rate.status for one in scores()["pe_ch"].rates_by_points} == {"unverified"}
    assert {band.status for band in scores()["geneva"].other_bands["two_tier"]} == {"unverified"}
    heart = [
        item.status for item in scores()["simplified_geneva"].items if item.label == "heart_rate_95_more"
    ]
    assert heart == ["unverified"]


def test_rates_are_shares_inside_their_limits():
    for score in scores().values():
        bands = [*score.bands, *score.rules, *(b for cut in (score.other_bands or {}).values() for b in cut)]
        for rate in [r for band in bands for r in band.rates] + [one.rate for one in score.rates_by_points]:
            value = rate.share if rate.odds_ratio is None else rate.odds_ratio
            assert rate.source
            assert value is not None or (rate.low is not None and rate.high is not None)
            assert rate.odds_ratio is not None or all(
                0 <= x < 1 for x in (rate.share, rate.low, rate.high) if x
            )
            if value is not None and rate.low is not None and rate.high is not None:
                assert rate.low <= value <= rate.high
        assert all(not math.isinf(band.to) for band in score.bands[:-1])
