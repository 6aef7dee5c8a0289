"""What the fusion page works on: three evaluations of the same patients, their paired differences, the weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import ArtifactError
from core.evaluation import Evaluation, Interval
from core.fusion.late import MODALITIES, LateFusion

if TYPE_CHECKING:
    from core.results import Results

SERIES = ("fusion", *MODALITIES)
COLUMNS = {"fusion": "p", "ehr": "ehr", "ecg": "ecg"}
MACRO = "macro"


@dataclass(frozen=True)
class Gain:
    """Fusion minus one single model, on the same patients.

    Attributes
    ----------
    against
        The single model: ``ehr`` or ``ecg``.
    name
        A class, or ``macro`` for the mean over the classes.
    difference
        Of the AUROCs, with its 95 % interval.
    p_value
        Two-sided; nan where it does not exist.
    """

    against: str
    name: str
    difference: Interval
    p_value: float

    @property
    def verdict(self) -> str:
        """``gain`` or ``loss`` where the interval leaves 0 out, ``unclear`` where it does not, else ``unknown``."""
        if not (math.isfinite(self.difference.low) and math.isfinite(self.difference.high)):
            return "unknown"
        return "gain" if self.difference.low > 0 else "loss" if self.difference.high < 0 else "unclear"


@dataclass(frozen=True)
class Way:
    """One way to join, judged by cross-validation inside the training part.

    ``difference`` and ``difference_se`` are its mean log loss less that of the best way, and the standard error;
    ``steps`` the rounds or epochs of a correction, 0 if none helped.
    """

    name: str
    log_loss: float
    macro_auroc: float
    difference: float
    difference_se: float
    steps: int | None
    chosen: bool


@dataclass(frozen=True)
class Joined:
    """One saved fusion beside its two single models.

    Attributes
    ----------
    evaluations
        ``fusion``, ``ehr`` and ``ecg`` on the same test patients.
    gains
        Every comparison that was stored.
    main
        What is answered first: ``macro``, or of two classes the second.
    ways
        Compared inside the training part.
    fusion
        Shares, intercepts and weights.
    correction
        What is learnt on top of the sum: ``embedding``, ``joint`` or None.
    without
        ``test_without_ecg``, ``test_without_ehr``: test patients that only one modality has.
    """

    evaluations: dict[str, Evaluation]
    gains: tuple[Gain, ...]
    main: str
    ways: tuple[Way, ...]
    fusion: LateFusion
    correction: str | None
    without: dict[str, int]

    def auroc(self, series: str, name: str) -> Interval:
        """AUROC of one of the three for a class or ``macro``."""
        evaluation = self.evaluations[series]
        return evaluation.macro_auroc if name == MACRO else evaluation.classes[name].auroc

    def main_gains(self) -> dict[str, Gain]:
        """Single model to the comparison that is answered first."""
        return {one.against: one for one in self.gains if one.name == self.main}


@st.cache_resource(show_spinner=False, max_entries=8)
def joined(_found: Results, digest: str) -> Joined:  # noqa: ARG001 - the digest is the key
    """Read what a saved fusion says beside its evaluation.

    Raises
    ------
    ArtifactError
        The manifest is not that of a fusion.
    """
    manifest = _found.artifact.manifest
    try:
        gains = tuple(_gain(one) for one in manifest["comparisons"])
        read = Joined(
            evaluations={
                "fusion": _found.evaluation,
                **{name: Evaluation.from_json(manifest["base_metrics"][name]) for name in MODALITIES},
            },
            gains=gains,
            main=MACRO if any(one.name == MACRO for one in gains) else _found.classes[-1],
            ways=tuple(_way(one) for one in manifest["strategies"]),
            fusion=_fusion(manifest, _found.classes),
            correction=manifest["correction"],
            without={name: int(count) for name, count in manifest["fallback"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError("errors.artifact_part", part="manifest.json", reason=str(error)[:80]) from error
    if set(read.main_gains()) != set(MODALITIES):
        raise ArtifactError("errors.artifact_part", part="manifest.json", reason="comparisons")
    return read


def _gain(stored: dict[str, Any]) -> Gain:
    p_value = stored["p_value"]
    return Gain(
        str(stored["against"]),
        str(stored["class"]),
        Interval.from_json(stored["difference"]),
        math.nan if p_value is None else float(p_value),
    )


def _way(stored: dict[str, Any]) -> Way:
    steps = stored["steps"]
    return Way(
        name=str(stored["name"]),
        log_loss=float(stored["log_loss"]),
        macro_auroc=float(stored["macro_auroc"]),
        difference=float(stored["difference"]),
        difference_se=float(stored["difference_se"]),
        steps=None if steps is None else int(steps),
        chosen=bool(stored["chosen"]),
    )


def _fusion(manifest: dict[str, Any], classes: tuple[str, ...]) -> LateFusion:
    counts, weights = manifest["class_counts"]["train"], manifest["weights"]
    total = sum(counts.values())
    return LateFusion.from_json(
        {
            "shares": [counts[name] / total for name in classes],
            "intercepts": [weights[name]["intercept"] for name in classes[1:]],
            "weights": [[weights[name][one] for one in MODALITIES] for name in classes[1:]],
        }
    )
