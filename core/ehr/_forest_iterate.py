"""The iterations of MissForest on a training table, and the forests grown for new rows at their end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_buffers import Target
from core.ehr._forest_fit import Grower
from core.ehr._forest_report import ImputationReport
from core.ehr._forest_store import CodedTrees, code_trees, join_trees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_bins import Layout
    from core.ehr._forest_report import Settings

NUMERIC, CATEGORICAL = 0, 1


@dataclass(frozen=True)
class Completion:
    """What fitting yields: the completed table, the report, the trees for new rows."""

    completed: NDArray[np.float64]
    report: ImputationReport
    coded: CodedTrees


@dataclass(frozen=True)
class _Iterated:
    completed: NDArray[np.float64]
    errors: NDArray[np.float64]
    differences: NDArray[np.float64]
    kept: int


def complete(X: NDArray[np.float64], layout: Layout, settings: Settings) -> Completion:
    """Complete a table, report, and grow the trees for new rows; see `core.ehr.missforest.MissForest`."""
    codes = layout.encode(np.where(np.isnan(X), layout.start, X))
    targets = [_target(X, layout, column) for column in range(X.shape[1])]
    with Grower(codes, layout.nominal, settings.threads, settings.max_rows) as grower:
        iterated = _iterate(X, codes, layout, targets, grower, settings)
        codes[:] = layout.encode(iterated.completed)
        coded = _grow_for_new_rows(layout, targets, grower, settings)
    return Completion(iterated.completed, _report(iterated, np.isnan(X), layout), coded)


def should_stop(differences: list[NDArray[np.float64]]) -> bool:
    """Whether the last difference has fallen for no kind of column (a kind without missing cells is NaN)."""
    return len(differences) > 1 and not bool((differences[-1] < differences[-2]).any())


def _target(X: NDArray[np.float64], layout: Layout, column: int) -> Target:
    values = X[:, column]
    missing = np.isnan(values)
    if not layout.n_levels[column]:
        values = (values - layout.start[column]) / (layout.scale[column] or 1.0)
    return Target(
        column,
        int(layout.n_levels[column]),
        np.ascontiguousarray(values),
        np.flatnonzero(~missing).astype(np.uint32),
        np.flatnonzero(missing).astype(np.uint32),
    )


def _iterate(
    X: NDArray[np.float64],
    codes: NDArray[np.uint8],
    layout: Layout,
    targets: list[Target],
    grower: Grower,
    settings: Settings,
) -> _Iterated:
    missing = np.isnan(X)
    filled = np.where(missing, layout.start, X)
    order = sorted((t for t in targets if t.missing.size), key=lambda t: t.missing.size)
    errors = np.full(len(targets), np.nan)
    differences: list[NDArray[np.float64]] = []
    before = _Iterated(filled, errors, np.empty((0, 2)), 0)
    if not order:
        return before
    for iteration in range(1, settings.max_iterations + 1):
        filled, errors = filled.copy(), errors.copy()
        for target in (t for t in order if layout.scale[t.column]):
            forest = grower.predict(target, settings.n_trees, _seed(settings.seed, iteration, target.column))
            errors[target.column] = forest.oob_error
            _fill(filled, codes, layout, target, forest.missing)
        differences.append(difference(before.completed, filled, missing, layout))
        moved = np.array(differences)
        if should_stop(differences):
            return _Iterated(before.completed, before.errors, moved, before.kept)
        before = _Iterated(filled, errors, moved, iteration)
    return before


def _fill(
    filled: NDArray[np.float64],
    codes: NDArray[np.uint8],
    layout: Layout,
    target: Target,
    predicted: NDArray[np.float64],
) -> None:
    """Put predictions into the table and, as bins, in front of the forests that come next."""
    column = target.column
    if not target.n_levels:
        predicted = layout.start[column] + layout.scale[column] * predicted
    filled[target.missing, column] = predicted
    codes[column, target.missing] = layout.bins[column].encode(predicted)


def difference(
    before: NDArray[np.float64], after: NDArray[np.float64], missing: NDArray[np.bool_], layout: Layout
) -> NDArray[np.float64]:
    """Paper's difference between two completions, for numeric and categorical columns.

    Numeric columns are centred and in standard deviations, so that the units of measurement do not matter.
    """
    found = np.full(2, np.nan)
    numeric = (layout.n_levels == 0) & (layout.scale > 0)
    levels = layout.n_levels > 0
    if missing[:, numeric].any():
        moved = (after[:, numeric] - before[:, numeric]) / layout.scale[numeric]
        length = (after[:, numeric] - layout.start[numeric]) / layout.scale[numeric]
        found[NUMERIC] = (moved**2).sum() / (length**2).sum()
    if missing[:, levels].any():
        found[CATEGORICAL] = (after[:, levels] != before[:, levels]).sum() / missing[:, levels].sum()
    return found


def _grow_for_new_rows(
    layout: Layout, targets: list[Target], grower: Grower, settings: Settings
) -> CodedTrees:
    """Grow and prune a forest for every column that varies; what one leaves of the budget, the others may use."""
    n_columns = len(targets)
    parts: list[CodedTrees] = []
    left = float(settings.node_budget)
    varying = [target for target in targets if layout.scale[target.column]]
    for place, target in enumerate(varying):
        budget = left / (len(varying) - place)
        rows = min(target.observed.size, settings.max_rows or target.observed.size)
        # a tree whose nodes of s rows are left whole has about n / s leaves: grown no finer than half of what stays
        node_size = np.floor(0.5 * rows * settings.stored_trees / budget)
        seed = _seed(settings.seed, 0, target.column)
        nodes = grower.grow_kept(target, settings.stored_trees, seed, node_size)
        part = code_trees(nodes, n_columns, target.n_classes, settings.stored_trees, budget)
        left -= part.feature.size
        parts.append(part)
    return join_trees(parts, n_columns)


def _seed(seed: int, iteration: int, column: int) -> int:
    """Give each forest a stream of its own; below 2^63, the compiled code's kind of whole number."""
    return int(
        np.random.SeedSequence([seed, iteration, column]).generate_state(1, np.uint64)[0] >> np.uint64(1)
    )


def _report(iterated: _Iterated, missing: NDArray[np.bool_], layout: Layout) -> ImputationReport:
    errors = np.where(layout.n_levels > 0, iterated.errors, np.sqrt(iterated.errors))
    cells = np.where(np.isnan(errors), 0, missing.sum(axis=0))

    def overall(kind: NDArray[np.bool_]) -> float:
        weights = cells[kind]
        return (
            float(np.average(np.nan_to_num(iterated.errors[kind]), weights=weights))
            if weights.any()
            else np.nan
        )

    return ImputationReport(
        iterations=len(iterated.differences),
        kept_iteration=iterated.kept,
        differences=iterated.differences,
        nrmse=float(np.sqrt(overall(layout.n_levels == 0))),
        pfc=overall(layout.n_levels > 0),
        oob_error=errors,
        missing_share=missing.mean(axis=0),
    )
