"""MissForest against its peers: the same algorithm on scikit-learn's forests, and the package ``missforest``.

Compiling is left out of the times (it happens once an installation): a small table is completed first.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.ehr.missforest import MissForest

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """Draw a mixed table from eight latent traits: two thirds numbers, some skewed or counts, the rest levels.

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


def compare(n: int = 600, p: int = 60, seed: int = 0) -> dict[str, Any]:
    """Complete one table with each peer in this process, two threads each.

    Returns
    -------
    dict
        ``ours``, ``sklearn`` and ``missforest`` (None if not installed): seconds, processor seconds, iterations,
        seconds per iteration, nrmse and pfc on the masked cells; ``ours_one_pass`` and ``ours_three_passes`` the
        same for passes of whole forests alone. Ours keeps the last pass's forests for new rows, which the peers do
        not. Of scikit-learn's seconds to ours: ``ratio`` and ``ratio_cpu`` (processor seconds, steadier on a busy
        machine) for the whole, ``ratio_per_iteration`` for an iteration of as many trees: the two passes more;
        ``ratio_missforest`` (None likewise).
    """
    masked = masked_table(n, p, seed)
    small = masked_table(40, 6, seed)
    MissForest(n_trees=4, threads=THREADS).fit(small.table, small.n_levels)
    ours = _timed(masked, lambda: _run_ours(masked, seed))
    one_pass = _timed(masked, lambda: _run_ours(masked, seed, max_iterations=0))
    three = _timed(masked, lambda: _run_ours(masked, seed, max_iterations=2, scout_trees=100))
    sklearn = _timed(masked, lambda: sklearn_missforest(masked.table, masked.n_levels, seed=seed))
    installed = importlib.util.find_spec("missforest") is not None
    package = _timed(masked, lambda: _run_package(masked)) if installed else None
    return {
        "n": n,
        "p": p,
        "seed": seed,
        "ours": ours,
        "ours_one_pass": one_pass,
        "ours_three_passes": three,
        "sklearn": sklearn,
        "missforest": package,
        "ratio": sklearn["seconds"] / ours["seconds"],
        "ratio_per_iteration": 2
        * sklearn["seconds_per_iteration"]
        / (three["seconds"] - one_pass["seconds"]),
        "ratio_cpu": sklearn["cpu_seconds"] / ours["cpu_seconds"],
        "ratio_missforest": package["seconds"] / ours["seconds"] if package else None,
    }


def _timed(masked: MaskedTable, run: Callable[[], tuple[NDArray[np.float64], int]]) -> dict[str, Any]:
    begin, begin_cpu = time.perf_counter(), time.process_time()
    completed, iterations = run()
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    nrmse, pfc = masked.errors(completed)
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "iterations": iterations,
        "seconds_per_iteration": seconds / max(iterations, 1),
        "nrmse": nrmse,
        "pfc": pfc,
    }


def _run_ours(
    masked: MaskedTable, seed: int, max_iterations: int = 10, scout_trees: int | None = None
) -> tuple[NDArray[np.float64], int]:
    imputer = MissForest(seed=seed, threads=THREADS, max_iterations=max_iterations, scout_trees=scout_trees)
    fitted = imputer.fit(masked.table, masked.n_levels)
    return fitted.completed_, fitted.report_.iterations


def sklearn_missforest(
    table: NDArray[np.float64],
    n_levels: NDArray[np.int64],
    *,
    n_trees: int = 100,
    max_iterations: int = 10,
    seed: int = 0,
    n_jobs: int = THREADS,
) -> tuple[NDArray[np.float64], int]:
    """Complete a table by the same algorithm on scikit-learn's forests; the reference in time and in error.

    Same order of columns, stopping rule, node sizes and number of candidates; no out-of-bag error and no
    forests for new rows, which ours pays for as well. Levels are taken as ordered codes.
    """
    from core.ehr._forest_bins import lay_out
    from core.ehr._forest_iterate import difference, should_stop

    layout = lay_out(table, n_levels)
    missing = np.isnan(table)
    before = np.where(missing, layout.start, table)
    order = [int(c) for c in np.argsort(missing.sum(axis=0), kind="stable") if missing[:, c].any()]
    differences: list[NDArray[np.float64]] = []
    for iteration in range(1, max_iterations + 1):
        filled = before.copy()
        for column in order:
            forest = _sklearn_forest(n_trees, table.shape[1], is_class=bool(n_levels[column]))
            forest.set_params(random_state=seed + iteration, n_jobs=n_jobs)
            features = np.delete(filled, column, axis=1)
            gap = missing[:, column]
            forest.fit(features[~gap], table[~gap, column])
            filled[gap, column] = forest.predict(features[gap])
        differences.append(difference(before, filled, missing, layout))
        if should_stop(differences):
            return before, iteration
        before = filled
    return before, len(differences)


def _sklearn_forest(n_trees: int, p: int, *, is_class: bool) -> Any:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    candidates = max(1, int(np.sqrt(p)))
    if is_class:
        return RandomForestClassifier(n_trees, max_features=candidates)
    return RandomForestRegressor(n_trees, max_features=candidates, min_samples_split=6)


def _run_package(masked: MaskedTable) -> tuple[NDArray[np.float64], int]:
    """Complete the table with the package ``missforest`` on scikit-learn's forests, as its user would."""
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    package_class = importlib.import_module("missforest").MissForest
    frame = pd.DataFrame(masked.table, columns=[f"c{i}" for i in range(masked.table.shape[1])])
    levels = [name for name, k in zip(frame.columns, masked.n_levels, strict=True) if k]
    forests = {"n_estimators": 100, "n_jobs": THREADS, "random_state": 0}
    package = package_class(
        clf=RandomForestClassifier(**forests),
        rgr=RandomForestRegressor(**forests),
        categorical=levels,
        max_iter=5,
        verbose=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own encoding on each call
        completed = package.fit_transform(frame)
    return np.asarray(completed, dtype=np.float64), 5


def storage(n: int = 2000, p: int = 70, seed: int = 0) -> dict[str, float]:
    """Measure an imputer's size on disk, and what its smaller forests lose on new rows.

    Returns
    -------
    dict
        ``megabytes``; ``nrmse`` and ``pfc`` of 1,000 new rows with every fifth cell masked, from the stored
        imputer; ``full_nrmse`` and ``full_pfc`` from unpruned forests of 100 trees with unrounded cells.
    """
    masked = masked_table(n + 1000, p, seed)
    train, new = masked.table[:n], masked.table[n:]
    rows = MaskedTable(masked.truth[n:], new, masked.n_levels)
    # both complete the training rows alike, so few iterations do
    common = {"seed": seed, "threads": THREADS, "max_iterations": 3}
    stored = MissForest(**common).fit(train, masked.n_levels)
    full = MissForest(**common, node_budget=10**9).fit(train, masked.n_levels)
    file = io.BytesIO()
    arrays: dict[str, Any] = dict(stored.to_arrays())
    np.savez_compressed(file, **arrays)
    nrmse, pfc = rows.errors(stored.transform(new))
    full_nrmse, full_pfc = rows.errors(full.transform(new))
    return {
        "megabytes": len(file.getvalue()) / 1e6,
        "nrmse": nrmse,
        "pfc": pfc,
        "full_nrmse": full_nrmse,
        "full_pfc": full_pfc,
    }
