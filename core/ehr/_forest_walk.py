"""Walking rows down stored trees without compiled code: for a few rows, where importing numba would take longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_store import Forests


def walk(
    forests: Forests,
    codes: NDArray[np.uint8],
    nominal: NDArray[np.bool_],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.uint16]:
    """Leaf codes of missing cells in every tree of their columns.

    Parameters
    ----------
    forests
        The stored trees.
    codes
        (rows, columns) bins of the rows as they are completed so far.
    nominal
        (columns,) whether a column's bins are unordered.
    rows, columns
        (cells,) where the missing cells are.

    Returns
    -------
    ndarray
        (cells, trees).
    """
    n_columns = codes.shape[1]
    wide = codes.astype(np.int32)
    # one test for both kinds: a number goes left if cut >= code, a level if bit number code of cut is >= 1
    shift = np.where(nominal, wide, 0).ravel()
    mask = np.where(nominal, 1, 0xFFFF)
    need = np.where(nominal, 1, wide).ravel()
    roots = forests.root[columns]
    node = roots.ravel().astype(np.intp)
    offset = np.repeat(rows * n_columns, roots.shape[1])
    lane = np.arange(node.size)
    reached = np.empty(node.size, np.uint16)
    while node.size:
        feature = forests.feature[node].astype(np.intp)
        content = forests.content[node]
        inner = feature < n_columns
        if not inner.all():
            at_leaf = ~inner
            reached[lane[at_leaf]] = content[at_leaf]
            lane, node, offset = lane[inner], node[inner], offset[inner]
            feature, content = feature[inner], content[inner]
        cell = offset + feature
        left = ((content >> shift[cell]) & mask[feature]) >= need[cell]
        node = np.where(left, node + 1, forests.right[node])
    return reached.reshape(roots.shape)
