"""How well a model ranks, and how right its risks are, within groups of its test patients (checklist item 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from core.clinical.scores import results
from core.clinical.scores.quantities import ckd_epi_2021
from core.evaluation import against_all_controls, observed_to_expected, partition, subgroup_aurocs
from core.evaluation.intervals import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.cohort.folder import Cohort
    from core.evaluation.arrays import Codes, Events, Floats

    Words = NDArray[np.str_]

FILE = "subgroups.csv"
"""Its name in an artifact."""

NOT_RECORDED = "not_recorded"
ESC_CLASSES = ("high", "intermediate-high", "intermediate-low", "low")

_OUT = ["variable", "group", "class", "n", "events", "auroc", "low", "high", "method"]
_OUT += ["oe", "oe_low", "oe_high", "few"]


def subgroup_table(
    cohort: Cohort, patients: pd.Index, truth: Codes, p: Floats, classes: tuple[str, ...]
) -> pd.DataFrame:
    """AUROC and observed over expected by sex, age, weight, ESC class, cancer and renal function, class by class.

    Parameters
    ----------
    cohort
        Where the groups are taken from: its whole table, not only what the model was given.
    patients, truth, p, classes
        Test patients, their class codes, the probabilities shown (n, k), and k names. Of two classes the second is
        looked at.

    Returns
    -------
    pandas.DataFrame
        One row a group and class: ``variable`` (first ``all``), ``group`` (``not_recorded`` where the value is
        missing), ``class``, ``n``, ``events``, ``auroc``, ``low``, ``high``, ``method``, ``oe``, ``oe_low``,
        ``oe_high``, ``few`` (fewer than ``FEWEST_EVENTS`` events or non-events). Empty without a table.

        The ESC class is that of an embolism: for the diagnosis each class is told from all patients without one, and
        has no ``oe``, since these shares are nobody's.
    """
    if cohort.table is None:
        return pd.DataFrame(columns=_OUT)
    # a column of a hospital's own may be called like one of the catalogue and mean something else
    known = [column.name for column in cohort.table.columns if column.known]
    frame = cohort.table.frame[known].reindex(patients)
    found = []
    for code, name in enumerate(classes):
        if len(classes) == 2 and code == 0:
            continue
        event, risk = truth == code, p[:, code]
        for variable, groups in _groups(frame, truth, classes).items():
            part = subgroup_aurocs(event, risk, groups)
            is_mixed = variable == "esc_2019" and len(classes) == 2
            ratios = [
                UNDEFINED if is_mixed else observed_to_expected(event[who], risk[who])
                for who in groups.values()
            ]
            part["oe"], part["oe_low"], part["oe_high"] = (
                [getattr(one, end) for one in ratios] for end in ("value", "low", "high")
            )
            found.append(part.assign(variable=variable, **{"class": name}))
    return pd.concat(found, ignore_index=True)[_OUT]


def _groups(frame: pd.DataFrame, truth: Codes, classes: tuple[str, ...]) -> dict[str, dict[str, Events]]:
    """Members of each group, variable by variable; a variable that nobody has recorded is left out."""
    groups = {"all": {"all": np.ones(len(frame), dtype=np.bool_)}}
    for variable, (read, order) in _READ.items():
        words = read(frame)
        if (words == NOT_RECORDED).all():
            continue
        known = partition(pd.Series(words))
        groups[variable] = {name: known[name] for name in (*order, NOT_RECORDED) if name in known}
    esc = _esc_class(frame)
    if len(classes) == 2:
        strata = against_all_controls(truth == 1, pd.Series(esc), (*ESC_CLASSES, NOT_RECORDED))
        strata.pop("all")
    else:
        strata = {name: esc == name for name in (*ESC_CLASSES, NOT_RECORDED) if (esc == name).any()}
    return groups | ({"esc_2019": strata} if set(strata) - {NOT_RECORDED} else {})


def _column(frame: pd.DataFrame, name: str) -> Floats:
    """Values of a column of the catalogue, nan where they are missing or the table has none."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(pd.to_numeric(frame[name], errors="coerce"), dtype=np.float64)


def _words(choices: list[tuple[Events, str]]) -> Words:
    members, names = zip(*choices, strict=True)
    return np.asarray(np.select(list(members), list(names), default=NOT_RECORDED), dtype=np.str_)


def _sex(frame: pd.DataFrame) -> Words:
    if "sex" not in frame:
        return np.full(len(frame), NOT_RECORDED)
    return np.asarray(frame["sex"].fillna(NOT_RECORDED), dtype=np.str_)


def _age(frame: pd.DataFrame) -> Words:
    age = _column(frame, "age")
    return _words([(age < 65, "under_65"), (age <= 75, "65_to_75"), (age > 75, "over_75")])


def _weight(frame: pd.DataFrame) -> Words:
    weight = _column(frame, "weight")
    return _words([(weight < 60, "under_60"), (weight >= 60, "from_60")])


def _cancer(frame: pd.DataFrame) -> Words:
    cancer = _column(frame, "cancer")
    return _words([(cancer == 1, "yes"), (cancer == 0, "no")])


def _renal(frame: pd.DataFrame) -> Words:
    """By the stated eGFR, or where there is none by that of creatinine, age and sex (CKD-EPI 2021)."""
    female = np.select([_sex(frame) == "female", _sex(frame) == "male"], [1.0, 0.0], np.nan)
    computed = ckd_epi_2021(_column(frame, "creatinine"), _column(frame, "age"), female)
    egfr = _column(frame, "egfr")
    egfr = np.where(np.isnan(egfr), computed, egfr)
    return _words([(egfr < 60, "under_60"), (egfr >= 60, "from_60")])


def _esc_class(frame: pd.DataFrame) -> Words:
    """Class of the guideline where what is known settles it, whatever the missing values are."""
    found = (one["esc_2019"].class_name for one in results(frame, ("esc_2019",)))
    return np.array([name or NOT_RECORDED for name in found], dtype=np.str_)


_READ: dict[str, tuple[Callable[[pd.DataFrame], Words], tuple[str, ...]]] = {
    "sex": (_sex, ("female", "male")),
    "age": (_age, ("under_65", "65_to_75", "over_75")),
    "weight": (_weight, ("under_60", "from_60")),
    "cancer": (_cancer, ("yes", "no")),
    "egfr": (_renal, ("under_60", "from_60")),
}
