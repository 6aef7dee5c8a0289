from __future__ import annotations

import numpy as np
import pytest

from core.cohort.extremes import extremes, fences_of
from core.cohort.tables import read_table


def test_fences_are_three_quartile_ranges_beyond_the_quartiles():
    # quartiles of 0 to 100 are 25 and 75
    assert fences_of(np.arange(101.0)) == (-125, 225)


def test_a_long_upper_tail_is_fenced_on_the_logarithmic_scale():
    values = np.exp(np.linspace(-3, 3, 201))
    low, high = fences_of(values)
    # quartiles at exp(-1.5) and exp(1.5): three times three logarithmic units beyond
    assert np.log([low, high]) == pytest.approx([-10.5, 10.5])


@pytest.mark.parametrize("values", [np.arange(5.0), np.ones(50)])
def test_few_values_and_values_without_spread_have_no_fences(values):
    assert fences_of(values) == (-np.inf, np.inf)


def test_what_reading_took_out_is_counted_apart_from_what_is_extreme():
    cells = [70 + i % 20 for i in range(50)] + [0, 999, 240]
    rows = "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))
    (found,) = extremes(read_table(f"patient_id,heart_rate\n{rows}".encode()))
    assert (found.column.name, found.n, found.implausible) == ("heart_rate", 51, 2)
    assert found.above.tolist() == [240]
    assert found.below.tolist() == []
    assert found.stand_out == 3
