"""What compiled tree growing works on: small named tuples of arrays, as the kernels and their callers pass them.

Tuples are small on purpose: a compiled function takes apart every array of a tuple that it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    # a whole number of Python's, or one that compiled code has cast
    Whole = int | np.int64


class Bag(NamedTuple):
    """Rows in the bag, node after node: ``row``, and ``value``, its weight and target in one number."""

    row: NDArray[np.uint32]
    value: NDArray[np.int64]


class Bins(NamedTuple):
    """Sums of a node over the bins of one feature, one number a bin (classes: as many as they need).

    ``sums`` are all zero between two searches. ``place``, ``running`` and ``gains`` list the
    occupied bins in their order, the sums up to each, and the gain of a cut behind it.
    """

    sums: NDArray[np.int64]
    place: NDArray[np.int64]
    running: NDArray[np.int64]
    gains: NDArray[np.float64]
    weights: NDArray[np.float64]


class Classes(NamedTuple):
    """Where each class is counted (``word``, ``shift``), the node's counts, and the running sums of a cut.

    ``mask`` has one entry: as many bits set as a count takes.
    """

    word: NDArray[np.int64]
    shift: NDArray[np.int64]
    mask: NDArray[np.int64]
    totals: NDArray[np.int64]
    running: NDArray[np.int64]
    left_squares: NDArray[np.float64]
    rest_squares: NDArray[np.float64]


class Levels(NamedTuple):
    """Levels of a nominal feature while they are being ordered, by the ``share`` of each."""

    order: NDArray[np.int64]
    share: NDArray[np.float64]


class Workspace(NamedTuple):
    """What one thread needs while trees grow.

    ``rider`` holds the rows carried along to be predicted; ``spare`` and ``spare_rider`` the rows that go right
    while a node is parted; ``stack`` the nodes still to be grown (their spans of bag and riders), and
    ``parent`` the weights above them.
    """

    state: NDArray[np.uint64]
    drawn: NDArray[np.int32]
    bag: Bag
    spare: Bag
    rider: NDArray[np.uint32]
    spare_rider: NDArray[np.uint32]
    bins: Bins
    classes: Classes
    levels: Levels
    stack: NDArray[np.int64]
    parent: NDArray[np.float64]


class Problem(NamedTuple):
    """One column to be predicted from the others.

    ``codes`` (columns, rows) bins; ``nominal`` per column; ``target`` per row, valid in ``observed``: a class,
    or a number from 0 to ``top`` with a one above its ``sum_bits`` lower bits. ``column`` is the target's own
    column, which is no feature; ``n_classes`` 0 for a number or two classes (numbers 0 and ``top``: the Gini
    index is then the squared error twice), else the number of classes; ``is_class`` whether the target is a
    class; ``n_draws`` rows drawn for each tree, ``n_try`` candidate features at a split; nodes of at most
    ``node_size`` rows are not split. Where trees are kept, a node of at most ``kept_size`` rows is kept as a leaf,
    however far it grows on for the rows to be predicted.
    """

    codes: NDArray[np.uint8]
    nominal: NDArray[np.bool_]
    target: NDArray[np.int64]
    observed: NDArray[np.uint32]
    missing: NDArray[np.uint32]
    features: NDArray[np.int64]
    column: int
    sum_bits: int
    top: float
    n_classes: int
    is_class: bool
    n_draws: int
    n_try: int
    node_size: float
    kept_size: float


class Node(NamedTuple):
    """What a node's rows say.

    Weight, total of the target, value as a leaf (part of ``top``, or a class), whether all have one class, and
    the gain of a cut into two such nodes.
    """

    weight: float
    total: float
    value: float
    pure: bool
    pure_gain: float


class Nodes(NamedTuple):
    """Trees of one column in preorder, one after the other.

    ``feature`` split on (-1: a leaf); ``cut``, the highest bin, or the set of levels as bits, that goes left;
    ``value``, the node's mean or class; ``weight``, its bootstrap rows; ``parent_weight``, those of the node
    above (infinite at a root).
    """

    feature: NDArray[np.int32]
    cut: NDArray[np.int32]
    value: NDArray[np.float64]
    weight: NDArray[np.float64]
    parent_weight: NDArray[np.float64]


class Votes(NamedTuple):
    """What trees say of the rows outside their bags.

    ``given`` (rows, classes or 1): votes, or values times ``FIXED_POINT``; ``seen`` (rows,): trees asked.
    """

    given: NDArray[np.int64]
    seen: NDArray[np.int64]
