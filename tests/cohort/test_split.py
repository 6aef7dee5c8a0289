from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cohort.split import deal, persons_by_class, split_by_person


@st.composite
def rows(draw: st.DrawFn) -> tuple[pd.Series, pd.Series]:
    """Rows of a few persons with classes, each person with any number of rows."""
    n = draw(st.integers(4, 60))
    codes = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    persons = draw(st.lists(st.integers(0, max(2, n // 2)), min_size=n, max_size=n))
    index = pd.Index([f"a{row}" for row in range(n)])
    return pd.Series(codes, index=index), pd.Series([f"p{person}" for person in persons], index=index)


@given(drawn=rows(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_no_person_stands_on_both_sides(drawn, seed):
    codes, groups = drawn
    test = split_by_person(codes, groups, seed=seed)
    assert not set(groups[test]) & set(groups[~test])


@given(drawn=rows(), n_folds=st.integers(2, 6))
@settings(max_examples=60, deadline=None)
def test_every_row_is_dealt_and_no_person_to_two_folds(drawn, n_folds):
    codes, groups = drawn
    folds = deal(codes, groups, n_folds, seed=1)
    assert set(folds) <= set(range(n_folds))
    assert pd.Series(folds).groupby(groups.to_numpy()).nunique().max() == 1


def cohort_of(counts: list[int]) -> tuple[pd.Series, pd.Series]:
    codes = pd.Series(np.repeat(np.arange(len(counts)), counts))
    return codes, pd.Series([f"p{row}" for row in codes.index])


def test_every_class_reaches_the_test_part_in_its_share():
    codes, groups = cohort_of([800, 90, 45])
    test = split_by_person(codes, groups, seed=4)
    assert np.bincount(codes[test]).tolist() == [160, 18, 9]


def test_five_persons_of_a_class_are_enough_for_one_in_the_test_part():
    codes, groups = cohort_of([100, 5, 5])
    assert np.bincount(codes[split_by_person(codes, groups, seed=0)]).tolist() == [20, 1, 1]


def test_folds_hold_every_class_evenly():
    codes, groups = cohort_of([50, 10, 7])
    folds = deal(codes, groups, 5, seed=0)
    assert {tuple(np.bincount(folds[codes == code], minlength=5)) for code in (0, 1)} == {(10,) * 5, (2,) * 5}
    assert sorted(np.bincount(folds[codes == 2], minlength=5)) == [1, 1, 1, 2, 2]


def test_the_split_depends_on_the_seed_alone():
    codes, groups = cohort_of([80, 12, 9])
    first, again = (split_by_person(codes, groups, seed=3) for _ in range(2))
    assert (first == again).all()
    assert (first != split_by_person(codes, groups, seed=4)).any()


def test_a_person_counts_once_for_its_rarest_class():
    codes = pd.Series([0, 0, 0, 1, 0, 2])
    groups = pd.Series(["a", "b", "c", "c", "d", "d"])
    assert persons_by_class(codes, groups).to_dict() == {0: 2, 1: 1, 2: 1}


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_test_share_is_kept(share):
    codes, groups = cohort_of([160, 40])
    assert split_by_person(codes, groups, test_share=share).mean() == pytest.approx(share, abs=0.01)
