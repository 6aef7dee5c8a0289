from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.cohort.columns import Column, ReadingReport, Table
from core.cohort.folder import About, Cohort
from core.cohort.table_one import standardised_difference, table_one


def cohort(
    frame: pd.DataFrame, columns: tuple[Column, ...], pe: list[int], outcome: list[str | None]
) -> Cohort:
    labels = pd.DataFrame(
        {"pe": pd.array(pe, dtype="Int8"), "outcome": pd.Series(outcome, index=frame.index, dtype="str")},
        index=frame.index,
    )
    return Cohort(About("made up"), Table(frame, columns, ReadingReport("", "", *frame.shape)), labels)


@pytest.fixture
def small() -> Cohort:
    index = pd.Index(list("abcdef"), name="patient_id")
    frame = pd.DataFrame(
        {
            "age": [50.0, 60, 70, 60, 70, np.nan],
            "cancer": [1.0, 0, 0, 0, np.nan, 0],
            "sex": pd.Series(["male", "male", "female", None, "female", "male"], index=index, dtype="str"),
        },
        index=index,
    )
    columns = (
        Column("age", "numeric", (), "years"),
        Column("cancer", "binary", ("no", "yes")),
        Column("sex", "categorical", ("female", "male")),
    )
    return cohort(frame, columns, [0, 0, 0, 1, 1, 1], ["none", "death", None, None, None, None])


def test_each_variable_and_class_with_what_is_missing(small):
    table = table_one(small).query("task == 'diagnosis'").set_index(["variable", "level", "class"])
    age = table.loc[("age", "", "pe")]
    assert (age["patients"], age["missing"], age["mean"], age["median"], age["unit"]) == (
        3,
        1,
        65,
        65,
        "years",
    )
    yes = table.loc[("cancer", "yes", "no_pe")]
    assert (yes["count"], yes["share"]) == (1, pytest.approx(1 / 3))
    assert table.loc[("sex", "male", "pe"), "share"] == pytest.approx(0.5)


def test_only_classes_that_occur_have_rows(small):
    assert set(table_one(small).query("task == 'outcome'")["class"]) == {"none", "death"}


def test_the_difference_of_means_is_over_the_pooled_standard_deviation():
    one, other = np.array([1.0, 2, 3]), np.array([2.0, 4, 6])
    assert standardised_difference([one, other], "numeric") == pytest.approx(2 / np.sqrt((1 + 4) / 2))


def test_the_difference_of_shares_as_in_austin_2009():
    # 10 % against 20 %: 0.1 / sqrt((0.09 + 0.16) / 2)
    one, other = np.array([1.0] * 1 + [0] * 9), np.array([1.0] * 2 + [0] * 8)
    assert standardised_difference([one, other], "binary") == pytest.approx(0.1 / np.sqrt(0.125))


def test_two_levels_give_what_yes_and_no_give():
    one, other = np.array(["m"] * 3 + ["f"] * 7), np.array(["m"] * 6 + ["f"] * 4)
    binary = [(group == "m").astype("float64") for group in (one, other)]
    expected = standardised_difference(binary, "binary")
    assert standardised_difference([one, other], "categorical") == pytest.approx(expected)


def test_of_three_classes_the_largest_pair_stands():
    groups = [np.array([0.0, 1]), np.array([0.0, 1]), np.array([5.0, 6])]
    assert standardised_difference(groups, "numeric") == pytest.approx(5 / np.sqrt(0.5))


def test_a_difference_that_is_not_defined_is_a_gap():
    assert np.isnan(standardised_difference([np.array([1.0]), np.array([2.0])], "numeric"))
    assert np.isnan(standardised_difference([np.array([1.0, 1]), np.array([2.0, 2])], "numeric"))
    assert standardised_difference([np.array([1.0, 1]), np.array([1.0, 1])], "numeric") == 0
