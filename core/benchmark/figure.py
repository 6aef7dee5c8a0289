"""One performance figure, and how large the tables are that figures are measured on."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Figure:
    """A figure beside its target.

    Attributes
    ----------
    name
        What was measured.
    value
        None where it could not be measured; ``detail`` says why.
    unit
        ``ratio``, ``libraries``, ``failures``, ``ms``, ``s``, ``kB``, ``MB``, ``GB``, ``fraction``, ``difference``,
        ``errors`` (standard ones), ``classes``, ``starts``, ``uploads`` or ``files``.
    target
        ``">= 25"``, ``"<= 5"`` or None.
    met
        Whether the target is met; None without a target or a value.
    detail
        What the value was made of.
    """

    name: str
    value: float | None
    unit: str
    target: str | None
    met: bool | None
    detail: str

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``benchmark --json``."""
        return asdict(self)

    def line(self) -> str:
        """Return the figure for a terminal."""
        verdict = {True: "met", False: "NOT met", None: ""}[self.met]
        value = "–" if self.value is None else f"{self.value:.4g}"
        return f"{self.name:<40} {value:>9} {self.unit:<9} {self.target or '':<8} {verdict:<8} {self.detail}"


@dataclass(frozen=True)
class Scale:
    """Sizes of what is measured; tests use small ones."""

    imputer_rows: int = 600
    imputer_columns: int = 60
    stored_rows: int = 2_000
    stored_columns: int = 70
    patients: int = 8_000
    test_patients: int = 20_000
    most_rounds: int = 600
    repeats: int = 30
    hospital_rows: int = 19_000
    hospital_columns: int = 112
    hospital_seconds: int = 3_600
    attributions: int = 40
    fresh_recordings: int = 4_000
    evaluated: int = 1_000
    resamples: int = 1_000
    claim_patients: int = 3_000
    claim_large: int = 20_000
    claim_fresh: int = 20_000
    mimic_lab_rows: int = 20_000_000
    mimic_chart_rows: int = 50_000_000
    kills: int = 200
    app_starts: int = 3
    app_reruns: int = 7
    app_more_visitors: int = 3
    app_visitors: int = 20
    app_clicks: int = 12
    uploads: int = 5_000


def figure(
    name: str,
    value: float | None,
    unit: str,
    detail: str = "",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """Hold a value against its target.

    Examples
    --------
    >>> figure("speed", 30.0, "ratio", at_least=25).met
    True
    >>> figure("speed", None, "ratio", "not installed", at_least=25).met is None
    True
    """
    target = (
        f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}" if at_most is not None else None
    )
    value = None if value is None or not math.isfinite(value) else float(value)
    met = None
    if value is not None and target is not None:
        met = value >= at_least if at_least is not None else value <= (at_most or 0.0)
    return Figure(name, value, unit, target, met, detail)


def median_ms(work: Callable[[], object], repeats: int) -> float:
    """Median time of a call in milliseconds, after one call that is not counted."""
    import statistics
    import time

    work()
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begin))
    return statistics.median(spent)
