"""An imputer as plain arrays and back; whatever the arrays hold, reading them ends in an imputer or a named error."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core.ehr._forest_bins import MAX_BINS, MAX_FEATURE_LEVELS, ColumnBins, Layout
from core.ehr._forest_report import ImputationReport
from core.ehr._forest_store import N_LEAF_VALUES, CodedTrees, DamagedForestError, Forests, unfold
from core.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FORMAT = 1
MAX_COLUMNS = 2**16 - 1
MAX_TREES = 10_000

T = TypeVar("T", bound=np.generic)
Arrays = dict[str, "NDArray[np.generic]"]


def forests_of(layout: Layout, coded: CodedTrees, n_trees: int) -> Forests:
    """Lay the coded trees of a layout's columns out for walking."""
    n_leaf = np.where(layout.nominal, layout.n_levels, N_LEAF_VALUES)
    return unfold(coded, layout.scale > 0, n_trees, n_leaf)


def to_arrays(layout: Layout, coded: CodedTrees, n_trees: int, report: ImputationReport) -> Arrays:
    """Everything that new rows need, and the report."""
    narrow = np.uint8 if layout.n_levels.max(initial=0) <= 8 else np.uint16
    cut = coded.cut.astype(narrow)
    return {
        "format": np.array([FORMAT, n_trees], np.int64),
        "n_levels": layout.n_levels.astype(np.int64),
        "start": layout.start,
        "scale": layout.scale,
        "edges": np.concatenate([np.empty(0), *(bins.edges for bins in layout.bins)]),
        "n_edges": np.array([bins.edges.size for bins in layout.bins], np.int64),
        "level_bin": np.concatenate([np.empty(0, np.uint8), *(bins.level_bin for bins in layout.bins)]),
        "feature": coded.feature,
        "cut": cut,
        "leaf": coded.leaf,
        "leaf_values": coded.leaf_values,
        "report": np.array([report.iterations, report.kept_iteration, report.nrmse, report.pfc]),
        "differences": report.differences,
        "oob_error": report.oob_error,
        "missing_share": report.missing_share,
    }


def from_arrays(
    arrays: Mapping[str, NDArray[np.generic]],
) -> tuple[Layout, CodedTrees, Forests, ImputationReport]:
    """Read an imputer back.

    Raises
    ------
    ArtifactError
        An array is missing, or of another shape or type, or holds what cannot be.
    """
    form = _taken(arrays, "format", np.int64, (2,))
    _require(form[0] == FORMAT and 1 <= form[1] <= MAX_TREES, "format")
    layout = _layout(arrays)
    coded = CodedTrees(
        feature=_unsigned(arrays, "feature"),
        cut=_unsigned(arrays, "cut"),
        leaf=_unsigned(arrays, "leaf"),
        leaf_values=_taken(arrays, "leaf_values", np.int32, (int((layout.scale > 0).sum()), N_LEAF_VALUES)),
    )
    try:
        forests = forests_of(layout, coded, int(form[1]))
    except DamagedForestError as error:
        raise ArtifactError("errors_imputer.damaged", part="trees") from error
    return layout, coded, forests, _report(arrays, layout.n_levels.size)


def _require(condition: object, part: str) -> None:
    if not condition:
        raise ArtifactError("errors_imputer.damaged", part=part)


def _taken(
    arrays: Mapping[str, NDArray[np.generic]], name: str, kind: type[T], shape: tuple[int | None, ...]
) -> NDArray[T]:
    """Return an array if it is there and of its type and shape (None: any length)."""
    found = arrays.get(name)
    if not isinstance(found, np.ndarray) or found.dtype != kind or found.ndim != len(shape):
        raise ArtifactError("errors_imputer.damaged", part=name)
    _require(all(n in (None, m) for n, m in zip(shape, found.shape, strict=True)), name)
    return np.ascontiguousarray(found, kind)


def _unsigned(arrays: Mapping[str, NDArray[np.generic]], name: str) -> NDArray[np.unsignedinteger]:
    """Return a column of unsigned numbers of one or two bytes."""
    narrow = getattr(arrays.get(name), "dtype", None) == np.uint8
    return _taken(arrays, name, np.uint8, (None,)) if narrow else _taken(arrays, name, np.uint16, (None,))


def _layout(arrays: Mapping[str, NDArray[np.generic]]) -> Layout:
    n_levels = _taken(arrays, "n_levels", np.int64, (None,))
    n = n_levels.size
    _require(1 <= n <= MAX_COLUMNS and ((n_levels >= 0) & (n_levels < 2**16)).all(), "n_levels")
    start = _taken(arrays, "start", np.float64, (n,))
    scale = _taken(arrays, "scale", np.float64, (n,))
    is_level = n_levels > 0
    codes = start[is_level]
    _require(np.isfinite(start).all() and ((codes >= 0) & (codes < n_levels[is_level])).all(), "start")
    _require((codes == np.floor(codes)).all(), "start")
    _require(np.isfinite(scale).all() and (scale >= 0).all(), "scale")
    n_edges = _taken(arrays, "n_edges", np.int64, (n,))
    _require(((n_edges >= 0) & (n_edges < MAX_BINS)).all() and (n_edges[is_level] == 0).all(), "n_edges")
    edges = _taken(arrays, "edges", np.float64, (int(n_edges.sum()),))
    level_bin = _taken(arrays, "level_bin", np.uint8, (int(n_levels.sum()),))
    _require((level_bin < MAX_FEATURE_LEVELS).all(), "level_bin")
    bins = tuple(
        ColumnBins(*pair)
        for pair in zip(
            np.split(edges, np.cumsum(n_edges)[:-1]),
            np.split(level_bin, np.cumsum(n_levels)[:-1]),
            strict=True,
        )
    )
    _require(all(np.isfinite(b.edges).all() and (np.diff(b.edges) >= 0).all() for b in bins), "edges")
    return Layout(n_levels, bins, start, scale)


def _report(arrays: Mapping[str, NDArray[np.generic]], n_columns: int) -> ImputationReport:
    whole = _taken(arrays, "report", np.float64, (4,))
    _require(np.isfinite(whole[:2]).all() and (whole[:2] >= 0).all(), "report")
    return ImputationReport(
        iterations=int(whole[0]),
        kept_iteration=int(whole[1]),
        differences=_taken(arrays, "differences", np.float64, (None, 2)),
        nrmse=float(whole[2]),
        pfc=float(whole[3]),
        oob_error=_taken(arrays, "oob_error", np.float64, (n_columns,)),
        missing_share=_taken(arrays, "missing_share", np.float64, (n_columns,)),
    )
