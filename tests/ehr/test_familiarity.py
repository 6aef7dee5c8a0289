from __future__ import annotations

import copy
import json

import numpy as np
import pandas as pd
import pytest

from core.cohort.columns import Column, ReadingReport, Table
from core.ehr._familiarity_cloud import _squared
from core.ehr.encoding import fit_encoder
from core.ehr.familiarity import FEWEST_ROWS, Familiarity, fit_familiarity, judge, observed_design
from core.errors import ArtifactError

COLUMNS = (
    *(Column(name, "numeric") for name in ("pressure", "rate", "weight", "enzyme")),
    Column("flag", "binary", ("no", "yes")),
    Column("ward", "categorical"),
)
PLAIN = {"pressure": 120.0, "rate": 90.0, "weight": 70.0, "enzyme": 20.0, "flag": 0.0, "ward": "A"}


def _patients(n, seed, missing=0.0):
    """Pressure and rate go together; the enzyme is skewed; flag and ward are categories."""
    rng = np.random.default_rng(seed)
    sick = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "pressure": 120 - 20 * sick + 5 * rng.normal(size=n),
            "rate": 90 + 15 * sick + 4 * rng.normal(size=n),
            "weight": 70 + 12 * rng.normal(size=n),
            "enzyme": np.exp(3 + 0.8 * rng.normal(size=n)),
            "flag": (rng.random(n) < 0.02).astype(float),
            "ward": rng.choice(["A", "B", "C"], n),
        }
    ).astype({"ward": "str"})
    for name in ("pressure", "rate", "weight", "enzyme"):
        frame.loc[rng.random(n) < missing, name] = np.nan
    return frame


def _fit(frame):
    encoder = fit_encoder(Table(frame, COLUMNS, ReadingReport("", "", *frame.shape)))
    encoded = encoder.encode(frame)
    typical = np.array([feature.typical for feature in encoder.features])
    completed = np.where(np.isnan(encoded), typical, encoded)
    groups = pd.Series(np.arange(len(frame)), index=frame.index)
    return encoder, fit_familiarity(encoder, encoded, completed, groups)


@pytest.fixture(scope="module")
def fitted():
    return _fit(_patients(600, seed=1, missing=0.15))


def _standing(fitted, **known):
    encoder, familiarity = fitted
    frame = pd.DataFrame([{**PLAIN, **known}]).astype({"ward": "str"})
    return familiarity.judge(encoder, encoder.encode(frame))[0]


def _levels(fitted, frame):
    encoder, familiarity = fitted
    return [one.level for one in familiarity.judge(encoder, encoder.encode(frame))]


def test_an_ordinary_patient_is_inside(fitted):
    assert _standing(fitted).level == "inside"
    assert _standing(fitted).variables == ()


@pytest.mark.parametrize("missing", [0.0, 0.15, 0.5, 0.8])
def test_new_patients_of_the_same_cohort_are_hardly_ever_outside_however_much_is_missing(fitted, missing):
    levels = _levels(fitted, _patients(1000, seed=2, missing=missing))
    assert levels.count("outside") <= 10
    assert levels.count("edge") <= 80


def test_patients_whose_values_do_not_belong_together_are_strange_more_often(fitted):
    whole = _patients(1000, seed=2)
    mixed = whole.assign(rate=whole["rate"].to_numpy()[::-1].copy())
    strange = {
        name: 1000 - _levels(fitted, one).count("inside")
        for name, one in (("whole", whole), ("mixed", mixed))
    }
    assert strange["mixed"] > 2 * strange["whole"]


def test_a_contradiction_is_outside_though_each_value_has_been_seen(fitted):
    found = _standing(fitted, pressure=165.0, rate=125.0)
    assert found.level == "outside"
    assert found.beyond == 0
    assert set(found.variables) == {"pressure", "rate"}


def test_the_same_values_in_patients_in_whom_half_of_it_is_unknown_are_not(fitted):
    assert _standing(fitted, pressure=165.0, rate=np.nan).level == "inside"
    assert _standing(fitted, pressure=np.nan, rate=125.0).level == "inside"


def test_a_value_a_little_beyond_the_range_is_at_the_edge_and_one_far_beyond_outside(fitted):
    weight = next(feature for feature in fitted[0].features if feature.column.name == "weight")
    little, far = _standing(fitted, weight=weight.high + 6), _standing(fitted, weight=weight.high + 40)
    assert (little.level, little.variables) == ("edge", ("weight",))
    assert (far.level, far.variables[0]) == ("outside", "weight")
    assert far.beyond == pytest.approx(40 / 12, abs=0.5)


