from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from core.evaluation import (
    FEWEST_EVENTS,
    against_all_controls,
    auroc_interval,
    partition,
    share_reached,
    subgroup_aurocs,
)
from core.evaluation.bootstrap import auroc_statistic, bootstrap, side_by_side


def sample(n: int = 600, seed: int = 3):
    rng = np.random.default_rng(seed)
    severity = pd.Series(rng.choice(["none", "mild", "severe"], n, p=[0.6, 0.25, 0.15]))
    score = rng.normal(size=n) + severity.map({"none": 0.0, "mild": 0.3, "severe": 1.5}).to_numpy()
    return (severity != "none").to_numpy(), score, severity


def test_each_stratum_is_told_from_the_same_controls():
    event, score, severity = sample()
    groups = against_all_controls(event, severity, ("severe", "mild"))
    assert list(groups) == ["severe", "mild", "all"]
    frame = subgroup_aurocs(event, score, groups).set_index("group")
    controls = int((~event).sum())
    assert (frame["n"] - frame["events"] == controls).all()
    assert frame.loc["severe", "events"] + frame.loc["mild", "events"] == frame.loc["all", "events"]
    kept = (severity != "mild").to_numpy()
    alone = auroc_interval(event[kept], score[kept])
    assert frame.loc["severe", ["auroc", "low", "high"]].tolist() == [
        alone.interval.value,
        alone.interval.low,
        alone.interval.high,
    ]
    assert frame.loc["severe", "method"] == "delong_logit"


def test_the_whole_is_the_mean_of_the_strata_weighed_by_their_events():
    # exact: AUROC is a mean over events, and the controls are the same
    event, score, severity = sample()
    frame = subgroup_aurocs(event, score, against_all_controls(event, severity, ("severe", "mild")))
    parts, whole = frame.iloc[:2], frame.iloc[2]
    assert np.average(parts["auroc"], weights=parts["events"]) == pytest.approx(whole["auroc"], abs=1e-12)


def test_a_stratum_nobody_is_in_and_unknown_severity_leave_all_alone():
    event, _, severity = sample()
    assert list(against_all_controls(event, severity.replace("severe", "mild"), ("severe", "mild"))) == [
        "mild",
        "all",
    ]
    for unknown in (
        pd.Series("", index=severity.index),
        pd.Series(np.nan, index=severity.index, dtype="str"),
    ):
        assert list(against_all_controls(event, unknown, ("severe", "mild"))) == ["all"]


@pytest.mark.parametrize(("n_events", "few"), [(FEWEST_EVENTS - 1, True), (FEWEST_EVENTS, False)])
def test_too_few_events_or_controls_are_marked(n_events, few):
    event = np.arange(200) < n_events
    score = np.linspace(0, 1, 200)
    both = {"all": np.ones(200, dtype=bool)}
    assert subgroup_aurocs(event, score, both)["few"].tolist() == [few]
    assert subgroup_aurocs(~event, score, both)["few"].tolist() == [few]


def test_a_group_without_events_is_undefined_and_marked():
    event = np.array([True, False, False, True])
    row = subgroup_aurocs(event, np.arange(4.0), {"controls": ~event}).iloc[0]
    assert math.isnan(row["auroc"])
    assert row["few"]
    assert row["method"] == "undefined"


def test_any_column_makes_groups_and_missing_values_make_none():
    groups = partition(pd.Series(["m", "f", None, "m", ""]))
    assert list(groups) == ["m", "f"]
    assert groups["m"].tolist() == [True, False, False, True, False]


def test_no_group_gives_an_empty_frame_with_its_columns():
    event, score, _ = sample(20)
    frame = subgroup_aurocs(event, score, {}, reference=score)
    assert frame.empty
    assert {"group", "auroc", "few", "reference"} <= set(frame.columns)


def test_a_reference_is_judged_on_the_same_patients():
    event, score, severity = sample()
    groups = against_all_controls(event, severity, ("severe",))
    frame = subgroup_aurocs(event, score, groups, reference=score)
    assert frame["reference"].tolist() == frame["auroc"].tolist()


def test_the_oracle_itself_reaches_everything_and_noise_nothing():
    event, score, _ = sample()
    whole = share_reached(event, score, score)
    assert (whole.value, whole.low, whole.high) == pytest.approx((1, 1, 1))
    noise = share_reached(event, np.random.default_rng(0).normal(size=len(event)), score)
    assert noise.low < 0 < noise.high


def test_the_interval_of_the_share_agrees_with_the_bootstrap():
    event, score, _ = sample(1500, seed=4)
    own = score + np.random.default_rng(5).normal(0, 0.7, len(event))
    found = share_reached(event, own, score)
    joined = side_by_side([auroc_statistic(event, own), auroc_statistic(event, score)])
    draws = bootstrap(event.astype(np.int64), joined, 2000, seed=1)
    low, high = np.quantile((draws[:, 0] - 0.5) / (draws[:, 1] - 0.5), [0.025, 0.975])
    # 2,000 draws place a limit within about 5 % of the interval's width
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.1 * (high - low))


@pytest.mark.parametrize("n_events", [0, 1])
def test_the_share_is_undefined_where_it_cannot_be_judged(n_events):
    event = np.arange(30) < n_events
    assert math.isnan(share_reached(event, np.arange(30.0), np.arange(30.0)).value)


def test_an_oracle_no_better_than_chance_leaves_the_share_undefined():
    event = np.array([True, True, False, False])
    assert math.isnan(share_reached(event, np.arange(4.0), np.zeros(4)).value)
