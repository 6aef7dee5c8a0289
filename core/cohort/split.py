"""Training and test part: 8:2, every class in both, one person never on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.late import LateModule

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = LateModule("pandas")

Codes = npt.NDArray[np.int64]


def split_by_person(
    codes: pd.Series, groups: pd.Series, test_share: float = 0.2, seed: int = 0
) -> npt.NDArray[np.bool_]:
    """Draw the test part.

    Persons are dealt class by class, the rarest class first (a person counts for the rarest class that any of its rows
    has), so that the rare classes reach both parts in their share.

    Parameters
    ----------
    codes
        Class code of each row.
    groups
        Person of each row.

    Returns
    -------
    ndarray of bool
        True where the row belongs to the test part.
    """
    folds = deal(codes, groups, max(2, round(1 / test_share)), seed)
    return np.asarray(folds == 0)


def deal(codes: pd.Series, groups: pd.Series, n_folds: int, seed: int) -> Codes:
    """Deal rows to folds as ``split_by_person`` says; every fold gets each class in its share, as far as it goes.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Fold of each row, 0 to ``n_folds`` - 1.
    """
    rng = np.random.default_rng(seed)
    by_person = _rarest_of_person(codes, groups)
    by_person["draw"] = rng.random(len(by_person))
    by_person = by_person.sort_values(["rank", "draw"])
    fold_of: dict[object, int] = {}
    # the fold with the fewest rows so far comes next; inside one class that deals the class evenly
    for _, members in by_person.groupby("rank", sort=True):
        load = np.zeros(n_folds)
        order = rng.permutation(n_folds)
        for person, size in members["size"].items():
            fold = int(order[np.argmin(load[order])])
            fold_of[person] = fold
            load[fold] += size
    return np.asarray(groups.map(fold_of), dtype=np.int64)


def persons_by_class(codes: pd.Series, groups: pd.Series) -> pd.Series:
    """Persons of each class, each counted once, for the rarest class that any of its rows has."""
    counts: pd.Series = _rarest_of_person(codes, groups)["code"].value_counts()
    return counts


def _rarest_of_person(codes: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Index person; ``rank`` (0 the rarest class) and ``code`` of its rarest class, ``size`` its rows."""
    frequency = codes.value_counts()
    order = sorted(frequency.index, key=lambda code: (frequency[code], code))
    ranks = codes.map({code: rank for rank, code in enumerate(order)})
    rows = pd.DataFrame({"group": groups.to_numpy(), "rank": ranks.to_numpy()})
    persons = rows.groupby("group", sort=True)["rank"].agg(["min", "size"]).rename(columns={"min": "rank"})
    persons["code"] = persons["rank"].map(dict(enumerate(order)))
    return persons
