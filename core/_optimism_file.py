"""What an order of steps costs, on disk: written whole or not at all, checked when it is read."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from core._documents import finite, load_document, one_of, save_document
from core._optimism_orders import LABELS, MACRO, ORDERS, PARTS, SHARES, Plan
from core._optimism_summary import Key, Spread, summarise
from core.artifacts import DEFAULT_FOLDER
from core.cohort.folder import CLASSES
from core.evaluation import Interval

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_FILE = DEFAULT_FOLDER / "optimism-outcome-ehr.json"
UNTOUCHED = ("fresh", "set_aside")
_MOST_SPLITS = 10_000


@dataclass(frozen=True)
class Optimism:
    """What was measured.

    Attributes
    ----------
    rows
        ``labels`` (observed / shuffled), ``order``, ``seed``, ``part`` (apparent / true), ``n`` (rows judged) and one
        column for each of ``metrics``.
    single
        Metric to its value with its 95 % interval over test patients: the leak-free order in one 8:2 split, the first.
    plan
        Settings of every step.
    about
        Cohort, untouched patients, seeds, versions, ``synthetic``.
    """

    rows: pd.DataFrame
    single: dict[str, Interval]
    plan: Plan
    about: dict[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether the patients are synthetic."""
        return bool(self.about["synthetic"])

    @property
    def metrics(self) -> tuple[str, ...]:
        """Macro AUROC, AUROC of each class, accuracy and balanced accuracy."""
        return metrics_of(self.about["task"])

    @functools.cached_property
    def summary(self) -> dict[Key, Spread]:
        """Means, intervals and spreads; see ``core._optimism_summary.summarise``."""
        return summarise(self.rows, self.metrics, self.plan.test_share / (1 - self.plan.test_share))

    def chart_frames(self, labels: str, metric: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Splits (``order``, ``part``, ``value``) and their means (``low``, ``high`` beside) for the chart."""
        rows = self.rows[self.rows["labels"] == labels].rename(columns={metric: "value"})
        means = [
            {"order": order, "part": part, **vars(self.summary[labels, order, metric, part].mean)}
            for order in ORDERS
            for part in PARTS
        ]
        return rows[["order", "part", "value"]].reset_index(drop=True), pd.DataFrame(means)


def metrics_of(task: str) -> tuple[str, ...]:
    """Names of all figures of a task."""
    return (MACRO, *CLASSES[task], *SHARES)


def save_optimism(document: dict[str, Any], path: Path = DEFAULT_FILE) -> None:
    """Write what ``measure`` returned.

    Raises
    ------
    InputError
        The file cannot be written; what stood there before still stands.
    """
    save_document(document, path)


def load_optimism(path: Path = DEFAULT_FILE) -> Optimism:
    """Read a measurement.

    Raises
    ------
    ArtifactError
        There is none, or it is not what ``save_optimism`` writes.
    """
    return load_document(path, read_document, "errors_optimism")


def read_document(document: dict[str, Any]) -> Optimism:
    """Check and take apart what ``measure`` returned.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is something else.
    """
    about, plan = dict(document["about"]), _plan(document["plan"])
    metrics = metrics_of(one_of(about["task"], tuple(CLASSES)))
    one_of(about["untouched"], UNTOUCHED)
    _count(about["n_rows"])
    _count(about["n_untouched"])
    if not (isinstance(about["synthetic"], bool) and isinstance(about["cohort"], str)):
        raise TypeError("synthetic or cohort")
    rows = [_row(row, metrics) for row in document["rows"]]
    keys = {(row["labels"], row["order"], row["seed"], row["part"]) for row in rows}
    wanted = len(LABELS) * len(ORDERS) * len(PARTS) * plan.splits
    if len(keys) != len(rows) or len(rows) != wanted or len({row["seed"] for row in rows}) != plan.splits:
        raise ValueError("rows: one for labels, order, split and part")
    single = {name: _interval(document["single"][name]) for name in metrics if name not in SHARES}
    return Optimism(pd.DataFrame(rows), single, plan, about)


def _row(row: dict[str, Any], metrics: tuple[str, ...]) -> dict[str, Any]:
    return {
        "labels": one_of(row["labels"], LABELS),
        "order": one_of(row["order"], ORDERS),
        "seed": _whole(row["seed"]),
        "part": one_of(row["part"], PARTS),
        "n": _count(row["n"]),
        **{name: _share(row[name]) for name in metrics},
    }


def _plan(stored: dict[str, Any]) -> Plan:
    read = {True: _whole, False: finite}
    figures: dict[str, Any] = {
        field.name: read[isinstance(field.default, int)](stored[field.name]) for field in fields(Plan)
    }
    plan = Plan(**figures)
    if not (2 <= plan.splits <= _MOST_SPLITS and 0 < plan.test_share < 1):
        raise ValueError("splits or test_share cannot be")
    return plan


def _interval(stored: dict[str, Any]) -> Interval:
    found = Interval(*(_share(stored[name]) for name in ("value", "low", "high")))
    if not found.low <= found.value <= found.high:
        raise ValueError("an interval is turned round")
    return found


def _count(value: object) -> int:
    if (count := _whole(value)) == 0:
        raise ValueError("nothing there")
    return count


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0")
    return value


def _share(value: object) -> float:
    if not 0 <= (share := finite(value)) <= 1:
        raise ValueError(f"{value!r} is not from 0 to 1")
    return share
