"""Forests made small for keeping: pruned to a budget of nodes, coded in bytes, and read back with every check.

A tree is kept as the sequence of its nodes in preorder, and nothing else: which nodes are leaves tells where
each right child begins. So a file cannot point outside its arrays or in a circle, whatever it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.ehr._forest_types import Nodes

N_LEAF_VALUES = 256
# stored leaf values are whole multiples of this part of a column's standard deviation (or of a probability)
LEAF_STEP = 2.0**-20


class DamagedForestError(ValueError):
    """The arrays are no sequence of trees."""


@dataclass(frozen=True)
class CodedTrees:
    """Trees of one column (or of all, joined), in preorder, in as few bytes as they need.

    Attributes
    ----------
    feature
        Column split on at each node; the number of columns at a leaf.
    cut
        At each inner node, in order: highest bin, or set of levels, that goes left.
    leaf
        At each leaf, in order: place of its value in ``leaf_values``, or a class.
    leaf_values
        (columns with a forest, 256) values of the leaves of a numeric or two-class target, in multiples of
        ``LEAF_STEP``.
    """

    feature: NDArray[np.unsignedinteger]
    cut: NDArray[np.unsignedinteger]
    leaf: NDArray[np.unsignedinteger]
    leaf_values: NDArray[np.int32]


def code_trees(nodes: Nodes, n_columns: int, n_classes: int, n_trees: int, budget: float) -> CodedTrees:
    """Prune a column's trees to a budget of nodes and code what remains.

    Nodes of fewest rows lose their children first, in all trees alike: as if a larger node size had been asked
    for while growing.
    """
    inner = nodes.feature >= 0
    weights = np.sort(nodes.weight[inner])[::-1]
    allowed = max(int((budget - n_trees) // 2), 0)
    smallest = weights[allowed] if allowed < weights.size else 0.0
    kept = nodes.parent_weight > smallest
    splits = (inner & (nodes.weight > smallest))[kept]
    feature = np.where(splits, nodes.feature[kept], n_columns)
    values = nodes.value[kept][~splits]
    leaf, leaf_values = (
        (values.astype(np.int64), np.zeros(N_LEAF_VALUES)) if n_classes else _code_values(values)
    )
    return CodedTrees(
        feature.astype(np.uint8 if n_columns < 256 else np.uint16),
        nodes.cut[kept][splits].astype(np.uint16),
        leaf.astype(np.uint8 if n_classes <= 256 else np.uint16),
        np.rint(leaf_values / LEAF_STEP).clip(-(2**31), 2**31 - 1).astype(np.int32)[None],
    )


def _code_values(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give each leaf value one of 256 codes; a code stands for the mean of the values that share it.

    Three quarters of the borders follow the density of the values, the rest lie evenly between their extremes,
    so that neither the many usual values nor the few extreme ones are blurred.
    """
    borders, codes = np.unique(values, return_inverse=True)
    if borders.size > N_LEAF_VALUES:
        dense = np.quantile(values, np.linspace(0, 1, 194)[1:-1])
        even = np.linspace(values.min(), values.max(), 65)[1:-1]
        codes = np.searchsorted(np.sort(np.concatenate([dense, even])), values)
    counts = np.bincount(codes, minlength=N_LEAF_VALUES)
    sums = np.bincount(codes, values, minlength=N_LEAF_VALUES)
    return codes.astype(np.int64), sums / np.maximum(counts, 1)


def join_trees(parts: list[CodedTrees], n_columns: int) -> CodedTrees:
    """Put the trees of all columns one after the other."""
    empty = CodedTrees(
        np.empty(0, np.uint8 if n_columns < 256 else np.uint16),
        np.empty(0, np.uint16),
        np.empty(0, np.uint8),
        np.empty((0, N_LEAF_VALUES), np.int32),
    )
    return CodedTrees(
        np.concatenate([empty.feature, *(part.feature for part in parts)]),
        np.concatenate([empty.cut, *(part.cut for part in parts)]),
        np.concatenate([empty.leaf, *(part.leaf for part in parts)]),
        np.concatenate([empty.leaf_values, *(part.leaf_values for part in parts)]),
    )