def test_several_values_beyond_the_range_add_up(fitted):
    encoder = fitted[0]
    high = {feature.column.name: feature.high for feature in encoder.features}
    one = _standing(fitted, weight=high["weight"] + 15)
    two = _standing(fitted, weight=high["weight"] + 15, enzyme=high["enzyme"] * 2.6)
    assert one.level == "edge"
    assert two.level == "outside"
    assert two.beyond > one.beyond


def test_zero_where_others_have_a_little_is_no_stranger(fitted):
    assert _standing(fitted, enzyme=0.0).level == "edge"


def test_a_rare_flag_or_an_unknown_ward_by_itself_makes_no_stranger(fitted):
    assert _standing(fitted, flag=1.0).level == "inside"
    assert _standing(fitted, ward="Z").level == "inside"


def test_the_distance_is_that_of_mahalanobis_on_what_is_known(fitted):
    encoder, familiarity = fitted
    cloud = familiarity.cloud
    z = cloud.standardised(observed_design(encoder, encoder.encode(_patients(60, seed=9, missing=0.4))))
    precision = np.linalg.inv(cloud._shrunk())
    for row, found in zip(z, _squared(z, precision), strict=True):
        known = ~np.isnan(row)
        inner = np.linalg.inv(cloud._shrunk()[np.ix_(known, known)])
        assert found == pytest.approx(row[known] @ inner @ row[known], rel=1e-9)


def test_who_is_not_known_at_all_is_no_stranger(fitted):
    nothing = {name: np.nan for name in PLAIN if name != "ward"}
    assert _standing(fitted, **nothing).level in ("inside", "edge")
    encoder, familiarity = fitted
    (found,) = familiarity.judge(encoder, np.full((1, len(encoder.features)), np.nan))
    assert found.level == "inside"
    assert np.isnan(found.distance)


def test_a_patient_alone_is_judged_as_among_others(fitted):
    encoder, familiarity = fitted
    encoded = encoder.encode(_patients(50, seed=8, missing=0.2))
    together = familiarity.judge(encoder, encoded)
    for row in (0, 17, 49):
        (alone,) = familiarity.judge(encoder, encoded[[row]])
        assert alone.level == together[row].level
        assert alone.distance == pytest.approx(together[row].distance, abs=1e-9)


def test_the_same_rows_give_the_same_familiarity_and_it_survives_being_stored(fitted):
    _, again = _fit(_patients(600, seed=1, missing=0.15))
    stored = json.dumps(fitted[1].to_json())
    assert json.dumps(again.to_json()) == stored
    read = Familiarity.from_json(json.loads(stored))
    assert json.dumps(read.to_json()) == stored
    encoded = fitted[0].encode(_patients(40, seed=3, missing=0.3))
    assert read.judge(fitted[0], encoded) == fitted[1].judge(fitted[0], encoded)


def test_a_column_that_differs_in_one_row_alone_does_no_harm():
    frame = _patients(200, seed=4).assign(flag=0.0)
    frame.loc[0, "flag"] = 1.0
    frame["weight"] = 70.0
    frame.loc[1, "weight"] = 71.0
    levels = _levels(_fit(frame), frame)
    assert levels.count("outside") <= 2


def test_too_few_rows_leave_it_unknown():
    encoder, familiarity = _fit(_patients(FEWEST_ROWS - 1, seed=5))
    assert familiarity is None
    assert [one.level for one in judge(familiarity, encoder, np.zeros((2, len(encoder.features))))] == [
        "unknown",
        "unknown",
    ]


def _without(stored):
    del stored["cloud"]["center"]


def _shorter(stored):
    stored["cloud"]["covariance"].pop()


def _not_a_number(stored):
    stored["limits"]["far"] = float("nan")


def _no_spread(stored):
    stored["cloud"]["spread"][0] = 0.0


def _no_covariance(stored):
    stored["cloud"]["covariance"] = [9.0] * len(stored["cloud"]["covariance"])


@pytest.mark.parametrize("damage", [_without, _shorter, _not_a_number, _no_spread, _no_covariance])
def test_what_is_damaged_is_refused_in_words(fitted, damage):
    stored = copy.deepcopy(fitted[1].to_json())
    damage(stored)
    with pytest.raises(ArtifactError, match="familiarity"):
        Familiarity.from_json(stored)
