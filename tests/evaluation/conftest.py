from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Reference(NamedTuple):
    """120 made-up patients, two scores rounded to two digits so that ties occur.

    What R 4.2.2 (glm; pROC 1.18.0) and Python's dcurves 1.1.7 print for them stands in the tests.
    """

    event: NDArray[np.bool_]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


class Forecast(NamedTuple):
    """Patients of three classes whose true probabilities are known."""

    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@pytest.fixture(scope="session")
def reference() -> Reference:
    table = pd.read_csv(Path(__file__).parent / "reference.csv")
    return Reference(table["event"].to_numpy() == 1, table["first"].to_numpy(), table["second"].to_numpy())


def simulate(n: int, seed: int, base: tuple[float, ...] = (0.0, -2.0, -1.6)) -> Forecast:
    """Draw true probabilities, then classes from exactly these: a perfectly calibrated forecast."""
    rng = np.random.default_rng(seed)
    score = np.array(base) + rng.normal(0, 1.0, (n, len(base)))
    probabilities = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    truth = (rng.random(n)[:, None] > probabilities.cumsum(axis=1)[:, :-1]).sum(axis=1)
    return Forecast(truth, probabilities)


@pytest.fixture(scope="session")
def forecast() -> Forecast:
    return simulate(1000, seed=1)


@pytest.fixture(scope="session")
def large_forecast() -> Forecast:
    return simulate(20_000, seed=2)
