"""What is missing widens a score's range, is named, and never counts silently as absent."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from core.clinical.scores import assess_all, read_score_table, results, rivals, score_points, scores
from core.clinical.scores._inputs import only_if_recorded
from tests.clinical.score_patients import masked, plain_points, random_patients

N = 10_000
POINTS = [name for name, one in scores().items() if one.items]
GAPS = [0.1, 0.4, 0.8]


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    return random_patients(N, seed=1)


@pytest.fixture(scope="module")
def known(patients):
    return assess_all(patients)


@pytest.fixture(scope="module", params=GAPS)
def gaps(request, patients):
    frame = masked(patients, request.param, seed=2)
    return frame, assess_all(frame)


def test_everything_known_leaves_nothing_open(known):
    for name, one in known.items():
        assert one.settled.all(), name
        assert not any(gap.any() for gap in one.missing.values()), name


@pytest.mark.parametrize(
    "name", ["pesi", "spesi", "wells", "geneva", "bacs", "riete", "vte_bleed", "pe_sard", "pe_ch"]
)
def test_points_agree_with_the_papers_written_down_once_more(patients, name):
    np.testing.assert_allclose(score_points(patients, name)["points"], plain_points(patients)[name])


def test_bova_agrees_where_it_applies_and_is_silent_elsewhere(patients):
    found = score_points(patients, "bova")
    normotensive = patients["systolic_bp"] >= 90
    np.testing.assert_allclose(
        found.loc[normotensive, "points"], plain_points(patients)["bova"][normotensive].astype(float)
    )
    assert found.loc[~normotensive].isna().all(axis=None)


def test_the_range_always_contains_the_points_of_the_whole_patient(known, gaps):
    _, found = gaps
    for name in POINTS:
        assert (found[name].low <= known[name].low).all(), name
        assert (known[name].high <= found[name].high).all(), name


def test_the_class_of_the_whole_patient_stays_possible(known, gaps):
    _, found = gaps
    for name, one in known.items():
        assert (found[name].possible | ~one.possible).all(), name
        for cut, possible in one.other_possible.items():
            assert (found[name].other_possible[cut] | ~possible).all(), (name, cut)
        if one.modifier is not None:
            assert not (found[name].modifier.must & ~one.modifier.must).any()
            assert not (~found[name].modifier.may & one.modifier.may).any()


def test_contradictions_never_let_a_range_miss_definite_points():
    whole = random_patients(N, seed=3, recorded_once=False)
    before, after = assess_all(whole), assess_all(masked(whole, 0.3, seed=4))
    assert any(both.any() for one in before.values() for both in one.contradicting.values())
    for name in POINTS:
        definite = before[name].low == before[name].high
        assert (after[name].low <= before[name].low)[definite].all(), name
        assert (after[name].high >= before[name].high)[definite].all(), name


def test_every_missing_input_is_named(gaps):
    frame, found = gaps
    for name, one in found.items():
        direct = {asked for asked in one.score.names if asked in frame and not only_if_recorded(asked)}
        assert direct
        for asked in direct:
            assert (one.missing[asked] == frame[asked].isna()).all(), (name, asked)


def test_nothing_is_open_without_a_missing_input_or_a_contradiction(gaps):
    _, found = gaps
    for name, one in found.items():
        told = np.logical_or.reduce([*one.missing.values(), *one.contradicting.values()])
        assert told[~one.settled].all(), name
        assert told[one.low != one.high].all(), name


def test_no_item_that_comes_true_lowers_a_score(patients):
    frame = masked(patients.head(500), 0.3, seed=5)
    for name in POINTS:
        for asked in scores()[name].names & set(frame):
            if frame[asked].dropna().isin([0.0, 1.0]).all():
                no, yes = (score_points(frame.assign(**{asked: value}), name) for value in (0.0, 1.0))
                for end in ("low", "high"):
                    assert not (yes[end] < no[end]).any(), (name, asked)


@pytest.mark.parametrize("name", ["pesi", "spesi", "bacs", "riete", "vte_bleed", "pe_ch"])
def test_age_never_lowers_a_score(patients, name):
    frame = masked(patients.head(500), 0.3, seed=6)
    ends = [score_points(frame.assign(age=float(age)), name) for age in (40, 60, 66, 76, 81)]
    for younger, older in itertools.pairwise(ends):
        assert (older["low"] >= younger["low"]).all()
        assert (older["high"] >= younger["high"]).all()


def test_the_range_is_exact_where_one_input_feeds_several_items():
    # sex moves the limit of anaemia and the item of the man with high pressure together
    choices = {"sex": ["female", "male"], "haemoglobin": [115.0, 125.0, 135.0], "systolic_bp": [120.0, 150.0]}
    rest = {"age": 70.0, "egfr": 90.0, "cancer": 0.0, "recent_major_bleeding": 0.0}
    for hidden in [{"sex"}, {"sex", "haemoglobin"}, {"haemoglobin"}, set(choices)]:
        for values in itertools.product(*choices.values()):
            patient = dict(zip(choices, values, strict=True))
            ways = itertools.product(*(choices[k] if k in hidden else [v] for k, v in patient.items()))
            whole = pd.DataFrame([{**rest, **dict(zip(choices, way, strict=True))} for way in ways])
            points = score_points(whole, "vte_bleed")["points"]
            given = {**rest, **{k: v for k, v in patient.items() if k not in hidden}}
            (found,) = score_points(pd.DataFrame([given]), "vte_bleed").itertuples()
            assert (found.low, found.high) == (points.min(), points.max()), (patient, hidden)


def test_an_input_said_to_settle_the_class_does_so_whatever_its_value(patients):
    frame = masked(patients.head(300), 0.15, seed=7)
    rng = np.random.default_rng(8)
    tried = 0
    before = results(frame)
    for asked in frame.columns:
        whole = frame.assign(**{asked: rng.permutation(patients[asked].to_numpy())[: len(frame)]})
        after = assess_all(whole)
        for row, found in enumerate(before):
            for name, one in found.items():
                if asked in one.settled_by:
                    tried += 1
                    contradicted = any(both[row] for both in after[name].contradicting.values())
                    assert after[name].settled[row] or contradicted, (name, asked)
    assert tried > 300


def test_a_settled_class_asks_for_nothing_and_says_so():
    found = results(pd.DataFrame([{"age": 80.0, "recent_major_bleeding": 1.0}]))[0]["bacs"]
    assert (found.class_name, found.points, found.settled_by) == ("high", None, ())
    assert set(found.missing) == {"cancer", "syncope"}


def test_one_of_two_gaps_can_settle():
    found = results(pd.DataFrame([{"age": 40.0, "cancer": 0.0}]))[0]["bacs"]
    assert found.settled_by == ()  # low needs both to be absent
    found = results(pd.DataFrame([{"age": 80.0, "cancer": 0.0}]))[0]["bacs"]
    assert found.settled_by == ("recent_major_bleeding",)


def test_unrecorded_arrest_leaves_the_class_open_and_the_presumption_is_told_apart():
    patient = {
        "age": 68.0,
        "sex": "male",
        "heart_rate": 118.0,
        "systolic_bp": 96.0,
        "altered_mental_status": 0.0,
    }
    frame = pd.DataFrame([{**patient, "rv_dysfunction": 1.0, "troponin_positive": 1.0}])
    found = results(frame)[0]["esc_2019"]
    assert (found.class_name, found.low, found.high) == (None, "intermediate-high", "high")
    assert {"cardiac_arrest", "vasopressor"} <= set(found.missing)
    assert found.presumed == "intermediate-high"


def test_seldom_recorded_inputs_that_count_as_absent_are_named():
    found = results(pd.DataFrame([{"cardiac_arrest": 1.0, "spo2": 85.0}]))[0]["aha_2026"]
    assert found.class_name == "E2R"
    assert {"incidental_pe", "oliguria", "transient_hypotension"} <= set(found.not_recorded)


def test_rivals_are_scores_with_points_for_what_they_predict():
    assert {"wells", "geneva", "years"} <= set(rivals("pe"))
    assert {"pesi", "spesi", "bova"} <= set(rivals("death"))
    assert {"bacs", "pe_sard", "pe_ch"} <= set(rivals("bleeding"))
    assert not {"esc_2019", "aha_2026", "china_2018", "age_adjusted_d_dimer"} & {
        r for p in ("pe", "death", "bleeding") for r in rivals(p)
    }


def test_points_for_rivals_keep_the_rows_and_are_empty_where_open(patients):
    frame = masked(patients.head(200), 0.2, seed=9)
    found = score_points(frame, "pesi")
    assert list(found.index) == list(frame.index)
    assert (found["points"].isna() == (found["low"] < found["high"])).all()
    assert (found["middle"] == (found["low"] + found["high"]) / 2).all()


def test_a_table_on_disk_gives_what_the_frame_gave(tmp_path):
    whole = masked(random_patients(300, seed=10, recorded_once=False), 0.2, seed=11)
    whole.to_csv(tmp_path / "patients.csv")
    table = read_score_table(tmp_path / "patients.csv")
    assert list(table.frame.index) == list(whole.index)
    assert results(table.frame) == results(whole)
