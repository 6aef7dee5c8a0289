"""MissForest against its peers: the same algorithm on scikit-learn's forests, and the package ``missforest``."""

from __future__ import annotations

import importlib.util
import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ehr.missforest import MissForest

if TYPE_CHECKING:
    from numpy.typing import NDArray

THREADS = 2


@dataclass(frozen=True)
class MaskedTable:
    """A table whose missing cells are known: ``truth``, ``table`` with NaN, ``n_levels`` per column."""

    truth: NDArray[np.float64]
    table: NDArray[np.float64]
    n_levels: NDArray[np.int64]

    def errors(self, completed: NDArray[np.float64]) -> tuple[float, float]:
        """NRMSE (columns in standard deviations) and PFC on the masked cells."""
        masked = np.isnan(self.table)
        numeric = self.n_levels == 0
        off = ((completed - self.truth) / self.truth.std(axis=0))[:, numeric][masked[:, numeric]]
        wrong = (completed != self.truth)[:, ~numeric][masked[:, ~numeric]]
        return float(np.sqrt((off**2).mean())), float(wrong.mean())


def masked_table(n: int, p: int, seed: int, missing: float = 0.2) -> MaskedTable:
    """Draw a mixed table from eight latent traits: two thirds numbers (some skewed, some counts), the rest levels.

    Levels are two to five ranges of a noisy mixture of traits, numbered at random; cells are masked at random.
    """
    rng = np.random.default_rng([seed, n, p])
    traits = rng.normal(size=(n, 8))
    loads = rng.normal(size=(8, p)) * (rng.random((8, p)) < 0.4)
    signal = (
        np.tanh(traits) @ loads + 0.5 * traits[:, rng.integers(0, 8, p)] * traits[:, rng.integers(0, 8, p)]
    )
    signal = signal / signal.std(axis=0) + rng.normal(size=(n, p)) * rng.uniform(0.4, 1.2, p)
    n_levels = np.where(np.arange(p) % 3 == 2, rng.integers(2, 6, p), 0).astype(np.int64)
    truth = signal.copy()
    for column, levels in enumerate(n_levels):
        if levels:
            edges = np.quantile(signal[:, column], np.sort(rng.uniform(0.15, 0.85, levels - 1)))
            truth[:, column] = rng.permutation(levels)[np.searchsorted(edges, signal[:, column])]
        elif column % 6 == 1:
            truth[:, column] = np.exp(signal[:, column])
        elif column % 6 == 4:
            truth[:, column] = np.round(10 + 3 * signal[:, column])
    table = np.where(rng.random((n, p)) < missing, np.nan, truth)
    return MaskedTable(truth, table, n_levels)
