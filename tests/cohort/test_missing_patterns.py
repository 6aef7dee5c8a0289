from __future__ import annotations

import numpy as np
import pandas as pd

from core.cohort.missing_patterns import missing_patterns


def example() -> pd.DataFrame:
    """Forty rows: a and b missing together in ten, c in twenty others, d never."""
    frame = pd.DataFrame(np.ones((40, 4)), columns=list("abcd"))
    frame.loc[:9, ["a", "b"]] = np.nan
    frame.loc[20:, "c"] = np.nan
    return frame


def test_columns_that_go_missing_together_are_one_block():
    found = missing_patterns(example())
    assert found.blocks == (("c",), ("a", "b"))
    np.testing.assert_allclose(found.shares, [0.5, 0.25])


def test_patterns_come_most_frequent_first_with_their_rows():
    found = missing_patterns(example())
    assert found.patterns.tolist() == [[True, False], [False, False], [False, True]]
    assert found.counts.tolist() == [20, 10, 10]
    assert (found.n_rows, found.n_patterns, found.n_complete) == (40, 3, 10)


def test_shares_by_class_add_up_over_the_patterns():
    classes = pd.Series(["x"] * 10 + ["y"] * 20 + [None] * 10)
    shares = missing_patterns(example()).by_class(classes)
    assert shares["x"].tolist() == [0, 0, 1]
    assert shares["y"].tolist() == [0.5, 0.5, 0]


def test_fewer_blocks_and_patterns_than_there_are_can_be_kept():
    found = missing_patterns(example(), most_blocks=1, most_patterns=1)
    assert found.blocks == (("c",),)
    assert found.counts.tolist() == [20]
    assert (found.of_row == -1).sum() == 20


def test_a_table_without_gaps_has_one_pattern_and_no_block():
    found = missing_patterns(pd.DataFrame({"a": [1.0, 2.0]}))
    assert found.blocks == ()
    assert found.counts.tolist() == [2]
    assert found.n_complete == 2
