"""Figures of MissForest: speed and error against its peers, size on disk, one row against a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.benchmark.figure import Figure, Scale, figure, median_ms

if TYPE_CHECKING:
    from numpy.typing import NDArray


def against_peers(scale: Scale) -> list[Figure]:
    """Our MissForest, the same algorithm on scikit-learn's forests, and the package ``missforest``, in one run."""
    from core.ehr.missforest_benchmark import compare

    run = compare(scale.imputer_rows, scale.imputer_columns)
    ours, sklearn, package = run["ours"], run["sklearn"], run["missforest"]
    whole = f"{ours['seconds']:.1f} s, {ours['iterations']} iterations; scikit-learn {_spent(sklearn)}"
    size = f"{run['n']} x {run['p']}"
    versus = _spent(package) if package else "the package missforest is not installed"
    return [
        figure("missforest_speed_vs_sklearn", run["ratio"], "ratio", f"{size}: {whole}", at_least=25),
        figure(
            "missforest_speed_vs_sklearn_per_iteration",
            run["ratio_per_iteration"],
            "ratio",
            size,
            at_least=15,
        ),
        figure(
            "missforest_processor_time_vs_sklearn",
            run["ratio_cpu"],
            "ratio",
            f"{size}: steadier on a busy machine",
        ),
        figure("missforest_speed_vs_package", run["ratio_missforest"], "ratio", versus, at_least=40),
        _errors("missforest_nrmse_vs_sklearn", "nrmse", ours, sklearn, 1.02),
        _errors("missforest_pfc_vs_sklearn", "pfc", ours, sklearn, 1.02),
    ]


def stored(scale: Scale) -> list[Figure]:
    """Size of the fitted imputer on disk, and what its smaller forests lose on new rows."""
    from core.ehr.missforest_benchmark import storage

    size = f"{scale.stored_rows} x {scale.stored_columns}"
    run = storage(scale.stored_rows, scale.stored_columns)
    kept = {name: run[name] for name in ("nrmse", "pfc")}
    full = {name: run[f"full_{name}"] for name in kept}
    return [
        figure("imputer_on_disk", run["megabytes"], "MB", size, at_most=5),
        _errors("imputer_nrmse_stored_vs_full", "nrmse", kept, full, 1.01),
        _errors("imputer_pfc_stored_vs_full", "pfc", kept, full, 1.01),
    ]


def one_row(scale: Scale) -> list[Figure]:
    """A row alone: how long it takes, and that its numbers are those it gets in a batch."""
    from core.ehr.missforest import MissForest
    from core.ehr.missforest_benchmark import masked_table

    n = scale.imputer_rows
    table = masked_table(n + 200, scale.imputer_columns, seed=1)
    imputer = MissForest(max_iterations=3).fit(table.table[:n], table.n_levels)
    new = table.table[n:]
    batch = imputer.transform(new)
    alone = np.vstack([imputer.transform(row[None]) for row in new[:20]])
    single = median_ms(lambda: imputer.transform(new[:1]), scale.repeats)
    together = median_ms(lambda: imputer.transform(new), max(1, scale.repeats // 5)) / len(new)
    detail = f"{single:.2f} ms alone, {together:.3f} ms a row in a batch of {len(new)}"
    return [
        figure("impute_one_row", single, "ms", f"fitted on {n} x {scale.imputer_columns}"),
        figure("impute_one_row_vs_batch", single / together, "ratio", detail),
        figure(
            "impute_alone_minus_batch", _largest(alone - batch[:20]), "ratio", "largest difference", at_most=0
        ),
    ]


def _errors(name: str, error: str, ours: dict[str, Any], peer: dict[str, Any], at_most: float) -> Figure:
    detail = f"{ours[error]:.4f} to {peer[error]:.4f}"
    return figure(name, ours[error] / peer[error], "ratio", detail, at_most=at_most)


def _spent(run: dict[str, Any]) -> str:
    return f"{run['seconds']:.1f} s, {run['iterations']} iterations"


def _largest(differences: NDArray[np.float64]) -> float:
    return float(np.abs(differences).max())
