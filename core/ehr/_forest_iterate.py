"""The iterations of MissForest on a training table, and the last pass, whose forests are kept for new rows."""

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
    differences: NDArray[np.float64]
    kept: int


def complete(X: NDArray[np.float64], layout: Layout, settings: Settings) -> Completion:
    """Complete a table, report, and keep the trees for new rows; see `core.ehr.missforest.MissForest`."""
    codes = layout.encode(np.where(np.isnan(X), layout.start, X))
    targets = sorted((_target(X, layout, c) for c in range(X.shape[1])), key=lambda t: t.missing.size)
    with Grower(codes, layout.nominal, settings.threads, settings.max_rows) as grower:
        iterated = _iterate(X, codes, layout, targets, grower, settings)
        codes[:] = layout.encode(iterated.completed)
        completed, errors, coded = _last_pass(
            iterated.completed.copy(), codes, layout, targets, grower, settings
        )
    return Completion(completed, _report(iterated, errors, np.isnan(X), layout), coded)


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
    order = [target for target in targets if target.missing.size and layout.scale[target.column]]
    differences: list[NDArray[np.float64]] = []
    before = _Iterated(filled, np.empty((0, 2)), 0)
    if not missing.any():
        return before
    for iteration in range(1, settings.max_iterations + 1):
        filled = filled.copy()
        for target in order:
            seed = _seed(settings.seed, iteration, target.column)
            forest = grower.predict(target, settings.scout_trees, seed)
            _fill(filled, codes, layout, target, forest.missing)
        differences.append(difference(before.completed, filled, missing, layout))
        moved = np.array(differences)
        if should_stop(differences):
            return _Iterated(before.completed, moved, before.kept)
        before = _Iterated(filled, moved, iteration)
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


def _last_pass(
    filled: NDArray[np.float64],
    codes: NDArray[np.uint8],
    layout: Layout,
    targets: list[Target],
    grower: Grower,
    settings: Settings,
) -> tuple[NDArray[np.float64], NDArray[np.float64], CodedTrees]:
    """Grow a whole forest for every column that varies: it fills, is judged, and is kept, pruned, for new rows.

    What one column leaves of the budget of nodes, the others may use.
    """
    n_columns = len(targets)
    errors = np.full(n_columns, np.nan)
    parts: dict[int, CodedTrees] = {}
    left = float(settings.node_budget)
    varying = [target for target in targets if layout.scale[target.column]]
    for place, target in enumerate(varying):
        column = target.column
        budget = left / (len(varying) - place)
        rows = min(target.observed.size, settings.max_rows or target.observed.size)
        # a tree whose nodes of s rows are left whole has about n / s leaves: kept no finer than half of what stays
        kept_size = np.floor(0.5 * rows * settings.n_trees / budget)
        forest, nodes = grower.predict_and_keep(
            target, settings.n_trees, _seed(settings.seed, 0, column), kept_size
        )
        parts[column] = code_trees(nodes, n_columns, target.n_classes, settings.n_trees, budget)
        left -= parts[column].feature.size
        if target.missing.size:
            errors[column] = forest.oob_error
            _fill(filled, codes, layout, target, forest.missing)
    return filled, errors, join_trees([parts[column] for column in sorted(parts)], n_columns)


def _seed(seed: int, iteration: int, column: int) -> int:
    """Give each forest a stream of its own; below 2^63, the compiled code's kind of whole number."""
    return int(
        np.random.SeedSequence([seed, iteration, column]).generate_state(1, np.uint64)[0] >> np.uint64(1)
    )


def _report(
    iterated: _Iterated, oob: NDArray[np.float64], missing: NDArray[np.bool_], layout: Layout
) -> ImputationReport:
    errors = np.where(layout.n_levels > 0, oob, np.sqrt(oob))
    cells = np.where(np.isnan(errors), 0, missing.sum(axis=0))

    def overall(kind: NDArray[np.bool_]) -> float:
        weights = cells[kind]
        return float(np.average(np.nan_to_num(oob[kind]), weights=weights)) if weights.any() else np.nan

    return ImputationReport(
        iterations=len(iterated.differences),
        kept_iteration=iterated.kept,
        differences=iterated.differences,
        nrmse=float(np.sqrt(overall(layout.n_levels == 0))),
        pfc=overall(layout.n_levels > 0),
        oob_error=errors,
        missing_share=missing.mean(axis=0),
    )
