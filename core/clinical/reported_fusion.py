"""What others found when they joined ECG and health record: the studies that saw a gain and those that saw none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clinical.literature import published_models
from core.clinical.reported import published_ecg_models

if TYPE_CHECKING:
    from core.clinical.literature import Published
    from core.evaluation import Interval

_READS = {"ecg": "ecg", "ehr": "ehr", "fusion": "ecg_ehr"}


@dataclass(frozen=True)
class FusionStudy:
    """One study that judged ECG, health record and both together on the same patients.

    Attributes
    ----------
    key
        Of its description among the texts.
    name, source, status
        As of ``core.clinical.reported.Study``.
    patients, prevalence
        How many, and the share with embolism, 0 to 1; None if not known.
    aurocs
        ``ecg``, ``ehr`` and ``fusion`` to AUROC as reported; limits are nan where none were.
    """

    key: str
    name: str
    source: str
    status: str
    patients: int | None
    prevalence: float | None
    aurocs: dict[str, Interval]

    @property
    def gain(self) -> bool:
        """Whether the fusion's AUROC lies above that of the better single model, as reported."""
        return self.aurocs["fusion"].value > max(self.aurocs["ecg"].value, self.aurocs["ehr"].value)


def published_fusions() -> tuple[FusionStudy, ...]:
    """Return the studies on telling embolism of which all three figures are known, the highest fusion first."""
    by_study: dict[tuple[str, str], dict[str, Published]] = {}
    for one in published_models():
        if one.predicts == "pe":
            by_study.setdefault((one.name, one.source), {})[one.reads] = one
    complete = [rows for rows in by_study.values() if set(_READS.values()) <= set(rows)]
    return tuple(sorted((_study(rows) for rows in complete), key=lambda one: -one.aurocs["fusion"].value))


def _study(rows: dict[str, Published]) -> FusionStudy:
    own, joined = rows["ecg"], rows["ecg_ehr"]
    shares = {one.key: one.prevalence for one in published_ecg_models()}
    aurocs = {name: rows[reads].auroc for name, reads in _READS.items()}
    return FusionStudy(own.key, own.name, own.source, joined.status, joined.patients, shares[own.key], aurocs)
