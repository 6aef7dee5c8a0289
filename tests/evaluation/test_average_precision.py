from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from core.evaluation import average_precision, average_precision_interval
from tests.evaluation.conftest import simulate


def test_average_precision_agrees_with_scikit_learn(reference):
    for score in (reference.first, reference.second, np.full(120, 0.5)):
        expected = average_precision_score(reference.event, score)
        assert average_precision(reference.event, score) == pytest.approx(expected, abs=1e-12)


def test_interval_holds_its_value_and_narrows_with_patients(reference):
    found = average_precision_interval(reference.event, reference.first)
    assert found.low < found.value < found.high
    ten_times = average_precision_interval(np.tile(reference.event, 10), np.tile(reference.first, 10))
    assert ten_times.high - ten_times.low < (found.high - found.low) / 2


@pytest.mark.parametrize("n_events", [1, 4])
def test_few_events_give_a_wide_interval_even_when_found_first(n_events):
    event = np.arange(100) < n_events
    found = average_precision_interval(event, event.astype(float))
    assert found.value == 1
    assert found.low < 0.6


@pytest.mark.parametrize("n", [150, 600])
def test_interval_covers_the_average_precision_of_a_large_population(n):
    population = simulate(200_000, 99)
    true = average_precision(population.truth == 1, population.probabilities[:, 1])
    covered = 0
    for seed in range(300):
        truth, probabilities = simulate(n, 1000 + seed)
        found = average_precision_interval(truth == 1, probabilities[:, 1])
        covered += found.low <= true <= found.high
    # 300 samples: three standard errors below 95 %
    assert covered / 300 >= 0.912


def test_no_events_is_undefined():
    found = average_precision_interval(np.zeros(4, bool), np.linspace(0, 1, 4))
    assert math.isnan(found.value)
    assert math.isnan(found.low)
