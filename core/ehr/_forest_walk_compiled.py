"""The same walk as in ``_forest_walk``, compiled: for many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.ehr._forest_compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_store import Forests


@compiled()
def _walk(
    forests: Forests,
    codes: NDArray[np.uint8],
    nominal: NDArray[np.bool_],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    reached: NDArray[np.uint16],
) -> None:
    feature, content, right, roots = forests.feature, forests.content, forests.right, forests.root
    n_columns = codes.shape[1]
    for i in range(rows.size):
        row = rows[i]
        for tree in range(roots.shape[1]):
            node = roots[columns[i], tree]
            while feature[node] < n_columns:
                f = feature[node]
                code = np.int64(codes[row, f])
                cut = np.int64(content[node])
                left = (cut >> code) & 1 == 1 if nominal[f] else code <= cut
                node = node + 1 if left else right[node]
            reached[i, tree] = content[node]


def walk(
    forests: Forests,
    codes: NDArray[np.uint8],
    nominal: NDArray[np.bool_],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.uint16]:
    """Leaf codes of missing cells; see ``core.ehr._forest_walk.walk``, whose answer this is, bit for bit."""
    reached = np.empty((rows.size, forests.root.shape[1]), np.uint16)
    _walk(forests, codes, nominal, rows, columns, reached)
    return reached
