"""How well a model ranks patients within subgroups: any grouping, with those too small to judge marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.discrimination import auroc, auroc_interval
from core.late import LateModule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from core.evaluation.arrays import Events, Floats
else:
    pd = LateModule("pandas")


FEWEST_EVENTS = 10
"""A subgroup with fewer events, or fewer non-events, is shown as too few to judge (checklist item 21)."""

ALL = "all"


def subgroup_aurocs(
    event: Events, score: Floats, groups: Mapping[str, Events], reference: Floats | None = None
) -> pd.DataFrame:
    """AUROC with its interval within each group of patients.

    Parameters
    ----------
    event, score
        (n,) patients.
    groups
        Name to (n,) who belongs to it; groups may overlap (see ``partition`` and ``against_all_controls``).
    reference
        (n,) another score to hold beside it, such as the probabilities that made synthetic patients.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``group``, ``n``, ``events``, ``auroc``, ``low``, ``high``, ``method`` (of the
        limits, see ``auroc_interval``), ``few`` (fewer than ``FEWEST_EVENTS`` events or non-events), and
        with a reference ``reference``, its AUROC. Undefined figures are nan.
    """
    rows = []
    for name, members in groups.items():
        found = auroc_interval(event[members], score[members])
        row = {
            "group": name,
            "n": found.n_events + found.n_non_events,
            "events": found.n_events,
            "auroc": found.interval.value,
            "low": found.interval.low,
            "high": found.interval.high,
            "method": found.method,
            "few": min(found.n_events, found.n_non_events) < FEWEST_EVENTS,
        }
        if reference is not None:
            row["reference"] = auroc(event[members], reference[members])
        rows.append(row)
    return pd.DataFrame(rows, columns=[*_COLUMNS, *(["reference"] if reference is not None else [])])


_COLUMNS = ("group", "n", "events", "auroc", "low", "high", "method", "few")


def partition(values: Sequence[str] | pd.Series) -> dict[str, Events]:
    """Groups of patients who share a value, in the order in which values first occur; empty ones are left out."""
    known = pd.Series(values, dtype="str").fillna("").to_numpy()
    return {name: known == name for name in dict.fromkeys(known) if name}


def against_all_controls(
    event: Events, strata: Sequence[str] | pd.Series, order: Sequence[str]
) -> dict[str, Events]:
    """Groups that hold the events of one stratum and every non-event, then all patients.

    For what only events have, such as the severity of an embolism: each stratum is told from the same
    controls, so that their AUROCs can be compared.

    Parameters
    ----------
    event
        (n,) who has the condition.
    strata
        (n,) the stratum of each patient; of non-events it is not looked at.
    order
        Strata to form groups of; one without events is left out.

    Returns
    -------
    dict
        Stratum to members, and last ``ALL``; ``ALL`` alone if no stratum is known.
    """
    known = pd.Series(strata, dtype="str").fillna("").to_numpy()
    groups = {name: ~event | (known == name) for name in order if (event & (known == name)).any()}
    return groups | {ALL: np.ones(len(event), dtype=np.bool_)}