class Forests(NamedTuple):
    """All columns' forests, ready to be walked.

    Attributes
    ----------
    feature
        (nodes,) column split on; the number of columns at a leaf.
    content
        (nodes,) the cut of an inner node, the code of a leaf.
    right
        (nodes,) where the right child begins; the left one is the next node.
    root
        (columns, trees) first node of each tree; -1 where a column has no forest.
    leaf_values
        (columns, 256) as in `CodedTrees`, as int64 to be summed.
    """

    feature: NDArray[np.unsignedinteger]
    content: NDArray[np.uint16]
    right: NDArray[np.int32]
    root: NDArray[np.int32]
    leaf_values: NDArray[np.int64]


def unfold(
    coded: CodedTrees, has_forest: NDArray[np.bool_], n_trees: int, n_leaf: NDArray[np.int64]
) -> Forests:
    """Lay coded trees out for walking, and check them.

    Parameters
    ----------
    coded
        The trees of all columns that have a forest, column after column.
    has_forest
        (columns,) which columns these are.
    n_trees
        Trees of each forest.
    n_leaf
        (columns,) number of leaf codes that are legal for each column.

    Raises
    ------
    DamagedForestError
        The sequence does not consist of that many whole trees, or holds a column or code that does not exist.
    """
    n_columns = has_forest.size
    total = int(has_forest.sum()) * n_trees
    leaves = coded.feature == n_columns
    # trees as balanced brackets: an inner node opens one more place, a leaf fills one; there are millions of nodes, and
    # numbers of eight bytes would for a moment need more memory than a small machine has left
    depth = np.zeros(leaves.size + 1, np.int32)
    np.cumsum(np.where(leaves, np.int8(-1), np.int8(1)), dtype=np.int32, out=depth[1:])
    n_leaves = int(leaves.sum())
    if (
        depth[-1] != -total
        or (depth[:-1] <= -total).any()
        or coded.leaf.size != n_leaves
        or coded.cut.size != leaves.size - n_leaves
        or (coded.feature > n_columns).any()
    ):
        raise DamagedForestError
    depth = depth[:-1]
    first = np.flatnonzero(np.diff(np.minimum.accumulate(depth), prepend=np.int32(1)) < 0)
    root = np.full((n_columns, n_trees), -1, np.int32)
    root[has_forest] = first.reshape(-1, n_trees)
    legal = np.repeat(n_leaf[has_forest].astype(np.int32), n_trees)
    if total:
        legal = np.repeat(legal, np.add.reduceat(leaves, first, dtype=np.int64))
    if (coded.leaf >= legal).any():
        raise DamagedForestError
    content = np.empty(leaves.size, np.uint16)
    content[leaves] = coded.leaf
    content[~leaves] = coded.cut
    leaf_values = np.zeros((n_columns, N_LEAF_VALUES), np.int64)
    leaf_values[has_forest] = coded.leaf_values
    right = np.zeros(leaves.size, np.int32)
    ends = [*first[n_trees::n_trees], leaves.size]
    # a column at a time; where no column has a tree there is none to begin with
    for begin, end in zip(first[::n_trees], ends, strict=False):
        right[begin:end] = begin + _next_at_same_depth(depth[begin:end])
    return Forests(coded.feature, content, right, root, leaf_values)


def _next_at_same_depth(depth: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where the bracket depth next returns to a node's own: behind its left subtree, so at its right child."""
    # 16-bit numbers are sorted by radix, much the fastest
    low = int(depth.min())
    small = int(depth.max()) - low < 2**15
    order = np.argsort((depth - low).astype(np.int16) if small else depth, kind="stable")
    following = np.zeros(depth.size, np.int32)
    following[order[:-1]] = order[1:]
    return following
