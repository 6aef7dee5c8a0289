from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from core.cohort.columns import Column, Kind, ReadingReport, Table
from core.ehr.encoding import OTHER, Encoder, fit_encoder
from core.errors import ArtifactError, TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence


def table_of(**columns: tuple[Kind, Sequence[object]]) -> Table:
    """A hospital's own table: name to kind and values."""
    n = len(next(iter(columns.values()))[1])
    index = pd.Index([f"p{row}" for row in range(n)], name="patient_id")
    series = {
        name: pd.Series(list(values), index=index, dtype="str" if kind == "categorical" else "float64")
        for name, (kind, values) in columns.items()
    }
    frame = pd.DataFrame(series, index=index)
    described = tuple(Column(name, kind) for name, (kind, _) in columns.items())
    return Table(frame, described, ReadingReport("t.csv", "CSV", n, len(columns)))


@pytest.fixture
def mixed() -> Table:
    return table_of(
        weight=("numeric", [*range(50, 68), None, None]),
        smoker=("binary", [0, 1] * 9 + [1, None]),
        ward=("categorical", ["A"] * 9 + ["B"] * 6 + ["C"] * 2 + ["D", None, None]),
    )


def test_rare_levels_are_joined_and_unknown_ones_fall_among_them(mixed):
    encoder = fit_encoder(mixed)
    ward = encoder.features[2]
    assert ward.levels == ("A", "B", OTHER)
    new = table_of(ward=("categorical", ["B", "C", "Z", None])).frame
    codes = encoder.encode(new)[:, 2]
    assert codes[:3].tolist() == [1, 2, 2]
    assert np.isnan(codes[3])


def test_an_unknown_level_is_missing_where_none_were_joined():
    encoder = fit_encoder(table_of(ward=("categorical", ["A"] * 8 + ["B"] * 8)))
    assert np.isnan(encoder.encode(table_of(ward=("categorical", ["Z"])).frame)).all()


def test_one_frequent_level_and_a_single_other_stay_two_levels():
    encoder = fit_encoder(table_of(ward=("categorical", ["A"] * 19 + ["B"])))
    assert encoder.features[0].levels == ("A", "B")


def test_hundreds_of_levels_become_a_dozen_and_the_others():
    encoder = fit_encoder(table_of(code=("categorical", [f"L{row % 300}" for row in range(900)])))
    assert encoder.features[0].n_levels == 13
    assert encoder.design(encoder.encode(table_of(code=("categorical", ["new"])).frame)).sum() == 1


def test_design_has_one_column_a_level_and_one_for_numbers_and_yes_or_no(mixed):
    encoder = fit_encoder(mixed)
    matrix = np.array([[60.0, 1.0, 2.0], [50.0, 0.0, 0.0]])
    assert encoder.design(matrix).tolist() == [[60, 1, 0, 0, 1], [50, 0, 1, 0, 0]]
    assert encoder.owners.tolist() == [0, 1, 2, 2, 2]
    assert encoder.n_levels.tolist() == [0, 2, 3]


def test_absent_columns_are_missing(mixed):
    encoded = fit_encoder(mixed).encode(mixed.frame[["smoker"]])
    assert np.isnan(encoded[:, [0, 2]]).all()
    assert encoded[0, 1] == 0


def test_what_cannot_be_learnt_from_is_left_out_with_its_reason():
    n = 40
    encoder = fit_encoder(
        table_of(
            empty=("numeric", [None] * n),
            few=("numeric", [1, 2, 3, *[None] * (n - 3)]),
            same=("binary", [1] * n),
            word=("categorical", ["x"] * n),
            age=("numeric", range(n)),
        )
    )
    assert dict(encoder.dropped) == {"empty": "empty", "few": "few", "same": "constant", "word": "constant"}
    assert [column.name for column in encoder.columns] == ["age"]


def test_a_table_of_constants_teaches_nothing():
    with pytest.raises(TrainingError, match="None of the 1 columns"):
        fit_encoder(table_of(same=("numeric", [1] * 30)))


def test_values_outside_the_training_range_are_named_row_by_row(mixed):
    new = table_of(weight=("numeric", [49, 60, 68, None]), smoker=("binary", [1, 1, 1, 1])).frame
    assert fit_encoder(mixed).outside(new) == [["weight"], [], ["weight"], []]


def test_numbers_beyond_single_precision_stay_finite(mixed):
    encoded = fit_encoder(mixed).encode(table_of(weight=("numeric", [1e300, -1e300])).frame)
    assert np.isfinite(np.float32(encoded[:, 0])).all()


def test_stored_as_json_and_read_back(mixed):
    encoder = fit_encoder(mixed)
    assert Encoder.from_json(json.loads(json.dumps(encoder.to_json(), allow_nan=False))) == encoder


@pytest.mark.parametrize(
    "damage",
    [
        lambda stored: stored.pop("features"),
        lambda stored: stored["features"][0].pop("low"),
        lambda stored: stored["features"][0].update(low="low"),
        lambda stored: stored["features"][0].update(low=10**400),
        lambda stored: stored["features"][0]["column"].update(colour="red"),
        lambda stored: stored.update(dropped=[["one"]]),
        lambda stored: stored.update(features=3),
    ],
)
def test_damaged_json_is_refused_in_words(mixed, damage):
    stored = json.loads(json.dumps(fit_encoder(mixed).to_json()))
    damage(stored)
    with pytest.raises(ArtifactError):
        Encoder.from_json(stored)
